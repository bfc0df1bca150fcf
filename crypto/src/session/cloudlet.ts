/**
 * The cloudlet's side of the session.
 *
 * The handshake is opened in two steps, since the psk is in a database: `openInit` tells which device it is,
 * `finishInit` takes that device's record. The order is the safety:
 *
 * 1. Store the record that `finishInit` gives, only if (boot, init) in the database is still smaller, and the
 *    session; then send the ack. A replayed or overtaken init finds a greater (boot, init) and is refused.
 * 2. After the first frame that opens, store `confirm(record, session)`: the device has the new psk, the old one goes.
 * 3. Answer all that gives `null` alike: not at all, or always with the same words.
 *
 * @module
 */
import { sha3_256 } from '@noble/hashes/sha3.js';
import { type Bytes, cbor, concat, equalPublic, wipe } from '../algebra/bytes.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { type SigningKey, signingKey } from '../algebra/sign.ts';
import { hybridDecapsulate, hybridKeygen, hybridPublic } from '../ntru/hybrid.ts';
import { longestEpoch, signAnnouncement } from './announcement.ts';
import { newReceiver, newSender } from './frame.ts';
import { bootShape, initShape, longestMessage, openBox, opening, outcome, sealBox, withSecrets } from './handshake.ts';
import { anyBytes, bytesOf, orNull, readMap, type Shape, whole } from './message.ts';
import { type Pairing, pairingLifetime } from './pairing.ts';
import { derive, encapsulationContext, mixHash, mixKey, type Schedule } from './schedule.ts';
import { defaultLimits, type Limits, type Opened, openIn, type Sealed, type Session, sealIn, seconds } from './session.ts';
import { type SuiteNumber, suiteNumber } from './suite.ts';

export { connectionOf, frameTypes } from './frame.ts';
export { defaultLimits, erase, rekeyDue, sessionFromBytes, sessionToBytes } from './session.ts';

/** What a cloudlet keeps for years. */
export type CloudletKeys = {
  /** The static hybrid secret key. */
  readonly secretKey: Bytes;
  /** Signs announcements. */
  readonly announcer: SigningKey;
  /** Hash of the town manifest. */
  readonly town: Bytes;
};

/** One epoch's secret, to be erased when it is over. */
export type Epoch = {
  readonly id: Bytes;
  readonly suite: SuiteNumber;
  readonly secretKey: Bytes;
  readonly from: number;
  readonly until: number;
  /** What devices are told; anybody may see it. */
  readonly announcement: Bytes;
};

/** What a cloudlet knows of a device between sessions. */
export type DeviceRecord = {
  readonly device: Bytes;
  readonly psk: Bytes;
  /** The psk that the last handshake made, until a frame of its session shows that the device has it. */
  readonly next: { readonly psk: Bytes; readonly session: Bytes } | null;
  /** The greatest (boot, init) that was accepted. */
  readonly boot: number;
  readonly init: number;
};

/** An init whose sender is known but not yet believed. */
export type OpenedInit = {
  /** The device to look up. */
  readonly device: Bytes;
  readonly suite: SuiteNumber;
  readonly schedule: Schedule;
  readonly box2: Bytes;
};

export type Welcome = {
  /** The number for the new session, 0 to 65535: below 256 saves a byte in each frame. */
  readonly connection: number;
  readonly now: number;
  readonly limits?: Limits;
  /** How many counters of down frames to reserve at once: 1 where every sealed frame is stored before it is sent. */
  readonly block?: number;
};

export function newCloudlet(town: Bytes, random: Random = systemRandom): CloudletKeys {
  return { secretKey: hybridKeygen(random).secretKey, announcer: signingKey(random), town };
}

/** The static public key that devices fetch and compare with their pairing. */
export const staticKeyOf = (keys: CloudletKeys): Bytes => hybridPublic(keys.secretKey);

/** A pairing for one new device, and the record to store for it. The pairing goes to the device and is then forgotten. */
export function pair(
  keys: CloudletKeys,
  now: number,
  random: Random = systemRandom,
): { readonly pairing: Pairing; readonly record: DeviceRecord } {
  const device = random(16).slice();
  const psk = random(32).slice();
  const cloudlet = sha3_256(staticKeyOf(keys));
  const pairing = { device, cloudlet, announcer: keys.announcer.public, town: keys.town, psk, expires: seconds(now) + pairingLifetime };
  return { pairing, record: { device, psk, next: null, boot: 0, init: 0 } };
}

/**
 * Makes an epoch: a fresh hybrid key and its signed announcement.
 *
 * @param from UTC seconds
 * @param until at most a day later
 * @throws {TypeError} on a longer epoch
 */
export function newEpoch(keys: CloudletKeys, from: number, until: number, suite: SuiteNumber = 1, random: Random = systemRandom): Epoch {
  if (seconds(until) <= seconds(from) || until - from > longestEpoch) throw new TypeError('an epoch lasts a day at most');
  const { publicKey: key, secretKey } = hybridKeygen(random);
  const id = random(16).slice();
  const cloudlet = sha3_256(staticKeyOf(keys));
  return {
    id,
    suite,
    secretKey,
    from,
    until,
    announcement: signAnnouncement(keys.announcer, cloudlet, { suite, epoch: id, key, from, until }),
  };
}

/** Wipes an epoch's secret. Then nothing opens what was said under it, not even with the static key. */
export function eraseEpoch(epoch: Epoch): void {
  wipe(epoch.secretKey);
}

/**
 * First step: which device is it?
 *
 * @param epochs those that are not erased; one that is over is passed by
 * @returns `null` for whatever is no init for this cloudlet
 */
