/**
 * Pairing: a patient makes a device hers. Her own client does everything asymmetric, so that a reading costs
 * the device symmetric work only (keys.md §2).
 *
 * @module
 */
import { CareletError, type Period } from '@carelet/care/model';
import { addMonths, dayOf } from '@carelet/care/rules/records/calendar';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { type Card, cardStands, decodeCard, encodeCard, vouch } from '@carelet/crypto/cards/card';
import { foundingHash } from '@carelet/crypto/cards/manifest';
import { newCard } from '@carelet/crypto/cards/owner';
import { newTree } from '@carelet/crypto/records/tree';
import { newDevice } from '@carelet/crypto/session/device';
import { adoptedPsk, adoptionProof, brokerNames, parsePairingCode } from '@carelet/crypto/session/pairing';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud, Cloudlet } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import { nodeKey } from '../records/trees.ts';
import { ownerWrap, type Wrap, type WrapNode } from '../records/wraps.ts';
import { newestAnew } from '../sharing/anew.ts';
import { daysToCome, shareNodes } from './renew.ts';
import { categoryOfStrip, freshRelay, givenTree, stripKinds, usualRelayName, type Wearable, type WearableRelay } from './wearable.ts';

const cardYears = 5;

export type PairOptions = {
  /** The patient's. */
  readonly keyring: Keyring;
  readonly cloud: Cloud;
  readonly cloudlet: Cloudlet;
  readonly mathematics: Mathematics;
  readonly clock?: () => number;
};

export type Pairing = {
  readonly code: string;
  /** Where the device will find the cloudlet. */
  readonly address: string;
  /** How its owner calls the cloudlet; a number where she does not. */
  readonly called?: string | undefined;
};

/**
 * Pairs a device by the code its cloudlet showed.
 *
 * @throws {CareletError} `invalid` for a code that is none, is over, or is of another town
 */
export async function pairDevice(
  options: PairOptions,
  { name, code, address, called = usualRelayName(0) }: Pairing & { readonly name: string },
): Promise<Wearable> {
  const { keyring, cloud, cloudlet, mathematics, clock = Date.now } = options;
  const pairing = readCode(options, code);
  const { card, secrets } = newCard('device', Math.floor(clock() / 1000) + cardYears * 365 * 86_400);
  const vouched = vouch(card, keyring.card.id, keyring.secrets.edSk);
  const { pat, writer, device, broker } = await adopt(options, pairing, vouched);
  await cloud.login.present({ card: encodeCard(vouched), with: [encodeCard(keyring.card)] });

  const trees = stripKinds.map((kind) => ({ kind, tree: newTree() }));
  const months = monthsFrom(dayOf(clock()));
  const wearable: Wearable = {
    name,
    card: vouched,
    edSk: secrets.edSk,
    owner: keyring.card,
    pat,
    ridKey: systemRandom(32),
    trees: trees.map(({ kind, tree }) =>
      givenTree({ kind, treeId: tree.id, months: Object.fromEntries(months.map((month) => [month, nodeKey(tree, month)])) }),
    ),
    // What was said before binds trees of before.
    anew: await newestAnew({ keyring, cloud }, pat),
    urgency: null,
    next: 0,
    waiting: [],
    entrusted: [],
    relays: [freshRelay({ name: called, address, device, broker })],
    routine: null,
  };
  const nodes: WrapNode[] = [];
  const owned: Wrap[] = [];
  for (const { kind, tree } of trees) {
    const node = {
      pat,
      writer: vouched.id,
      tree: { ...tree, gen: 0 },
      of: { part: 'MI' as const, category: categoryOfStrip(kind), dated: true },
    };
    owned.push(ownerWrap(keyring, keyring.card, node));
    for (const period of daysToCome(dayOf(clock()))) nodes.push({ ...node, period });
  }
  await shareNodes({ keyring, cloud, cloudlet, mathematics }, { pat, writer }, nodes, owned);
  return wearable;
}

/** How many cloudlets a device may know. */
const mostRelays = 8;

/**
 * Pairs a device that has a cloudlet with a further one of the same clinic, by the code that one showed. The caller saves its memory.
 *
 * @throws {CareletError} as `pairDevice`; `denied` for anybody but its owner; `conflict` for another clinic's cloudlet, one that is
 *   called like another, and one too many
 */
export async function pairFurther(
  options: Pick<PairOptions, 'keyring' | 'cloudlet' | 'clock'>,
  wearable: Wearable,
  { code, address, called = usualRelayName(wearable.relays.length) }: Pairing,
): Promise<WearableRelay> {
  const refuse = (because: string) => new CareletError('conflict', 'pair device', { subject: wearable.name, because });
  const pairing = readCode(options, code);
  if (!equalPublic(options.keyring.card.id, wearable.owner.id)) {
    throw new CareletError('denied', 'pair device', { subject: wearable.name, because: `it is not ${options.keyring.title}'s` });
  }
  if (wearable.relays.length >= mostRelays) throw refuse(`it has ${mostRelays} cloudlets, and there is room for no more`);
  if (wearable.relays.some(({ name }) => name === called)) throw refuse(`it calls a cloudlet ${called} already`);
  if (wearable.relays.some(({ device }) => equalPublic(device.cloudlet, pairing.cloudlet))) throw refuse('it is paired with this cloudlet');
  const { pat, device, broker } = await adopt(options, pairing, wearable.card, wearable.pat);
  if (!equalPublic(pat, wearable.pat)) throw refuse('this cloudlet writes to another chart; a device belongs to one clinic');
  const relay = freshRelay({ name: called, address, device, broker });
  wearable.relays.push(relay);
  return relay;
}

function readCode({ keyring, clock = Date.now }: Pick<PairOptions, 'keyring' | 'clock'>, code: string) {
  const refuse = (because: string) => new CareletError('invalid', 'pair device', { because });
  const pairing = parsePairingCode(code);
  if (!pairing) throw refuse('this is no pairing code; was it typed whole?');
  if (pairing.expires <= Math.floor(clock() / 1000)) throw refuse('the pairing code is over; ask the clinic for a new one');
  if (!equalPublic(pairing.town, foundingHash(keyring.manifest))) throw refuse('the code is of another town');
  return pairing;
}

/** The cloudlet learns whose the device is; what the device then knows of it. */
async function adopt(
  { keyring, cloudlet, clock = Date.now }: Pick<PairOptions, 'keyring' | 'cloudlet' | 'clock'>,
  pairing: NonNullable<ReturnType<typeof parsePairingCode>>,
  card: Card,
  chart?: Bytes,
) {
  const proof = adoptionProof(pairing.psk);
  const asked = { device: pairing.device, proof, deviceCard: encodeCard(card), ...(chart && { chart }) };
  const { pat, writer, organisation } = await cloudlet.sessions.adopt(asked);
  const clinic = decodeCard(organisation);
  if (!clinic || !equalPublic(clinic.id, writer) || !cardStands(clinic, keyring.manifest, Math.floor(clock() / 1000))) {
    throw new CareletError('tampered', 'pair device', { because: 'the cloudlet works for an organisation nobody vouches for' });
  }
  const device = newDevice({ ...pairing, psk: adoptedPsk(pairing.psk, card.id) });
  return { pat, writer, device, broker: brokerNames(pairing.psk) };
}

/** This month and the next, which a device holds. */
export function monthsFrom(day: Period): Period[] {
  return [addMonths(day, 0), addMonths(day, 1)];
}
