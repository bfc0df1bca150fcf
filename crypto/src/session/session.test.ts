import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cbor, concat, hex, text, uncbor, utf8 } from '../algebra/bytes.ts';
import { acknowledge, readAcknowledgement } from './acknowledgement.ts';
import * as cloudlet from './cloudlet.ts';
import * as device from './device.ts';
import { decodeParcel, encodeParcel } from './parcel.ts';
import { erase, openIn, rekeyDue, type Session, sealIn } from './session.ts';
import { answer, begin, handshake, send, town } from './town.testing.ts';

const t = town('session');
const up0 = handshake(t);
const ada0 = t.ada;
const upTo = (number: number) => ({ kept: [null, null, number], reached: null });

test('device, session, record and epoch come back from what is stored, and go on', () => {
  let session: Session = up0;
  t.ada = ada0;
  for (let i = 0; i < 300; i++) {
    const frame = send(t, utf8(`strip ${i}`));
    const opened = cloudlet.openUp(cloudlet.sessionFromBytes(cloudlet.sessionToBytes(session))!, frame, t.now)!;
    expect(text(opened.message)).toBe(`strip ${i}`);
    session = opened.session;
  }
  const restarted = device.restarted(device.deviceFromBytes(device.deviceToBytes(t.ada))!);
  expect(restarted.session!.sender.counter).toBe(1024);
  t.ada = restarted;
  const late = cloudlet.openUp(session, send(t, utf8('after')), t.now)!;
  expect([text(late.message), late.counter]).toEqual(['after', 1024]);
  expect(cloudlet.recordFromBytes(cloudlet.recordToBytes(t.record))).toEqual(t.record);
  expect(cloudlet.epochFromBytes(cloudlet.epochToBytes(t.epoch))).toEqual(t.epoch);
});

test('a replayed frame stays shut after the session was stored and read again', () => {
  t.ada = ada0;
  const frames = [send(t, utf8('a')), send(t, utf8('b'))];
  let session = cloudlet.openUp(up0, frames[1]!, t.now)!.session;
  session = cloudlet.sessionFromBytes(cloudlet.sessionToBytes(session))!;
  expect(cloudlet.openUp(session, frames[1]!, t.now)).toBeNull();
  expect(cloudlet.openUp(session, frames[0]!, t.now)).not.toBeNull();
});

test('a restart uses no counter twice, and what lies in flash opens nothing that was sent', () => {
  t.ada = ada0;
  const seen = new Set<string>();
  const frames: Uint8Array[] = [];
  for (let life = 0; life < 3; life++) {
    let flash = device.deviceToBytes(t.ada);
    for (let i = 0; i < 50; i++) {
      const sealed = device.sealUp(t.ada, 1, utf8('same message'), t.now)!;
      if (sealed.store) flash = device.deviceToBytes(sealed.device);
      t.ada = sealed.device;
      frames.push(sealed.frame);
      seen.add(hex(sealed.frame));
    }
    t.ada = device.restarted(device.deviceFromBytes(flash)!);
  }
  expect(seen.size).toBe(150);
  const { sender } = t.ada.session!;
  const thief: Session = { ...up0, receiver: { ...up0.receiver, key: sender.key, previous: sender.key } };
  for (const frame of frames) {
    for (let epoch = 0; epoch < 16; epoch += 4) {
      expect(openIn({ ...thief, receiver: { ...thief.receiver, epoch, next: epoch * 256 } }, frame, t.now)).toBeNull();
    }
  }
});

test('a cloudlet that stores every down frame wastes no counter', () => {
  const { pending, init } = begin(t);
  const opened = cloudlet.openInit(t.keys, [t.epoch], init, t.now)!;
  const finished = cloudlet.finishInit(opened, t.record, { connection: 1, now: t.now, block: 1 }, t.random)!;
  let ada = device.finish(t.ada, pending, finished.ack, t.now)!.device;
  let stored = cloudlet.sessionToBytes(finished.session);
  for (let i = 0; i < 20; i++) {
    const sealed = cloudlet.sealDown(cloudlet.sessionFromBytes(stored)!, 2, acknowledge(upTo(i)), t.now)!;
    expect([sealed.store, sealed.session.sender.counter]).toEqual([true, i + 1]);
    stored = cloudlet.sessionToBytes(sealed.session);
    const heard = device.openDown(ada, sealed.frame, t.now)!;
    ada = heard.device;
    expect(readAcknowledgement(heard.message)).toEqual(upTo(i));
  }
});

