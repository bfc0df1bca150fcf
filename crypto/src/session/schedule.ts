/**
 * The key schedule, as in Noise: `h` hashes all that was said, `ck` all that only the two know.
 *
 * Every key depends on both, so two sides have the same keys only after the same conversation.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor } from '../algebra/bytes.ts';
import { hashOf, hkdf, kdf } from '../algebra/hash.ts';
import type { SuiteNumber } from './suite.ts';

/** 32 bytes each. */
export type Schedule = { readonly ck: Bytes; readonly h: Bytes };

/** What both sides know before the first message. */
export type Prologue = {
  readonly suite: SuiteNumber;
  /** SHA3-256 of the cloudlet's static hybrid public key. */
  readonly cloudlet: Bytes;
  readonly announcer: Bytes;
  readonly town: Bytes;
};

const name = 'ntruhps4096821 x25519 nk+psk sha256';

/** The start of a conversation. */
export function start({ suite, cloudlet, announcer, town }: Prologue): Schedule {
  const h = hashOf('carelet/v1/session/start', name, suite, cloudlet, announcer, town);
  return { ck: h, h };
}

/** Hashes a part of a message. */
export function mixHash({ ck, h }: Schedule, said: Cbor): Schedule {
  return { ck, h: hashOf('carelet/v1/session/said', h, said) };
}

/** Mixes a secret in and gives a key for one box along with it. */
export function mixKey({ ck, h }: Schedule, secret: Bytes): { readonly schedule: Schedule; readonly key: Bytes } {
  const both = hkdf(secret, ck, cbor(['carelet/v1/session/mix', h]), 64);
  return { schedule: { ck: both.slice(0, 32), h }, key: both.slice(32) };
}

/** A key for one purpose from all that was said and mixed so far. */
export function derive({ ck, h }: Schedule, purpose: 'ack' | 'up' | 'down' | 'psk' | 'id', length = 32): Bytes {
  return kdf(ck, `carelet/v1/session/${purpose}`, [h], length);
}

/** What an encapsulation of this conversation is for. */
export function encapsulationContext({ h }: Schedule, to: 'static' | 'epoch'): Bytes {
  return cbor([`carelet/v1/session/${to}`, h]);
}
