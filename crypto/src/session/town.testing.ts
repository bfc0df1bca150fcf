/**
 * A cloudlet and a wearable for tests, with a database that is a variable.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { type Random, seededRandom } from '../algebra/random.ts';
import * as cloudlet from './cloudlet.ts';
import * as device from './device.ts';
import type { Pairing } from './pairing.ts';
import type { Session } from './session.ts';
import type { SuiteNumber } from './suite.ts';

/** 2026-11-20, noon. */
export const noon = 1_795_176_000;

export type Town = {
  keys: cloudlet.CloudletKeys;
  staticKey: Bytes;
  epoch: cloudlet.Epoch;
  pairing: Pairing;
  /** What the cloudlet has stored. */
  record: cloudlet.DeviceRecord;
  /** What the wearable has in flash and memory. */
  ada: device.Device;
  random: Random;
  now: number;
};

export function town(seed = 'town', suite: SuiteNumber = 1): Town {
  const random = seededRandom(seed);
  const keys = cloudlet.newCloudlet(random(32), random);
  const { pairing, record } = cloudlet.pair(keys, noon, random);
  const epoch = cloudlet.newEpoch(keys, noon, noon + 86_400, suite, random);
  return { keys, staticKey: cloudlet.staticKeyOf(keys), epoch, pairing, record, ada: device.newDevice(pairing), random, now: noon + 10 };
}

export const clock = (t: Town): device.Clock => ({ now: t.now, trusted: true });

/** The wearable begins; what it must store, it stores. */
export function begin(t: Town): { pending: device.Pending; init: Bytes } {
  const begun = device.begin(t.ada, t.staticKey, t.epoch.announcement, clock(t), t.random)!;
  t.ada = begun.device;
  return begun;
}

/** The cloudlet answers; what it must store, it stores. `null` where it stays silent. */
export function answer(t: Town, init: Bytes, connection = 7): { session: Session; ack: Bytes; clock: number } | null {
  const opened = cloudlet.openInit(t.keys, [t.epoch], init, t.now);
  const finished = opened && cloudlet.finishInit(opened, t.record, { connection, now: t.now }, t.random);
  if (!finished) return null;
  t.record = finished.record;
  return finished;
}

/** A whole handshake; the cloudlet's session. */
export function handshake(t: Town, connection = 7): Session {
  const { pending, init } = begin(t);
  const { session, ack } = answer(t, init, connection)!;
  t.ada = device.finish(t.ada, pending, ack, t.now)!.device;
  return session;
}

/** The wearable sends, and stores if it must: the frame. */
export function send(t: Town, message: Bytes): Bytes {
  const sealed = device.sealUp(t.ada, device.frameTypes.strip, message, t.now)!;
  t.ada = sealed.device;
  return sealed.frame;
}
