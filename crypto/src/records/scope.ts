/**
 * Scope states: which generation of a patient's category holds, and under which public keys to seal for whoever she lets
 * read it (keys.md §4).
 *
 * The patient signs them, each over the hash of the one before. A writer reads the newest before it seals; taking back
 * increments the generation, and then its trees begin anew. The cloud hands the states out and could keep one back, but
 * can neither make one nor show two people two different chains: they do not follow one another.
 *
 * ```
 * state    = ["carelet/v1/scope", pat, category, gen, since, [[scope, P] …], prevHash]
 * name     = cbor([part, kind, conf, sens, period, gen])
 * category = kdf(names, "carelet/v1/scope/category", pat, kind, conf, sens; 16)
 * scope    = kdf(names, "carelet/v1/scope/name", pat, name; 16)
 * ```
 *
 * What a category or a scope is about tells a disease, and the cloud keeps the states: it sees pseudonyms, under a key that
 * the patient and whoever writes her chart have (keys.md §6).
 *
 * P is published some thirteen months ahead, so that nobody has to wait for a patient to be online; what is past may
 * fall away. Within a generation a scope never gets another P.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, compare, equalPublic, hex, uncbor } from '../algebra/bytes.ts';
import { kdf, sha256 } from '../algebra/hash.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes } from '../algebra/strict.ts';

const label = 'carelet/v1/scope';

/** What a category's scopes are: kind, confidentiality, sensitivity. */
export type Category = readonly [kind: string, conf: string, sens: string];

/** The public key of a scope, under the scope's pseudonym. */
export type PublishedScope = { readonly scope: Bytes; readonly p: Bytes };

/** What a state says. */
export type ScopeStateBody = {
  readonly pat: Bytes;
  /** The category's pseudonym. */
  readonly category: Bytes;
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
  /** P of every scope of this generation that was seen, by the hex of its pseudonym. */
  readonly published: ReadonlyMap<string, Bytes>;
};

/** The name of a scope: canonical bytes. */
export const scopeName = ([kind, conf, sens]: Category, gen: number, part: string, period: string): Bytes =>
  cbor([part, kind, conf, sens, period, gen]);

/** What the cloud sees of a category, under the names' key of its chart. */
export const categoryPseudonym = (names: Bytes, pat: Bytes, category: Category): Bytes =>
  kdf(names, 'carelet/v1/scope/category', [pat, ...category], 16);

/** What the cloud sees of a scope, under the names' key of its chart. */
export const scopePseudonym = (names: Bytes, pat: Bytes, name: Bytes): Bytes => kdf(names, 'carelet/v1/scope/name', [pat, name], 16);

/** P of the scope of this pseudonym, or `undefined` when none was published in this generation. */
export const publishedKey = (head: ScopeHead, scope: Bytes): Bytes | undefined => head.published.get(hex(scope));

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

/** The pseudonym of the category that a state is about; `null` when it is no state. Reading is not believing: see `follow`. */
export const categoryOf = (bytes: Bytes): Bytes | null => decode(bytes)?.body.category ?? null;

/** What a state says; `null` when it is none. Reading is not believing: see `follow`. */
export const stateIn = (bytes: Bytes): ScopeStateBody | null => decode(bytes)?.body ?? null;

/** Whose chain it is. */
export type ScopeOwner = { readonly pat: Bytes; readonly category: Bytes; readonly edVk: Bytes };

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
  const hers = equalPublic(body.pat, pat) && equalPublic(body.category, category);
  if (!hers || !verify(edVk, label, parts, signature)) return refused('foreign');
  const hash = hashOfBody(body);
  if (head && equalPublic(hash, head.hash)) return { kind: 'follows', head };
  if (head && body.gen < head.gen) return refused('older');
  if (!equalPublic(body.prevHash, head?.hash ?? nothing)) return refused('fork');
  if (head && !continues(head, body)) return refused('changed');

  const published = new Map(head?.gen === body.gen ? head.published : []);
  for (const { scope, p } of body.published) {
    const name = hex(scope);
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
  published.map(({ scope, p }) => [scope, p]),
  prevHash,
];

const inOrder = (a: PublishedScope, b: PublishedScope): number => compare(a.scope, b.scope);

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
    isBytes(pat, 16) && isBytes(category, 16) && isCount(gen) && isCount(since) && isBytes(prevHash, 32) && isBytes(signature, 64);
  if (!sound || !Array.isArray(published) || published.length > most || !published.every(isPublished)) return null;
  const scopes = published.map(([scope, p]) => ({ scope, p }));
  if (!scopes.every((scope, i) => i === 0 || inOrder(scopes[i - 1]!, scope) < 0)) return null;
  return { body: { pat, category, gen, since, published: scopes, prevHash }, signature };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isPublished = (value: unknown): value is [Bytes, Bytes] =>
  Array.isArray(value) && value.length === 2 && isBytes(value[0], 16) && isBytes(value[1], 48);
