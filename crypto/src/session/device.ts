/**
 * The device's side of the session. A wearable never makes an NTRU key: it only encapsulates.
 *
 * A `Device` is a value that lives in flash as `deviceToBytes`. The order is the safety:
 *
 * 1. `begin` gives the init **and** the device to store before it is sent.
 * 2. `finish` gives the device with its session and next psk, to be stored before the first frame is sent. Until the
 *    cloudlet sees that frame it takes both psks, so an ack that is lost at any point costs another handshake, no more.
 * 3. `sealUp` gives a frame, and with every block of 1024 asks for the device to be stored before that frame is sent.
 *
 * Whatever fails gives `null`, always alike: be silent, wait longer each time, ask for an announcement, begin anew.
 *
 * @example
 * ```ts
 * import * as cloudlet from '@carelet/crypto/session/cloudlet';
 * import { begin, finish, frameTypes, newDevice, sealUp } from '@carelet/crypto/session/device';
 * const now = 1_795_176_000;
 * const keys = cloudlet.newCloudlet(new Uint8Array(32));
 * const { pairing, record } = cloudlet.pair(keys, now);
 * const epoch = cloudlet.newEpoch(keys, now, now + 86_400);
 *
 * const begun = begin(newDevice(pairing), cloudlet.staticKeyOf(keys), epoch.announcement, { now, trusted: true })!;
 * const opened = cloudlet.openInit(keys, [epoch], begun.init, now)!; // opened.device says whose record to look up
 * const { session, ack } = cloudlet.finishInit(opened, record, { connection: 7, now })!;
 * const { device } = finish(begun.device, begun.pending, ack, now)!;
 *
 * const { frame } = sealUp(device, frameTypes.strip, Uint8Array.of(61), now)!;
 * cloudlet.openUp(session, frame, now)!.message; // 61
 * ```
 *
 * @module
 */
import { sha3_256 } from '@noble/hashes/sha3.js';
import { type Bytes, cbor, equal, wipe } from '../algebra/bytes.ts';
import { dhKey } from '../algebra/dh.ts';
import { kdf } from '../algebra/hash.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { hybridEncapsulate, hybridLengths } from '../ntru/hybrid.ts';
import { ntruhps4096821 as ntru } from '../ntru/index.ts';
import { readAnnouncement } from './announcement.ts';
import { newReceiver, newSender } from './frame.ts';
import { ackShape, longestMessage, openBox, opening, outcome, sealBox, welcomeShape, withSecrets } from './handshake.ts';
import { anyBytes, bytesOf, orNull, readMap, type Shape, whole } from './message.ts';
import type { Pairing } from './pairing.ts';
import { derive, encapsulationContext, mixHash, mixKey, type Schedule } from './schedule.ts';
import { openIn, type Session, sealIn, seconds, sessionFromBytes, sessionToBytes } from './session.ts';
import type { SuiteNumber } from './suite.ts';

export { frameTypes } from './frame.ts';
export { rekeyDue } from './session.ts';

export type Device = {
  /** What was paired, as in `Pairing`. */
  readonly device: Bytes;
  readonly cloudlet: Bytes;
  readonly announcer: Bytes;
  readonly town: Bytes;
  /** The psk of the next handshake. */
  readonly psk: Bytes;
  /** How often it started, and which handshake since then. */
  readonly boot: number;
  readonly init: number;
  readonly session: Session | null;
};

/** The device's clock, and whether it may be believed: one that was never set should not refuse a cloudlet. */
export type Clock = { readonly now: number; readonly trusted: boolean };

/** A handshake under way. It lives in memory only: a device that restarts begins anew. */
export type Pending = { readonly suite: SuiteNumber; readonly schedule: Schedule; readonly boot: number; readonly init: number };

/** A device that has just been paired. */
export function newDevice({ device, cloudlet, announcer, town, psk }: Pairing): Device {
  return { device, cloudlet, announcer, town, psk, boot: 0, init: 0, session: null };
}

/** The device after a restart, to be stored before anything else. Its session goes on behind the reserved counters. */
export function restarted(device: Device): Device {
  return { ...device, boot: device.boot + 1, init: 0 };
}

/**
 * Begins a handshake.
 *
 * @param staticKey the cloudlet's static hybrid public key, from anywhere: it must be the one that was paired
 * @param announcement as it came
 * @returns the init to send once `device` is stored; `null` where key or announcement are not to be trusted
 */
