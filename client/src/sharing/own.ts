/**
 * What a patient who shares does in every way of sharing alike.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { kdf } from '@carelet/crypto/algebra/hash';
import { watchOver } from '../receipts/watch.ts';
import type { SharingOptions } from './share.ts';

/** Sees to it that her keyring has the secrets of her scopes. */
export async function hasOwnSecrets({ keyring, save }: Pick<SharingOptions, 'keyring' | 'save'>): Promise<void> {
  if (keyring.sharing.patient) return;
  // From what never leaves the keyring, so that every copy of it shares and takes back alike.
  const of = (label: 'carelet/v1/sharing/root' | 'carelet/v1/sharing/patient-pq') =>
    kdf(keyring.secrets.hybridSk, label, [keyring.card.id]);
  keyring.sharing.patient = { root: of('carelet/v1/sharing/root'), pq: of('carelet/v1/sharing/patient-pq') };
  await save();
}

/**
 * Keeps in mind that the cloud promised a receipt; whoever looks at her log next asks whether it was written. A cloud that promises
 * none is taken to have done nothing: what was given is taken back, and what was taken back is told it again.
 */
export function remember({ keyring, cloud, clock = Date.now }: SharingOptions, op: string, promise: Bytes | undefined): void {
  const unpromised = watchOver({ keyring, cloud, now: () => Math.floor(clock() / 1000) }).took(promise);
  if (unpromised !== null) throw new CareletError('tampered', op, { because: unpromised });
}
