/**
 * A wearable's memory: what it keeps in flash between two starts.
 *
 * It holds the keys of two months of each of its categories and of nothing else; strips wait in it, sealed and
 * numbered, until a cloudlet's authenticated acknowledgement, and where there are several cloudlets for a while beyond it.
 *
 * @module
 */
import { CareletError, type Category, type Period, urgencies } from '@carelet/care/model';
import { type UrgencyPolicy, usualUrgency } from '@carelet/care/rules/relay/urgency';
import { type Bytes, type Cbor, cbor, uncbor } from '@carelet/crypto/algebra/bytes';
import { type Card, decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import type { DeviceWrap } from '@carelet/crypto/records/strip';
import { type Device, deviceFromBytes, deviceToBytes } from '@carelet/crypto/session/device';
import type { BrokerNames } from '@carelet/crypto/session/pairing';
import { decodeUrgency, encodeUrgency, type SignedUrgency } from './urgency.ts';

/** What a strip's readings are, and so which tree it hangs in. */
export const stripKinds = ['vital-signs', 'waveforms'] as const;
export type StripKind = (typeof stripKinds)[number];

export const categoryOfStrip = (kind: StripKind): Category => ({ kind, conf: 'N', sens: 'none' });

/** One category's tree, as far as the device holds it. */
export type WearableTree = {
  readonly kind: StripKind;
  readonly treeId: Bytes;
  months: Record<Period, Bytes>;
  /** Of one that the device began: its wrap for the owner, as long as it goes with some strip to come; and the lanes in which it went. */
  wrap: DeviceWrap | null;
  lanes: number[];
};

/** A tree as its owner's client hands it over, which wrapped it itself. */
export const givenTree = (tree: Pick<WearableTree, 'kind' | 'treeId' | 'months'>): WearableTree => ({ ...tree, wrap: null, lanes: [] });

export type Wearable = {
  readonly name: string;
  readonly card: Card;
  readonly edSk: Bytes;
  /** The card of whoever wears it: a tree the device starts itself is wrapped for her. */
  readonly owner: Card;
  /** The chart its strips belong to. */
  readonly pat: Bytes;
  readonly ridKey: Bytes;
  trees: WearableTree[];
  /** The number of the last word of its owner's by which it began new trees; 0 before any. */
  anew: number;
  /** What is urgent, as its owner signed it; `null` where she signed nothing: then an adult's usual limits hold. */
  urgency: SignedUrgency | null;
  /** The number of the next strip. */
  next: number;
  /** Sealed strips that nobody has answered for yet, oldest first. */
  waiting: HeldStrip[];
  /** Strips that were answered for by some cloudlets, kept until another says that the cloud has them; oldest first. */
  entrusted: EntrustedStrip[];
  /** The cloudlets it may hand its strips to, all of one clinic; one at least. */
  relays: WearableRelay[];
  /** To whom routine went the last time, by name. */
  routine: string | null;
};

/** A cloudlet as its device knows it. */
export type WearableRelay = {
  /** As its owner calls it: home, ward. */
  readonly name: string;
  /** Where it is. */
  readonly address: string;
  /** The session with it. */
  device: Device;
  /** Who the device is at its broker; `null` for one that was paired before there was one. */
  readonly broker: BrokerNames | null;
  /** For each lane the number of the strip it took last, as it said. */
  kept: (number | null)[];
  /** The spot at which it answered the last time, `null` where it did not. */
  near: string | null;
  /** How often it was met, at each spot. */
  meetings: Record<string, number>;
  /** UTC seconds since which these were counted, and the next two; 0 before it was first met. */
  since: number;
  /** Strips it took and another cloudlet was asked about, and those of them that the cloud has. */
  taken: number;
  arrived: number;
  /** UTC seconds at which that was last let fade. */
  faded: number;
};

export type HeldStrip = {
  readonly number: number;
  /** The most urgent is the first (`crypto/session/parcel`). */
  readonly lane: number;
  readonly body: Bytes;
  /** Which cloudlets said that it is on their disks. */
  at: string[];
  /** Which of those the cloud was later found not to have it from. */
  past: string[];
  /** Of an emergency: whether a cloudlet said that the cloud has it. */
  reached: boolean;
};

/** A strip on trust, and since when, in UTC seconds. */
export type EntrustedStrip = HeldStrip & { readonly since: number };

/** How a cloudlet is called that nobody gave a name. */
export const usualRelayName = (i: number): string => `cloudlet-${i + 1}`;

/** A cloudlet nothing was handed to yet. */
export const freshRelay = (of: Pick<WearableRelay, 'name' | 'address' | 'device' | 'broker'>): WearableRelay => ({
  ...of,
  kept: urgencies.map(() => null),
  near: null,
  meetings: {},
  since: 0,
  taken: 0,
  arrived: 0,
  faded: 0,
});

/** How urgent its readings are to this device. */
export const urgencyPolicyOf = ({ urgency }: Wearable): UrgencyPolicy => urgency?.policy ?? usualUrgency();

/** Version 1 knew one lane and no broker, version 2 one cloudlet, version 3 no word of the owner's that trees are over. */
const version = 4;

export function encodeWearable(wearable: Wearable): Bytes {
  const { name, card, edSk, owner, pat, ridKey, trees, anew, urgency, next, waiting, entrusted, relays, routine } = wearable;
  return cbor([
    version,
    name,
    encodeCard(card),
    edSk,
    encodeCard(owner),
    pat,
    ridKey,
    trees.map(({ kind, treeId, months, wrap, lanes }) => [
      kind,
      treeId,
      months,
      ...(wrap ? [[wrap.nodeId, wrap.body, wrap.signature, lanes]] : []),
    ]),
    urgency && encodeUrgency(urgency),
    next,
    waiting.map(held),
    entrusted.map((strip) => [...held(strip), strip.since]),
    relays.map((relay) => [
      relay.name,
      relay.address,
      deviceToBytes(relay.device),
      relay.broker && [relay.broker.user, relay.broker.password, relay.broker.topic],
      relay.kept,
      relay.near,
      relay.meetings,
      relay.since,
      relay.taken,
      relay.arrived,
      relay.faded,
    ]),
    routine,
    anew,
  ]);
}

const held = ({ number, lane, body, at, past, reached }: HeldStrip): HeldFields => [number, lane, body, at, past, reached];

type HeldFields = [number, number, Bytes, string[], string[], boolean];
type BrokerFields = [string, string, string] | null;
type TreeFields = [StripKind, Bytes, Record<Period, Bytes>, [Bytes, Bytes, Bytes, number[]]?][];
type RelayFields = [
  string,
  string,
  Bytes,
  BrokerFields,
  (number | null)[],
  string | null,
  Record<string, number>,
  number,
  number,
  number,
  number,
];

/**
 * Reads a wearable's memory, also that of the versions before: the first two had one cloudlet, and the first of them one lane.
 *
 * @throws {CareletError} `invalid` for anything else
 */
export function decodeWearable(bytes: Bytes): Wearable {
  const fields = uncbor(bytes) as Cbor[];
  if (!Array.isArray(fields) || ![1, 2, 3, version].includes(fields[0] as number)) throw refuse();
  if (fields[0] === 1 || fields[0] === 2) return decodeEarlier(fields);
  const [, name, cardBytes, edSk, ownerBytes, pat, ridKey, trees, urgencyBytes, next, waiting, entrusted, relays, routine, anew] =
    fields as [
      number,
      string,
      Bytes,
      Bytes,
      Bytes,
      Bytes,
      Bytes,
      TreeFields,
      Bytes | null,
      number,
      HeldFields[],
      [...HeldFields, number][],
      RelayFields[],
      string | null,
      number?,
    ];
  return {
    name,
    ...cardsOf(cardBytes, ownerBytes),
    edSk,
    pat,
    ridKey,
    trees: treesOf(trees),
    anew: anew ?? 0,
    urgency: urgencyOf(urgencyBytes),
    next,
    waiting: waiting.map(heldOf),
    entrusted: entrusted.map(([number, lane, body, at, past, reached, since]) => ({
      ...heldOf([number, lane, body, at, past, reached]),
      since,
    })),
    relays: relays.map(([name, address, device, broker, kept, near, meetings, since, taken, arrived, faded]) => ({
      name,
      address,
      device: deviceOf(device),
      broker: brokerOf(broker),
      kept: [...kept],
      near,
      meetings: { ...meetings },
      since,
      taken,
      arrived,
      faded,
    })),
    routine,
  };
}

/** The memory of a wearable that knew one cloudlet. */
function decodeEarlier(fields: Cbor[]): Wearable {
  const [of, name, address, device, cardBytes, edSk, ownerBytes, pat, ridKey, trees, next, waiting, lanes, urgencyBytes, broker] =
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
      TreeFields,
      number,
      [number, Bytes, number][],
      [number | null, number | null][],
      Bytes | null,
      BrokerFields,
    ];
  const relay = freshRelay({ name: usualRelayName(0), address, device: deviceOf(device), broker: brokerOf(broker ?? null) });
  relay.kept = of === 1 ? keptInOne(next, waiting.length) : lanes.map(([, kept]) => kept);
  return {
    name,
    ...cardsOf(cardBytes, ownerBytes),
    edSk,
    pat,
    ridKey,
    trees: treesOf(trees),
    anew: 0,
    urgency: of === 1 ? null : urgencyOf(urgencyBytes),
    next,
    waiting: waiting.map(([number, body, inLane]) => {
      const lane = of === 1 ? routine : inLane;
      // One that the cloudlet has already is an emergency that the cloud has not.
      const kept = relay.kept[lane];
      return heldOf([number, lane, body, kept != null && number <= kept ? [relay.name] : [], [], false]);
    }),
    entrusted: [],
    relays: [relay],
    routine: null,
  };
}

