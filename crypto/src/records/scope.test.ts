// Scope states: a chain that only the patient continues, and that nobody turns back.
import { describe, expect, test } from 'vitest';
import { type Bytes, cbor, concat, uncbor, utf8 } from '../algebra/bytes.ts';
import { loadGroup } from '../algebra/group.ts';
import { seededRandom } from '../algebra/random.ts';
import { signingKey } from '../algebra/sign.ts';
import { openOwn, scopeKey } from '../pre/owner.ts';
import { seal } from '../pre/writer.ts';
import {
  type Category,
  categoryPseudonym,
  contradict,
  type Followed,
  follow,
  followAll,
  type PublishedScope,
  publishedKey,
  type ScopeHead,
  type ScopeOwner,
  type ScopeStateBody,
  scopeName,
  scopePseudonym,
  signScopeState,
} from './scope.ts';

const random = seededRandom('scope states');
const ada = signingKey(random);
const ivy = signingKey(random);
const category: Category = ['vital-signs', 'N', 'none'];
const names = random(32);
const pat = random(16);
const of = (words: Category): Bytes => categoryPseudonym(names, pat, words);
const owner: ScopeOwner = { pat, category: of(category), edVk: ada.public };
const at = (period: string, part = 'MI', gen = 0, words = category): Bytes =>
  scopePseudonym(names, pat, scopeName(words, gen, part, period));
const scope = (period: string, p = random(48), gen = 0): PublishedScope => ({ scope: at(period, 'MI', gen), p });
const [october, november, december] = ['2026-10', '2026-11', '2026-12'].map((period) => scope(period));

const first: ScopeStateBody = {
  pat: owner.pat,
  category: owner.category,
  gen: 0,
  since: 1000,
  published: [october!, november!],
  prevHash: new Uint8Array(32),
};
const headOf = (followed: Followed | null): ScopeHead => {
  if (followed?.kind !== 'follows') throw new Error(JSON.stringify(followed));
  return followed.head;
};
const after = (head: ScopeHead, change: Partial<ScopeStateBody>, secret = ada.secret): Bytes =>
  signScopeState(secret, { ...first, gen: head.gen, since: head.since, prevHash: head.hash, ...change });
const refusal = (followed: Followed): string => (followed.kind === 'refused' ? followed.because : followed.kind);

const one = signScopeState(ada.secret, first);
const head = headOf(follow(null, one, owner));

test('a state follows the one it stands on, and its keys are found by scope', () => {
  const next = headOf(follow(head, after(head, { published: [november!, december!] }), owner));
  expect(publishedKey(next, at('2026-12'))).toEqual(december!.p);
  expect(publishedKey(next, at('2026-10'))).toEqual(october!.p);
  expect(publishedKey(next, at('2026-10', 'QID'))).toBeUndefined();
  expect(publishedKey(next, at('2026-10', 'MI', 0, ['laboratory', 'N', 'none']))).toBeUndefined();
  expect(headOf(follow(head, one, owner))).toBe(head);
});

test('taking back begins the next generation, which knows none of the old keys', () => {
  const fresh = scope('2026-11', random(48), 1);
  const next = headOf(follow(head, after(head, { gen: 1, since: 2000, published: [fresh] }), owner));
  expect(next).toMatchObject({ gen: 1, since: 2000 });
  expect(publishedKey(next, at('2026-11', 'MI', 1))).toEqual(fresh.p);
  expect(publishedKey(next, at('2026-10'))).toBeUndefined();
});

test('an older generation is refused, however new its signature', () => {
  const next = headOf(follow(head, after(head, { gen: 1, since: 2000 }), owner));
  expect(refusal(follow(next, one, owner))).toBe('older');
  expect(refusal(follow(next, after(next, { gen: 0, since: 1000 }), owner))).toBe('older');
});

test('a fork is refused, and its two branches are evidence', () => {
  const [left, right] = [after(head, { published: [december!] }), after(head, { gen: 1, since: 2000 })];
  const known = headOf(follow(head, left, owner));
  expect(refusal(follow(known, right, owner))).toBe('fork');
  expect(refusal(follow(known, one, owner))).toBe('fork');
  expect(refusal(follow(null, left, owner))).toBe('fork');
  expect(contradict(left, right, ada.public)).toBe(true);
  expect(contradict(left, left, ada.public)).toBe(false);
  expect(contradict(one, left, ada.public)).toBe(false);
  expect(contradict(left, right, ivy.public)).toBe(false);
  expect(contradict(left, right.subarray(1), ada.public)).toBe(false);
});

