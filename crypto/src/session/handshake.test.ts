import { expect, test } from 'vitest';
import { cbor, hex, text, uncbor, utf8 } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { acknowledge, readAcknowledgement } from './acknowledgement.ts';
import { readAnnouncement, signAnnouncement } from './announcement.ts';
import * as cloudlet from './cloudlet.ts';
import * as device from './device.ts';
import { pairingCode, parsePairingCode } from './pairing.ts';
import { answer, begin, clock, handshake, noon, send, type Town, town } from './town.testing.ts';

const flip = (bytes: Uint8Array, at: number) => {
  const changed = bytes.slice();
  changed[at]! ^= 1 << (at % 8);
  return changed;
};

test.each([1, 2] as const)('a wearable pairs by its code, shakes hands, sends a strip and hears that it was kept (suite %i)', (suite) => {
  const t = town('happy', suite);
  t.ada = device.newDevice(parsePairingCode(pairingCode(t.pairing))!);
  const { pending, init } = begin(t);
  const opened = cloudlet.openInit(t.keys, [t.epoch], init, t.now)!;
  expect(hex(opened.device)).toBe(hex(t.pairing.device));
  const welcome = { connection: 300, now: t.now + 5, limits: { frames: 4096, seconds: 3600 }, block: 1 };
  const finished = cloudlet.finishInit(opened, t.record, welcome, t.random)!;
  expect(finished.clock).toBe(t.now);
  const done = device.finish(t.ada, pending, finished.ack, t.now)!;
  expect(done.time).toBe(t.now + 5);
  expect(done.device.session!.limits).toEqual({ frames: 4096, seconds: 3600 });
  t.ada = done.device;

  const frame = send(t, utf8('strip 1'));
  expect(cloudlet.connectionOf(frame)).toBe(300);
  const up = cloudlet.openUp(finished.session, frame, t.now)!;
  expect([up.type, text(up.message), up.counter]).toEqual([device.frameTypes.strip, 'strip 1', 0]);
  t.record = cloudlet.confirm(finished.record, up.session);
  expect(t.record.next).toBeNull();
  expect(hex(t.record.psk)).toBe(hex(t.ada.psk));

  const down = cloudlet.sealDown(
    up.session,
    cloudlet.frameTypes.acknowledgement,
    acknowledge({ kept: [null, null, 1], reached: null }),
    t.now,
  )!;
  expect(down.store).toBe(true);
  const heard = device.openDown(t.ada, down.frame, t.now)!;
  expect([heard.type, readAcknowledgement(heard.message)]).toEqual([
    device.frameTypes.acknowledgement,
    { kept: [null, null, 1], reached: null },
  ]);
});

test('messages have the sizes that were promised: 2.7 kB up, 1.4 kB announced, 0.2 kB back', () => {
  const t = town('sizes');
  const { init } = begin(t);
  expect(init.length).toBeLessThan(2800);
  expect(answer(t, init)!.ack.length).toBeLessThan(200);
  expect(t.epoch.announcement.length).toBeLessThan(1500);
});

test('neither the device id nor a psk is seen in what travels', () => {
  const t = town('wire');
  const { pending, init } = begin(t);
  const { ack } = answer(t, init)!;
  t.ada = device.finish(t.ada, pending, ack, t.now)!.device;
  const wire = [init, ack, send(t, utf8('strip'))].map(hex).join();
  for (const secret of [t.pairing.device, t.pairing.psk, t.ada.psk]) expect(wire).not.toContain(hex(secret));
});

test('a lost ack costs another handshake and no more, wherever it is lost', () => {
  const t = town('lost');
  // Lost three times on the way: the device still has its first psk.
  for (let i = 0; i < 3; i++) expect(answer(t, begin(t).init)).not.toBeNull();
  handshake(t);
  // The device stored psk′, and its first frame was lost.
  send(t, utf8('lost'));
  t.ada = device.restarted(t.ada);
  handshake(t);
  // The device got the ack, and lost power before it stored anything.
  const before = t.ada;
  handshake(t);
  t.ada = device.restarted(device.deviceFromBytes(device.deviceToBytes(before))!);
  // An ack came, but too late: the device had begun again.
  const early = begin(t);
  const late = answer(t, early.init)!;
  const again = begin(t);
  expect(device.finish(t.ada, again.pending, late.ack, t.now)).toBeNull();
  expect(device.finish(t.ada, early.pending, late.ack, t.now)).toBeNull();
  const { session, ack } = answer(t, again.init)!;
  t.ada = device.finish(t.ada, again.pending, ack, t.now)!.device;
  const up = cloudlet.openUp(session, send(t, utf8('here')), t.now)!;
  t.record = cloudlet.confirm(t.record, up.session);
  expect(hex(t.record.psk)).toBe(hex(t.ada.psk));
});

