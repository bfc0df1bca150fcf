import { expect, test } from 'vitest';
import { newCard } from '../cards/owner.ts';
import { signCheckpoint } from './checkpoint.ts';
import { cosignNote, decodeNote, encodeNote } from './note.ts';
import { deviceSaw, signAsDevice } from './patient-witness.ts';
import { now, town } from './town.testing.ts';

const t = town('device');
const log = t.watch.log;
const [ada, ben] = [newCard('patient', now + 1000, t.random), newCard('patient', now + 1000, t.random)];
await t.cloud.act();
const note = t.cloud.checkpoint();
const signed = signAsDevice(ada, log, note, now + 3);

test('what a patient’s device signed is read back by whoever has her card', () => {
  expect(deviceSaw(ada.card, log, signed)).toEqual({ checkpoint: expect.objectContaining({ size: 1, time: now }), time: now + 3 });
  // Every copy of her keyring signs with one key, which is not her card's.
  expect(signAsDevice(ada, log, note, now + 9).key).toEqual(signed.key);
  expect(signed.key).not.toEqual(ada.card.edVk);
});

test('lines of others are left out of it, so that none of theirs can spoil it', () => {
  const also = encodeNote(cosignNote(decodeNote(note)!, t.north, now));
  expect(decodeNote(signAsDevice(ada, log, also, now).note)!.lines.map(({ name }) => name)).toEqual([log.name, expect.any(String)]);
});

test('it is nobody else’s: not under her card when another signed, not with a key that her card does not vouch for', () => {
  const his = signAsDevice(ben, log, note, now + 3);
  expect(deviceSaw(ada.card, log, his)).toBeNull();
  expect(deviceSaw(ben.card, log, signed)).toBeNull();
  expect(deviceSaw(ada.card, log, { ...his, voucher: signed.voucher })).toBeNull();
  expect(deviceSaw(ada.card, log, { ...signed, key: his.key })).toBeNull();
  // Signed under her number, with a key that only he says is hers.
  expect(deviceSaw(ada.card, log, signAsDevice({ card: ada.card, secrets: ben.secrets }, log, note, now))).toBeNull();
  // Her card's word for her key, and his signature of the log beside it.
  expect(deviceSaw(ada.card, log, { ...signed, note: his.note })).toBeNull();
});

test('a checkpoint that the log did not sign, or the device did not, is none', () => {
  const other = signCheckpoint({ ...t.cloud.log, secret: t.north.secret }, { size: 1, root: t.random(32), map: t.random(32), time: now });
  expect(() => signAsDevice(ada, log, other, now)).toThrow(TypeError);
  expect(deviceSaw(ada.card, log, { ...signed, note })).toBeNull();
  expect(deviceSaw(ada.card, log, { ...signed, note: other })).toBeNull();
  expect(deviceSaw(ada.card, { ...log, key: t.north.key }, signed)).toBeNull();
  for (let i = 0; i < signed.note.length; i += 7) {
    expect(deviceSaw(ada.card, log, { ...signed, note: signed.note.with(i, signed.note[i]! ^ 1) })).toBeNull();
  }
  for (const bytes of [new Uint8Array(), signed.note.slice(0, -1), t.random(200)])
    expect(deviceSaw(ada.card, log, { ...signed, note: bytes })).toBeNull();
});