test('the two directions do not open each other', () => {
  t.ada = ada0;
  expect(device.openDown(t.ada, send(t, utf8('x')), t.now)).toBeNull();
  const { frame } = cloudlet.sealDown(up0, 2, acknowledge(upTo(0)), t.now)!;
  expect(cloudlet.openUp(up0, frame, t.now)).toBeNull();
});

test('a device without a session seals and opens nothing', () => {
  const fresh = device.newDevice(t.pairing);
  expect(device.sealUp(fresh, 1, utf8('x'), t.now)).toBeNull();
  expect(device.openDown(fresh, new Uint8Array(64), t.now)).toBeNull();
});

test('a new session is due after a day, after an hour of silence, when frames run short, or when the clock went back', () => {
  const { since } = up0;
  expect(rekeyDue(up0, since)).toBe(false);
  expect(rekeyDue(up0, since + 3600)).toBe(false);
  expect(rekeyDue(up0, since + 3601)).toBe(true);
  expect(rekeyDue({ ...up0, active: since + 86_390 }, since + 86_399)).toBe(false);
  expect(rekeyDue({ ...up0, active: since + 86_390 }, since + 86_400)).toBe(true);
  expect(rekeyDue(up0, since - 1)).toBe(true);
  const used = 2 ** 20 - 2 ** 16;
  expect(rekeyDue({ ...up0, sender: { ...up0.sender, counter: used - 1 } }, since)).toBe(false);
  expect(rekeyDue({ ...up0, sender: { ...up0.sender, counter: used } }, since)).toBe(true);
  expect(rekeyDue({ ...up0, receiver: { ...up0.receiver, next: used } }, since)).toBe(true);
});

test('past its limits a session neither seals nor opens', () => {
  t.ada = ada0;
  const twoDays = up0.since + 2 * 86_400;
  const frame = send(t, utf8('x'));
  expect(cloudlet.openUp(up0, frame, twoDays - 1)).not.toBeNull();
  expect(cloudlet.openUp(up0, frame, twoDays)).toBeNull();
  expect(device.sealUp(t.ada, 1, utf8('x'), twoDays)).toBeNull();
  const end = 2 ** 20 - 1;
  const spent = { ...up0, sender: { ...up0.sender, epoch: 4095, counter: end } };
  const last = sealIn(spent, 1, utf8('last'), up0.since)!;
  expect(last).not.toBeNull();
  expect(sealIn(last.session, 1, utf8('more'), up0.since)).toBeNull();
  const asReceiver = (session: Session): Session => ({
    ...up0,
    receiver: { ...up0.receiver, key: session.sender.key, iv: session.sender.iv, epoch: 4096, next: 2 ** 20 },
  });
  const beyond = sealIn(
    { ...spent, limits: { frames: 2 ** 22, seconds: 60 }, sender: { ...spent.sender, epoch: 4096, counter: 2 ** 20 } },
    1,
    utf8('x'),
    up0.since,
  )!;
  expect(openIn(asReceiver(beyond.session), beyond.frame, up0.since)).toBeNull();
});

test('erasing wipes what the next state does not have, and only that', () => {
  const other = town('erase');
  handshake(other);
  for (let i = 0; i < 256; i++) send(other, utf8('x'));
  const before = other.ada.session!;
  send(other, utf8('x'));
  const after = other.ada.session!;
  erase(before, after);
  expect(before.sender.key.every((byte) => byte === 0)).toBe(true);
  for (const key of [after.sender.key, after.receiver.key, after.id]) expect(key.some((byte) => byte !== 0)).toBe(true);
  erase(after);
  for (const key of [after.sender.key, after.sender.iv, after.receiver.key, after.id]) expect(key.every((byte) => byte === 0)).toBe(true);
});