export function openInit(keys: CloudletKeys, epochs: readonly Epoch[], init: Bytes, now: number): OpenedInit | null {
  const read = readMap(init, initShape, longestMessage);
  const epoch = read && epochs.find(({ id, until }) => equalPublic(id, read.epoch) && now < until);
  if (!epoch || read.suite !== epoch.suite) return null;
  const prologue = { suite: epoch.suite, cloudlet: sha3_256(staticKeyOf(keys)), announcer: keys.announcer.public, town: keys.town };
  const first = opening(prologue, epoch.announcement);
  const secretOf = (key: Bytes, post: Bytes, to: 'static' | 'epoch') =>
    hybridDecapsulate(key, concat(post, read.share), encapsulationContext(first, to));
  const staticSecret = secretOf(keys.secretKey, read.static, 'static');
  const epochSecret = secretOf(epoch.secretKey, read.fresh, 'epoch');
  if (!staticSecret || !epochSecret) return null;
  const secrets = withSecrets(first, read, staticSecret, epochSecret);
  const opened = openBox(epoch.suite, secrets.key, secrets.schedule, read.box1);
  wipe(staticSecret, epochSecret, secrets.key);
  return opened && { device: opened.message, suite: epoch.suite, schedule: opened.schedule, box2: read.box2 };
}

/**
 * Second step: is it really that device, and is it the first time it says so?
 *
 * @param record what is stored for `opened.device`
 * @returns what to store, the ack to send afterwards, and the device's own clock, which is a note and no more;
 *   `null` for a wrong psk or a (boot, init) that is not greater
 * @throws {TypeError} on a connection or limits out of range
 */
export function finishInit(
  opened: OpenedInit,
  record: DeviceRecord,
  { connection, now, limits = defaultLimits, block = 1024 }: Welcome,
  random: Random = systemRandom,
): { readonly record: DeviceRecord; readonly session: Session; readonly ack: Bytes; readonly clock: number } | null {
  if (!Number.isInteger(connection) || connection < 0 || connection > 0xffff) throw new TypeError('a connection is 0 to 65535');
  if (!within(limits)) throw new TypeError('a session has 1024 to 2^20 frames and 60 to 86,400 seconds');
  if (!equalPublic(opened.device, record.device)) return null;
  const { suite } = opened;
  for (const psk of record.next ? [record.psk, record.next.psk] : [record.psk]) {
    const known = mixKey(opened.schedule, psk);
    const two = openBox(suite, known.key, known.schedule, opened.box2);
    wipe(known.key);
    if (!two) continue;
    const counted = readMap(two.message, bootShape);
    if (!counted || !isGreater(counted, record)) return null;

    const nonce = random(32).slice();
    const heard = mixHash(two.schedule, nonce);
    const key = derive(heard, 'ack');
    const three = sealBox(suite, key, heard, cbor({ connection, time: seconds(now), frames: limits.frames, seconds: limits.seconds }));
    const { up, down, psk: nextPsk, id } = outcome(three.schedule);
    const session: Session = {
      id,
      suite,
      device: record.device,
      connection,
      limits: { frames: limits.frames, seconds: limits.seconds },
      since: now,
      active: now,
      sender: newSender(down, block, now),
      receiver: newReceiver(up),
    };
    wipe(key, up, down);
    return {
      record: { device: record.device, psk, next: { psk: nextPsk, session: id.slice() }, boot: counted.boot, init: counted.init },
      session,
      ack: cbor({ nonce, box: three.box }),
      clock: counted.clock,
    };
  }
  return null;
}

/** The record once a frame of `session` has opened: the device has the new psk. Unchanged for any other session. */
export function confirm(record: DeviceRecord, session: Session): DeviceRecord {
  const { next } = record;
  return next && equalPublic(next.session, session.id) ? { ...record, psk: next.psk, next: null } : record;
}

/** Opens a frame from the device; store the session it gives together with what the frame held. */
export const openUp = (session: Session, frame: Bytes, now: number): Opened | null => openIn(session, frame, now);

/** Seals a message for the device; where `store` is true, store the session before sending. */
export const sealDown = (session: Session, type: number, message: Bytes, now: number): Sealed | null => sealIn(session, type, message, now);

/** A record as it can be stored; it holds keys. */
export function recordToBytes(record: DeviceRecord): Bytes {
  return cbor({ ...record, next: record.next && concat(record.next.psk, record.next.session) });
}

/** Reads a stored record; `null` for any other bytes. */
export function recordFromBytes(bytes: Bytes): DeviceRecord | null {
  const read = readMap(bytes, recordShape);
  return read && { ...read, next: read.next && { psk: read.next.slice(0, 32), session: read.next.slice(32) } };
}

/** An epoch as it can be stored until it is over; it holds its secret. */
export const epochToBytes = (epoch: Epoch): Bytes => cbor({ ...epoch });

/** Reads a stored epoch; `null` for any other bytes. */
export const epochFromBytes = (bytes: Bytes): Epoch | null => readMap(bytes, epochShape);

const recordShape = { device: bytesOf(16), psk: bytesOf(32), next: orNull(bytesOf(48)), boot: whole(), init: whole() } satisfies Shape;

const epochShape = {
  id: bytesOf(16),
  suite: suiteNumber,
  secretKey: bytesOf(2884),
  from: whole(),
  until: whole(),
  announcement: anyBytes,
} satisfies Shape;

const within = ({ frames, seconds: time }: Limits): boolean =>
  Number.isInteger(frames) &&
  frames >= 1024 &&
  frames <= defaultLimits.frames &&
  Number.isInteger(time) &&
  time >= 60 &&
  time <= defaultLimits.seconds;

const isGreater = (a: { boot: number; init: number }, b: { boot: number; init: number }): boolean =>
  a.boot > b.boot || (a.boot === b.boot && a.init > b.init);
