import { expect, test } from 'vitest';
import { type Cbor, cbor, uncbor } from '../algebra/bytes.ts';
import { systemRandom } from '../algebra/random.ts';
import { newCard } from '../cards/owner.ts';
import { followLimits, hashOfLimits, type Limits, type LimitsHead, limitsIn, signFollowed, signLimits, verifyFollowed } from './limits.ts';

const ada = newCard('patient', 2_000_000_000);
const ben = newCard('patient', 2_000_000_000);
const pat = systemRandom(16);
const owner = { pat, edVk: ada.card.edVk };
const [chen, osei] = [new Uint8Array(16).fill(3), new Uint8Array(16).fill(9)];
const said = (changes: Partial<Limits> = {}, by = ada) =>
  signLimits(by.secrets.edSk, { pat, seq: 1, byName: false, denied: [], time: 1_764_500_000, prevHash: new Uint8Array(32), ...changes });
const headOf = (state: Uint8Array): LimitsHead => ({ seq: limitsIn(state)!.seq, hash: hashOfLimits(state) });

const first = said({ denied: [chen] });
const second = said({ seq: 2, byName: true, prevHash: hashOfLimits(first) });

test('limits follow one another, and themselves', () => {
  expect(followLimits(null, first, owner)).toMatchObject({ kind: 'follows', limits: { denied: [chen] }, head: headOf(first) });
  expect(followLimits(headOf(first), first, owner).kind).toBe('follows');
  expect(followLimits(headOf(first), second, owner)).toMatchObject({ kind: 'follows', limits: { byName: true } });
  // Whoever looks seldom sees the newest alone.
  expect(followLimits(null, second, owner).kind).toBe('follows');
});

test('the denied stand in one order, each once, and in no other', () => {
  const state = said({ denied: [osei, chen, osei] });
  expect(limitsIn(state)!.denied).toEqual([chen, osei]);
  const swapped = uncbor(state) as Cbor[];
  for (const denied of [[osei, chen], [chen, chen], [new Uint8Array(15)], 'all']) {
    expect(limitsIn(cbor([...swapped.slice(0, 4), denied, ...swapped.slice(5)]))).toBeNull();
  }
});

test('limits that somebody else signed, for another chart or changed on their way, are nobody’s', () => {
  const altered = new Uint8Array(first);
  altered[altered.length - 1]! ^= 1;
  const turned = uncbor(second) as Cbor[];
  for (const state of [
    said({}, ben),
    said({ pat: systemRandom(16) }),
    altered,
    cbor([...turned.slice(0, 3), false, ...turned.slice(4)]),
    cbor([...turned, 1]),
    systemRandom(100),
  ]) {
    expect(followLimits(null, state, owner)).toEqual({ kind: 'refused', because: 'foreign' });
  }
  expect(followLimits(null, first, { pat: systemRandom(16), edVk: ada.card.edVk })).toEqual({ kind: 'refused', because: 'foreign' });
});

test('an older one is refused, and so are two that were said after the same', () => {
  expect(followLimits(headOf(second), first, owner)).toEqual({ kind: 'refused', because: 'older' });
  const fork = { kind: 'refused', because: 'fork' };
  expect(followLimits(headOf(first), said({ denied: [osei] }), owner)).toEqual(fork);
  expect(followLimits(headOf(first), said({ seq: 2 }), owner)).toEqual(fork);
  expect(followLimits(null, said({ prevHash: systemRandom(32) }), owner)).toEqual(fork);
});

test('what is counted from nothing, or has no number, cannot be said', () => {
  for (const changes of [{ seq: 0 }, { seq: 1.5 }, { time: -1 }]) expect(() => said(changes)).toThrow();
});

test('a writer’s word that it follows is its own, and of this very state', () => {
  const [northgate, harbour] = [newCard('organisation', 2_000_000_000), newCard('organisation', 2_000_000_000)];
  const word = signFollowed(northgate.secrets.edSk, pat, second);
  expect(verifyFollowed(northgate.card.edVk, pat, second, word)).toBe(true);
  expect(verifyFollowed(northgate.card.edVk, pat, first, word)).toBe(false);
  expect(verifyFollowed(northgate.card.edVk, systemRandom(16), second, word)).toBe(false);
  expect(verifyFollowed(harbour.card.edVk, pat, second, word)).toBe(false);
});