test('acknowledgements hold a whole number or nothing for each lane, and for what reached the cloud', () => {
  for (const n of [null, 0, 1, 23, 24, 65_536, Number.MAX_SAFE_INTEGER]) {
    const said = { kept: [n, null, 0], reached: n };
    expect(readAcknowledgement(acknowledge(said))).toEqual(said);
  }
  for (const n of [-1, 0.5, Number.NaN, 2 ** 53]) {
    expect(() => acknowledge({ kept: [null, null, n], reached: null })).toThrow(TypeError);
    expect(() => acknowledge({ kept: [null, null, null], reached: n })).toThrow(TypeError);
  }
  expect(() => acknowledge({ kept: [0, 0], reached: 0 })).toThrow(TypeError);
  for (const bytes of [
    cbor(1),
    cbor([0, 0, 0]),
    cbor([0, 0, 0, '0']),
    cbor([0, 0, -1, 0]),
    concat(cbor([0, 0, 0, 0]), cbor(1)),
    new Uint8Array(),
  ]) {
    expect(readAcknowledgement(bytes)).toBeNull();
  }
});

test('parcels come back as they were packed, and nothing else is one', () => {
  const parcel = { lane: 2, after: null, strip: utf8('strip'), waiting: 3, battery: 80 };
  for (const one of [parcel, { ...parcel, lane: 0, after: 7, battery: null }]) expect(decodeParcel(encodeParcel(one))).toEqual(one);
  const wrong = [{ lane: 3 }, { lane: -1 }, { after: 0.5 }, { waiting: -1 }, { battery: 101 }];
  for (const change of wrong) expect(() => encodeParcel({ ...parcel, ...change })).toThrow(TypeError);
  const whole = [2, null, parcel.strip, 3, 80];
  for (const odd of [
    [3, ...whole.slice(1)],
    whole.slice(1),
    [...whole, 0],
    [2, null, 'strip', 3, 80],
    [2, -1, parcel.strip, 3, 80],
    'strip',
  ]) {
    expect(decodeParcel(cbor(odd))).toBeNull();
  }
  expect(decodeParcel(Uint8Array.of(0xff))).toBeNull();
});

test('time in fractions is a mistake, not a state that cannot be read again', () => {
  expect(() => sealIn(up0, 1, utf8('x'), 0.5)).toThrow('whole UTC seconds');
});

test('random bytes, and maps with a field too many, too few or of another type, are nothing', () => {
  const readers = (bytes: Uint8Array) => [
    cloudlet.openInit(t.keys, [t.epoch], bytes, t.now),
    device.finish(ada0, { suite: 1, schedule: { ck: bytes, h: bytes }, boot: ada0.boot, init: ada0.init }, bytes, t.now),
    device.begin(ada0, t.staticKey, bytes, { now: t.now, trusted: false }, t.random),
    device.begin(ada0, bytes, t.epoch.announcement, { now: t.now, trusted: false }, t.random),
    device.openDown(ada0, bytes, t.now),
    device.deviceFromBytes(bytes),
    cloudlet.openUp(up0, bytes, t.now),
    cloudlet.sessionFromBytes(bytes),
    cloudlet.recordFromBytes(bytes),
    cloudlet.epochFromBytes(bytes),
    readAcknowledgement(concat(Uint8Array.of(0xff), bytes)),
  ];
  const nothing = readers(new Uint8Array()).map(() => null);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(readers(bytes)).toEqual(nothing);
    }),
    { numRuns: 500 },
  );
  t.ada = ada0;
  const { init } = begin(t);
  const examples = [init, answer(t, init)!.ack, t.epoch.announcement, device.deviceToBytes(ada0), cloudlet.sessionToBytes(up0)];
  for (const example of examples) {
    const fields = uncbor(example) as Record<string, Uint8Array>;
    for (const name of Object.keys(fields)) {
      const { [name]: _, ...rest } = fields;
      for (const odd of [
        rest,
        { ...rest, [`${name}2`]: fields[name]! },
        { ...fields, more: 1 },
        { ...fields, [name]: 'text' },
        { ...fields, [name]: -1 },
      ]) {
        expect(readers(cbor(odd))).toEqual(nothing);
      }
    }
    for (let length = 0; length < example.length; length += 37) expect(readers(example.subarray(0, length))).toEqual(nothing);
  }
});
