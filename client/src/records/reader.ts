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
import { CareletError, type Part, type Period, parts } from '@carelet/care/model';
import { children } from '@carelet/care/rules/records/calendar';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { type Card, cardStands, decodeCard } from '@carelet/crypto/cards/card';
import type { Bound } from '@carelet/crypto/records/binding';
import { coversNode, rowLeaf, verifyPosting } from '@carelet/crypto/records/posting';
import { authorshipCheck, openRow, partsOf, sameRecord, unbind } from '@carelet/crypto/records/reader';
import { childKey, nodeId } from '@carelet/crypto/records/tree';
import { decodeGrant, encodeGrant, type NodeGrant, verifyWrap, wrapContext } from '@carelet/crypto/records/wrap';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import { type Body, decodeBody } from './body.ts';
import { type FetchedRow, fetchProofs, fetchRows } from './fetch.ts';
import { fetchedPlace, openOwnerWrap } from './wraps.ts';

/** A chart in sight. */
export type ChartRef = { readonly pat: Bytes; readonly writer: Bytes; readonly owner: Bytes };

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

export type OpenedChart = { readonly chart: ChartRef; readonly records: OpenedParts[]; readonly problems: Problem[] };

export type ReaderOptions = {
  readonly keyring: Keyring;
  readonly cloud: Cloud;
  readonly mathematics: Mathematics;
  readonly clock?: () => number;
  /** Told as rows are opened: how many, of how many fetched so far. */
  readonly progress?: (opened: number) => void;
};

export type Reader = {
  /** The charts one may open something of. */
  charts(): Promise<ChartRef[]>;
  /** Opens what one's keys open of a chart: the latest version of every record. */
  open(chart: ChartRef): Promise<OpenedChart>;
};

/** A node whose key is known. */
type Held = NodeGrant & { readonly nodeId: Bytes; readonly part: Part };

