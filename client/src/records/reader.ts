/**
 * Opening records: the only way from rows to words.
 *
 * Ask which nodes one may open; open their wraps; walk down the trees by trying the few periods a node can
 * have; fetch rows; compare kc, check mark, decrypt; join the parts by the rid inside them and check that they
 * belong together; check that each posting's rows are all there and that authors and writers are who the
 * manifest says. What does not fit is reported beside what does: one bad row hides no good one.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import { sha256Each } from '@carelet/crypto/algebra/batch';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { verifyDeed } from '@carelet/crypto/records/chart';
import { authorshipCheck, readRows, readyNode, sameRecord } from '@carelet/crypto/records/reader';
import type { NodeGrant } from '@carelet/crypto/records/wrap';
import type { KeyServers } from '../kdc/servers.ts';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud, Cloudlet } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import { type Breathe, inSlices } from '../pace.ts';
import { ownCardProblem } from '../receipts/cards.ts';
import { type Standing, watchOver } from '../receipts/watch.ts';
import { dropKey, roleLogins } from '../sharing/roles.ts';
import type { Body } from './body.ts';
import { type FetchedRow, fetchRows } from './fetch.ts';
import { heldAgainstLog } from './reading/against-log.ts';
import { believedCards } from './reading/believed.ts';
import { type Changed, type Found, lookAtRest, partsIn, problemsOf, stillHolds, withoutHalves } from './reading/found.ts';
import { type Joined, joinAll, type Reach } from './reading/join.ts';
import { inOrder, type Piece, type Shelf } from './reading/shelf.ts';
import { mayWrite, type Sight, sightWith } from './reading/sight.ts';

/** A chart in sight. */
export type ChartRef = { readonly pat: Bytes; readonly writer: Bytes; readonly owner: Bytes; readonly deed: Bytes };

/** One version of one record, as far as one's keys open it. */
export type OpenedParts = {
  readonly rid: Bytes;
  readonly version: number;
  readonly bodies: { readonly [X in Part]?: Body };
  /** Parts the record has that these keys do not open. */
  readonly withheld: readonly Part[];
  /** Where it hangs: of its medical part if that is open. */
  readonly grant: Pick<NodeGrant, 'category' | 'period' | 'writer'>;
  readonly author: Bytes;
  /** The rows it was read from. */
  readonly rows: readonly { part: Part; rowId: Bytes; nodeId: Bytes; bytes: number }[];
};

/** Something that does not fit, beside what does. */
export type Problem = { readonly kind: 'cannot-open' | 'tampered' | 'missing'; readonly what: string; readonly rowId?: Bytes };

export type OpenedChart = {
  readonly chart: ChartRef;
  readonly records: OpenedParts[];
  readonly problems: Problem[];
  /** Who vouches that the cloud shows everybody the same, and nothing older; left out where nothing could be asked. */
  readonly standing?: Standing;
  /** When the owner's own device last signed the cloud's log, UTC seconds; `null` where it never did. */
  readonly ownerSaw?: number | null;
};

/** A row as it lies in the cloud at this moment. */
export type RowNow = {
  readonly part: Part;
  readonly rowId: Bytes;
  readonly nodeId: Bytes;
  readonly version: number;
  /** What the cloud keeps of it; `null` when it is not there any more. */
  readonly kept: { readonly kc: Bytes; readonly mark: Bytes; readonly ct: Bytes } | null;
  /** Whether it still checks, and opens to what it was when the chart was opened. */
  readonly same: boolean;
  /** Whether it would, if the cloud had handed over this ciphertext instead: what comes of a changed byte. */
  opens(ct: Bytes): Promise<boolean>;
};

/** Told as rows are opened: how many, of how many fetched so far. */
export type Progress = (opened: number, fetched: number) => void;

export type OpenOptions = {
  /** Stops the work: it is then answered at once with a CareletError `unavailable`, because `stopped`. */
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
};

export type ReaderOptions = {
  readonly keyring: Keyring;
  readonly cloud: Cloud;
  /** The cloudlet of an organisation, where it mediates; nobody knows one unless told. */
  readonly cloudletOf?: (organisation: Bytes) => Cloudlet | null;
  /** The town's key servers, for what was shared through them; nobody knows where they are unless told. */
  readonly keyServers?: KeyServers;
  readonly mathematics: Mathematics;
  readonly clock?: () => number;
  /** For every opening that is given none of its own. */
  readonly progress?: Progress;
};

export type Reader = {
  /** The charts one may open something of. */
  charts(): Promise<ChartRef[]>;
  /**
   * Opens what one's keys open of a chart: the latest version of every record. The thread stays free for others in
   * between, at least every 50 ms.
   */
  open(chart: ChartRef, options?: OpenOptions): Promise<OpenedChart>;
  /**
   * Looks again at a chart this reader opened: at what is said to have changed, at nodes that are new, and at whatever
   * did not fit. Gives what opening it anew would give; records that did not change are the same objects as before.
   */
  refresh(opened: OpenedChart, changed: Changed, options?: OpenOptions): Promise<OpenedChart>;
  /**
   * The rows of one record, asked for now: whole nodes, so that the cloud does not hear which record is looked at.
   *
   * @throws {CareletError} `invalid` for a record that is not one of this chart's as this reader opened it
   */
  rowsOf(opened: OpenedChart, record: OpenedParts, options?: Pick<OpenOptions, 'signal'>): Promise<RowNow[]>;
  /** Logs out of the mediators of one's roles. It may be read on with; then one logs in again. */
  leave(): Promise<void>;
};

