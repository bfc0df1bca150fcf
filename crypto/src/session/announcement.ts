/**
 * The epoch announcement: a fresh hybrid key of the cloudlet, good for a day at most, signed by the key that every
 * paired device pins. When its secret is erased, what was said under it stays shut even to a thief of the static key.
 *
 * @module
 */
import { type Bytes, cbor } from '../algebra/bytes.ts';
import { type SigningKey, sign, verify } from '../algebra/sign.ts';
import { hybridLengths } from '../ntru/hybrid.ts';
import { bytesOf, readMap, type Shape, whole } from './message.ts';
import { type SuiteNumber, suiteNumber } from './suite.ts';

export type Announcement = {
  readonly suite: SuiteNumber;
  /** The epoch's 16-byte name. */
  readonly epoch: Bytes;
  /** Its hybrid public key. */
  readonly key: Bytes;
  /** UTC seconds, at most a day apart. */
  readonly from: number;
  readonly until: number;
};

/** The longest epoch, in seconds. */
export const longestEpoch = 86_400;

/** How far two clocks may differ, in seconds. */
const skew = 300;

const label = 'carelet/v1/session/announcement';

const shape = {
  suite: suiteNumber,
  epoch: bytesOf(16),
  key: bytesOf(hybridLengths.publicKey),
  from: whole(),
  until: whole(),
  signature: bytesOf(64),
} satisfies Shape;

/**
 * Signs an announcement.
 *
 * @param cloudlet SHA3-256 of the cloudlet's static hybrid public key
 */
export function signAnnouncement(announcer: SigningKey, cloudlet: Bytes, announcement: Announcement): Bytes {
  const { suite, epoch, key, from, until } = announcement;
  return cbor({ suite, epoch, key, from, until, signature: sign(announcer.secret, label, parts(cloudlet, announcement)) });
}

/**
 * Reads an announcement; `null` for one that is not signed by this key, lasts longer than a day, or is over.
 *
 * @param now UTC seconds, or `null` where the clock cannot be trusted: then its end is not looked at. Nothing is
 *   lost by that, since the cloudlet erases the secret of an epoch that is over.
 */
export function readAnnouncement(announcer: Bytes, cloudlet: Bytes, bytes: Bytes, now: number | null): Announcement | null {
  const read = readMap(bytes, shape, 2048);
  if (!read) return null;
  const { signature, ...announcement } = read;
  const { from, until } = announcement;
  if (until <= from || until - from > longestEpoch) return null;
  if (now !== null && (now >= until || until - now > longestEpoch + skew)) return null;
  return verify(announcer, label, parts(cloudlet, announcement), signature) ? announcement : null;
}

const parts = (cloudlet: Bytes, { suite, epoch, key, from, until }: Announcement) => [cloudlet, suite, epoch, key, from, until];
