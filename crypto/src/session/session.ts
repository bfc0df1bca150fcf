/**
 * A session: two directions of frames under keys that one handshake made.
 *
 * A session is a value. `sealIn` and `openIn` give the next one; whoever holds it keeps that and drops the old
 * (`erase` wipes the keys that the new one no longer has). Time is a parameter, in UTC seconds of the holder's own clock.
 *
 * @module
 */
import { type Bytes, cbor } from '../algebra/bytes.ts';
import { afterRestart, openFrame, type Receiver, type Sender, sealFrame } from './frame.ts';
import { anyBytes, bytesOf, orNull, readMap, type Shape, whole } from './message.ts';
import { type SuiteNumber, suiteNumber } from './suite.ts';

/** How long a session may live: frames in each direction, and seconds. */
export type Limits = { readonly frames: number; readonly seconds: number };

/** A day or 2^20 frames. */
export const defaultLimits: Limits = { frames: 2 ** 20, seconds: 86_400 };

/** Seconds of silence after which a new session is due. */
export const idleSeconds = 3600;

export type Session = {
  /** 16 bytes, from the handshake; never sent. */
  readonly id: Bytes;
  readonly suite: SuiteNumber;
  /** The device at its one end. A frame that came by another device's way is dropped by the service. */
  readonly device: Bytes;
  /** The cloudlet's number for it, 0 to 65535. */
  readonly connection: number;
  readonly limits: Limits;
  /** When it began, and when it was last used. */
  readonly since: number;
  readonly active: number;
  readonly sender: Sender;
  readonly receiver: Receiver;
};

/** A frame to send; where `store` is true, the session must be stored before. */
export type Sealed = { readonly session: Session; readonly frame: Bytes; readonly store: boolean };

/** What a frame held. */
export type Opened = { readonly session: Session; readonly type: number; readonly message: Bytes; readonly counter: number };

/**
 * Time as it is kept: whole UTC seconds.
 *
 * @throws {TypeError} on fractions and negative numbers
 */
export function seconds(now: number): number {
  if (!Number.isSafeInteger(now) || now < 0) throw new TypeError('time is whole UTC seconds');
  return now;
}

/** Seals a message; `null` where the session is used up and a new one must be made. */
export function sealIn(session: Session, type: number, message: Bytes, now: number): Sealed | null {
  const { sender, frame, store } = sealFrame(session, session.sender, type, message, seconds(now));
  if (sender.counter > session.limits.frames || tooOld(session, now)) return null;
  return { session: { ...session, sender, active: now }, frame, store };
}

/** Opens a frame; `null` for whatever does not fit, without saying why. */
export function openIn(session: Session, frame: Bytes, now: number): Opened | null {
  const opened = openFrame(session, session.receiver, frame);
  if (!opened || opened.counter >= session.limits.frames || tooOld(session, seconds(now))) return null;
  const { receiver, type, message, counter } = opened;
  return { session: { ...session, receiver, active: now }, type, message, counter };
}

/** Whether a new session should be made: after a day, on reconnecting after an hour, or when frames run out. */
export function rekeyDue(session: Session, now: number): boolean {
  const { limits, since, active, sender, receiver } = session;
  const used = Math.max(sender.counter, receiver.next);
  return now - since >= limits.seconds || now - active > idleSeconds || now < since || used >= limits.frames - limits.frames / 16;
}

/** Past twice its time a session neither seals nor opens: a day is asked for, and a day of patience given. */
const tooOld = (session: Session, now: number): boolean => now - session.since >= 2 * session.limits.seconds;

/** Wipes the keys of a session that `kept` does not have; all of them without `kept`. */
export function erase(session: Session, kept?: Session): void {
  const keys = ({ sender, receiver }: Session): (Bytes | null)[] => [
    sender.key,
    sender.iv,
    receiver.key,
    receiver.previous,
    receiver.iv,
    session.id,
  ];
  const living = new Set(kept ? keys(kept) : []);
  for (const key of keys(session)) if (key && !living.has(key)) key.fill(0);
}

/**
 * A session as it can be stored and resumed.
 *
 * The sender is written as it may go on after a restart: behind all counters reserved so far, with the key of that
 * epoch. So no counter is used twice, and the stored bytes cannot open what was sent before.
 */
export function sessionToBytes(session: Session): Bytes {
  const { sender, receiver, ...rest } = session;
  const { window, ...half } = receiver;
  return cbor({
    ...rest,
    limits: cbor(session.limits),
    sender: cbor(afterRestart(sender)),
    receiver: cbor({ ...half, window: toWindow(window) }),
  });
}

/** Reads a stored session; `null` for any other bytes. */
export function sessionFromBytes(bytes: Bytes): Session | null {
  const outer = readMap(bytes, sessionShape);
  const limits = outer && readMap(outer.limits, limitsShape);
  const sender = outer && readMap(outer.sender, senderShape);
  const receiver = outer && readMap(outer.receiver, receiverShape);
  if (!outer || !limits || !sender || !receiver) return null;
  return { ...outer, limits, sender, receiver: { ...receiver, window: fromWindow(receiver.window) } };
}

const sessionShape = {
  id: bytesOf(16),
  suite: suiteNumber,
  device: bytesOf(16),
  connection: whole(0, 0xffff),
  limits: anyBytes,
  since: whole(),
  active: whole(),
  sender: anyBytes,
  receiver: anyBytes,
} satisfies Shape;

/** What a cloudlet may ask of a session. */
export const limitsShape = {
  frames: whole(1024, defaultLimits.frames),
  seconds: whole(60, defaultLimits.seconds),
} satisfies Shape;

const senderShape = {
  key: bytesOf(32),
  iv: bytesOf(12),
  epoch: whole(),
  turned: whole(),
  counter: whole(),
  reserved: whole(),
  block: whole(1, 65536),
} satisfies Shape;

const receiverShape = {
  key: bytesOf(32),
  previous: orNull(bytesOf(32)),
  iv: bytesOf(12),
  epoch: whole(),
  next: whole(),
  window: bytesOf(16),
} satisfies Shape;

const toWindow = (window: bigint): Bytes => Uint8Array.from({ length: 16 }, (_, i) => Number((window >> BigInt(8 * i)) & 255n));
const fromWindow = (bytes: Bytes): bigint => bytes.reduceRight((window, byte) => (window << 8n) | BigInt(byte), 0n);
