/**
 * Which nodes of a chart one can open: the locks on it that hold what they promise, opened, and every node below.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, concat, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { idOfDomain, isSealedFor } from '@carelet/crypto/kp-abe/domain';
import { nodeId } from '@carelet/crypto/records/tree';
import { decodeGrant, encodeGrant, type NodeGrant, verifyWrap, type WrapPlace, wrapContext } from '@carelet/crypto/records/wrap';
import { domainOf } from '../../enrolment.ts';
import { openShared } from '../../kdc/open.ts';
import type { KeyServers } from '../../kdc/servers.ts';
import type { Keyring, WriterChart } from '../../keyring/keyring.ts';
import type { Cloud, Cloudlet } from '../../login.ts';
import type { Mathematics } from '../../mathematics.ts';
import type { Breathe } from '../../pace.ts';
import { noPromise, type Watching } from '../../receipts/watch.ts';
import { brokenFor } from '../../sharing/break-glass.ts';
import { type Received, receivedGrants } from '../../sharing/received.ts';
import type { Broken, RoleLogins } from '../../sharing/roles.ts';
import { membershipsOf } from '../../sharing/teams/member.ts';
import type { ChartRef, Problem } from '../reader.ts';
import { parseTreeName } from '../trees.ts';
import { type Held, steps } from '../walk.ts';
import { fetchedPlace, openOwnerWrap } from '../wraps.ts';
import { type BelievedCards, isDeviceOf } from './believed.ts';
import type { Found } from './found.ts';

/** The nodes one can open, by name in hex, and which locks did not fit. */
export type Sight = { readonly held: ReadonlyMap<string, Held>; readonly problems: readonly Problem[] };

type FetchedNodes = Awaited<ReturnType<Cloud['records']['nodes']>>;
type FetchedWrap = FetchedNodes['wraps'][number];
type DoctorKey = Keyring['doctorKeys'][number];
type Lock = { readonly place: WrapPlace; readonly wrap: FetchedWrap };
type Job = Lock & { readonly key: DoctorKey };
type Opened = { readonly grant: NodeGrant; readonly wrap: Pick<FetchedWrap, 'nodeId' | 'part'> };

/** Locks opened between two breaths: each is a pairing, and threads take eight at a time. */
const atOnce = 32;
/** Batches under way: while one is finished here, the mediator answers another and the cloud begins a third. */
const underWay = 3;
/** Steps of the walk between two breaths: each may try 31 periods. */
const stepsAtOnce = 16;

const over = 'the key of your role for this organisation holds no more';
const roleAway = 'what your role opens waits: cloud or mediator cannot be reached';
const notYetAnew = 'a lock on a part of this chart waits until its organisation has made it anew';

export type SightOptions = {
  readonly keyring: Keyring;
  readonly cloud: Cloud;
  /** Logins at the mediators of one's roles. */
  readonly logins: RoleLogins;
  /** The cloudlet of an organisation, where it mediates; `null` when nobody knows where it is. */
  readonly cloudletOf: (organisation: Bytes) => Cloudlet | null;
  /** The town's key servers; `null` when nobody knows where they are. */
  readonly keyServers: KeyServers | null;
  readonly mathematics: Mathematics;
  readonly cards: BelievedCards;
  /** Takes what comes with turnings: each leaves a receipt. */
  readonly watch: Watching;
  /** UTC seconds. */
  readonly now: () => number;
};

/**
 * Opens what locks one's keys open. What was once opened or verified is remembered: of policies in the keyring, so that
 * no second look at a chart costs a pairing, of the rest as long as this function lives.
 */
