/**
 * Which key tree a part of a record hangs in, and the way down to its node.
 *
 * Identity has one tree per chart; quasi-identity one per sensitive group; medical content one per category.
 * An undated record hangs on `always` of a tree of its own: in a dated tree a wrap of `always` would open
 * every day that is still to come.
 *
 * @module
 */
import type { Category, Part, Period } from '@carelet/care/model';
import { ancestors } from '@carelet/care/rules/records/calendar';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';
import type { NodeLink } from '@carelet/crypto/records/posting';
import { descend, newTree, nodeId, type Tree } from '@carelet/crypto/records/tree';
import type { ChartTree, WriterChart } from '../keyring/keyring.ts';
import { limitsSaid } from '../sharing/followed-limits.ts';

/** What a tree is for. */
export type TreeOf = {
  readonly part: Part;
  readonly category: Category;
  readonly dated: boolean;
  /** The unit that wrote what hangs in it, as in `cardio/icu`; the whole organisation where none is named. */
  readonly unit?: string;
};

/** Who somebody is: what all units know that wrote in a chart, whichever of them said it. */
export const isOfAll = ({ part, category }: Pick<TreeOf, 'part' | 'category'>): boolean => part !== 'MI' || category.kind === 'identity';

/** The tree of one part of a record, and the period its row hangs on there: who somebody is, a hospital knows in all its units. */
export function treeOf(part: Part, category: Category, period: Period, unit = ''): Required<TreeOf> & { period: Period } {
  switch (part) {
    case 'EID':
      return { part, category: { kind: 'identity', conf: 'N', sens: 'none' }, dated: false, unit: '', period: 'always' };
    case 'QID':
      return { part, category: { kind: 'identity', conf: 'N', sens: category.sens }, dated: period !== 'always', unit: '', period };
    case 'MI':
      return { part, category, dated: period !== 'always', unit: isOfAll({ part, category }) ? '' : unit, period };
  }
}

export const treeName = ({ part, category: { kind, conf, sens }, dated, unit }: TreeOf, gen: number): string =>
  [part, kind, conf, sens, dated ? 'dated' : 'undated', gen, ...(unit ? [unit] : [])].join('|');

/** What a tree's name says. */
export function parseTreeName(name: string): Required<TreeOf> & { gen: number } {
  const [part, kind, conf, sens, span, gen, unit = ''] = name.split('|') as [
    Part,
    Category['kind'],
    Category['conf'],
    Category['sens'],
    string,
    string,
    string?,
  ];
  return { part, category: { kind, conf, sens }, dated: span === 'dated', unit, gen: Number(gen) };
}

/** The units that wrote in a chart, each once; none where none was named. */
export const unitsIn = ({ trees }: Pick<WriterChart, 'trees'>): string[] =>
  [...new Set(Object.keys(trees).map((name) => parseTreeName(name).unit))].filter((unit) => unit !== '').sort();

/** The chart's tree of this generation for a part, made now if there is none. */
export function treeIn(chart: WriterChart, of: TreeOf, gen: number, random: Random = systemRandom): ChartTree {
  const name = treeName(of, gen);
  let tree = chart.trees[name];
  if (!tree) {
    tree = { ...newTree(random), gen, periods: [], limits: limitsSaid(chart) };
    chart.trees[name] = tree;
  }
  return tree;
}

/** The key of a period's node, from a tree's root. */
export function nodeKey(tree: Tree, period: Period): Bytes {
  return descend(tree.root, wayDown(period));
}

/** A node and every node above it, as the cloud keeps them: each with its parent, the root with none. */
export function linksOf(tree: Tree, period: Period): NodeLink[] {
  const way = ['always', ...wayDown(period)];
  return way.map((step, i) => ({ nodeId: nodeId(tree.id, step), parent: i === 0 ? new Uint8Array() : nodeId(tree.id, way[i - 1]!) }));
}

/** The periods from just below `always` to this one. */
export function wayDown(period: Period): Period[] {
  return [...ancestors(period), period].slice(1);
}
