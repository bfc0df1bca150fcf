/**
 * Writing records: seal each part under its tree, post the batch, wrap what was not wrapped yet.
 *
 * A batch belongs to one chart. The cloud is the only journal: what it already holds is opened and compared,
 * so that a second import stores nothing twice and an interrupted one goes on where it stopped. Trees are in
 * the keyring, on disk, before anything sealed under them leaves.
 *
 * @module
 */
import type { Category, Part, Period } from '@carelet/care/model';
import { CareletError, parts } from '@carelet/care/model';
import { checkUnit } from '@carelet/care/rules/sharing/attributes';
import { type Bytes, compare, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';
import { decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { newCard } from '@carelet/crypto/cards/owner';
import { signDeed } from '@carelet/crypto/records/chart';
import { type NodeLink, signPosting } from '@carelet/crypto/records/posting';
import { openRow, unbind } from '@carelet/crypto/records/reader';
import { type Row, recordId, rowIdOf } from '@carelet/crypto/records/row';
import { nodeId } from '@carelet/crypto/records/tree';
import { bind, sealRow } from '@carelet/crypto/records/writer';
import { mustHoldDomain } from '../enrolment.ts';
import type { Keyring, WriterChart, WriterKeys } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import { watchOver } from '../receipts/watch.ts';
import { followChart, opensByName } from '../sharing/followed-limits.ts';
import {
  followScopes,
  generationOf,
  generationsSeen,
  nothingPublished,
  openWriterLetter,
  type Published,
  scopedNodes,
  withoutWrap,
} from '../sharing/scopes.ts';
import { fetchRows } from './fetch.ts';
import { isOfAll, linksOf, nodeKey, parseTreeName, type TreeOf, treeIn, treeName, treeOf, unitsIn } from './trees.ts';
import {
  consentWraps,
  labelledNodes,
  nodesForRoles,
  ownerWrap,
  type ScopedNode,
  type Wrap,
  type WrapNode,
  withoutPolicy,
  wrapsFor,
} from './wraps.ts';

/** A record on its way: its parts already encoded as bodies. */
export type Draft = {
  /** What makes it the same record the next time. */
  readonly type: string;
  readonly id: string;
  readonly bodies: { readonly [X in Part]?: Bytes };
  readonly category: Category;
  readonly period: Period;
};

/** What became of a draft. */
export type Posted = 'stored' | 'updated' | 'already';

export type Writer = {
  /** The chart under one of these references, made (with a cradle for its owner) when there is none. */
  chartFor(references: readonly string[]): Promise<WriterChart>;
  /** The organisation's own chart, for resources that concern no patient. */
  directory(): Promise<WriterChart>;
  /** Posts a batch; gives each draft's outcome in order. */
  post(chart: WriterChart, drafts: readonly Draft[]): Promise<Posted[]>;
  /**
   * Asks whether everything posted is in the cloud's log by now, as it promised; what has time left is asked about again.
   *
   * @throws {CareletError} `tampered` when it is not
   */
  settle(): Promise<void>;
};

/** Postings whose place in the log is asked for together. */
const dueAtMost = 64;

/** How rows are sealed; the town's benchmarks measure the way with another, that does not seal. */
export type RowSeal = typeof sealRow;

export type WriterOptions = {
  readonly keyring: Keyring;
  /** Puts the keyring on disk. */
  readonly save: () => Promise<void>;
  readonly cloud: Cloud;
  readonly mathematics: Mathematics;
  /** UTC milliseconds. */
  readonly clock?: () => number;
  readonly random?: Random;
  readonly sealRow?: RowSeal;
  /** The unit of the organisation that writes, as in `cardio/icu`; the whole of it unless told. */
  readonly unit?: string | undefined;
};

const cradleYears = 10;

export function writer(options: WriterOptions): Writer {
  const { keyring, save, cloud, mathematics, clock = Date.now, random = systemRandom, sealRow: seal = sealRow, unit = '' } = options;
  if (unit !== '') checkUnit(unit, 'write records');
  const organisation = keyring.card.id;
  const keys = keyring.writer as WriterKeys;
  const byReference = new Map<string, WriterChart>();
  for (const chart of keyring.charts) for (const reference of chart.references) byReference.set(reference, chart);
  const watch = watchOver({ keyring, cloud, now: () => Math.floor(clock() / 1000) });
  const today = () => new Date(clock()).toISOString().slice(0, 10);
  /** Of the chart whose batch is being posted. */
  let scopes: Promise<{ published: Published; pq: Bytes | null }> | null = null;

  const addChart = async (references: string[], ownerCard: Bytes, cradle: WriterChart['cradle']) => {
    const chart: WriterChart = {
      words: [],
      pat: random(16),
      ridKey: random(32),
      references,
      owner: ownerCard,
      cradle,
      gen: 0,
      trees: {},
      renewed: '',
      limits: null,
      units: [],
    };
    keyring.charts.push(chart);
    for (const reference of references) byReference.set(reference, chart);
    await save();
    return chart;
  };

  return {
    async chartFor(references) {
      const chart = references.map((reference) => byReference.get(reference)).find((known) => known !== undefined);
      if (!chart) {
        const expiry = Math.floor(clock() / 1000) + cradleYears * 365 * 86_400;
        const { card, secrets } = newCard('cradle', expiry, random);
        return addChart([...references], encodeCard(card), secrets);
      }
      const fresh = references.filter((reference) => !chart.references.includes(reference));
      if (fresh.length > 0) {
        chart.references.push(...fresh);
        for (const reference of fresh) byReference.set(reference, chart);
      }
      return chart;
    },

    async directory() {
      const own = encodeCard(keyring.card);
      const chart = keyring.charts.find(({ owner }) => equalPublic(owner, own));
      return chart ?? addChart([], own, null);
    },

    async post(chart, drafts) {
      mustHoldDomain(keyring, 'post records');
      if (chart.renewed === '') await openInCloud(chart);
      if (watch.due() >= dueAtMost) await settle();
      scopes = null;
      await followChart({ keyring, cloud }, chart);
      const { published } = await scopesOf(chart);
      const genOf = (of: TreeOf) => generationOf(chart, of, published);
      const prepared = drafts.map((draft) => ({ draft, rid: recordId(chart.ridKey, draft.type, draft.id) }));
      const versions = await knownVersions(chart, prepared);
      const unchanged = await unchangedOf(chart, prepared, versions, genOf);
      const fresh = prepared.filter(({ rid }) => !unchanged.has(hex(rid)));

      const renew = chart.renewed !== today();
      if (fresh.length > 0 || renew) {
        for (const { draft } of fresh) {
          for (const part of partsIn(draft)) {
            const { period, ...of } = treeOf(part, draft.category, draft.period, unit);
            const tree = treeIn(chart, of, genOf(of), random);
            if (!tree.periods.includes(period)) tree.periods.push(period);
          }
        }
        await save();
        const units = unitsIn(chart);
        const grown = units.some((one) => !chart.units.includes(one));
        await send(chart, fresh, versions, { renew, grown }, genOf);
        if (renew || grown) {
          if (renew) chart.renewed = today();
          chart.units = units;
          await save();
        }
      }
      return prepared.map(({ draft, rid }) => {
        if (unchanged.has(hex(rid))) return 'already';
        // Its last part goes up last: where that lay, the record was there; where it did not, an import was interrupted.
        const last = partsIn(draft).at(-1);
        return last && (versions[last].get(hex(rid)) ?? 0) > 0 ? 'updated' : 'stored';
      });
    },

    settle,
  };

  async function settle(): Promise<void> {
    const [broken] = await watch.settle();
    if (broken !== undefined) throw new CareletError('tampered', 'post records', { because: broken });
  }

  /** A chart nothing was ever posted to may not be there: whoever made it may have been interrupted. Asked twice, it is opened once. */
  async function openInCloud(chart: WriterChart): Promise<void> {
    await cloud.login.present({ card: chart.owner, with: [] });
    const deed = { pat: chart.pat, writer: organisation, owner: decodeCard(chart.owner)!.id };
    await cloud.records.openChart({ pat: deed.pat, owner: deed.owner, deed: signDeed(keyring.secrets.edSk, deed) });
  }

  type GenOf = (of: TreeOf) => number;
  type Prepared = { draft: Draft; rid: Bytes };
  type Versions = Record<Part, Map<string, number>>;

  async function knownVersions(chart: WriterChart, prepared: readonly Prepared[]): Promise<Versions> {
    const versions: Versions = { EID: new Map(), QID: new Map(), MI: new Map() };
    for (const part of parts) {
      const having = prepared.filter(({ draft }) => draft.bodies[part]);
      if (having.length === 0) continue;
      const answer = await cloud.records.versions({
        pat: chart.pat,
        part,
        rowIds: having.map(({ rid }) => rowIdOf(chart.ridKey, part, rid)),
      });
      for (const [i, { rid }] of having.entries()) versions[part].set(hex(rid), answer.versions[i]!);
    }
    return versions;
  }

  /** The records whose every part already lies in the cloud, in one version, with the very same content. */
  async function unchangedOf(chart: WriterChart, prepared: readonly Prepared[], versions: Versions, genOf: GenOf): Promise<Set<string>> {
    const complete = prepared.filter(({ draft, rid }) => {
      const seen = new Set(partsIn(draft).map((part) => versions[part].get(hex(rid)) ?? 0));
      return seen.size === 1 && !seen.has(0);
    });
    const same = new Map(complete.map(({ rid }) => [hex(rid), true]));
    for (const part of parts) {
      const expected = new Map<string, { body: Bytes; version: number; rid: string }>();
      const nodes = new Map<string, { nodeId: Bytes; key: Bytes }>();
      for (const { draft, rid } of complete) {
        const body = draft.bodies[part];
        if (!body) continue;
        const { period, ...of } = treeOf(part, draft.category, draft.period, unit);
        // It may hang in a tree of an earlier generation; and in any unit's, where none is named now.
        const named = of.unit === '' ? ['', ...unitsIn(chart)] : [of.unit];
        for (let gen = genOf(of); gen >= 0; gen--) {
          for (const one of named) {
            const tree = chart.trees[treeName({ ...of, unit: one }, gen)];
            if (!tree?.periods.includes(period)) continue;
            const id = nodeId(tree.id, period);
            if (!nodes.has(hex(id))) nodes.set(hex(id), { nodeId: id, key: nodeKey(tree, period) });
          }
        }
        expected.set(hex(rowIdOf(chart.ridKey, part, rid)), { body, version: versions[part].get(hex(rid))!, rid: hex(rid) });
      }
      const found = new Set<string>();
      for await (const page of fetchRows(
        cloud,
        chart.pat,
        part,
        [...nodes.values()].map((node) => node.nodeId),
      )) {
        for (const row of page) {
          const wanted = expected.get(hex(row.rowId));
          const node = nodes.get(hex(row.nodeId));
          if (!wanted || !node || wanted.version !== row.version) continue;
          const opened = openRow(node.key, part, row);
          const bound = opened.kind === 'opened' ? unbind(part, opened.content) : null;
          if (bound && equalPublic(bound.body, wanted.body)) found.add(hex(row.rowId));
        }
      }
      for (const [rowId, { rid }] of expected) if (!found.has(rowId)) same.set(rid, false);
    }
    return new Set([...same].filter(([, value]) => value).map(([rid]) => rid));
  }

  /** @param anew.grown whether a unit wrote here that had not before: its doctors open who the patient is from now on */
  async function send(
    chart: WriterChart,
    fresh: readonly Prepared[],
    versions: Versions,
    { renew, grown }: { readonly renew: boolean; readonly grown: boolean },
    genOf: GenOf,
  ): Promise<void> {
    const records = fresh.map(({ draft, rid }) => {
      const last = Math.max(0, ...partsIn(draft).map((part) => versions[part].get(hex(rid)) ?? 0));
      return { draft, rid, version: last + 1 };
    });
    const contents =
      records.length === 0
        ? []
        : bind(
            records.map(({ rid, version, draft }) => ({ rid, version, bodies: draft.bodies })),
            { id: organisation, secret: keyring.secrets.edSk },
            random,
          );

    // MI last: a record shows once its other parts lie there.
    for (const part of parts) {
      const rows: (Row & { base: number })[] = [];
      const links = new Map<string, NodeLink>();
      records.forEach(({ draft, rid, version }, i) => {
        const content = contents[i]![part];
        if (!content) return;
        const { period, ...of } = treeOf(part, draft.category, draft.period, unit);
        const tree = treeIn(chart, of, genOf(of), random);
        for (const link of linksOf(tree, period)) links.set(hex(link.nodeId), link);
        const at = { part, rowId: rowIdOf(chart.ridKey, part, rid), version, nodeId: nodeId(tree.id, period) };
        rows.push({ ...seal(nodeKey(tree, period), at, content, random), base: versions[part].get(hex(rid)) ?? 0 });
      });
      const touched = new Set(
        records
          .filter(({ draft }) => draft.bodies[part])
          .map(({ draft }) => treeOf(part, draft.category, draft.period, unit))
          .map((of) => treeName(of, genOf(of))),
      );
      const anew = (of: TreeOf) => grown && isOfAll(of);
      const wraps = await missingWraps(chart, part, (name) => renew || touched.has(name) || anew(parseTreeName(name)), anew);
      if (rows.length === 0) {
        if (wraps.length > 0) {
          const { promise } = await cloud.sharing.wrap({ pat: chart.pat, part, links: [], wraps });
          // A chart of one’s own leaves none.
          const own = equalPublic(decodeCard(chart.owner)!.id, organisation);
          const unpromised = own ? null : watch.took(promise);
          if (unpromised !== null) throw new CareletError('tampered', 'lay wraps', { because: unpromised });
        }
        continue;
      }
      rows.sort((a, b) => compare(a.rowId, b.rowId));
      const posting = signPosting(keyring.secrets.edSk, { writer: organisation, pat: chart.pat, part }, rows, [...links.values()]);
      const { promise } = await cloud.records.post({
        posting: { ...posting, part },
        rows: rows.map((row) => ({ ...row })),
        links: [...links.values()].map((link) => ({ ...link })),
        wraps,
      });
      const unpromised = watch.took(promise);
      if (unpromised !== null) throw new CareletError('tampered', 'post records', { because: unpromised });
    }
  }

  /**
   * Wraps that the budget of keys.md §3 and the owner's consent ask for and the cloud does not hold yet.
   *
   * @param anew of which trees those for roles also where it holds one
   */
  async function missingWraps(
    chart: WriterChart,
    part: Part,
    concerns: (treeName: string) => boolean,
    anew: (of: TreeOf) => boolean,
  ): Promise<Wrap[]> {
    const { published } = await scopesOf(chart);
    const owned: WrapNode[] = [];
    const granted: ScopedNode[] = [];
    const meant = (name: string) => parseTreeName(name).part === part && concerns(name);
    const shared = nodesForRoles(chart, organisation, today(), meant);
    for (const [name, tree] of Object.entries(chart.trees)) {
      if (!meant(name)) continue;
      const { gen: _, ...of } = parseTreeName(name);
      const node = { pat: chart.pat, writer: organisation, tree, of };
      owned.push({ ...node, period: 'always' });
      granted.push(...scopedNodes(node, tree.periods, published, today()));
    }
    const owner = decodeCard(chart.owner)!;
    const [ownedMissing, sharedMissing] = await Promise.all([
      withoutOwner(chart.pat, owned),
      withoutPolicy(
        cloud,
        { pat: chart.pat, organisation, domain: keys.domain },
        shared.filter(({ of }) => !anew(of)),
      ),
    ]);
    return [
      ...ownedMissing.map((node) => ownerWrap(keyring, owner, node)),
      ...(await wrapsFor(
        mathematics,
        keyring,
        organisation,
        keys,
        labelledNodes([...shared.filter(({ of }) => anew(of)), ...sharedMissing], organisation, keys.orgKey, {
          byName: opensByName(chart),
          units: unitsIn(chart),
        }),
      )),
      ...(await consented(chart, granted)),
    ];
  }

  /** Wraps for whomever the chart's owner lets read, of what lies in the scopes she published. */
  async function consented(chart: WriterChart, nodes: readonly ScopedNode[]): Promise<Wrap[]> {
    const pq = nodes.length > 0 ? (await scopesOf(chart)).pq : null;
    return pq ? consentWraps(mathematics, keyring, pq, await withoutWrap(cloud, chart.pat, nodes)) : [];
  }

  /** What a chart's owner published, asked for once a batch: it is never older than the batch takes. */
  async function scopesOf(chart: WriterChart): Promise<{ published: Published; pq: Bytes | null }> {
    const { pat } = chart;
    const owner = decodeCard(chart.owner)!;
    if (owner.kind !== 'patient') return { published: nothingPublished(pat), pq: null };
    scopes ??= cloud.sharing.scopes({ pat }).then(({ states, letter }) => {
      const secrets = letter && openWriterLetter(keyring.secrets.hybridSk, owner, pat, letter);
      // Whoever cannot read what is published goes on in the generation that was: nobody keeps a hospital from writing.
      if (!secrets) return { published: nothingPublished(pat), pq: null };
      const { pq, names } = secrets;
      return { published: followScopes(states, { pat, names, owner, known: generationsSeen(chart, names) }), pq };
    });
    return scopes;
  }

  async function withoutOwner(pat: Bytes, nodes: readonly WrapNode[]): Promise<WrapNode[]> {
    if (nodes.length === 0) return [];
    const asked = nodes.map(({ tree, period }) => nodeId(tree.id, period));
    const { wrapped } = await cloud.records.wrapped({ pat, kind: 'owner', domain: new Uint8Array(), nodes: asked });
    return nodes.filter((_, i) => !wrapped[i]);
  }
}

const partsIn = ({ bodies }: Draft): Part[] => parts.filter((part) => bodies[part]);