test('a late frame of an old session confirms nothing for the new one', () => {
  const t = town('confirm');
  const old = handshake(t);
  const frame = send(t, utf8('late'));
  const fresh = handshake(t);
  const up = cloudlet.openUp(old, frame, t.now)!;
  expect(cloudlet.confirm(t.record, up.session)).toBe(t.record);
  expect(cloudlet.confirm(t.record, fresh).next).toBeNull();
});

test('a replayed or overtaken init is refused, also after the record was stored and read again', () => {
  const t = town('replay');
  const first = begin(t).init;
  const second = begin(t).init;
  expect(answer(t, second)).not.toBeNull();
  t.record = cloudlet.recordFromBytes(cloudlet.recordToBytes(t.record))!;
  expect(answer(t, second)).toBeNull();
  expect(answer(t, first)).toBeNull();
  t.ada = device.restarted(t.ada);
  expect(answer(t, begin(t).init)).not.toBeNull();
  expect([t.record.boot, t.record.init]).toEqual([1, 1]);
});

test('even a cloudlet that forgot and takes an init twice repeats no key', () => {
  const t = town('twice');
  const { init } = begin(t);
  const record = t.record;
  const one = answer(t, init)!;
  t.record = record;
  const two = answer(t, init)!;
  expect(hex(one.session.receiver.key)).not.toBe(hex(two.session.receiver.key));
  expect(hex(one.session.sender.key)).not.toBe(hex(two.session.sender.key));
  expect(hex(one.session.sender.iv)).not.toBe(hex(two.session.sender.iv));
  expect(hex(one.session.id)).not.toBe(hex(two.session.id));
});

test('an ack that is heard twice starts nothing anew', () => {
  const t = town('ack twice');
  const { pending, init } = begin(t);
  const { ack } = answer(t, init)!;
  t.ada = device.finish(t.ada, pending, ack, t.now)!.device;
  expect(device.finish(t.ada, pending, ack, t.now)).toBeNull();
  handshake(t);
});

test('a wearable whose generator is stuck repeats no key', () => {
  const t = town('stuck');
  const stuck = (length: number) => new Uint8Array(length);
  const inits: string[] = [];
  for (let i = 0; i < 3; i++) {
    const begun = device.begin(t.ada, t.staticKey, t.epoch.announcement, clock(t), stuck)!;
    inits.push(hex((uncbor(begun.init) as Record<string, Uint8Array>).share!));
    t.ada = i === 0 ? begun.device : device.restarted(begun.device);
    expect(answer(t, begun.init)).not.toBeNull();
  }
  expect(new Set(inits).size).toBe(3);
});

// Every byte is flipped in handshake.slow.test.ts.
test('a flipped bit in a byte of an announcement, an init or an ack ends in silence', () => {
  const t = town('flips');
  const { announcement } = t.epoch;
  for (let at = 0; at < announcement.length; at += 7) {
    expect(device.begin(t.ada, t.staticKey, flip(announcement, at), clock(t), t.random)).toBeNull();
  }
  const { pending, init } = begin(t);
  for (let at = 0; at < init.length; at += 11) expect(answer(t, flip(init, at))).toBeNull();
  const { ack } = answer(t, init)!;
  for (let at = 0; at < ack.length; at++) expect(device.finish(t.ada, pending, flip(ack, at), t.now)).toBeNull();
  expect(device.finish(t.ada, pending, ack, t.now)).not.toBeNull();
});

test('nobody without the psk, and no other device, gets past the second box', () => {
  const t = town('psk');
  const stranger = device.begin({ ...t.ada, psk: new Uint8Array(32) }, t.staticKey, t.epoch.announcement, clock(t), t.random)!;
  const opened = cloudlet.openInit(t.keys, [t.epoch], stranger.init, t.now)!;
  expect(cloudlet.finishInit(opened, t.record, { connection: 1, now: t.now }, t.random)).toBeNull();
  const ben = cloudlet.pair(t.keys, noon, t.random).record;
  expect(cloudlet.finishInit(cloudlet.openInit(t.keys, [t.epoch], begin(t).init, t.now)!, ben, { connection: 1, now: t.now })).toBeNull();
});

test('the old psk is of no use once a frame has confirmed the new one', () => {
  const t = town('old');
  const thief = t.ada;
  const session = handshake(t);
  t.record = cloudlet.confirm(t.record, cloudlet.openUp(session, send(t, utf8('x')), t.now)!.session);
  const { init } = device.begin({ ...thief, boot: 99 }, t.staticKey, t.epoch.announcement, clock(t), t.random)!;
  expect(answer(t, init)).toBeNull();
});

