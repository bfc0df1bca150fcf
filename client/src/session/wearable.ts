/**
 * A wearable's memory: what it keeps in flash between two starts.
 *
 * It holds the keys of two months of each of its categories and of nothing else; strips wait in it, sealed and
 * numbered, until the cloudlet's authenticated acknowledgement.
 *
 * @module
 */
import { CareletError, type Category, type Period, urgencies } from '@carelet/care/model';
import { type UrgencyPolicy, usualUrgency } from '@carelet/care/rules/relay/urgency';
import { type Bytes, type Cbor, cbor, uncbor } from '@carelet/crypto/algebra/bytes';
import { type Card, decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { type Device, deviceFromBytes, deviceToBytes } from '@carelet/crypto/session/device';
import type { BrokerNames } from '@carelet/crypto/session/pairing';
import { decodeUrgency, encodeUrgency, type SignedUrgency } from './urgency.ts';

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
  /** What is urgent, as its owner signed it; `null` where she signed nothing: then an adult's usual limits hold. */
  urgency: SignedUrgency | null;
  /** The number of the next strip. */
  next: number;
  /** For each lane the number of the last strip sealed for it, and of the last the cloudlet has on its disk. */
  lanes: Lane[];
  /** Sealed strips that nobody has answered for yet, oldest first. */
  waiting: WaitingStrip[];
  /** Who it is at the cloudlet's broker; `null` for one that was paired before there was one. */
  readonly broker: BrokerNames | null;
};

/** A lane on the device; the most urgent is the first (`crypto/session/parcel`). */
export type Lane = { sealed: number | null; kept: number | null };

export type WaitingStrip = {
  readonly number: number;
  readonly lane: number;
  /** The number of the strip before it in its lane; `null` for the first. */
  readonly after: number | null;
  readonly body: Bytes;
};

/** Lanes in which nothing went yet. */
export const freshLanes = (): Lane[] => urgencies.map(() => ({ sealed: null, kept: null }));

/** How urgent its readings are to this device. */
export const urgencyPolicyOf = ({ urgency }: Wearable): UrgencyPolicy => urgency?.policy ?? usualUrgency();

/** Version 1 knew one lane and no broker. */
const version = 2;

export function encodeWearable(wearable: Wearable): Bytes {
  const { name, cloudlet, device, card, edSk, owner, pat, ridKey, trees, urgency, next, lanes, waiting, broker } = wearable;
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
    waiting.map(({ number, body, lane, after }) => [number, body, lane, after]),
    lanes.map(({ sealed, kept }) => [sealed, kept]),
    urgency && encodeUrgency(urgency),
    broker && [broker.user, broker.password, broker.topic],
  ]);
}

/**
 * Reads a wearable's memory, also that of the version before, which had one lane.
 *
 * @throws {CareletError} `invalid` for anything else
 */
export function decodeWearable(bytes: Bytes): Wearable {
  const fields = uncbor(bytes) as Cbor[];
  const refuse = () =>
    new CareletError('invalid', 'read wearable', { because: 'a newer version of Carelet wrote it, or it is something else' });
  if (!Array.isArray(fields) || (fields[0] !== 1 && fields[0] !== version)) throw refuse();
  const [of, name, cloudlet, deviceBytes, cardBytes, edSk, ownerBytes, pat, ridKey, trees, next, waiting, lanes, urgencyBytes, broker] =
    fields as [
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
      [number, Bytes, number, number | null][],
      [number | null, number | null][],
      Bytes | null,
      [string, string, string] | null,
    ];
  const device = deviceFromBytes(deviceBytes);
  const card = decodeCard(cardBytes);
  const owner = decodeCard(ownerBytes);
  const urgency = of === 1 || urgencyBytes === null ? null : decodeUrgency(urgencyBytes);
  if (!device || !card || !owner || (urgencyBytes && !urgency)) throw refuse();
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
    urgency,
    next,
    lanes: of === 1 ? lanesOfOne(next, waiting.length) : lanes.map(([sealed, kept]) => ({ sealed, kept })),
    waiting: waiting.map(([number, body, lane, after]) =>
      of === 1 ? { number, body, lane: routine, after: before(number) } : { number, body, lane, after },
    ),
    broker: broker ? { user: broker[0], password: broker[1], topic: broker[2] } : null,
  };
}

const routine = urgencies.indexOf('routine');
const before = (number: number): number | null => (number === 0 ? null : number - 1);

/** The lanes of a memory that knew one: everything was routine. */
function lanesOfOne(next: number, waiting: number): Lane[] {
  const lanes = freshLanes();
  lanes[routine] = { sealed: before(next), kept: before(next - waiting) };
  return lanes;
}