/** What is kept of an opened chart, to look at it again. */
type Kept = Pick<OpenedChart, 'standing' | 'ownerSaw'> & {
  readonly found: Found;
  readonly reach: Reach;
  readonly joined: ReadonlyMap<string, Joined>;
};

/** How often a reader asks whether her own card stands in the cloud's log, seconds. */
const ownCardEvery = 3600;

const nothing: Kept = { found: new Map(), reach: { owns: false, openParts: [] }, joined: new Map() };

/**
 * Somebody who reads with the keys of a keyring.
 *
 * @example
 * ```ts no-run
 * import type { Keyring } from '@carelet/client/keyring/keyring';
 * import { connectCloud } from '@carelet/client/login';
 * import { mathematicsHere } from '@carelet/client/mathematics';
 * import { reader } from '@carelet/client/records/reader';
 * declare const [keyring, url, nodeId]: [Keyring, string, Uint8Array];
 * const read = reader({ keyring, cloud: connectCloud(url, keyring), mathematics: mathematicsHere });
 * const [chart] = await read.charts();
 * const opened = await read.open(chart!, { signal: AbortSignal.timeout(60_000) });
 * const later = await read.refresh(opened, { nodes: [nodeId] });
 * ```
 */
export function reader({
  keyring,
  cloud,
  cloudletOf = () => null,
  keyServers,
  mathematics,
  clock = Date.now,
  progress: usual,
}: ReaderOptions): Reader {
  const now = () => Math.floor(clock() / 1000);
  const cards = believedCards(keyring, cloud, now);
  const watch = watchOver({ keyring, cloud, now });
  const logins = roleLogins(keyring, cloudletOf);
  const sightOf = sightWith({ keyring, cloud, logins, cloudletOf, keyServers: keyServers ?? null, mathematics, cards, watch, now });
  let cardLookedAt = Number.NEGATIVE_INFINITY;
  // Beside the chart and not in it: so that whoever prints, compares or sends one does not get its keys.
  const kept = new WeakMap<OpenedChart, Kept>();

  return {
    async charts() {
      await showEntitlements();
      return (await cloud.records.charts()).charts;
    },

    open: (chart, options) => look(chart, nothing, {}, options),

    refresh: (opened, changed, options) => look(opened.chart, kept.get(opened) ?? nothing, changed, options),

    leave: () => logins.leave(),

    rowsOf(opened, record, { signal } = {}) {
      return inSlices('show rows', signal, async () => {
        const joined = [...(kept.get(opened)?.joined.values() ?? [])].find((one) => one.record === record);
        if (!joined) throw new CareletError('invalid', 'show rows', { because: 'the record is not one of this chart' });
        const pieces = joined.pieces.filter(({ version }) => version === record.version);
        return Promise.all(pieces.map((piece) => rowNow(opened.chart, piece)));
      });
    },
  };

  async function look(
    chart: ChartRef,
    before: Kept,
    changed: Changed,
    { signal, progress = usual }: OpenOptions = {},
  ): Promise<OpenedChart> {
    return inSlices('open chart', signal, async (breathe) => {
      cards.review();
      const owns = opensAll(chart);
      const unpromised: Problem[] = [];
      const shelfOf = shelvesOf(chart, unpromised, breathe, progress);
      const still = stillHolds(before.found, changed);
      let found = still;
      let sight: Sight;
      for (let first = true; ; first = false) {
        const { nodes, wraps } = await cloud.records.nodes({ pat: chart.pat });
        await cards.learn([chart.writer, chart.owner, ...wraps.map(({ maker }) => maker)]);
        if (!hasDeed(chart)) {
          return { chart, records: [], problems: [{ kind: 'tampered', what: 'nobody who may says whose chart this is' }] };
        }
        sight = await sightOf(chart, { nodes, wraps }, before.found, breathe);
        found = await lookAtRest(shelfOf, sight.held, found);
        const whole = first && owns ? await withoutHalves(shelfOf, found) : null;
        if (!whole) break;
        found = whole;
      }
      const checked = await heldAgainstLog(
        { keyring, shelfOf, watch, cloud, chart, owner: cards.of(chart.owner), now, breathe },
        found,
        still,
      );
      found = checked.found;
      const broken = [...(await watch.settle()), ...(await ownCardSeen())];
      const standing = checked.standing ?? before.standing;
      const ownerSaw = checked.ownerSaw === undefined ? before.ownerSaw : checked.ownerSaw;
      const vouched = { ...(standing && { standing }), ...(ownerSaw !== undefined && { ownerSaw }) };
      const nodes = inOrder(found);
      const reach = { owns, openParts: partsIn(sight.held) };
      const sameReach = owns === before.reach.owns && `${reach.openParts}` === `${before.reach.openParts}`;
      const joined = await joinAll(nodes, reach, sameReach ? before.joined : nothing.joined, breathe);
      const opened: OpenedChart = {
        chart,
        records: [...joined.values()].flatMap(({ record }) => record ?? []),
        problems: [
          ...sight.problems,
          ...checked.problems,
          ...unpromised,
          ...broken.map((what): Problem => ({ kind: 'tampered', what })),
          ...problemsOf(nodes, owns),
          ...[...joined.values()].flatMap(({ problems }) => problems),
        ],
        ...vouched,
      };
      kept.set(opened, { found, reach, joined, ...vouched });
      return opened;
    });
  }

  /** Whether one's own card stands in the cloud's log as it should: now and then, what is wrong with it, in words. */
  async function ownCardSeen(): Promise<string[]> {
    if (now() < cardLookedAt + ownCardEvery) return [];
    const what = await ownCardProblem({ cloud, watch }, keyring);
    if (what === null) cardLookedAt = now();
    return what === null ? [] : [what];
  }

  /** The shelves of a chart, for one look at them. */
  function shelvesOf(chart: ChartRef, unpromised: Problem[], breathe: Breathe, progress: Progress | undefined): (part: Part) => Shelf {
    // Who owns or writes a chart looks at it unwritten.
    const ownEyes = [chart.owner, chart.writer].some((id) => equalPublic(id, keyring.card.id));
    const took = (promise: Bytes | undefined) => {
      const what = ownEyes ? null : watch.took(promise);
      if (what !== null && unpromised.length === 0) unpromised.push({ kind: 'tampered', what });
    };
    const written = authorshipCheck((author) => (mayWrite(cards, chart, author) && cards.of(author)?.edVk) || null);
    let opened = 0;
    let fetched = 0;
    const count = (more: { opened?: number; fetched?: number }) => {
      opened += more.opened ?? 0;
      fetched += more.fetched ?? 0;
      progress?.(opened, fetched);
    };
    return (part) => ({ cloud, cards, chart, part, written, took, breathe, count });
  }

  async function rowNow({ pat }: ChartRef, piece: Piece): Promise<RowNow> {
    const { part, rowId, version, held } = piece;
    const at = { part, rowId, nodeId: held.nodeId, version };
    for await (const page of fetchRows(cloud, pat, part, [held.nodeId])) {
      const row = page.find((one) => equalPublic(one.rowId, rowId) && one.version === version && equalPublic(one.nodeId, held.nodeId));
      if (!row) continue;
      const opens = (ct: Bytes) => opensTo(piece, { ...row, ct });
      return { ...at, kept: { kc: row.kc, mark: row.mark, ct: row.ct }, same: await opens(row.ct), opens };
    }
    return { ...at, kept: null, same: false, opens: async () => false };
  }

  async function showEntitlements(): Promise<void> {
    for (const key of [...keyring.doctorKeys, ...keyring.emergencyKeys]) {
      if (key.notAfter <= now()) continue;
      try {
        await cloud.sharing.enter({ entitlement: key.entitlement, transforms: [] });
      } catch (thrown) {
        const kind = thrown instanceof CareletError ? thrown.kind : null;
        // The cloud has lost its part, or has one of a later key: it is asked for again when keys are taken.
        if (kind === 'missing' || kind === 'conflict') dropKey(keyring, key);
        // Ended by an administrator: what opens otherwise still does.
        else if (kind !== 'denied') throw thrown;
      }
    }
  }

  /** Whether the organisation that writes a chart says that it is this owner's. */
  function hasDeed(chart: ChartRef): boolean {
    const signer = cards.of(chart.writer);
    return signer?.kind === 'organisation' && verifyDeed(signer.edVk, chart, chart.deed);
  }

  /** Whether one opens every part of this chart: its owner, or who keeps the owner's cradle. Once linked, a patient's devices write there too. */
  function opensAll({ pat, owner }: ChartRef): boolean {
    return equalPublic(owner, keyring.card.id) || keyring.charts.some((chart) => chart.cradle && equalPublic(chart.pat, pat));
  }
}

/** Whether a row opens to this piece: the hashes inside it are over its content, and over what stood beside it. */
async function opensTo({ part, held, author, ...piece }: Piece, row: FetchedRow): Promise<boolean> {
  const [ctHash] = await sha256Each([row.ct]);
  const [read] = await readRows(part, [{ node: readyNode(held.key), row, ctHash: ctHash! }]);
  return read?.kind === 'read' && sameRecord(read.bound, piece) && equalPublic(read.bound.authorship.author, author);
}

/** Refuses a chart whose problems are more than what a person would want to see past. */
export function mustBeWhole({ problems }: OpenedChart): void {
  const worst = problems[0];
  if (worst) throw new CareletError(worst.kind, 'open chart', { because: worst.what });
}
