/**
 * Scope states: which generation of a patient's category holds, and under which public keys to seal for whoever she lets
 * read it (keys.md §4).
 *
 * The patient signs them, each over the hash of the one before. A writer reads the newest before it seals; taking back
 * increments the generation, and then its trees begin anew. The cloud hands the states out and could keep one back, but
 * can neither make one nor show two people two different chains: they do not follow one another.
 *
 * ```
 * state = ["carelet/v1/scope", pat, category, gen, since, [[part, period, P] …], prevHash]
 * scope = cbor([part, kind, conf, sens, period, gen])
 * ```
 *
 * P is published some thirteen months ahead, so that nobody has to wait for a patient to be online; what is past may
 * fall away. Within a generation a scope never gets another P.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, equalPublic, hex, uncbor } from '../algebra/bytes.ts';
import { sha256 } from '../algebra/hash.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes } from '../algebra/strict.ts';

const label = 'carelet/v1/scope';

/** What a category's scopes are: kind, confidentiality, sensitivity. */
export type Category = readonly [kind: string, conf: string, sens: string];

/** The public key of a scope: one part of a record, one period. */
export type PublishedScope = { readonly part: string; readonly period: string; readonly p: Bytes };

/** What a state says. */
export type ScopeStateBody = {
  readonly pat: Bytes;
  readonly category: Category;
  readonly gen: number;
  /** When this generation began, UTC seconds. */
  readonly since: number;
  readonly published: readonly PublishedScope[];
  /** Hash of the state before, or 32 zero bytes. */
  readonly prevHash: Bytes;
};

/** What a verifier keeps of a chain it has followed to its end. */
export type ScopeHead = {
  readonly gen: number;
  readonly since: number;
  readonly hash: Bytes;
  /** P of every scope of this generation that was seen, by the hex of its name. */
  readonly published: ReadonlyMap<string, Bytes>;
};

/** The name of a scope: canonical bytes. */
export const scopeName = ([kind, conf, sens]: Category, gen: number, part: string, period: string): Bytes =>
  cbor([part, kind, conf, sens, period, gen]);

/** P of a scope, or `undefined` when none was published in this generation. */
export const publishedKey = (head: ScopeHead, category: Category, part: string, period: string): Bytes | undefined =>
  head.published.get(hex(scopeName(category, head.gen, part, period)));

/** Signs a state; what is published is put in order. */
export function signScopeState(secret: Bytes, body: ScopeStateBody): Bytes {
  const parts = partsOf({ ...body, published: [...body.published].sort(inOrder) });
  const bytes = cbor([label, ...parts, sign(secret, label, parts)]);
  if (!decode(bytes)) throw new TypeError('not a scope state');
  return bytes;
}

/** What the state after this one names. Throws a TypeError unless it is a state. */
export function hashOfState(bytes: Bytes): Bytes {
  const state = decode(bytes);
  if (!state) throw new TypeError('not a scope state');
  return hashOfBody(state.body);
}

/** What category a state is about; `null` when it is none. Reading is not believing: see `follow`. */
export const categoryOf = (bytes: Bytes): Category | null => decode(bytes)?.body.category ?? null;

/** Whose chain it is. */
export type ScopeOwner = { readonly pat: Bytes; readonly category: Category; readonly edVk: Bytes };

export type Followed =
  | { readonly kind: 'follows'; readonly head: ScopeHead }
  /**
   * `foreign`: malformed, or not signed by this patient for this category; `older`: of a generation before the one that is
   * known; `fork`: does not stand on what is known; `changed`: goes back on what it stands on.
   */
  | { readonly kind: 'refused'; readonly because: 'foreign' | 'older' | 'fork' | 'changed' };

/**
 * Whether a state follows what is known. The state that is known already follows itself.
 *
 * @param head what is known, or `null` at the beginning of a chain
 */
