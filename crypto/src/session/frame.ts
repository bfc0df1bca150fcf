/**
 * Frames: 20 or 21 bytes around a message, in one direction of a session.
 *
 *     version (2 bits) type (4) wide (1) epoch parity (1) | connection id 1 or 2 | low counter 2 | ciphertext | tag 16
 *
 * The header is associated data. The nonce is the direction's IV xor the 64-bit counter, of which only the low 16
 * bits travel. A ratchet epoch is 256 counters; its key is K_(e+1) = HKDF-Expand(K_e, "ratchet"), and the one
 * before is forgotten. Messages are padded to buckets, since a length tells what somebody does.
 *
 * All functions are pure: they give the next state and leave the old one as it was.
 *
 * @module
 */
import { open, seal, tagLength } from '../algebra/aead.ts';
import { type Bytes, concat } from '../algebra/bytes.ts';
import { kdf } from '../algebra/hash.ts';
import { aeadOf, type SuiteNumber } from './suite.ts';

/** What a frame holds. A number from 0 to 15; these are the ones that are spoken for. */
export const frameTypes = { strip: 1, acknowledgement: 2, rekey: 3, inquiry: 4, finding: 5, anewAsked: 6, anewTold: 7 } as const;

/** Counters of one ratchet epoch. */
export const epochLength = 256;
/** How far behind the newest frame a late one may be. */
export const windowLength = 128;
/** Seconds after which a sender turns to the next epoch even if this one is not used up. */
export const epochSeconds = 300;

/** The sending half of a direction. */
export type Sender = {
  readonly key: Bytes;
  readonly iv: Bytes;
  /** The ratchet epoch of `key`. */
  readonly epoch: number;
  /** When this epoch was first used, seconds. */
  readonly turned: number;
  /** The next counter. */
  readonly counter: number;
  /** Counters below this one may be used without storing anything. */
  readonly reserved: number;
  /** How many counters are reserved at once. */
  readonly block: number;
};

/** The receiving half of a direction. */
export type Receiver = {
  readonly key: Bytes;
  /** The key of the epoch before, for frames that come late; `null` in the first one. */
  readonly previous: Bytes | null;
  readonly iv: Bytes;
  readonly epoch: number;
  /** One more than the highest counter that came. */
  readonly next: number;
  /** Which of the last 128 came: bit i for counter next − 1 − i. */
  readonly window: bigint;
};

/** The two halves' starting states from 44 derived bytes: key ‖ IV. */
export function newSender(material: Bytes, block: number, now: number): Sender {
  return { key: material.slice(0, 32), iv: material.slice(32, 44), epoch: 0, turned: now, counter: 0, reserved: 0, block };
}

export function newReceiver(material: Bytes): Receiver {
  return { key: material.slice(0, 32), previous: null, iv: material.slice(32, 44), epoch: 0, next: 0, window: 0n };
}

/** Which session a frame belongs to. */
export type Route = { readonly suite: SuiteNumber; readonly connection: number };

/**
 * Seals one frame.
 *
 * @param type 0 to 15
 * @param now seconds; decides only when to turn to the next epoch
 * @returns `store`: the state must be stored before the frame is sent
 */
export function sealFrame(
  route: Route,
  sender: Sender,
  type: number,
  message: Bytes,
  now: number,
): { sender: Sender; frame: Bytes; store: boolean } {
  if (!Number.isInteger(type) || type < 0 || type > 15) throw new TypeError('a frame has a type from 0 to 15');
  const old = now < sender.turned || now - sender.turned >= epochSeconds;
  const counter = old ? nextMultiple(sender.counter, epochLength) : sender.counter;
  const epoch = epochOf(counter);
  const key = ratchet(sender.key, epoch - sender.epoch);
  const reserve = counter >= sender.reserved;
  const header = headerOf(type, route.connection, counter);
  const body = seal(aeadOf(route.suite), key, nonceOf(sender.iv, counter), header, pad(message, header.length + tagLength));
  return {
    sender: {
      ...sender,
      key,
      epoch,
      turned: counter % epochLength === 0 ? now : sender.turned,
      counter: counter + 1,
      reserved: reserve ? nextMultiple(counter + 1, sender.block) : sender.reserved,
    },
    frame: concat(header, body),
    store: reserve,
  };
}

/**
 * Opens one frame; `null` for one that is changed, replayed, too late or not of this session.
 */
