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
import { CareletError, type Part, parts } from '@carelet/care/model';
import { type Bytes, concat, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { type Card, cardStands, decodeCard } from '@carelet/crypto/cards/card';
import type { Bound } from '@carelet/crypto/records/binding';
import { verifyDeed } from '@carelet/crypto/records/chart';
import { authorshipCheck, openRow, partsOf, sameRecord, unbind } from '@carelet/crypto/records/reader';
import { nodeId } from '@carelet/crypto/records/tree';
import { decodeGrant, encodeGrant, type NodeGrant, verifyWrap, type WrapPlace, wrapContext } from '@carelet/crypto/records/wrap';
import type { Keyring, WriterChart } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import { type Body, decodeBody } from './body.ts';
import { type FetchedRow, fetchRows } from './fetch.ts';
import { postingsOf } from './postings.ts';
import { parseTreeName } from './trees.ts';
import { type Held, walkDown } from './walk.ts';
import { fetchedPlace, openOwnerWrap } from './wraps.ts';

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

export type OpenedChart = { readonly chart: ChartRef; readonly records: OpenedParts[]; readonly problems: Problem[] };

type FetchedWrap = Awaited<ReturnType<Cloud['records']['nodes']>>['wraps'][number];

/** A part as it came out of its row. */
type Piece = { readonly bound: Bound; readonly held: Held; readonly row: FetchedRow };

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

export function reader({ keyring, cloud, mathematics, clock = Date.now, progress }: ReaderOptions): Reader {
  // One's own card is the one card nobody needs to vouch for, least of all the cloud.
  const cards = new Map<string, Card | null>([[hex(keyring.card.id), keyring.card]]);
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
      const signer = cards.get(hex(chart.writer));
      if (signer?.kind !== 'organisation' || !verifyDeed(signer.edVk, chart, chart.deed)) {
        return { chart, records: [], problems: [{ kind: 'tampered', what: 'nobody who may says whose chart this is' }] };
      }
      const grants = await openWraps(chart, wraps, problems);
      const held = walkDown(grants, nodes);
      const found = new Map<string, Map<Part, Piece[]>>();
      const written = authorshipCheck((author) => (mayWrite(chart, author) && cards.get(hex(author))?.edVk) || null);
      let opened = 0;
      for (const part of parts) {
        const mine = new Map([...held].filter(([, node]) => node.part === part));
        if (mine.size === 0) continue;
        const ids = [...mine.values()].map((node) => node.nodeId);
        const writer = cards.get(hex(chart.writer)) ?? null;
        const postings = await postingsOf({ cloud, pat: chart.pat, part, writer, whole: opensAll(chart) }, ids);
        for await (const page of fetchRows(cloud, chart.pat, part, ids)) {
          const pieces: Piece[] = [];
          for (const row of page) {
            const node = mine.get(hex(row.nodeId));
            if (!node) continue;
            const posted = postings.vouched(postings.saw(row));
            const result = openRow(node.key, part, row);
            const bound = result.kind === 'opened' ? unbind(part, result.content) : null;
            if (!bound || bound.version !== row.version) {
              problems.push({
                kind: result.kind === 'cannot-open' ? 'cannot-open' : 'tampered',
                what: 'a row is not what its writer sealed',
                rowId: row.rowId,
              });
            } else if (posted) pieces.push({ bound, held: node, row });
          }
          await learnCards(pieces.map(({ bound }) => bound.authorship.author));
          for (const piece of pieces) {
            if (!written(piece.bound) || !mayHang(chart, part, piece)) {
              problems.push({ kind: 'tampered', what: 'a record is not signed by an author anyone vouches for', rowId: piece.row.rowId });
              continue;
            }
            // By author and rid: nobody hides another's record behind one of the same number.
            const name = hex(piece.bound.authorship.author) + hex(piece.bound.rid);
            const byPart = found.get(name) ?? new Map<Part, Piece[]>();
            byPart.set(part, [...(byPart.get(part) ?? []), piece]);
            found.set(name, byPart);
          }
          opened += page.length;
          progress?.(opened);
        }
        problems.push(...(await postings.close()));
      }
      const records = join(chart, found, [...new Set([...held.values()].map(({ part }) => part))], problems);
      return { chart, records, problems };
    },
  };

  async function showEntitlements(): Promise<void> {
    for (const key of keyring.doctorKeys) if (key.notAfter > now()) await cloud.sharing.enter({ entitlement: key.entitlement });
  }

  /** Takes cards from the cloud, and believes none that the manifest or a patient's card does not vouch for. */
  async function learnCards(ids: readonly Bytes[], vouching = true): Promise<void> {
    const unknown = [...new Map(ids.map((id) => [hex(id), id])).values()].filter((id) => !cards.has(hex(id)));
    for (const id of unknown) cards.set(hex(id), null);
    for (let at = 0; at < unknown.length; at += 500) {
      const some = unknown.slice(at, at + 500);
      const answer = await cloud.login.cards({ ids: some });
      const offered = answer.cards.flatMap((bytes) => decodeCard(bytes) ?? []);
      const vouchers = offered.flatMap(({ vouchers: words }) => words.flatMap(({ by }) => (typeof by === 'number' ? [] : [by])));
      // A device is vouched for by a person, and a person by nobody or by issuers: one step is enough.
      if (vouching && vouchers.length > 0) await learnCards(vouchers, false);
      for (const id of some) {
        const card = offered.find((one) => equalPublic(one.id, id));
        cards.set(hex(id), card && cardStands(card, keyring.manifest, now(), (by) => cards.get(hex(by)) ?? null) ? card : null);
      }
    }
  }

  async function openWraps(chart: ChartRef, wraps: readonly FetchedWrap[], problems: Problem[]): Promise<Held[]> {
    const own = keyring.charts.find(({ pat }) => equalPublic(pat, chart.pat));
    if (own) return rootsOf(own);
    const opened: { grant: NodeGrant; wrap: FetchedWrap }[] = [];
    const jobs: { place: ReturnType<typeof fetchedPlace>; wrap: FetchedWrap; key: Keyring['doctorKeys'][number] }[] = [];
    for (const wrap of wraps) {
      const place = fetchedPlace(chart.pat, wrap);
      const maker = cards.get(hex(wrap.maker));
      const mayMake = equalPublic(wrap.maker, chart.writer) || equalPublic(wrap.maker, chart.owner) || isDeviceOf(maker, chart.owner);
      if (!maker || !mayMake || !verifyWrap(maker.edVk, place, wrap.body, wrap.signature)) {
        problems.push({ kind: 'tampered', what: 'a lock on a part of this chart was made by nobody who may' });
        continue;
      }
      if (wrap.kind === 'owner') {
        const grant = openOwnerWrap(keyring.secrets.hybridSk, place, wrap.body);
        if (grant) opened.push({ grant, wrap });
        else problems.push({ kind: 'cannot-open', what: 'a lock made for the owner does not open' });
        if (grant && !equalPublic(chart.owner, keyring.card.id)) {
          problems.push({ kind: 'tampered', what: 'this chart is locked to you, but the cloud says it is somebody else’s' });
        }
        continue;
      }
      const known = keyring.opened[remembered(place, wrap)];
      const grant = known ? decodeGrant(known, place) : null;
      if (grant) {
        opened.push({ grant, wrap });
        continue;
      }
      const key = keyring.doctorKeys.find(
        ({ organisation, notAfter }) =>
          equalPublic(organisation, wrap.domain) && equalPublic(organisation, chart.writer) && notAfter > now(),
      );
      if (key) jobs.push({ place, wrap, key });
    }
    const contents = await mathematics.openPolicies(
      jobs.map(({ place, wrap, key }) => ({ domain: key.domain, pq: key.pq, key: key.key, context: wrapContext(place), body: wrap.body })),
    );
    contents.forEach((content, i) => {
      const { place, wrap } = jobs[i]!;
      const grant = content && decodeGrant(content, place);
      if (!grant) {
        problems.push({ kind: 'cannot-open', what: 'a part of this chart does not open with these keys' });
        return;
      }
      keyring.opened[remembered(place, wrap)] = encodeGrant(grant);
      opened.push({ grant, wrap });
    });
    // Trees belong to the chart's writer and to its owner's devices, whoever made the wrap.
    await learnCards(opened.map(({ grant }) => grant.writer));
    return opened.flatMap(({ grant, wrap }): Held[] => {
      if (mayWrite(chart, grant.writer)) return [{ ...grant, nodeId: wrap.nodeId, part: wrap.part }];
      problems.push({ kind: 'tampered', what: 'a lock leads to keys of somebody who may not write here' });
      return [];
    });
  }

  /** Whether somebody may have records in a chart: its writer, or a device its owner vouched for. */
  function mayWrite(chart: ChartRef, who: Bytes): boolean {
    return equalPublic(who, chart.writer) || isDeviceOf(cards.get(hex(who)), chart.owner);
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

  /** Whether one opens every part of this chart: its owner, or who keeps the owner's cradle. Once linked, a patient's devices write there too. */
  function opensAll({ pat, owner }: ChartRef): boolean {
    return equalPublic(owner, keyring.card.id) || keyring.charts.some((chart) => chart.cradle && equalPublic(chart.pat, pat));
  }

  function join(chart: ChartRef, found: Map<string, Map<Part, Piece[]>>, openParts: readonly Part[], problems: Problem[]): OpenedParts[] {
    const owns = opensAll(chart);
    const records: OpenedParts[] = [];
    for (const byPart of found.values()) {
      const versions = [...new Set([...byPart.values()].flat().map(({ bound }) => bound.version))].sort((a, b) => b - a);
      const piecesOf = (version: number) =>
        [...byPart].flatMap(([part, all]) => all.filter(({ bound }) => bound.version === version).map((one) => ({ part, ...one })));
      const isWhole = (version: number) => {
        const there = piecesOf(version);
        return partsOf(there[0]!.bound).every((part) => there.some((piece) => piece.part === part));
      };
      // Who opens everything sees the last version that is all there, not half of the one on its way.
      const version = (owns && versions.find(isWhole)) || versions[0]!;
      const pieces = piecesOf(version);
      if (version !== versions[0]) {
        const [later] = piecesOf(versions[0]!);
        problems.push({ kind: 'missing', what: 'a later version of a record is not all there', rowId: later!.row.rowId });
      }
      const first = pieces.find(({ part }) => part === 'MI') ?? pieces[0]!;
      const { rid } = first.bound;
      if (pieces.some(({ bound }) => !sameRecord(bound, first.bound)) || new Set(pieces.map(({ part }) => part)).size !== pieces.length) {
        problems.push({ kind: 'tampered', what: 'parts of different records were put together', rowId: first.row.rowId });
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
        if (openParts.includes(part) && owns) {
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

/** Where a node key that was opened before is kept: by the very wrap it came from. */
const remembered = (place: WrapPlace, wrap: FetchedWrap): string => hex(sha256(concat(wrapContext(place), wrap.domain, sha256(wrap.body))));

/** A record hangs in its author's own tree; a device has nothing to say but strips of its own. */
function mayHang(chart: ChartRef, part: Part, { bound, held }: Piece): boolean {
  const { author } = bound.authorship;
  if (!equalPublic(author, held.writer)) return false;
  if (equalPublic(author, chart.writer)) return true;
  const body = part === 'MI' ? decodeBody(bound.body) : null;
  return body?.kind === 'strip' && equalPublic(body.device, author);
}

/** A device whose owner vouched for it; `cardStands` has checked the voucher. */
const isDeviceOf = (card: Card | null | undefined, owner: Bytes): boolean =>
  card?.kind === 'device' && card.vouchers.some(({ by }) => typeof by !== 'number' && equalPublic(by, owner));

/** Refuses a chart whose problems are more than what a person would want to see past. */
export function mustBeWhole({ problems }: OpenedChart): void {
  const worst = problems[0];
  if (worst) throw new CareletError(worst.kind, 'open chart', { because: worst.what });
}