export function follow(head: ScopeHead | null, bytes: Bytes, { pat, category, edVk }: ScopeOwner): Followed {
  const state = decode(bytes);
  if (!state) return refused('foreign');
  const { body, signature } = state;
  const parts = partsOf(body);
  const hers = equalPublic(body.pat, pat) && body.category.every((word, i) => word === category[i]);
  if (!hers || !verify(edVk, label, parts, signature)) return refused('foreign');
  const hash = hashOfBody(body);
  if (head && equalPublic(hash, head.hash)) return { kind: 'follows', head };
  if (head && body.gen < head.gen) return refused('older');
  if (!equalPublic(body.prevHash, head?.hash ?? nothing)) return refused('fork');
  if (head && !continues(head, body)) return refused('changed');

  const published = new Map(head?.gen === body.gen ? head.published : []);
  for (const { part, period, p } of body.published) {
    const name = hex(scopeName(category, body.gen, part, period));
    const before = published.get(name);
    if (before && !equalPublic(before, p)) return refused('changed');
    published.set(name, p);
  }
  return { kind: 'follows', head: { gen: body.gen, since: body.since, hash, published } };
}

/** Follows a chain from its beginning, or from what is known, to its end. The first state that does not follow decides. */
export function followAll(head: ScopeHead | null, states: readonly Bytes[], owner: ScopeOwner): Followed | null {
  let followed: Followed | null = head && { kind: 'follows', head };
  for (const state of states) {
    followed = follow(followed?.head ?? null, state, owner);
    if (followed.kind === 'refused') return followed;
  }
  return followed;
}

/**
 * Whether two states prove that their signer said two different things after the same: evidence for everybody, as no
 * honest client makes both.
 */
export function contradict(one: Bytes, other: Bytes, edVk: Bytes): boolean {
  const states = [one, other].map((bytes) => {
    const state = decode(bytes);
    return state && verify(edVk, label, partsOf(state.body), state.signature) ? state.body : null;
  });
  const [a, b] = states;
  if (!a || !b) return false;
  const sameChain = equalPublic(cbor([a.pat, a.category, a.prevHash]), cbor([b.pat, b.category, b.prevHash]));
  return sameChain && !equalPublic(hashOfBody(a), hashOfBody(b));
}

/** The same generation begun at the same time, or the next one, not begun before it. */
const continues = (head: ScopeHead, { gen, since }: ScopeStateBody): boolean =>
  gen === head.gen ? since === head.since : gen === head.gen + 1 && since >= head.since;

const refused = (because: 'foreign' | 'older' | 'fork' | 'changed'): Followed => ({ kind: 'refused', because });

const nothing: Bytes = new Uint8Array(32);

const hashOfBody = (body: ScopeStateBody): Bytes => sha256(cbor([label, ...partsOf(body)]));

const partsOf = ({ pat, category, gen, since, published, prevHash }: ScopeStateBody): Cbor[] => [
  pat,
  category,
  gen,
  since,
  published.map(({ part, period, p }) => [part, period, p]),
  prevHash,
];

const inOrder = (a: PublishedScope, b: PublishedScope): number => (orderOf(a) < orderOf(b) ? -1 : orderOf(a) > orderOf(b) ? 1 : 0);
const orderOf = ({ part, period }: PublishedScope): string => `${part}\n${period}`;

/** What one state may publish: three parts over thirteen months, with days where a grant cuts a month. */
const most = 1024;

function decode(bytes: Bytes): { body: ScopeStateBody; signature: Bytes } | null {
  let items: Cbor;
  try {
    items = uncbor(bytes);
  } catch {
    return null;
  }
  if (!Array.isArray(items) || items.length !== 8 || items[0] !== label) return null;
  const [, pat, category, gen, since, published, prevHash, signature] = items as readonly Cbor[];
  const sound =
    isBytes(pat, 16) && isCategory(category) && isCount(gen) && isCount(since) && isBytes(prevHash, 32) && isBytes(signature, 64);
  if (!sound || !Array.isArray(published) || published.length > most || !published.every(isPublished)) return null;
  const scopes = published.map(([part, period, p]) => ({ part, period, p }));
  if (!scopes.every((scope, i) => i === 0 || inOrder(scopes[i - 1]!, scope) < 0)) return null;
  return { body: { pat, category, gen, since, published: scopes, prevHash }, signature };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isWord = (value: unknown): value is string => typeof value === 'string' && /^[^\s\p{Cc}]{1,64}$/u.test(value);

const isCategory = (value: unknown): value is Category => Array.isArray(value) && value.length === 3 && value.every(isWord);

const isPublished = (value: unknown): value is [string, string, Bytes] =>
  Array.isArray(value) && value.length === 3 && isWord(value[0]) && isWord(value[1]) && isBytes(value[2], 48);
