/**
 * A doctor's word that she breaks the glass: hers, of this town, bound to why; and what cloud and hospital sign about it.
 */
import { expect, test } from 'vitest';
import { type Cbor, cbor, uncbor, utf8 } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { signingKey } from '../algebra/sign.ts';
import { hybridKeygen } from '../ntru/hybrid.ts';
import {
  type BreakGlass,
  decodeBreakGlass,
  encodeBreakGlass,
  hashOfReasons,
  longestBreak,
  longestReason,
  openReason,
  sealedReasonLength,
  sealReasons,
  signBreakGlass,
  signNoted,
  signReview,
  verifyBreakGlass,
  verifyNoted,
  verifyReview,
} from './break-glass.ts';

const random = seededRandom('break-glass');
const [doctor, log, hospital] = [signingKey(random), signingKey(random), signingKey(random)];
const [ada, northgate, sam] = [hybridKeygen(random), hybridKeygen(random), hybridKeygen(random)];
const administrator = random(16);
const place = { town: random(32), number: random(16), pat: random(16), doctor: random(16) };
const why = 'She was brought in unconscious.';
const administrators = [{ id: administrator, hybridPk: sam.publicKey }];
const reasons = sealReasons(place, why, { owner: ada.publicKey, hospital: northgate.publicKey, administrators }, random);
const word: BreakGlass = {
  ...place,
  organisation: random(16),
  parts: ['EID', 'MI'],
  since: 1_800_000_000,
  until: 1_800_007_200,
  reasons: hashOfReasons(reasons),
};
const signed = signBreakGlass(doctor.secret, word);

test('a word comes back from its bytes, and no changed byte of it is believed', () => {
  const bytes = encodeBreakGlass(signed);
  expect(decodeBreakGlass(bytes)).toEqual(signed);
  expect(verifyBreakGlass(doctor.public, signed)).toBe(true);
  expect(verifyBreakGlass(hospital.public, signed)).toBe(false);
  for (let at = 0; at < bytes.length; at++) {
    const spoilt = bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
    const read = decodeBreakGlass(spoilt);
    expect(read !== null && verifyBreakGlass(doctor.public, read), `byte ${at}`).toBe(false);
    expect(decodeBreakGlass(bytes.slice(0, at))).toBeNull();
  }
});

test('what is too long, ends before it begins, names a part twice or none is no word', () => {
  const items = uncbor(encodeBreakGlass(signed)) as Cbor[];
  const with_ = (at: number, value: Cbor) => decodeBreakGlass(cbor(items.map((item, i) => (i === at ? value : item))));
  expect(with_(7, word.since + longestBreak)).not.toBeNull();
  expect(with_(7, word.since + longestBreak + 1)).toBeNull();
  expect(with_(7, word.since)).toBeNull();
  for (const parts of [[], ['MI', 'EID'], ['MI', 'MI'], ['a part of a chart'], 'MI', [1]]) expect(with_(5, parts as Cbor)).toBeNull();
  for (const at of [0, 1, 2, 3, 4, 8, 9]) expect(with_(at, new Uint8Array(5))).toBeNull();
  expect(decodeBreakGlass(cbor([...items, 0]))).toBeNull();
  expect(() => signBreakGlass(doctor.secret, { ...word, parts: [] })).toThrow(TypeError);
});

test('owner, hospital and its administrators read why, each the own copy; nobody else does, nor of another word', () => {
  expect(openReason(ada.secretKey, word, 'owner', reasons)).toBe(why);
  expect(openReason(northgate.secretKey, word, 'hospital', reasons)).toBe(why);
  expect(openReason(sam.secretKey, word, administrator, reasons)).toBe(why);
  expect(openReason(sam.secretKey, word, random(16), reasons)).toBeNull();
  expect(openReason(ada.secretKey, word, administrator, reasons)).toBeNull();
  expect(openReason(ada.secretKey, word, 'hospital', reasons)).toBeNull();
  expect(openReason(northgate.secretKey, word, 'owner', reasons)).toBeNull();
  for (const name of ['town', 'number', 'pat', 'doctor'] as const) {
    expect(openReason(ada.secretKey, { ...word, [name]: random(word[name].length) }, 'owner', reasons), name).toBeNull();
  }
  // Another reason in its place is not what she signed.
  const other = sealReasons(place, 'Curiosity.', { owner: ada.publicKey, hospital: northgate.publicKey }, random);
  expect(openReason(ada.secretKey, word, 'owner', other)).toBeNull();
  expect(openReason(ada.secretKey, word, 'owner', { ...reasons, owner: other.owner })).toBeNull();
  // Nor with an administrator's copy left out.
  expect(openReason(ada.secretKey, word, 'owner', { ...reasons, administrators: [] })).toBeNull();
});

test('every reason has one length, and none is too long or nothing', () => {
  const keys = { owner: ada.publicKey, hospital: northgate.publicKey };
  for (const text of ['a', 'é'.repeat(longestReason / 2), 'x'.repeat(longestReason)]) {
    const sealed = sealReasons(place, text, keys, random);
    expect([sealed.owner.length, sealed.hospital.length]).toEqual([sealedReasonLength, sealedReasonLength]);
    expect(openReason(ada.secretKey, { ...word, reasons: hashOfReasons(sealed) }, 'owner', sealed)).toBe(text);
  }
  for (const text of ['', 'x'.repeat(longestReason + 1), 'é'.repeat(longestReason / 2 + 1)]) {
    expect(() => sealReasons(place, text, keys, random)).toThrow(TypeError);
  }
});

test('the cloud signs that it noted this very word, the hospital what it thinks of it', () => {
  const bytes = encodeBreakGlass(signed);
  const noted = signNoted(log.secret, bytes);
  expect(verifyNoted(log.public, bytes, noted)).toBe(true);
  expect(verifyNoted(doctor.public, bytes, noted)).toBe(false);
  expect(verifyNoted(log.public, utf8('another word'), noted)).toBe(false);

  const said = { verdict: 'justified', at: 1_800_009_000 } as const;
  const review = signReview(hospital.secret, word, said);
  expect(verifyReview(hospital.public, word, said, review)).toBe(true);
  expect(verifyReview(hospital.public, word, { ...said, verdict: 'not-justified' }, review)).toBe(false);
  expect(verifyReview(hospital.public, word, { ...said, at: said.at + 1 }, review)).toBe(false);
  expect(verifyReview(hospital.public, { ...word, number: random(16) }, said, review)).toBe(false);
  expect(verifyReview(doctor.public, word, said, review)).toBe(false);
});
