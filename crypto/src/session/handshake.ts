/**
 * What both sides of the handshake do alike: the messages' shapes, and how they enter the key schedule.
 *
 *     C → W  announcement   suite, epoch, epoch key, from, until, signature
 *     W → C  init           ct_s, ct_e, e_w, box1{device id}, box2{boot, init, clock}
 *     C → W  ack            n_c, box3{connection, limits, time}
 *
 * k1 (box1) comes from the static and the epoch secret, k2 (box2) also from the psk, k3 (box3) also from n_c. Then
 * the frame keys, the session's id and the next psk come from all of it. One X25519 ephemeral e_w serves both
 * encapsulations.
 *
 * @module
 */
import { nonceLength, open, seal, tagLength } from '../algebra/aead.ts';
import type { Bytes } from '../algebra/bytes.ts';
import { ntruhps4096821 as ntru } from '../ntru/index.ts';
import { anyBytes, bytesOf, type Shape, type Values, whole } from './message.ts';
import { derive, mixHash, mixKey, type Prologue, type Schedule, start } from './schedule.ts';
import { limitsShape } from './session.ts';
import { aeadOf, type SuiteNumber, suiteNumber } from './suite.ts';

/** No handshake message is longer. */
export const longestMessage = 4096;

export const initShape = {
  suite: suiteNumber,
  epoch: bytesOf(16),
  static: bytesOf(ntru.lengths.ciphertext),
  fresh: bytesOf(ntru.lengths.ciphertext),
  share: bytesOf(32),
  box1: bytesOf(16 + tagLength),
  box2: anyBytes,
} satisfies Shape;

export const bootShape = { boot: whole(), init: whole(), clock: whole() } satisfies Shape;

export const ackShape = { nonce: bytesOf(32), box: anyBytes } satisfies Shape;

export const welcomeShape = { connection: whole(0, 0xffff), time: whole(), ...limitsShape } satisfies Shape;

type Init = Values<typeof initShape>;

/** The schedule once the announcement is known to both. */
export const opening = (prologue: Prologue, announcement: Bytes): Schedule => mixHash(start(prologue), announcement);

/** The schedule with both encapsulated secrets, and k1. */
export function withSecrets(
  schedule: Schedule,
  { suite, epoch, static: ctStatic, fresh, share }: Omit<Init, 'box1' | 'box2'>,
  staticSecret: Bytes,
  epochSecret: Bytes,
): { readonly schedule: Schedule; readonly key: Bytes } {
  const said = mixHash(schedule, [suite, epoch, ctStatic, fresh, share]);
  return mixKey(mixKey(said, staticSecret).schedule, epochSecret);
}

/** Seals a box that all of the conversation so far belongs to, and says it. Its key is used for nothing else. */
export function sealBox(
  suite: SuiteNumber,
  key: Bytes,
  schedule: Schedule,
  message: Bytes,
): { readonly box: Bytes; readonly schedule: Schedule } {
  const box = seal(aeadOf(suite), key, onlyNonce, schedule.h, message);
  return { box, schedule: mixHash(schedule, box) };
}

/** Opens what `sealBox` made at the same point of the same conversation, or `null`. */
export function openBox(
  suite: SuiteNumber,
  key: Bytes,
  schedule: Schedule,
  box: Bytes,
): { readonly message: Bytes; readonly schedule: Schedule } | null {
  const message = open(aeadOf(suite), key, onlyNonce, schedule.h, box);
  return message && { message, schedule: mixHash(schedule, box) };
}

/** What a finished handshake gives. */
export function outcome(schedule: Schedule): { readonly up: Bytes; readonly down: Bytes; readonly psk: Bytes; readonly id: Bytes } {
  return {
    up: derive(schedule, 'up', 44),
    down: derive(schedule, 'down', 44),
    psk: derive(schedule, 'psk'),
    id: derive(schedule, 'id', 16),
  };
}

const onlyNonce = new Uint8Array(nonceLength);