export function sightWith({ keyring, cloud, logins, cloudletOf, keyServers, mathematics, cards, watch, now }: SightOptions) {
  const verified = new Set<string>();
  const owned = new Map<string, NodeGrant>();
  const urgently = new Map<string, NodeGrant>();
  const memberships = membershipsOf({ keyring, cloud, logins, mathematics, cards, now });

  return async (chart: ChartRef, { nodes, wraps }: FetchedNodes, before: Found, breathe: Breathe): Promise<Sight> => {
    const problems: Problem[] = [];
    const own = keyring.charts.find(({ pat }) => equalPublic(pat, chart.pat));
    const grants = own ? rootsOf(own) : await openWraps(chart, wraps, problems, breathe);
    const held = new Map<string, Held>();
    for (const node of steps(grants, nodes, (name) => before.get(name)?.held)) {
      held.set(hex(node.nodeId), node);
      if (held.size % stepsAtOnce === 0) await breathe();
    }
    return { held, problems };
  };

  async function openWraps(chart: ChartRef, wraps: readonly FetchedWrap[], problems: Problem[], breathe: Breathe): Promise<Held[]> {
    const opened: Opened[] = [];
    const jobs: Job[] = [];
    const urgent: Job[] = [];
    const granted: Lock[] = [];
    for (const wrap of wraps) {
      await breathe();
      const lock = { place: fetchedPlace(chart.pat, wrap), wrap };
      if (!stands(chart, lock)) {
        problems.push({ kind: 'tampered', what: 'a lock on a part of this chart was made by nobody who may' });
        continue;
      }
      if (wrap.kind === 'owner') {
        const grant = openOwned(lock);
        if (grant) opened.push({ grant, wrap });
        else problems.push({ kind: 'cannot-open', what: 'a lock made for the owner does not open' });
        if (grant && !equalPublic(chart.owner, keyring.card.id)) {
          problems.push({ kind: 'tampered', what: 'this chart is locked to you, but the cloud says it is somebody else’s' });
        }
        continue;
      }
      const known = keyring.opened[nameOf(lock)];
      const grant = known ? decodeGrant(known, lock.place) : null;
      if (grant) {
        opened.push({ grant, wrap });
        continue;
      }
      if (wrap.kind === 'consent') {
        granted.push(lock);
        continue;
      }
      const place = wrap.kind === 'emergency' ? domainOf(keyring.manifest, chart.writer)?.emergency : chart.writer;
      const key = (wrap.kind === 'emergency' ? keyring.emergencyKeys : keyring.doctorKeys).find(
        ({ organisation, notAfter }) =>
          place && equalPublic(organisation, wrap.domain) && equalPublic(organisation, place) && notAfter > now(),
      );
      if (!key) continue;
      if (wrap.kind === 'emergency') {
        urgent.push({ ...lock, key });
        continue;
      }
      const domain = domainOf(keyring.manifest, key.organisation)?.publicKey;
      if (!domain || !equalPublic(domain, key.domain)) problems.push({ kind: 'cannot-open', what: over });
      else if (!isSealedFor(wrap.body, idOfDomain(domain))) problems.push({ kind: 'cannot-open', what: notYetAnew });
      else jobs.push({ ...lock, key });
    }
    opened.push(...(await inBatches(jobs, breathe, (some) => openPolicies(chart, some, problems))));
    // What opens by one's role need not be turned as well.
    const open = new Set(opened.map(({ wrap }) => hex(wrap.nodeId)));
    const closed = granted.filter(({ wrap }) => !open.has(hex(wrap.nodeId)));
    if (closed.length > 0) opened.push(...(await openGranted(chart, closed, problems, breathe)));
    if (keyServers && !equalPublic(chart.owner, keyring.card.id)) {
      const before = new Set(opened.map(({ wrap }) => hex(wrap.nodeId)));
      const reading = { keyring, cloud, keyServers, mathematics, cards, watch, now };
      opened.push(...(await openShared(reading, chart, (nodeId) => before.has(hex(nodeId)), problems, breathe)));
    }
    if (urgent.length > 0) opened.push(...(await openUrgent(chart, urgent, opened, problems, breathe)));
    // Trees belong to the chart's writer and to its owner's devices, whoever made the wrap.
    await cards.learn(opened.map(({ grant }) => grant.writer));
    return opened.flatMap(({ grant, wrap }): Held[] => {
      if (mayWrite(cards, chart, grant.writer)) return [{ ...grant, nodeId: wrap.nodeId, part: wrap.part }];
      problems.push({ kind: 'tampered', what: 'a lock leads to keys of somebody who may not write here' });
      return [];
    });
  }

  /** Whether a lock was made by somebody who may make one. */
  function stands(chart: ChartRef, { place, wrap }: Lock): boolean {
    const maker = cards.of(wrap.maker);
    const mayMake = equalPublic(wrap.maker, chart.writer) || equalPublic(wrap.maker, chart.owner) || isDeviceOf(maker, chart.owner);
    if (!maker || !mayMake) return false;
    const name = hex(sha256(concat(maker.edVk, wrap.signature, wrapContext(place), sha256(wrap.body))));
    if (verified.has(name)) return true;
    if (!verifyWrap(maker.edVk, place, wrap.body, wrap.signature)) return false;
    verified.add(name);
    return true;
  }

  function openOwned(lock: Lock): NodeGrant | null {
    const name = nameOf(lock);
    const grant = owned.get(name) ?? openOwnerWrap(keyring.secrets.hybridSk, lock.place, lock.wrap.body);
    if (grant) owned.set(name, grant);
    return grant;
  }

  /** Opens what one's role reaches: transformed by the cloud, answered by the mediator of the key, finished here. */
  async function openPolicies({ pat }: ChartRef, jobs: readonly Job[], problems: Problem[], broken?: Broken): Promise<Opened[]> {
    const [{ key }] = jobs as [(typeof jobs)[number]];
    const [ended, away] = broken
      ? ['the glass of this chart is not broken any more', 'what opens in this emergency waits: cloud or mediator cannot be reached']
      : [over, roleAway];
    const made = await fromBoth({ over: ended, away }, problems, async () => {
      const nodes = jobs.map(({ wrap }) => wrap.nodeId);
      const { transformed, promise } = await cloud.sharing.transform({ pat, organisation: key.organisation, nodes });
      promised(promise, problems);
      const whole = jobs.flatMap((job, i) => (transformed[i]?.length === 1152 ? [{ job, transformed: transformed[i] }] : []));
      if (whole.length === 0) return [];
      const asked = whole.map((one) => one.transformed);
      const { answers, factors } = await logins.answer(key, asked, { promise, broken });
      return whole.map(({ job }, i) => ({ job, answers: answers[i] ?? new Uint8Array(), factors }));
    });
    if (!made) return [];
    const finishing = made.map(({ job: { place, wrap }, answers, factors }) => ({
      domain: key.domain,
      pq: key.pq,
      factors,
      answers,
      context: wrapContext(place),
      body: wrap.body,
    }));
    const gid = keyring.card.id;
    const contents = await (broken
      ? mathematics.openEmergencies(finishing.map((one) => ({ ...one, gid })))
      : mathematics.openPolicies(finishing));
    const opened = made.flatMap(({ job }, i): Opened[] => {
      const content = contents[i];
      const grant = content ? decodeGrant(content, job.place) : null;
      if (!grant) return [];
      // What an emergency opened is closed again after its hours.
      if (broken) urgently.set(nameOf(job), grant);
      else keyring.opened[nameOf(job)] = encodeGrant(grant);
      return [{ grant, wrap: job.wrap }];
    });
    for (let failed = jobs.length - opened.length; failed > 0; failed--) {
      problems.push({ kind: 'cannot-open', what: 'a part of this chart does not open with these keys' });
    }
    return opened;
  }

  /** Opens what is behind the glass of a chart, once it is broken, but for what opens otherwise. */
  async function openUrgent(
    chart: ChartRef,
    jobs: readonly Job[],
    before: readonly Opened[],
    problems: Problem[],
    breathe: Breathe,
  ): Promise<Opened[]> {
    const open = new Set(before.map(({ wrap }) => hex(wrap.nodeId)));
    const closed = jobs.filter(({ wrap }) => !open.has(hex(wrap.nodeId)));
    const known = closed.flatMap((job) => {
      const grant = urgently.get(nameOf(job));
      return grant ? [{ grant, wrap: job.wrap }] : [];
    });
    const left = closed.filter((job) => !urgently.has(nameOf(job)));
    if (left.length === 0) return known;
    const broken = await brokenFor({ keyring, cloud, clock: () => now() * 1000 }, chart);
    if (!broken) return known;
    return [...known, ...(await inBatches(left, breathe, (some) => openPolicies(chart, some, problems, broken)))];
  }

  /** Opens what the chart's owner granted: turned by the cloud, then by the mediator of the grant, then by one's own half or one's team's. */
  async function openGranted(chart: ChartRef, locks: readonly Lock[], problems: Problem[], breathe: Breathe): Promise<Opened[]> {
    const opened: Opened[] = [];
    let left = [...locks];
    const missed = ({ kind }: CareletError) => void problems.push({ kind: 'cannot-open', what: kind === 'unavailable' ? roleAway : over });
    const asking = { keyring, cloud, cards, now, memberships: (teams: readonly Bytes[]) => memberships(teams, missed) };
    for (const received of await receivedGrants(asking, chart)) {
      const half = received.member?.half ?? keyring.sharing.half?.secret;
      if (!half) continue;
      const mine = left.filter(({ wrap }) => received.letter.scopes.has(hex(wrap.domain)));
      left = left.filter((lock) => !mine.includes(lock));
      opened.push(...(await inBatches(mine, breathe, (some) => openScopes(received, half, some, problems))));
    }
    return opened;
  }

  async function openScopes(
    { grant, letter, member }: Received,
    half: Bytes,
    locks: readonly Lock[],
    problems: Problem[],
  ): Promise<Opened[]> {
    const mediator = cloudletOf(grant.mediator);
    const tell = (what: string): Opened[] => {
      problems.push({ kind: 'cannot-open', what });
      return [];
    };
    if (!mediator) return tell('nobody knows where the mediator of this patient’s consent is');
    const nodes = locks.map(({ wrap }) => ({ nodeId: wrap.nodeId, scope: wrap.domain }));
    const over = 'the consent of this chart’s owner holds no more';
    const away = 'what this patient’s consent opens waits: cloud or mediator cannot be reached';
    const made = await fromBoth({ over, away }, problems, async () => {
      const { turned: turns, promise } = await cloud.sharing.turn({ pat: grant.pat, grant: grant.grant, nodes });
      promised(promise, problems);
      const whole = locks.flatMap((lock, i) => (turns[i]?.length === 576 ? [{ lock, turned: turns[i] }] : []));
      const asked = {
        ...{ grant: grant.grant, turned: whole.map(({ turned }) => turned) },
        ...(promise && { promise }),
        ...(member && { membership: member.shown }),
      };
      return { whole, answers: whole.length > 0 ? (await mediator.sharing.mediate(asked)).answers : [] };
    });
    if (!made) return [];
    const { whole, answers } = made;
    const contents = await mathematics.openConsents(
      whole.map(({ lock: { place, wrap } }, i) => ({
        half,
        ...letter.scopes.get(hex(wrap.domain))!,
        pq: letter.pq,
        context: wrapContext(place),
        sealed: wrap.body,
        turned: answers[i] ?? new Uint8Array(),
      })),
    );
    if (whole.length < locks.length) tell('a part of this chart does not open by its owner’s consent');
    return whole.flatMap(({ lock }, i): Opened[] => {
      const content = contents[i];
      const read = content ? decodeGrant(content, lock.place) : null;
      if (!read) return tell('a part of this chart does not open by its owner’s consent');
      keyring.opened[nameOf(lock)] = encodeGrant(read);
      return [{ grant: read, wrap: lock.wrap }];
    });
  }

  /** What cloud and mediator make together. Taken back or ended a moment ago, or one of the two away: what opens otherwise still does. */
  async function fromBoth<T>(
    { over, away }: { readonly over: string; readonly away: string },
    problems: Problem[],
    ask: () => Promise<T>,
  ): Promise<T | null> {
    try {
      return await ask();
    } catch (thrown) {
      const what =
        thrown instanceof CareletError && { denied: over, conflict: over, missing: over, unavailable: away }[thrown.kind as string];
      if (!what) throw thrown;
      // A mediator goes on with nothing of which the cloud promised no receipt; that is told already.
      if (!problems.some((one) => one.what === noPromise)) problems.push({ kind: 'cannot-open', what });
      return null;
    }
  }

  function promised(promise: Bytes | undefined, problems: Problem[]): void {
    const what = watch.took(promise);
    if (what !== null) problems.push({ kind: 'tampered', what });
  }

  /** A writer needs no wraps for what it wrote: it has the trees. */
  function rootsOf({ trees }: WriterChart): Held[] {
    return Object.entries(trees).map(([name, { id: treeId, root: key }]) => {
      const { part, category } = parseTreeName(name);
      const grant = {
        key,
        treeId,
        writer: keyring.card.id,
        part,
        category: [category.kind, category.conf, category.sens] as const,
        period: 'always',
      };
      return { ...grant, nodeId: nodeId(treeId, 'always') };
    });
  }
}

/** A batch after the other, several under way; what comes of them in their order. */
async function inBatches<Job>(
  jobs: readonly Job[],
  breathe: Breathe,
  open: (some: readonly Job[]) => Promise<Opened[]>,
): Promise<Opened[]> {
  const opened: Opened[][] = [];
  let next = 0;
  const goOn = async (): Promise<void> => {
    for (let at = next; at < jobs.length; at = next) {
      next = at + atOnce;
      await breathe();
      opened[at / atOnce] = await open(jobs.slice(at, at + atOnce));
    }
  };
  await Promise.all(Array.from({ length: underWay }, goOn));
  return opened.flat();
}

/** Whether somebody may have records in a chart: its writer, or a device its owner vouched for. */
export const mayWrite = (cards: BelievedCards, { writer, owner }: ChartRef, who: Bytes): boolean =>
  equalPublic(who, writer) || isDeviceOf(cards.of(who), owner);

/** Where a node key that was opened before is kept: by the very wrap it came from. */
const nameOf = ({ place, wrap }: Lock): string => hex(sha256(concat(wrapContext(place), wrap.domain, sha256(wrap.body))));