test('a wearable talks only to the cloudlet, announcer and town that it was paired with', () => {
  const t = town('pinned');
  const other = town('other');
  const attempt = (ada: device.Device, staticKey = t.staticKey, announcement = t.epoch.announcement) =>
    device.begin(ada, staticKey, announcement, clock(t), t.random);
  expect(attempt(t.ada, other.staticKey)).toBeNull();
  expect(attempt(t.ada, t.staticKey.subarray(1))).toBeNull();
  expect(attempt(t.ada, t.staticKey, other.epoch.announcement)).toBeNull();
  expect(attempt({ ...t.ada, announcer: other.pairing.announcer })).toBeNull();
  expect(attempt({ ...t.ada, cloudlet: other.pairing.cloudlet })).toBeNull();
  // Another town is noticed by the cloudlet, which cannot open the first box.
  expect(answer(t, attempt({ ...t.ada, town: other.pairing.town })!.init)).toBeNull();
  expect(answer(other, begin(t).init)).toBeNull();
});

test('announcements that are over, too long or from the future are refused; a clock that was never set decides nothing', () => {
  const t = town('epoch');
  const cloudletHash = t.pairing.cloudlet;
  const announced = (from: number, until: number) => {
    const { suite, epoch, key } = readAnnouncement(t.pairing.announcer, cloudletHash, t.epoch.announcement, null)!;
    return signAnnouncement(t.keys.announcer, cloudletHash, { suite, epoch, key, from, until });
  };
  const accepted = (bytes: Uint8Array, now: number, trusted = true) =>
    device.begin(t.ada, t.staticKey, bytes, { now, trusted }, t.random) !== null;
  expect(accepted(t.epoch.announcement, noon + 86_399)).toBe(true);
  expect(accepted(t.epoch.announcement, noon + 86_400)).toBe(false);
  expect(accepted(t.epoch.announcement, noon + 86_400, false)).toBe(true);
  expect(accepted(t.epoch.announcement, 0, false)).toBe(true);
  expect(accepted(announced(noon, noon + 86_401), noon)).toBe(false);
  expect(accepted(announced(noon, noon + 86_401), noon, false)).toBe(false);
  expect(accepted(announced(noon, noon), noon - 1)).toBe(false);
  expect(accepted(announced(noon + 3600, noon + 90_000), noon)).toBe(false);
  expect(() => cloudlet.newEpoch(t.keys, noon, noon + 86_401)).toThrow(TypeError);
  expect(() => cloudlet.newEpoch(t.keys, noon, noon)).toThrow(TypeError);
});

test('an unknown suite is refused by both', () => {
  const t = town('suite');
  const fields = uncbor(t.epoch.announcement) as Record<string, Uint8Array>;
  expect(device.begin(t.ada, t.staticKey, cbor({ ...fields, suite: 3 }), clock(t), t.random)).toBeNull();
  const init = uncbor(begin(t).init) as Record<string, Uint8Array>;
  expect(answer(t, cbor({ ...init, suite: 3 }))).toBeNull();
  expect(answer(t, cbor({ ...init, suite: 2 }))).toBeNull();
});

test('what was said in an epoch stays shut after its end, and after its secret was erased', () => {
  const t = town('erase');
  const { init } = begin(t);
  expect(cloudlet.openInit(t.keys, [t.epoch], init, t.epoch.until)).toBeNull();
  expect(cloudlet.openInit(t.keys, [], init, t.now)).toBeNull();
  expect(cloudlet.openInit(t.keys, [t.epoch], init, t.now)).not.toBeNull();
  cloudlet.eraseEpoch(t.epoch);
  expect(cloudlet.openInit(t.keys, [t.epoch], init, t.now)).toBeNull();
});

test('two epochs may overlap', () => {
  const t = town('overlap');
  const next = cloudlet.newEpoch(t.keys, noon + 40_000, noon + 120_000, 1, t.random);
  const { init } = begin(t);
  expect(cloudlet.openInit(t.keys, [next, t.epoch], init, t.now)).not.toBeNull();
});

test('connections and limits out of range are a mistake of the service', () => {
  const t: Town = town('range');
  const opened = cloudlet.openInit(t.keys, [t.epoch], begin(t).init, t.now)!;
  for (const connection of [-1, 65536, 1.5]) {
    expect(() => cloudlet.finishInit(opened, t.record, { connection, now: t.now })).toThrow(TypeError);
  }
  const limits = { frames: 2 ** 21, seconds: 60 };
  expect(() => cloudlet.finishInit(opened, t.record, { connection: 1, now: t.now, limits })).toThrow(TypeError);
  expect(() => device.begin(t.ada, t.staticKey, t.epoch.announcement, { now: 0.5, trusted: true })).toThrow('whole UTC seconds');
});

test('the same randomness makes the same conversation', () => {
  const conversation = () => {
    const t = town('same');
    const { init } = begin(t);
    return hex(init) + hex(answer(t, init)!.ack);
  };
  expect(conversation()).toBe(conversation());
  expect(seededRandom('a')(4)).not.toEqual(seededRandom('b')(4));
});
