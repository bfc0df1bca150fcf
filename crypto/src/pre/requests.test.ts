import { expect, test } from 'vitest';
import { type Bytes, cbor, utf8 } from '../algebra/bytes.ts';
import { systemRandom } from '../algebra/random.ts';
import { sign, signingKey } from '../algebra/sign.ts';
import { hybridKeygen, sealTo } from '../ntru/hybrid.ts';
import { longestContent, openRequest, type RequestPlace, sealedRequestLength, sealRequest, signAnswer, verifyAnswer } from './requests.ts';

const id = () => systemRandom(16);
const [ada, chen, ivy] = [hybridKeygen(), hybridKeygen(), hybridKeygen()];
const [chenSigns, ivySigns, adaSigns] = [signingKey(), signingKey(), signingKey()];
const place: RequestPlace = { town: systemRandom(32), request: id(), pat: id(), patient: id(), doctor: id() };
const asked = { asked: 1_795_176_000, content: utf8('heart readings, please') };
const keys = { patient: ada.publicKey, doctor: chen.publicKey };
const sealed = sealRequest(chenSigns.secret, place, asked, keys);
const opened = (bytes: Bytes, at: RequestPlace = place) => openRequest(ada.secretKey, at, 'patient', chenSigns.public, bytes);

test('a request opens for the patient it was asked of, and for the doctor who asked', () => {
  expect(opened(sealed.patient)).toEqual(asked);
  expect(openRequest(chen.secretKey, place, 'doctor', chenSigns.public, sealed.doctor)).toEqual(asked);
});

test('nobody else opens it, and neither opens the copy of the other', () => {
  expect(openRequest(ivy.secretKey, place, 'patient', chenSigns.public, sealed.patient)).toBeNull();
  expect(opened(sealed.doctor)).toBeNull();
  expect(openRequest(ada.secretKey, place, 'doctor', chenSigns.public, sealed.patient)).toBeNull();
});

test('every request has one length, whatever is asked', () => {
  for (const length of [0, 1, 1000, longestContent]) {
    const one = sealRequest(chenSigns.secret, place, { asked: 1, content: systemRandom(length) }, keys);
    expect([one.patient.length, one.doctor.length]).toEqual([sealedRequestLength, sealedRequestLength]);
    expect(opened(one.patient)?.content.length).toBe(length);
  }
  const long = { asked: 1, content: new Uint8Array(longestContent + 1) };
  expect(() => sealRequest(chenSigns.secret, place, long, keys)).toThrow(TypeError);
});

test('in another place, of another town, chart, patient, doctor or number, it is nothing', () => {
  for (const name of ['town', 'request', 'pat', 'patient', 'doctor'] as const) {
    expect(opened(sealed.patient, { ...place, [name]: systemRandom(place[name].length) }), name).toBeNull();
  }
});

test('a changed byte anywhere makes it nothing, and so does a missing one', () => {
  for (const at of [0, 700, 1240, 1262, 2000, sealedRequestLength - 1]) {
    const changed = Uint8Array.from(sealed.patient);
    changed[at]! ^= 1;
    expect(opened(changed), `byte ${at}`).toBeNull();
  }
  expect(opened(sealed.patient.subarray(1))).toBeNull();
  expect(opened(new Uint8Array())).toBeNull();
});

test('what somebody else signed is not the doctor’s, though it was sealed to her patient', () => {
  const forged = sealRequest(ivySigns.secret, place, asked, keys);
  expect(opened(forged.patient)).toBeNull();
});

test('what is sealed to the patient but is no request is nothing', () => {
  const { town, pat, doctor, request, patient } = place;
  const context = cbor(['carelet/v1/sharing/request-sealed', town, pat, doctor, request, 'patient']);
  const boxed = (message: Bytes) => {
    const whole = new Uint8Array(4096);
    whole.set(message);
    whole[message.length] = 0x80;
    return sealTo(ada.publicKey, context, whole);
  };
  const signature = (at: number, content: Bytes) =>
    sign(chenSigns.secret, 'carelet/v1/sharing/request', [town, request, pat, patient, doctor, at, content]);
  const good = [request, pat, patient, doctor, 5, utf8('x'), signature(5, utf8('x'))] as const;
  expect(opened(boxed(cbor([...good])))).toEqual({ asked: 5, content: utf8('x') });
  for (const wrong of [
    cbor([...good, 1]),
    cbor(good.slice(0, 6)),
    cbor([request, pat, patient, doctor, -5, utf8('x'), signature(-5, utf8('x'))]),
    cbor([request, pat, patient, doctor, 5.5, utf8('x'), signature(5.5, utf8('x'))]),
    cbor([request, pat, patient, id(), 5, utf8('x'), good[6]]),
    cbor({ request }),
    utf8('nonsense'),
    new Uint8Array(),
  ]) {
    expect(opened(boxed(wrong))).toBeNull();
  }
  expect(opened(sealTo(ada.publicKey, context, new Uint8Array(4096)))).toBeNull();
});

test('an answer is the patient’s own, to one request and in one word', () => {
  const signature = signAnswer(adaSigns.secret, place, 'declined');
  expect(verifyAnswer(adaSigns.public, place, 'declined', signature)).toBe(true);
  expect(verifyAnswer(adaSigns.public, place, 'granted', signature)).toBe(false);
  expect(verifyAnswer(ivySigns.public, place, 'declined', signature)).toBe(false);
  for (const name of ['request', 'pat', 'doctor'] as const) {
    expect(verifyAnswer(adaSigns.public, { ...place, [name]: id() }, 'declined', signature), name).toBe(false);
  }
});