export function reader({ keyring, cloud, mathematics, clock = Date.now, progress }: ReaderOptions): Reader {
  const cards = new Map<string, Card | null>();
  const now = () => Math.floor(clock() / 1000);

  return {
    async charts() {
      await showEntitlements();
      return (await cloud.records.charts()).charts;
    },

    async open(chart) {
      const problems: Problem[] = [];
      const { nodes, wraps } = await cloud.records.nodes({ pat: chart.pat });
      await learnCards([chart.writer, chart.owner, ...wraps.map(({ maker }) => maker)]);
      const grants = await openWraps(chart, wraps, problems);
      const held = walkDown(grants, nodes);
      const found = new Map<string, Map<Part, { bound: Bound; held: Held; row: FetchedRow }[]>>();
      let opened = 0;
      for (const part of parts) {
        const mine = new Map([...held].filter(([, node]) => node.part === part));
        if (mine.size === 0) continue;
        const leaves = new Map<string, { nodeId: Bytes; rows: ReturnType<typeof rowLeaf>[] }>();
        for await (const page of fetchRows(
          cloud,
          chart.pat,
          part,
          [...mine.values()].map((node) => node.nodeId),
        )) {
          for (const row of page) {
            const node = mine.get(hex(row.nodeId));
            if (!node) continue;
            const place = hex(row.postingId) + hex(row.nodeId);
            const leaf = leaves.get(place) ?? { nodeId: row.nodeId, rows: [] };
            leaf.rows.push(rowLeaf(row));
            leaves.set(place, leaf);
            const result = openRow(node.key, part, row);
            const bound = result.kind === 'opened' ? unbind(part, result.content) : null;
            if (!bound || bound.version !== row.version) {
              problems.push({
                kind: result.kind === 'cannot-open' ? 'cannot-open' : 'tampered',
                what: 'a row is not what its writer sealed',
                rowId: row.rowId,
              });
              continue;
            }
            const byPart = found.get(hex(bound.rid)) ?? new Map<Part, { bound: Bound; held: Held; row: FetchedRow }[]>();
            byPart.set(part, [...(byPart.get(part) ?? []), { bound, held: node, row }]);
            found.set(hex(bound.rid), byPart);
          }
          opened += page.length;
          progress?.(opened);
        }
        await checkPostings(chart, part, [...mine.values()], leaves, problems);
      }
      const records = await join(chart, found, [...new Set([...held.values()].map(({ part }) => part))], problems);
      return { chart, records, problems };
    },
  };

  async function showEntitlements(): Promise<void> {
    for (const key of keyring.doctorKeys) if (key.notAfter > now()) await cloud.sharing.enter({ entitlement: key.entitlement });
  }

  /** Takes cards from the cloud, and believes none that the manifest or a patient's card does not vouch for. */
  async function learnCards(ids: readonly Bytes[]): Promise<void> {
    const unknown = [...new Map(ids.map((id) => [hex(id), id])).values()].filter((id) => !cards.has(hex(id)));
    for (let at = 0; at < unknown.length; at += 500) {
      const some = unknown.slice(at, at + 500);
      const answer = await cloud.login.cards({ ids: some });
      const offered = answer.cards.flatMap((bytes) => decodeCard(bytes) ?? []);
      const vouchers = offered.flatMap(({ vouchers: words }) => words.flatMap(({ by }) => (typeof by === 'number' ? [] : [by])));
      if (vouchers.length > 0) await learnCards(vouchers);
      for (const id of some) {
        const card = offered.find((one) => equalPublic(one.id, id));
        cards.set(hex(id), card && cardStands(card, keyring.manifest, now(), (by) => cards.get(hex(by)) ?? null) ? card : null);
      }
    }
  }

  async function openWraps(
    chart: ChartRef,
    wraps: Awaited<ReturnType<Cloud['records']['nodes']>>['wraps'],
    problems: Problem[],
  ): Promise<Held[]> {
    const held: Held[] = [];
    const jobs: { place: ReturnType<typeof fetchedPlace>; body: Bytes; key: Keyring['doctorKeys'][number] }[] = [];
    for (const wrap of wraps) {
      const place = fetchedPlace(chart.pat, wrap);
      const known = keyring.opened[hex(wrap.nodeId)];
      const grant = known && decodeGrant(known, place);
      if (grant) {
        held.push({ ...grant, nodeId: wrap.nodeId, part: wrap.part });
        continue;
      }
      const maker = cards.get(hex(wrap.maker));
      const mayMake = equalPublic(wrap.maker, chart.writer) || equalPublic(wrap.maker, chart.owner);
      if (!maker || !mayMake || !verifyWrap(maker.edVk, place, wrap.body, wrap.signature)) {
        problems.push({ kind: 'tampered', what: 'a lock on a part of this chart was made by nobody who may' });
        continue;
      }
      if (wrap.kind === 'owner') {
        const opened = ownerSecrets(chart)
          .map((hybridSk) => openOwnerWrap(hybridSk, place, wrap.body))
          .find((one) => one !== null);
        if (opened) held.push({ ...opened, nodeId: wrap.nodeId, part: wrap.part });
        else problems.push({ kind: 'cannot-open', what: 'a lock made for the owner does not open' });
        continue;
      }
      const key = keyring.doctorKeys.find(({ organisation, notAfter }) => equalPublic(organisation, wrap.domain) && notAfter > now());
      if (key) jobs.push({ place, body: wrap.body, key });
    }
    const contents = await mathematics.openPolicies(
      jobs.map(({ place, body, key }) => ({ domain: key.domain, pq: key.pq, key: key.key, context: wrapContext(place), body })),
    );
    contents.forEach((content, i) => {
      const { place } = jobs[i]!;
      const grant = content && decodeGrant(content, place);
      if (!grant) {
        problems.push({ kind: 'cannot-open', what: 'a part of this chart does not open with these keys' });
        return;
      }
      keyring.opened[hex(place.nodeId)] = encodeGrant(grant);
      held.push({ ...grant, nodeId: place.nodeId, part: place.part as Part });
    });
    return held;
  }

  /** The secrets that may open owner wraps of this chart: one's own, or a cradle's kept for the patient. */
  function ownerSecrets(chart: ChartRef): Bytes[] {
    const cradle = keyring.charts.find(({ pat }) => equalPublic(pat, chart.pat))?.cradle;
    return cradle ? [cradle.hybridSk, keyring.secrets.hybridSk] : [keyring.secrets.hybridSk];
  }

  async function checkPostings(
    chart: ChartRef,
    part: Part,
    nodes: readonly Held[],
    leaves: Map<string, { nodeId: Bytes; rows: ReturnType<typeof rowLeaf>[] }>,
    problems: Problem[],
  ): Promise<void> {
    const writer = cards.get(hex(chart.writer));
    const proven = new Set<string>();
    for (const posting of await fetchProofs(
      cloud,
      chart.pat,
      part,
      nodes.map((node) => node.nodeId),
    )) {
      const ours = equalPublic(posting.writer, chart.writer) && equalPublic(posting.pat, chart.pat) && posting.part === part;
      if (!writer || !ours || !verifyPosting(writer.edVk, posting)) {
        problems.push({ kind: 'tampered', what: 'a batch was not posted by the organisation it names' });
        continue;
      }
      for (const { nodeId: node, index, path } of posting.nodes) {
        const place = hex(posting.postingId) + hex(node);
        proven.add(place);
        if (!coversNode(posting, node, leaves.get(place)?.rows ?? [], { index, path })) {
          problems.push({ kind: 'tampered', what: 'records of a batch are missing or were exchanged' });
        }
      }
    }
    for (const place of leaves.keys())
      if (!proven.has(place)) problems.push({ kind: 'tampered', what: 'records lie here that no batch vouches for' });
  }

  async function join(
    chart: ChartRef,
    found: Map<string, Map<Part, { bound: Bound; held: Held; row: FetchedRow }[]>>,
    openParts: readonly Part[],
    problems: Problem[],
  ): Promise<OpenedParts[]> {
    const authors = [...found.values()].flatMap((byPart) => [...byPart.values()].flat().map(({ bound }) => bound.authorship.author));
    await learnCards(authors);
    const written = authorshipCheck((author) => cards.get(hex(author))?.edVk ?? null);
    const records: OpenedParts[] = [];
    for (const byPart of found.values()) {
      const version = Math.max(...[...byPart.values()].flat().map(({ bound }) => bound.version));
      const pieces = [...byPart].flatMap(([part, all]) =>
        all.filter(({ bound }) => bound.version === version).map((one) => ({ part, ...one })),
      );
      const first = pieces.find(({ part }) => part === 'MI') ?? pieces[0]!;
      const { rid } = first.bound;
      if (pieces.some(({ bound }) => !sameRecord(bound, first.bound)) || new Set(pieces.map(({ part }) => part)).size !== pieces.length) {
        problems.push({ kind: 'tampered', what: 'parts of different records were put together', rowId: first.row.rowId });
        continue;
      }
      if (!written(first.bound)) {
        problems.push({ kind: 'tampered', what: 'a record is not signed by an author anyone vouches for', rowId: first.row.rowId });
        continue;
      }
      const bodies: { [X in Part]?: Body } = {};
      for (const { part, bound } of pieces) {
        const body = decodeBody(bound.body);
        if (body) bodies[part] = body;
      }
      const withheld = partsOf(first.bound).filter((part) => !pieces.some((piece) => piece.part === part));
      // A part on a shelf these keys open that is not there was taken away, or is still on its way.
      for (const part of withheld) {
        if (openParts.includes(part) && equalPublic(chart.owner, keyring.card.id)) {
          problems.push({ kind: 'missing', what: 'a part of a record is not there', rowId: first.row.rowId });
        }
      }
      const { category, period, writer } = first.held;
      records.push({
        rid,
        version,
        bodies,
        withheld,
        grant: { category, period, writer },
        author: first.bound.authorship.author,
        rows: pieces.map(({ part, row }) => ({ part, rowId: row.rowId, nodeId: row.nodeId, bytes: row.ct.length })),
      });
    }
    return records;
  }
}

