/**
 * Pairing: a patient makes a device hers. Her own client does everything asymmetric, so that a reading costs
 * the device symmetric work only (keys.md §2).
 *
 * @module
 */
import { CareletError, type Period } from '@carelet/care/model';
import { addMonths, dayOf } from '@carelet/care/rules/records/calendar';
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { cardStands, decodeCard, encodeCard, vouch } from '@carelet/crypto/cards/card';
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
import { daysToCome, shareNodes } from './renew.ts';
import { categoryOfStrip, freshLanes, type StripKind, type Wearable } from './wearable.ts';

const cardYears = 5;
const kinds: readonly StripKind[] = ['vital-signs', 'waveforms'];

export type PairOptions = {
  /** The patient's. */
  readonly keyring: Keyring;
  readonly cloud: Cloud;
  readonly cloudlet: Cloudlet;
  readonly mathematics: Mathematics;
  readonly clock?: () => number;
};

/**
 * Pairs a device by the code its cloudlet showed.
 *
 * @param address where the device will find the cloudlet
 * @throws {CareletError} `invalid` for a code that is none, is over, or is of another town
 */
export async function pairDevice(
  { keyring, cloud, cloudlet, mathematics, clock = Date.now }: PairOptions,
  { name, code, address }: { name: string; code: string; address: string },
): Promise<Wearable> {
  const now = Math.floor(clock() / 1000);
  const refuse = (because: string) => new CareletError('invalid', 'pair device', { because });
  const pairing = parsePairingCode(code);
  if (!pairing) throw refuse('this is no pairing code; was it typed whole?');
  if (pairing.expires <= now) throw refuse('the pairing code is over; ask the clinic for a new one');
  if (!equalPublic(pairing.town, foundingHash(keyring.manifest))) throw refuse('the code is of another town');

  const { card, secrets } = newCard('device', now + cardYears * 365 * 86_400);
  const vouched = vouch(card, keyring.card.id, keyring.secrets.edSk);
  const proof = adoptionProof(pairing.psk);
  const { pat, writer, organisation } = await cloudlet.sessions.adopt({ device: pairing.device, proof, deviceCard: encodeCard(vouched) });
  const clinic = decodeCard(organisation);
  if (!clinic || !equalPublic(clinic.id, writer) || !cardStands(clinic, keyring.manifest, now)) {
    throw new CareletError('tampered', 'pair device', { because: 'the cloudlet works for an organisation nobody vouches for' });
  }
  await cloud.login.present({ card: encodeCard(vouched), with: [encodeCard(keyring.card)] });

  const trees = kinds.map((kind) => ({ kind, tree: newTree() }));
  const months = monthsFrom(dayOf(clock()));
  const wearable: Wearable = {
    name,
    cloudlet: address,
    device: newDevice({ ...pairing, psk: adoptedPsk(pairing.psk, vouched.id) }),
    card: vouched,
    edSk: secrets.edSk,
    owner: keyring.card,
    pat,
    ridKey: systemRandom(32),
    trees: trees.map(({ kind, tree }) => ({
      kind,
      treeId: tree.id,
      months: Object.fromEntries(months.map((month) => [month, nodeKey(tree, month)])),
    })),
    urgency: null,
    next: 0,
    lanes: freshLanes(),
    waiting: [],
    broker: brokerNames(pairing.psk),
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
  await shareNodes({ keyring, cloud, cloudlet, mathematics }, writer, pat, nodes, owned);
  return wearable;
}

/** This month and the next, which a device holds. */
export function monthsFrom(day: Period): Period[] {
  return [addMonths(day, 0), addMonths(day, 1)];
}
