/**
 * Pairing: what a device learns once, from a screen or a tag, and trusts from then on.
 *
 * The cloudlet's keys are pinned by it, so nobody between can pose as the cloudlet; the pre-shared key makes the
 * device known to the cloudlet. A pairing is for one device, once, within ten minutes: the service that makes it sees to that.
 *
 * @module
 */
import { fromBase32, toBase32 } from '../algebra/base32.ts';
import { type Bytes, concat, equal, hex, plain } from '../algebra/bytes.ts';
import { hashOf, kdf } from '../algebra/hash.ts';

export type Pairing = {
  /** 16 bytes: the device's name towards this cloudlet. */
  readonly device: Bytes;
  /** SHA3-256 of the cloudlet's static hybrid public key. */
  readonly cloudlet: Bytes;
  /** The Ed25519 key that signs its epoch announcements. */
  readonly announcer: Bytes;
  /** Hash of the town manifest. */
  readonly town: Bytes;
  /** 32 bytes that only these two know. Replaced with every session. */
  readonly psk: Bytes;
  /** UTC seconds after which the cloudlet accepts no first session. */
  readonly expires: number;
};

/** How long a pairing may wait for its device: ten minutes, in seconds. */
export const pairingLifetime = 600;

const version = 1;
const layout = [
  ['device', 16],
  ['cloudlet', 32],
  ['announcer', 32],
  ['town', 32],
  ['psk', 32],
] as const;
const bodyLength = 1 + 4 + 144;
const checkLength = 4;

/**
 * A pairing as text for a QR code (alphanumeric mode) or for typing: Crockford's base 32 in groups of five, with
 * four bytes of check. It holds a secret: show it, do not send or log it.
 *
 * @throws {TypeError} on fields of wrong lengths
 *
 * @example
 * ```ts
 * import { pairingCode, parsePairingCode } from '@carelet/crypto/session/pairing';
 * const b = (length: number) => new Uint8Array(length);
 * const code = pairingCode({ device: b(16), cloudlet: b(32), announcer: b(32), town: b(32), psk: b(32), expires: 1_800_000_000 });
 * parsePairingCode(code.toLowerCase().replaceAll('-', ' '))?.expires; // 1800000000
 * ```
 */
export function pairingCode(pairing: Pairing): string {
  const { expires } = pairing;
  if (!Number.isSafeInteger(expires) || expires < 0 || expires > 0xffffffff)
    throw new TypeError('a pairing expires within 32 bits of seconds');
  for (const [name, length] of layout) {
    if (pairing[name].length !== length) throw new TypeError(`the ${name} of a pairing has ${length} bytes`);
  }
  const time = new Uint8Array(4);
  new DataView(time.buffer).setUint32(0, expires);
  const body = concat(Uint8Array.of(version), time, ...layout.map(([name]) => pairing[name]));
  return toBase32(concat(body, check(body)), 5);
}

/**
 * Reads a pairing code. Case, blanks and hyphens do not matter, and O, I and L are read as 0 and 1.
 *
 * @returns `null` for any other text, a mistyped one among them
 */
export function parsePairingCode(text: string): Pairing | null {
  const bytes = fromBase32(text);
  if (bytes?.length !== bodyLength + checkLength) return null;
  const body = bytes.subarray(0, bodyLength);
  if (!equal(bytes.subarray(bodyLength), check(body)) || body[0] !== version) return null;
  let at = 5;
  const field = (length: number): Bytes => {
    at += length;
    return body.slice(at - length, at);
  };
  return {
    device: field(16),
    cloudlet: field(32),
    announcer: field(32),
    town: field(32),
    psk: field(32),
    expires: new DataView(body.buffer, body.byteOffset).getUint32(1),
  };
}

/** A device's names at the message broker: hex, of 16, 32 and 16 bytes. */
export type BrokerNames = { readonly user: string; readonly password: string; readonly topic: string };

/**
 * A device's names at the message broker. They come from the psk it was paired with, never from the device id, so
 * the broker learns no name that anything else knows.
 *
 * They come from the psk of the pairing itself, not from a later one, and whoever needs them keeps them. The psk of the
 * handshakes is replaced with every session, and for a while the two ends hold different ones: names that followed
 * it would lock a device out of the broker whenever an answer was lost, and would have to follow it into the broker's
 * own password file. Nor from `adoptedPsk`: a card's id is no secret, so whoever saw the code could compute that one too.
 * What the names guard is a place at the broker; frames are guarded by the session.
 *
 * @param psk the psk in the pairing code
 */
export function brokerNames(psk: Bytes): BrokerNames {
  const name = (use: string, length: number): string => hex(kdf(psk, 'carelet/v1/session/mqtt', [use], length));
  return { user: name('user', 16), password: name('password', 32), topic: name('topic', 16) };
}

/**
 * The psk of the first handshake, once a device's card was adopted: of two devices made from one code only the one
 * adopted last can greet, so neither works for a while and then fails.
 */
export const adoptedPsk = (psk: Bytes, deviceCard: Bytes): Bytes => kdf(psk, 'carelet/v1/session/adopted', [deviceCard]);

/** What shows that a patient holds the pairing code, without showing the code. */
export const adoptionProof = (psk: Bytes): Bytes => kdf(psk, 'carelet/v1/session/adopt');

const check = (body: Bytes): Bytes => hashOf('carelet/v1/session/pairing', plain(body)).slice(0, checkLength);