test('a state that skips a generation, moves its beginning or changes a key is refused', () => {
  const refusedAs = (change: Partial<ScopeStateBody>): string => refusal(follow(head, after(head, change), owner));
  expect(refusedAs({ gen: 2, since: 2000 })).toBe('changed');
  expect(refusedAs({ gen: 1, since: 999 })).toBe('changed');
  expect(refusedAs({ since: 1001 })).toBe('changed');
  expect(refusedAs({ published: [scope('2026-10')] })).toBe('changed');
  // Not either after a state in between that no longer names the key.
  const between = headOf(follow(head, after(head, { published: [december!] }), owner));
  expect(refusal(follow(between, after(between, { published: [scope('2026-10')] }), owner))).toBe('changed');
  expect(refusal(follow(between, after(between, { published: [october!] }), owner))).toBe('follows');
});

test('nobody but the patient continues a chain, and not that of another category', () => {
  expect(refusal(follow(head, after(head, {}, ivy.secret), owner))).toBe('foreign');
  expect(refusal(follow(head, after(head, { pat: random(16) }), owner))).toBe('foreign');
  expect(refusal(follow(head, after(head, { category: of(['laboratory', 'N', 'none']) }), owner))).toBe('foreign');
  expect(refusal(follow(head, after(head, { category: of(['vital-signs', 'N', 'HIV']) }), owner))).toBe('foreign');
});

test('a changed byte anywhere is refused', () => {
  const next = after(head, { published: [november!, december!] });
  for (let i = 0; i < next.length; i++) expect(refusal(follow(head, next.with(i, next[i]! ^ 1), owner)), `${i}`).toBe('foreign');
  for (const bytes of [next.subarray(1), concat(next, new Uint8Array(1)), new Uint8Array(), utf8('no')]) {
    expect(refusal(follow(head, bytes, owner))).toBe('foreign');
  }
});

test('what is no state is neither signed nor read', () => {
  const wrong: Partial<ScopeStateBody>[] = [
    { gen: -1 },
    { since: 0.5 },
    { pat: random(15) },
    { category: random(15) },
    { published: [{ scope: random(16), p: random(47) }] },
    { published: [{ scope: random(15), p: random(48) }] },
    { published: [october!, october!] },
    { prevHash: random(31) },
  ];
  for (const change of wrong) expect(() => signScopeState(ada.secret, { ...first, ...change })).toThrow(TypeError);
  const items = uncbor(one) as readonly [string, ...unknown[]];
  expect(refusal(follow(null, cbor(['carelet/v1/scopes', ...items.slice(1)] as string[]), owner))).toBe('foreign');
  const published = items[5] as readonly string[];
  expect(refusal(follow(null, cbor(items.with(5, published.toReversed()) as string[]), owner))).toBe('foreign');
});

test('a chain is followed to its end, or to the first state that does not follow', () => {
  const two = after(head, { published: [december!] });
  const three = after(headOf(follow(head, two, owner)), { gen: 1, since: 3000, published: [] });
  expect(headOf(followAll(null, [one, two, three], owner)).gen).toBe(1);
  expect(headOf(followAll(head, [two, three], owner)).gen).toBe(1);
  expect(followAll(null, [one, three], owner)).toEqual({ kind: 'refused', because: 'fork' });
  expect(followAll(null, [one, two, three, one], owner)).toEqual({ kind: 'refused', because: 'older' });
  expect(followAll(null, [], owner)).toBeNull();
});

test('what the cloud keeps of a state says neither kind nor time, and differs from chart to chart', () => {
  const text = Buffer.from(one).toString('latin1');
  for (const word of ['vital-signs', 'none', 'MI', '2026']) expect(text).not.toContain(word);
  const elsewhere = random(16);
  expect(categoryPseudonym(names, elsewhere, category)).not.toEqual(owner.category);
  expect(categoryPseudonym(random(32), pat, category)).not.toEqual(owner.category);
  expect(scopePseudonym(names, elsewhere, scopeName(category, 0, 'MI', '2026-10'))).not.toEqual(at('2026-10'));
  expect(at('2026-10', 'MI', 1)).not.toEqual(at('2026-10'));
});

describe('with the scope keys of a patient', () => {
  test('a writer seals under what she signed, and she opens', async () => {
    const group = await loadGroup('mcl');
    const root = random(32);
    const key = (gen: number) => scopeKey(group, root, scopeName(category, gen, 'MI', '2026-11'), random);
    const state = signScopeState(ada.secret, { ...first, published: [{ scope: at('2026-11'), p: key(0).p }] });
    const known = headOf(follow(null, state, owner));
    const to = { scope: scopeName(category, known.gen, 'MI', '2026-11'), p: publishedKey(known, at('2026-11'))! };
    const sealed = seal(group, to, utf8('node 7'), utf8('a node key'), { random });
    expect(openOwn(group, key(0), utf8('node 7'), sealed)).toEqual(utf8('a node key'));
    expect(openOwn(group, key(1), utf8('node 7'), sealed)).toBeNull();
  });
});
