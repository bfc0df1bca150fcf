/**
 * The scopes of a chart: what its owner published of them, as writers, the owner herself and nobody else use it.
 *
 * @module
 */
import { CareletError, type Category, type Part, type Period } from '@carelet/care/model';
import { ancestors, isClosed, spanOf } from '@carelet/care/rules/records/calendar';
import { type Bytes, cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { kdf } from '@carelet/crypto/algebra/hash';
import { sign, verify } from '@carelet/crypto/algebra/sign';
import type { Card } from '@carelet/crypto/cards/card';
import { openWith, sealTo } from '@carelet/crypto/ntru/hybrid';
import { scopeId } from '@carelet/crypto/pre/writer';
import { categoryOf, followAll, publishedKey, type ScopeHead, scopeName } from '@carelet/crypto/records/scope';
import { nodeId } from '@carelet/crypto/records/tree';
import type { WriterChart } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import { parseTreeName, type TreeOf } from '../records/trees.ts';
import type { ScopedNode, WrapNode } from '../records/wraps.ts';

/** What is published of a chart's scopes, by category. */
export type Published = ReadonlyMap<string, ScopeHead>;

const words = ({ kind, conf, sens }: Category) => [kind, conf, sens] as const;
/** What a category's chain is kept under. */
export const categoryName = (category: Category): string => words(category).join('|');
/** The category of a chain. */
export function nameOfCategory(name: string): Category {
  const [kind, conf, sens] = name.split('|') as [Category['kind'], Category['conf'], Category['sens']];
  return { kind, conf, sens };
}

/**
 * Reads and follows the scope states of a chart.
 *
 * @param known the ends of chains that were seen before, by name: nobody may show an older one
 * @throws {CareletError} `tampered` where they are not its owner's, or not all of them
 */
export function followScopes(
  states: readonly Bytes[],
  { pat, owner, known = {} }: { pat: Bytes; owner: Card; known?: Readonly<Record<string, { readonly gen: number }>> },
): Published {
  const chains = new Map<string, { category: readonly [string, string, string]; states: Bytes[] }>();
  const refuse = (because: string) => new CareletError('tampered', 'read scopes', { because });
  for (const state of states) {
    const category = categoryOf(state);
    if (!category) throw refuse('what is published of a chart’s scopes cannot be read');
    const name = category.join('|');
    const chain = chains.get(name) ?? { category, states: [] };
    chain.states.push(state);
    chains.set(name, chain);
  }
  const published = new Map<string, ScopeHead>();
  for (const [name, { category, states }] of chains) {
    const followed = followAll(null, states, { pat, category, edVk: owner.edVk });
    if (followed?.kind !== 'follows') throw refuse('what is published of a chart’s scopes is not its owner’s');
    published.set(name, followed.head);
  }
  for (const [name, { gen }] of Object.entries(known)) {
    if ((published.get(name)?.gen ?? -1) < gen) throw refuse('the cloud shows an older state of a chart’s scopes than it did before');
  }
  return published;
}

/** R_p of one chart: what is shared of one chart joins with nothing of another. */
export const rootOf = (root: Bytes, pat: Bytes): Bytes => kdf(root, 'carelet/v1/sharing/scope-root', [pat]);

/** The name of a scope of this generation. */
export const nameOfScope = (category: Category, gen: number, part: Part, period: Period): Bytes =>
  scopeName(words(category), gen, part, period);

/** The generation of the trees that a writer begins now: one later for every time the patient was linked, or took something back. */
export const generationOf = (chart: WriterChart, { category }: TreeOf, published: Published): number =>
  chart.gen + (published.get(categoryName(category))?.gen ?? 0);

/** The generations that a writer has sealed in: nobody may show it an older state. */
export function generationsSeen(chart: WriterChart): Record<string, { gen: number }> {
  const seen: Record<string, { gen: number }> = {};
  for (const tree of Object.keys(chart.trees)) {
    const { category, gen } = parseTreeName(tree);
    const name = categoryName(category);
    if (gen - chart.gen > (seen[name]?.gen ?? 0)) seen[name] = { gen: gen - chart.gen };
  }
  return seen;
}

/**
 * The nodes of a tree that get a consent wrap now: those for which its owner published a scope, once they are over, and days at
 * once. Of a dated tree never the root, which would open every date there will ever be.
 *
 * @param periods where rows hang
 */
export function scopedNodes(node: Omit<WrapNode, 'period'>, periods: Iterable<Period>, published: Published, today: Period): ScopedNode[] {
  const { part, category, dated } = node.of;
  const head = published.get(categoryName(category));
  if (!head) return [];
  const candidates = new Set<Period>();
  for (const period of periods) for (const one of dated ? [...ancestors(period).slice(1), period] : ['always']) candidates.add(one);
  return [...candidates].flatMap((period) => {
    if (dated && (period === 'always' || (spanOf(period) !== 'day' && !isClosed(period, today)))) return [];
    const p = publishedKey(head, words(category), part, period);
    return p ? [{ node: { ...node, period }, scope: nameOfScope(category, head.gen, part, period), p }] : [];
  });
}

/** Which of these nodes carry no wrap for their scope yet. */
export async function withoutWrap(cloud: Cloud, pat: Bytes, nodes: readonly ScopedNode[]): Promise<ScopedNode[]> {
  const missing: ScopedNode[] = [];
  for (let at = 0; at < nodes.length; at += atOnce) {
    const some = nodes.slice(at, at + atOnce);
    const { wrapped } = await cloud.sharing.consented({
      pat,
      nodes: some.map(({ node: { tree, period }, p }) => ({ nodeId: nodeId(tree.id, period), scope: scopeId(p) })),
    });
    missing.push(...some.filter((_, i) => !wrapped[i]));
  }
  return missing;
}

/** Nodes asked about in one request. */
const atOnce = 5000;

const letterLabel = 'carelet/v1/sharing/writer-letter';

/** The owner's K_pq for whoever writes her chart: sealed to the writer, signed by her. */
export function sealWriterLetter(owner: { readonly edSk: Bytes }, writer: Card, pat: Bytes, pq: Bytes): Bytes {
  const sealed = sealTo(writer.hybridPk, cbor([letterLabel, pat]), pq);
  return cbor([sealed, sign(owner.edSk, letterLabel, [pat, sealed])]);
}

/** K_pq out of a letter; `null` when it is not the owner's or not for this writer. */
export function openWriterLetter(hybridSk: Bytes, owner: Card, pat: Bytes, letter: Bytes): Bytes | null {
  try {
    const [sealed, signature] = uncbor(letter) as [Bytes, Bytes];
    if (!verify(owner.edVk, letterLabel, [pat, sealed], signature)) return null;
    const pq = openWith(hybridSk, cbor([letterLabel, pat]), sealed);
    return pq?.length === 32 ? pq : null;
  } catch {
    return null;
  }
}

/** What a chain's end is kept under in a keyring. */
export const headName = (pat: Bytes, category: string): string => `${hex(pat)}|${category}`;