export function openFrame(
  route: Route,
  receiver: Receiver,
  frame: Bytes,
): { receiver: Receiver; type: number; message: Bytes; counter: number } | null {
  const header = readHeader(frame);
  if (header?.connection !== route.connection) return null;
  const counter = nearest(header.low, receiver.next);
  const epoch = epochOf(counter);
  const behind = receiver.next - 1 - counter;
  if (behind >= windowLength || (behind >= 0 && (receiver.window >> BigInt(behind)) & 1n)) return null;
  const ahead = epoch - receiver.epoch;
  const key = ahead < 0 ? receiver.previous : ratchet(receiver.key, ahead);
  if (ahead < -1 || key === null) return null;
  const aad = frame.subarray(0, header.length);
  const padded = open(aeadOf(route.suite), key, nonceOf(receiver.iv, counter), aad, frame.subarray(header.length));
  const message = padded && unpad(padded);
  if (!message) return null;
  const moved =
    behind < 0
      ? { next: counter + 1, window: ((receiver.window << BigInt(-behind)) | 1n) & windowMask }
      : { next: receiver.next, window: receiver.window | (1n << BigInt(behind)) };
  const turned = ahead > 0 ? { key, epoch, previous: ratchet(receiver.key, ahead - 1) } : {};
  return { receiver: { ...receiver, ...turned, ...moved }, type: header.type, message, counter };
}

/** The connection id of a frame, by which its session is found; `null` for bytes that can be no frame. */
export function connectionOf(frame: Bytes): number | null {
  return readHeader(frame)?.connection ?? null;
}

/** The sender as it may be used after a restart: past all reserved counters, and with none of the keys before. */
export function afterRestart(sender: Sender): Sender {
  const epoch = epochOf(sender.reserved);
  return { ...sender, key: ratchet(sender.key, epoch - sender.epoch), epoch, counter: sender.reserved };
}

const version = 1;
const windowMask = (1n << BigInt(windowLength)) - 1n;

const epochOf = (counter: number): number => Math.floor(counter / epochLength);

const nextMultiple = (counter: number, of: number): number => Math.ceil(counter / of) * of;

/** The key some epochs later; the same array for the same epoch. */
function ratchet(key: Bytes, epochs: number): Bytes {
  let later = key;
  for (let e = 0; e < epochs; e++) {
    const before = later;
    later = kdf(before, 'carelet/v1/session/ratchet');
    if (before !== key) before.fill(0);
  }
  return later;
}

function nonceOf(iv: Bytes, counter: number): Bytes {
  const nonce = iv.slice();
  let rest = counter;
  for (let i = 11; i >= 4; i--) {
    nonce[i] = nonce[i]! ^ (rest % 256);
    rest = Math.floor(rest / 256);
  }
  return nonce;
}

function headerOf(type: number, connection: number, counter: number): Bytes {
  const wide = connection > 255 ? 1 : 0;
  const first = (version << 6) | (type << 2) | (wide << 1) | (epochOf(counter) & 1);
  const low = [(counter >> 8) & 255, counter & 255];
  return Uint8Array.from([first, ...(wide ? [connection >> 8] : []), connection & 255, ...low]);
}

function readHeader(frame: Bytes): { type: number; connection: number; low: number; length: number } | null {
  const first = frame[0];
  if (first === undefined || first >> 6 !== version) return null;
  const wide = (first >> 1) & 1;
  const length = 4 + wide;
  if (frame.length < length + tagLength) return null;
  const connection = wide ? (frame[1]! << 8) | frame[2]! : frame[1]!;
  const low = (frame[length - 2]! << 8) | frame[length - 1]!;
  // One header for one meaning: two bytes only where they are needed, and the parity that the counter has.
  if ((wide && connection < 256) || (first & 1) !== ((low >> 8) & 1)) return null;
  return { type: (first >> 2) & 15, connection, low, length };
}

/** The counter with these low 16 bits that is nearest to the one expected. */
function nearest(low: number, expected: number): number {
  const candidate = expected - (expected % 65536) + low;
  if (candidate + 32768 < expected) return candidate + 65536;
  if (candidate > expected + 32768 && candidate >= 65536) return candidate - 65536;
  return candidate;
}

const buckets = [64, 128, 240] as const;

/** Message ‖ 0x80 ‖ zeros, such that the whole frame has 64, 128, 240 or a multiple of 240 bytes. */
function pad(message: Bytes, overhead: number): Bytes {
  const least = message.length + 1 + overhead;
  const length = buckets.find((bucket) => bucket >= least) ?? nextMultiple(least, 240);
  const padded = new Uint8Array(length - overhead);
  padded.set(message);
  padded[message.length] = 0x80;
  return padded;
}

function unpad(padded: Bytes): Bytes | null {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end--;
  return padded[end] === 0x80 ? padded.slice(0, end) : null;
}
