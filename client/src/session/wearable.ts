/**
 * A wearable's memory: what it keeps in flash between two starts.
 *
 * It holds the keys of two months of each of its categories and of nothing else; strips wait in it, sealed and
 * numbered, until the cloudlet's authenticated acknowledgement.
 *
 * @module
 */
import { CareletError, type Category, type Period } from '@carelet/care/model';
import { type Bytes, type Cbor, cbor, uncbor } from '@carelet/crypto/algebra/bytes';
import { type Card, decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { type Device, deviceFromBytes, deviceToBytes } from '@carelet/crypto/session/device';
import type { BrokerNames } from '@carelet/crypto/session/pairing';

/** What a strip's readings are, and so which tree it hangs in. */
export type StripKind = 'vital-signs' | 'waveforms';

export const categoryOfStrip = (kind: StripKind): Category => ({ kind, conf: 'N', sens: 'none' });

/** One category's tree, as far as the device holds it. */
export type WearableTree = { readonly kind: StripKind; readonly treeId: Bytes; months: Record<Period, Bytes> };

export type Wearable = {
  readonly name: string;
  /** Where the cloudlet is. */
  readonly cloudlet: string;
  /** The session with it. */
  device: Device;
  readonly card: Card;
  readonly edSk: Bytes;
  /** The card of whoever wears it: a tree the device starts itself is wrapped for her. */
  readonly owner: Card;
  /** The chart its strips belong to. */
  readonly pat: Bytes;
  readonly ridKey: Bytes;
  trees: WearableTree[];
  /** The number of the next strip. */
  next: number;
  /** Sealed strips that nobody has acknowledged yet, oldest first. */
  waiting: { number: number; body: Bytes }[];
  /** Who it is at the cloudlet's broker; `null` for one that was paired before there was one. */
  readonly broker: BrokerNames | null;
};

/** Version 1 knew no broker. */
const version = 2;

export function encodeWearable(wearable: Wearable): Bytes {
  const { name, cloudlet, device, card, edSk, owner, pat, ridKey, trees, next, waiting, broker } = wearable;
  return cbor([
    version,
    name,
    cloudlet,
    deviceToBytes(device),
    encodeCard(card),
    edSk,
    encodeCard(owner),
    pat,
    ridKey,
    trees.map(({ kind, treeId, months }) => [kind, treeId, months]),
    next,
    waiting.map(({ number, body }) => [number, body]),
    broker && [broker.user, broker.password, broker.topic],
  ]);
}

export function decodeWearable(bytes: Bytes): Wearable {
  const fields = uncbor(bytes) as Cbor[];
  const refuse = () =>
    new CareletError('invalid', 'read wearable', { because: 'a newer version of Carelet wrote it, or it is something else' });
  if (!Array.isArray(fields) || (fields[0] !== version && fields[0] !== 1)) throw refuse();
  const [, name, cloudlet, deviceBytes, cardBytes, edSk, ownerBytes, pat, ridKey, trees, next, waiting, broker] = fields as [
    number,
    string,
    string,
    Bytes,
    Bytes,
    Bytes,
    Bytes,
    Bytes,
    Bytes,
    [StripKind, Bytes, Record<Period, Bytes>][],
    number,
    [number, Bytes][],
    ([string, string, string] | null)?,
  ];
  const device = deviceFromBytes(deviceBytes);
  const card = decodeCard(cardBytes);
  const owner = decodeCard(ownerBytes);
  if (!device || !card || !owner) throw refuse();
  return {
    name,
    cloudlet,
    device,
    card,
    edSk,
    owner,
    pat,
    ridKey,
    trees: trees.map(([kind, treeId, months]) => ({ kind, treeId, months: { ...months } })),
    next,
    waiting: waiting.map(([number, body]) => ({ number, body })),
    broker: broker ? { user: broker[0], password: broker[1], topic: broker[2] } : null,
  };
}