/**
 * Every node below the granted ones, with its key: the cloud knows which node hangs under which, and a child's
 * period is one of few, so trying them finds it.
 */
function walkDown(grants: readonly Held[], nodes: readonly { nodeId: Bytes; parent: Bytes }[]): Map<string, Held> {
  const below = new Map<string, Bytes[]>();
  for (const { nodeId: id, parent } of nodes) {
    const siblings = below.get(hex(parent));
    if (siblings) siblings.push(id);
    else below.set(hex(parent), [id]);
  }
  const held = new Map<string, Held>();
  const queue = [...grants];
  for (let node = queue.pop(); node; node = queue.pop()) {
    if (held.has(hex(node.nodeId))) continue;
    held.set(hex(node.nodeId), node);
    const wanted = new Set((below.get(hex(node.nodeId)) ?? []).map(hex));
    if (wanted.size === 0) continue;
    for (const period of children(node.period) as Period[]) {
      const id = nodeId(node.treeId, period);
      if (wanted.has(hex(id))) queue.push({ ...node, period, key: childKey(node.key, period), nodeId: id });
    }
  }
  return held;
}

/** Refuses a chart whose problems are more than what a person would want to see past. */
export function mustBeWhole({ problems }: OpenedChart): void {
  const worst = problems[0];
  if (worst) throw new CareletError(worst.kind, 'open chart', { because: worst.what });
}
