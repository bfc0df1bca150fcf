/**
 * A patient's own device as a witness (`witness.ts`): when it syncs it signs the checkpoint it was shown, once that goes on from the
 * last one it saw. The manifest does not name its key: her card vouches for it, and whoever reads her chart has her card. So a log
 * that is shown to her doctors has to go on from what she saw herself, whether a clinic watches or not.
 *
 * [Note: A key for signing checkpoints]
 * A cosignature has the form that C2SP gives it and no label of ours, so it is made with a key for that alone: derived from what
 * never leaves her keyring, so that every copy of it signs alike, and signed for once with her card's key under a label.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { kdf } from '../algebra/hash.ts';
import { type NamedKey, sign, signingKey, verify } from '../algebra/sign.ts';
import type { CardBody } from '../cards/card.ts';
import type { CardSecrets } from '../cards/owner.ts';
import { witnessName } from '../cards/witness.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { cosignedBy, cosignNote, encodeNote } from './note.ts';

/** A checkpoint that a patient's device signed, the key it did so with, and her card's word for that key. */
export type DeviceSigned = { readonly note: Bytes; readonly key: Bytes; readonly voucher: Bytes };

const label = 'carelet/v1/receipts/device';

/**
 * Signs a checkpoint as a patient's device. Whoever calls has seen that it goes on from the last one, and has kept it.
 *
 * @param note as the log signed it; lines of others are left out
 * @param now UTC seconds
 * @throws {TypeError} when it is no checkpoint of this log
 */
export function signAsDevice(
  { card, secrets }: { readonly card: Pick<CardBody, 'id'>; readonly secrets: CardSecrets },
  log: NamedKey,
  note: Bytes,
  now: number,
): DeviceSigned {
  const signed = openCheckpoint(note, log);
  if (!signed) throw new TypeError('not a checkpoint of this log');
  const { secret, public: key } = signingKey(() => kdf(secrets.hybridSk, 'carelet/v1/receipts/device-key', [card.id]));
  const own = { text: signed.note.text, lines: signed.note.lines.filter(({ name }) => name === log.name) };
  return {
    note: encodeNote(cosignNote(own, { ...named(card.id, key), secret }, now)),
    key,
    voucher: sign(secrets.edSk, label, [card.id, key]),
  };
}

/** What a device signed, and when, UTC seconds: in this log, and with a key that this card vouches for; `null` for everything else. */
export function deviceSaw(
  { id, edVk }: Pick<CardBody, 'id' | 'edVk'>,
  log: NamedKey,
  { note, key, voucher }: DeviceSigned,
): { readonly checkpoint: Checkpoint; readonly time: number } | null {
  if (!verify(edVk, label, [id, key], voucher)) return null;
  const signed = openCheckpoint(note, log);
  const time = signed && cosignedBy(signed.note, named(id, key));
  return signed && typeof time === 'number' ? { checkpoint: signed.checkpoint, time } : null;
}

const named = (id: Bytes, key: Bytes): NamedKey => ({ name: witnessName(id, key), key });
