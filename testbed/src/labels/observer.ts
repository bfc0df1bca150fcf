/**
 * An observer who has the cloud's tables and nothing else: what he sees of each doctor and each chart of a hospital.
 *
 * He looks at every column of every table, so that one that is added later is looked at too; at what a doctor's formula opens; at who meets
 * whom; and at how often each label occurs, which is as much as he can say of it.
 *
 * @module
 */
import { hex } from '@carelet/crypto/algebra/bytes';
import { parse, attributesOf as partsOf, satisfies } from '@carelet/crypto/kp-abe/formula';
import { groupBy } from '@carelet/ground/group-by';
import type { Seen } from './guess.ts';

export type Row = Readonly<Record<string, unknown>>;

/** A cloud's tables, each in the order in which its rows lie. */
export type Dump = Readonly<Record<string, readonly Row[]>>;

/** Who can be seen at one hospital, by number in hex. */
export type Sight = {
  readonly doctors: ReadonlyMap<string, Seen>;
  readonly charts: ReadonlyMap<string, Seen>;
  /** Which doctor may read in which chart, both ways round. */
  readonly meets: ReadonlyMap<string, ReadonlySet<string>>;
};

/** What is seen of one in the tables: columns of the rows that name him. */
type Numbers = Record<string, number>;

const text = (value: unknown): string => (value instanceof Uint8Array ? hex(value) : String(value));