const refuse = () =>
  new CareletError('invalid', 'read wearable', { because: 'a newer version of Carelet wrote it, or it is something else' });

const sound = <T>(read: T | null): T => {
  if (read === null) throw refuse();
  return read;
};
const cardsOf = (card: Bytes, owner: Bytes) => ({ card: sound(decodeCard(card)), owner: sound(decodeCard(owner)) });
const deviceOf = (bytes: Bytes): Device => sound(deviceFromBytes(bytes));
const urgencyOf = (bytes: Bytes | null): SignedUrgency | null => bytes && sound(decodeUrgency(bytes));
const brokerOf = (fields: BrokerFields): BrokerNames | null => fields && { user: fields[0], password: fields[1], topic: fields[2] };
const treesOf = (trees: TreeFields): WearableTree[] =>
  trees.map(([kind, treeId, months, begun]) => {
    const tree = givenTree({ kind, treeId, months: { ...months } });
    if (!begun) return tree;
    const [nodeId, body, signature, lanes] = begun;
    return { ...tree, wrap: { nodeId, body, signature }, lanes: [...lanes] };
  });
const heldOf = ([number, lane, body, at, past, reached]: HeldFields): HeldStrip => ({
  number,
  lane,
  body,
  at: [...at],
  past: [...past],
  reached,
});

const routine = urgencies.indexOf('routine');

/** What the cloudlet of a memory took that knew one lane: all but what waits, as routine. */
function keptInOne(next: number, waiting: number): (number | null)[] {
  const last = next - waiting - 1;
  return urgencies.map((_, lane) => (lane === routine && last >= 0 ? last : null));
}