export function begin(
  device: Device,
  staticKey: Bytes,
  announcement: Bytes,
  clock: Clock,
  random: Random = systemRandom,
): { readonly device: Device; readonly pending: Pending; readonly init: Bytes } | null {
  const now = seconds(clock.now);
  if (!(staticKey instanceof Uint8Array) || staticKey.length !== hybridLengths.publicKey) return null;
  if (!equal(sha3_256(staticKey), device.cloudlet)) return null;
  const told = readAnnouncement(device.announcer, device.cloudlet, announcement, clock.trusted ? now : null);
  if (!told) return null;
  const { suite, epoch } = told;
  const { cloudlet, announcer, town } = device;
  const first = opening({ suite, cloudlet, announcer, town }, announcement);

  const next: Device = { ...device, init: device.init + 1 };
  const fresh = hedged(next, random);
  const ephemeral = dhKey(fresh);
  const toStatic = hybridEncapsulate(staticKey, encapsulationContext(first, 'static'), fresh, ephemeral);
  const toEpoch = hybridEncapsulate(told.key, encapsulationContext(first, 'epoch'), fresh, ephemeral);
  const head = { suite, epoch, static: postOf(toStatic.ciphertext), fresh: postOf(toEpoch.ciphertext), share: ephemeral.public };
  const secrets = withSecrets(first, head, toStatic.secret, toEpoch.secret);

  const one = sealBox(suite, secrets.key, secrets.schedule, device.device);
  const known = mixKey(one.schedule, device.psk);
  const two = sealBox(suite, known.key, known.schedule, cbor({ boot: next.boot, init: next.init, clock: now }));
  wipe(ephemeral.secret, toStatic.secret, toEpoch.secret, secrets.key, secrets.schedule.ck, known.key);
  return {
    device: next,
    pending: { suite, schedule: two.schedule, boot: next.boot, init: next.init },
    init: cbor({ ...head, box1: one.box, box2: two.box }),
  };
}

/**
 * Takes the ack: the cloudlet has shown that it has the keys.
 *
 * @param block how many counters to reserve at once
 * @returns the device to store before it sends a frame, and the cloudlet's time; `null` for any other ack
 */
export function finish(
  device: Device,
  pending: Pending,
  ack: Bytes,
  now: number,
  block = 1024,
): { readonly device: Device; readonly time: number } | null {
  const { suite, boot, init } = pending;
  if (boot !== device.boot || init !== device.init) return null;
  const read = readMap(ack, ackShape, longestMessage);
  if (!read) return null;
  const schedule = mixHash(pending.schedule, read.nonce);
  const key = derive(schedule, 'ack');
  const opened = openBox(suite, key, schedule, read.box);
  const welcome = opened && readMap(opened.message, welcomeShape);
  if (!welcome) return null;
  const { connection, time, ...limits } = welcome;
  const { up, down, psk, id } = outcome(opened.schedule);
  const session: Session = {
    id,
    suite,
    device: device.device,
    connection,
    limits,
    since: seconds(now),
    active: now,
    sender: newSender(up, block, now),
    receiver: newReceiver(down),
  };
  wipe(key, up, down);
  // One init further, so that this ack, heard again, does not start the same keys anew.
  return { device: { ...device, psk, session, init: device.init + 1 }, time };
}

/**
 * Seals a message for the cloudlet.
 *
 * @param type one of `frameTypes`, or any other up to 15
 * @returns the frame, and whether the device must be stored before it is sent; `null` where a handshake is needed
 */
export function sealUp(
  device: Device,
  type: number,
  message: Bytes,
  now: number,
): { readonly device: Device; readonly frame: Bytes; readonly store: boolean } | null {
  const sealed = device.session && sealIn(device.session, type, message, now);
  return sealed && { device: { ...device, session: sealed.session }, frame: sealed.frame, store: sealed.store };
}

/** Opens a frame from the cloudlet; `null` for anything else. After a restart an old one may open again, so acting on it twice must do no harm. */
export function openDown(
  device: Device,
  frame: Bytes,
  now: number,
): { readonly device: Device; readonly type: number; readonly message: Bytes } | null {
  const opened = device.session && openIn(device.session, frame, now);
  return opened && { device: { ...device, session: opened.session }, type: opened.type, message: opened.message };
}

/** A device as it lies in flash, where it needs protection: it holds keys. */
export function deviceToBytes(device: Device): Bytes {
  return cbor({ ...device, session: device.session && sessionToBytes(device.session) });
}

/** Reads a stored device; `null` for any other bytes. */
export function deviceFromBytes(bytes: Bytes): Device | null {
  const read = readMap(bytes, deviceShape);
  if (!read) return null;
  const session = read.session && sessionFromBytes(read.session);
  return read.session && !session ? null : { ...read, session };
}

/**
 * Randomness for one handshake, drawn through the psk and (boot, init): a wearable whose generator is poor, or
 * repeats itself after a restart, still uses no key twice.
 */
function hedged({ psk, boot, init }: Device, random: Random): Random {
  const seed = kdf(psk, 'carelet/v1/session/hedge', [random(32), boot, init]);
  let draws = 0;
  return (length) => kdf(seed, 'carelet/v1/session/hedge', [draws++], length);
}

const deviceShape = {
  device: bytesOf(16),
  cloudlet: bytesOf(32),
  announcer: bytesOf(32),
  town: bytesOf(32),
  psk: bytesOf(32),
  boot: whole(),
  init: whole(),
  session: orNull(anyBytes),
} satisfies Shape;

/** The NTRU half of a hybrid ciphertext; the other half, the ephemeral, travels once. */
const postOf = (ciphertext: Bytes): Bytes => ciphertext.slice(0, ntru.lengths.ciphertext);
