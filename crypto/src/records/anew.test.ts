import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cbor, cbor, equal, uncbor } from '../algebra/bytes.ts';
import { systemRandom } from '../algebra/random.ts';
import { sign } from '../algebra/sign.ts';
import { newCard } from '../cards/owner.ts';
import { type Anew, anewIn, longestAnew, signAnew, verifyAnew } from './anew.ts';

const ada = newCard('patient', 2_000_000_000);
const ben = newCard('patient', 2_000_000_000);
const pat = systemRandom(16);
const hers = { pat, edVk: ada.card.edVk };
const said = (changes: Partial<Anew> = {}, by = ada) =>
  signAnew(by.secrets.edSk, { pat, seq: 1_764_500_000, time: 1_764_500_000, ...changes });

test('a word says what its owner signed, for the devices of one chart', () => {
  expect(verifyAnew(hers, said())).toEqual({ pat, seq: 1_764_500_000, time: 1_764_500_000 });
  expect(anewIn(said({ seq: 1, time: 0 }))).toMatchObject({ seq: 1, time: 0 });
  expect(said({ seq: Number.MAX_SAFE_INTEGER, time: Number.MAX_SAFE_INTEGER }).length).toBeLessThanOrEqual(longestAnew);
});

test('one that somebody else signed, of another chart, under another label or changed on its way is nobody’s', () => {
  const other = systemRandom(16);
  const items = uncbor(said()) as Cbor[];
  const label = items[0] as string;
  const elsewhere = 'carelet/v1/sharing/limits';
  const parts = [pat, 7, 7];
  for (const word of [
    said({}, ben),
    said({ pat: other }),
    cbor([label, pat, 1_764_500_001, ...items.slice(3)]),
    cbor([label, other, ...items.slice(2)]),
    cbor([label, ...parts, sign(ada.secrets.edSk, elsewhere, parts)]),
    cbor([elsewhere, ...parts, sign(ada.secrets.edSk, elsewhere, parts)]),
  ]) {
    expect(verifyAnew(hers, word)).toBeNull();
  }
  expect(verifyAnew({ ...hers, pat: other }, said())).toBeNull();
});

test('what is not of its shape is none, and is not signed', () => {
  const [label, , seq, time, signature] = uncbor(said()) as Cbor[];
  const wrong: Cbor[] = [
    [label!, pat, seq!, time!],
    [label!, pat, seq!, time!, signature!, 1],
    [label!, pat.slice(1), seq!, time!, signature!],
    [label!, pat, 0, time!, signature!],
    [label!, pat, seq!, -1, signature!],
    [label!, pat, 'one', time!, signature!],
    [label!, pat, seq!, time!, new Uint8Array(63)],
    { label: label! },
    null,
  ];
  for (const word of [...wrong.map((items) => cbor(items)), systemRandom(100), new Uint8Array(), new Uint8Array(longestAnew + 1)]) {
    expect(anewIn(word)).toBeNull();
    expect(verifyAnew(hers, word)).toBeNull();
  }
  for (const changes of [{ seq: 0 }, { seq: 1.5 }, { time: -1 }, { pat: pat.slice(1) }]) expect(() => said(changes)).toThrow(TypeError);
});

test('mutated bytes are no word of hers', () => {
  const good = said();
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
      const changed = good.slice();
      for (const [at, to] of changes) changed[at] = to;
      if (!equal(changed, good)) expect(verifyAnew(hers, changed)).toBeNull();
    }),
    { numRuns: 200, seed: 4 },
  );
});
