/**
 * What is urgent to a device, signed by whoever wears it.
 *
 * Nobody else decides when a device calls for help: limits that a thief of the clinic's box widened would keep it silent.
 * Each change has a higher serial, so that an earlier one cannot be brought back.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { checkUrgency, parseUrgency, type UrgencyPolicy, urgencyText } from '@carelet/care/rules/relay/urgency';
import { type Bytes, cbor, equalPublic, uncbor } from '@carelet/crypto/algebra/bytes';
import { sign, verify } from '@carelet/crypto/algebra/sign';
import type { Keyring } from '../keyring/keyring.ts';
import type { Wearable } from './wearable.ts';

export type SignedUrgency = {
  /** From 1, one more with each change. */
  readonly serial: number;
  readonly policy: UrgencyPolicy;
  readonly signature: Bytes;
};

const label = 'carelet/v1/relay/urgency';

/**
 * The owner of a device says what is urgent to it.
 *
 * @param device the id of the device's card
 * @param before what she signed the last time
 * @throws {CareletError} `invalid` for limits no device could follow
 */
export function signUrgency(owner: Keyring, device: Bytes, policy: UrgencyPolicy, before: SignedUrgency | null): SignedUrgency {
  const serial = (before?.serial ?? 0) + 1;
  const signature = sign(owner.secrets.edSk, label, [device, serial, urgencyText(checkUrgency(policy))]);
  return { serial, policy, signature };
}

/**
 * The device takes what it is told, once it is its owner who tells it. The caller saves its memory.
 *
 * @throws {CareletError} `denied` where she did not sign it for this device, `conflict` where it is not newer than what it has
 */
export function takeUrgency(wearable: Wearable, told: SignedUrgency): void {
  const { owner, card, urgency } = wearable;
  if (!verify(owner.edVk, label, [card.id, told.serial, urgencyText(told.policy)], told.signature)) {
    throw new CareletError('denied', 'take urgency policy', { because: 'its owner did not sign it for this device' });
  }
  if (urgency && told.serial <= urgency.serial) {
    throw new CareletError('conflict', 'take urgency policy', { because: 'the device has a newer one' });
  }
  wearable.urgency = told;
}

/** Whether a keyring is that of a device's owner, who alone may say what is urgent to it. */
export const owns = ({ card }: Keyring, { owner }: Wearable): boolean => equalPublic(card.id, owner.id);

export const encodeUrgency = ({ serial, policy, signature }: SignedUrgency): Bytes => cbor([serial, urgencyText(policy), signature]);

/** Reads what `encodeUrgency` wrote; `null` for any other bytes. Who signed it is for `takeUrgency` to see. */
export function decodeUrgency(bytes: Bytes): SignedUrgency | null {
  try {
    const [serial, text, signature, ...rest] = uncbor(bytes) as [number, string, Bytes];
    const sound =
      rest.length === 0 && Number.isSafeInteger(serial) && serial > 0 && typeof text === 'string' && signature instanceof Uint8Array;
    return sound ? { serial, policy: parseUrgency(text), signature } : null;
  } catch {
    return null;
  }
}