/** Everything that can be seen of one hospital's doctors and charts. */
export function lookAt(dump: Dump, hospital: string): Sight {
  const of = (table: string): readonly Row[] => dump[table] ?? [];
  const pats = new Set(
    of('chart')
      .filter(({ writer }) => text(writer) === hospital)
      .map(({ pat }) => text(pat)),
  );
  const entitlements = of('entitlement').filter(({ organisation }) => text(organisation) === hospital);
  const consents = of('consent').filter(({ pat }) => pats.has(text(pat)));
  const doctors = new Set(entitlements.map(({ doctor }) => text(doctor)));

  const wraps = of('wrap').filter(({ kind, pat }) => text(kind) === 'policy' && pats.has(text(pat)));
  const labelled = wraps.map((wrap) => ({ pat: text(wrap.pat), node: text(wrap.node_id), labels: (wrap.labels as string[]) ?? [] }));
  const frequency = ranked(labelled);
  const rowsOn = sizesByNode(dump);
  const columns = columnsOf(dump, new Set([...doctors, ...pats]));

  const numbers = new Map<string, Numbers>();
  const tokens = new Map<string, Record<string, string[]>>([...doctors, ...pats].map((id) => [id, {}]));
  const put = (id: string, place: string, some: readonly string[]) => {
    const places = tokens.get(id);
    if (places) places[place] = [...(places[place] ?? []), ...some];
  };
  /** Labels, and how common each is: that would tell kinds of records apart. */
  const putLabels = (id: string, place: string, some: readonly string[]) => {
    put(id, place, some);
    put(
      id,
      `${place}, by rank`,
      some.map((label) => String(frequency.get(label)?.rank)),
    );
  };
  const meets = new Map<string, Set<string>>([...doctors, ...pats].map((id) => [id, new Set<string>()]));
  const meet = (doctor: string, pat: string) => {
    meets.get(doctor)?.add(pat);
    meets.get(pat)?.add(doctor);
  };
  for (const { doctor, formula: written } of entitlements) {
    const id = text(doctor);
    const formula = parse(String(written));
    const opened = labelled.filter(({ labels }) => satisfies(formula, labels));
    for (const { pat } of opened) meet(id, pat);
    const named = partsOf(formula);
    const matching = named.filter((label) => frequency.has(label));
    const sizes = opened.flatMap(({ node }) => rowsOn.get(node) ?? []);
    numbers.set(id, {
      'labels in the formula': named.length,
      'labels of it that occur': matching.length,
      'how often they occur': mean(matching.map((label) => frequency.get(label)!.wraps)),
      'wraps it opens': opened.length,
      'rows below them': sizes.length,
      'their size': mean(sizes),
    });
    putLabels(id, 'labels in the formula', matching);
    putLabels(
      id,
      'labels of the wraps it opens',
      opened.flatMap((wrap) => wrap.labels),
    );
  }
  const published = groupBy(of('scope_state'), ({ pat }) => text(pat));
  for (const consent of consents) {
    const [doctor, pat] = [text(consent.doctor), text(consent.pat)];
    meet(doctor, pat);
    const scopes = (published.get(pat) ?? []).map(({ category }) => text(category));
    for (const id of [doctor, pat]) put(id, 'scopes of what is shared', scopes);
  }
  for (const [pat, own] of groupBy(labelled, (wrap) => wrap.pat)) {
    const labels = own.flatMap((wrap) => wrap.labels);
    numbers.set(pat, {
      'wraps on the chart': own.length,
      'labels on it': new Set(labels).size,
      'labels nobody else has': new Set(labels.filter((label) => frequency.get(label)!.charts === 1)).size,
    });
    putLabels(pat, 'labels on the chart', labels);
  }

  const clusters = clustersOf(meets);
  const alone = (id: string): Numbers => ({
    ...columns.get(id),
    ...numbers.get(id),
    'whom one meets': meets.get(id)!.size,
    'size of the circle': clusters.get(id)!.size,
    'rank of the circle': clusters.get(id)!.rank,
  });
  const seen = (id: string): Seen => {
    const others = [...meets.get(id)!];
    const around: Numbers = {};
    for (const other of others)
      for (const [name, value] of Object.entries(alone(other))) around[`around: ${name}`] = (around[`around: ${name}`] ?? 0) + value;
    for (const name of Object.keys(around)) around[name] = around[name]! / others.length;
    const tokensAround: Record<string, string[]> = {};
    for (const other of others) {
      for (const [place, some] of Object.entries(tokens.get(other)!)) {
        const name = `around: ${place}`;
        tokensAround[name] = [...(tokensAround[name] ?? []), ...some];
      }
    }
    return { numbers: { ...alone(id), ...around }, tokens: { ...tokens.get(id), ...tokensAround } };
  };
  const all = (ids: Iterable<string>) => new Map([...ids].map((id) => [id, seen(id)]));
  return { doctors: all(doctors), charts: all(pats), meets };
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** How often each label occurs: on how many wraps and charts, and its rank among all. */
function ranked(wraps: readonly { readonly pat: string; readonly labels: readonly string[] }[]) {
  const on = new Map<string, { wraps: number; charts: Set<string> }>();
  for (const { pat, labels } of wraps) {
    for (const label of labels) {
      const one = on.get(label) ?? { wraps: 0, charts: new Set<string>() };
      one.wraps++;
      one.charts.add(pat);
      on.set(label, one);
    }
  }
  const inOrder = [...on].sort(([, a], [, b]) => b.wraps - a.wraps);
  return new Map(inOrder.map(([label, { wraps: count, charts }], rank) => [label, { wraps: count, charts: charts.size, rank }]));
}

function sizesByNode(dump: Dump): Map<string, number[]> {
  const sizes = new Map<string, number[]>();
  for (const [table, rows] of Object.entries(dump)) {
    if (!table.startsWith('shelf_')) continue;
    for (const { node_id, ct } of rows) {
      const node = text(node_id);
      sizes.set(node, [...(sizes.get(node) ?? []), (ct as Uint8Array).length]);
    }
  }
  return sizes;
}

/** Of each column of each table, in the rows that name somebody: how many, how long, how much, and how far down they lie. */
function columnsOf(dump: Dump, ids: ReadonlySet<string>): Map<string, Numbers> {
  const found = new Map<string, Map<string, number[]>>();
  for (const [table, rows] of Object.entries(dump)) {
    for (const [place, row] of rows.entries()) {
      const named = new Set(
        Object.values(row)
          .map((value) => (value instanceof Uint8Array && value.length === 16 ? hex(value) : ''))
          .filter((id) => ids.has(id)),
      );
      for (const id of named) {
        const mine = found.get(id) ?? new Map<string, number[]>();
        found.set(id, mine);
        const add = (name: string, value: number) => mine.set(name, [...(mine.get(name) ?? []), value]);
        add(`${table}: place`, place);
        for (const [column, value] of Object.entries(row)) add(`${table}.${column}`, measure(value));
      }
    }
  }
  return new Map(
    [...found].map(([id, mine]) => [
      id,
      Object.fromEntries(
        [...mine].flatMap(([name, values]) => [
          [name, mean(values)],
          [`${name}, all`, values.reduce((sum, value) => sum + value, 0)],
        ]),
      ),
    ]),
  );
}

function measure(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') return /^\d{1,15}$/.test(value) ? Number(value) : value.length;
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length;
  return value === null ? -1 : 0;
}

/**
 * Circles of those who meet one another more than others, by label propagation; the largest has rank 0. A circle as large as a specialty is
 * common may be it.
 */
function clustersOf(meets: ReadonlyMap<string, ReadonlySet<string>>): Map<string, { size: number; rank: number }> {
  const circle = new Map([...meets.keys()].map((id) => [id, id]));
  for (let round = 0; round < 20; round++) {
    for (const [id, others] of meets) {
      const votes = new Map<string, number>();
      for (const other of others) {
        const name = circle.get(other)!;
        votes.set(name, (votes.get(name) ?? 0) + 1);
      }
      const [most] = [...votes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      if (most) circle.set(id, most[0]);
    }
  }
  const sizes = new Map<string, number>();
  for (const name of circle.values()) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  const order = [...sizes].sort(([, a], [, b]) => b - a).map(([name]) => name);
  return new Map([...circle].map(([id, name]) => [id, { size: sizes.get(name)!, rank: order.indexOf(name) }]));
}
