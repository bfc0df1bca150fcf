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
import { isBytes } from '@carelet/crypto/algebra/strict';
import type { Card } from '@carelet/crypto/cards/card';
import { openWith, sealTo } from '@carelet/crypto/ntru/hybrid';
import { scopeId } from '@carelet/crypto/pre/writer';
import {
  categoryOf,
  categoryPseudonym,
  followAll,
  publishedKey,
  type ScopeHead,
  scopeName,
  scopePseudonym,
} from '@carelet/crypto/records/scope';
import { nodeId } from '@carelet/crypto/records/tree';
import type { WriterChart } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import { parseTreeName, type TreeOf } from '../records/trees.ts';
import type { ScopedNode, WrapNode } from '../records/wraps.ts';
import { limitsSaid } from './followed-limits.ts';

/** What is published of a chart's scopes, and the key of the names under which the cloud keeps it. */
export type Published = {
  readonly pat: Bytes;
  readonly names: Bytes;
  /** By the pseudonyms of the categories. */
  readonly heads: ReadonlyMap<string, ScopeHead>;
};

/** Of a chart of which nothing is published, or nothing that can be read. */
export const nothingPublished = (pat: Bytes): Published => ({ pat, names: new Uint8Array(32), heads: new Map() });

const words = ({ kind, conf, sens }: Category) => [kind, conf, sens] as const;

type Named = Pick<Published, 'pat' | 'names'>;

/** The pseudonym of a category, as heads are kept under. */
export const categoryName = ({ pat, names }: Named, category: Category): string => hex(categoryPseudonym(names, pat, words(category)));

/** The end of a category's chain. */
export const headOf = (published: Published, category: Category): ScopeHead | undefined =>
  published.heads.get(categoryName(published, category));

/** A scope of the generation that holds: its name, its pseudonym, and P where that is published. */
export function scopeIn(published: Published, category: Category, part: Part, period: Period) {
  const head = headOf(published, category);
  const scope = nameOfScope(category, head?.gen ?? 0, part, period);
  const pseudonym = scopePseudonym(published.names, published.pat, scope);
  return { scope, pseudonym, p: head && publishedKey(head, pseudonym) };
}

/**
 * Reads and follows the scope states of a chart.
 *
 * @param known the generations of chains that were seen before, by pseudonym: nobody may show an older one
 * @throws {CareletError} `tampered` where they are not its owner's, or not all of them
 */
export function followScopes(
  states: readonly Bytes[],
  { pat, names, owner, known = {} }: Named & { owner: Card; known?: Readonly<Record<string, { readonly gen: number }>> },
): Published {
  const chains = new Map<string, { category: Bytes; states: Bytes[] }>();
  const refuse = (because: string) => new CareletError('tampered', 'read scopes', { because });
  for (const state of states) {
    const category = categoryOf(state);
    if (!category) throw refuse('what is published of a chart’s scopes cannot be read');
    const chain = chains.get(hex(category)) ?? { category, states: [] };
    chain.states.push(state);
    chains.set(hex(category), chain);
  }
  const heads = new Map<string, ScopeHead>();
  for (const [name, { category, states: chain }] of chains) {
    const followed = followAll(null, chain, { pat, category, edVk: owner.edVk });
    if (followed?.kind !== 'follows') throw refuse('what is published of a chart’s scopes is not its owner’s');
    heads.set(name, followed.head);
  }
  for (const [name, { gen }] of Object.entries(known)) {
    if ((heads.get(name)?.gen ?? -1) < gen) throw refuse('the cloud shows an older state of a chart’s scopes than it did before');
  }
  return { pat, names, heads };
}

/** R_p of one chart: what is shared of one chart joins with nothing of another. */
export const rootOf = (root: Bytes, pat: Bytes): Bytes => kdf(root, 'carelet/v1/sharing/scope-root', [pat]);

/** The name of a scope of this generation. */
export const nameOfScope = (category: Category, gen: number, part: Part, period: Period): Bytes =>
  scopeName(words(category), gen, part, period);

/** The key under which the cloud keeps the names of a chart's scopes: its owner's, and known to whoever writes it. */
export const namesOf = (root: Bytes, pat: Bytes): Bytes => kdf(root, 'carelet/v1/sharing/scope-names', [pat]);

/** The generation of the trees that a writer begins now: one later for every time the patient was linked, took something back or said limits. */
export const generationOf = (chart: WriterChart, { category }: TreeOf, published: Published): number =>
  chart.gen + limitsSaid(chart) + Math.max(headOf(published, category)?.gen ?? 0, seenIn(chart).get(words(category).join()) ?? 0);

/** The generations that a writer has sealed in, by pseudonym: nobody may show it an older state. */
export function generationsSeen(chart: WriterChart, names: Bytes): Record<string, { gen: number }> {
  const seen: Record<string, { gen: number }> = {};
  for (const tree of Object.keys(chart.trees)) {
    const { category } = parseTreeName(tree);
    const gen = seenIn(chart).get(words(category).join()) ?? 0;
    if (gen > 0) seen[categoryName({ pat: chart.pat, names }, category)] = { gen };
  }
  return seen;
}

function seenIn(chart: WriterChart): Map<string, number> {
  const seen = new Map<string, number>();
  for (const [tree, { limits }] of Object.entries(chart.trees)) {
    const { category, gen } = parseTreeName(tree);
    const name = words(category).join();
    seen.set(name, Math.max(gen - chart.gen - limits, seen.get(name) ?? 0));
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
  if (!headOf(published, category)) return [];
  const candidates = new Set<Period>();
  for (const period of periods) for (const one of dated ? [...ancestors(period).slice(1), period] : ['always']) candidates.add(one);
  return [...candidates].flatMap((period) => {
    if (dated && (period === 'always' || (spanOf(period) !== 'day' && !isClosed(period, today)))) return [];
    const { scope, p } = scopeIn(published, category, part, period);
    return p ? [{ node: { ...node, period }, scope, p }] : [];
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

/** What whoever writes a chart has of its owner: her K_pq, and the key of the names of her scopes. */
export type WriterSecrets = { readonly pq: Bytes; readonly names: Bytes };

/** An owner's secrets for whoever writes her chart: sealed to the writer, signed by her. */
export function sealWriterLetter(owner: { readonly edSk: Bytes }, writer: Card, pat: Bytes, { pq, names }: WriterSecrets): Bytes {
  const sealed = sealTo(writer.hybridPk, cbor([letterLabel, pat]), cbor([pq, names]));
  return cbor([sealed, sign(owner.edSk, letterLabel, [pat, sealed])]);
}

/** The secrets out of a letter; `null` when it is not the owner's or not for this writer. */
export function openWriterLetter(hybridSk: Bytes, owner: Card, pat: Bytes, letter: Bytes): WriterSecrets | null {
  try {
    const [sealed, signature] = uncbor(letter) as [Bytes, Bytes];
    if (!verify(owner.edVk, letterLabel, [pat, sealed], signature)) return null;
    const content = openWith(hybridSk, cbor([letterLabel, pat]), sealed);
    const [pq, names] = content ? (uncbor(content) as [unknown, unknown]) : [];
    return isBytes(pq, 32) && isBytes(names, 32) ? { pq, names } : null;
  } catch {
    return null;
  }
}

/** What a chain's end is kept under in a keyring. */
export const headName = (pat: Bytes, category: string): string => `${hex(pat)}|${category}`;
