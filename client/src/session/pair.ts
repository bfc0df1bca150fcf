/**
 * Pairing: a patient makes a device hers. Her own client does everything asymmetric, so that a reading costs
 * the device symmetric work only (keys.md §2).
 *
 * @module
 */
import { CareletError, type Period } from '@carelet/care/model';
import { addDays, addMonths, dayOf, daysAhead } from '@carelet/care/rules/records/calendar';
import { type Bytes, cbor, equalPublic, uncbor } from '@carelet/crypto/algebra/bytes';
import { kdf } from '@carelet/crypto/algebra/hash';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { cardStands, decodeCard, encodeCard, newCard, vouch } from '@carelet/crypto/cards/card';
import { manifestHash } from '@carelet/crypto/cards/manifest';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import type { NodeLink } from '@carelet/crypto/records/posting';
import { newTree, type Tree } from '@carelet/crypto/records/tree';
import { newDevice } from '@carelet/crypto/session/device';
import { parsePairingCode } from '@carelet/crypto/session/pairing';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud, Cloudlet } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import { linksOf, nodeKey } from '../records/trees.ts';
import { ownerWrap, policyWraps, type Wrap, type WrapNode } from '../records/wraps.ts';
import { categoryOfStrip, type StripKind, type Wearable } from './wearable.ts';

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

  const { card, secrets } = newCard('device', now + cardYears * 365 * 86_400);
  const vouched = vouch(card, keyring.card.id, keyring.secrets.edSk);
  const proof = kdf(pairing.psk, 'carelet/v1/session/adopt');
  const { pat, writer, organisation } = await cloudlet.sessions.adopt({ device: pairing.device, proof, deviceCard: encodeCard(vouched) });
  const clinic = decodeCard(organisation);
  if (!clinic || !equalPublic(clinic.id, writer) || !cardStands(clinic, keyring.manifest, now)) {
    throw new CareletError('tampered', 'pair device', { because: 'the cloudlet works for an organisation nobody vouches for' });
  }
  if (keyring.manifest.serial === 1 && !equalPublic(pairing.town, manifestHash(keyring.manifest)))
    throw refuse('the code is of another town');
  await cloud.login.present({ card: encodeCard(vouched), with: [encodeCard(keyring.card)] });

  const trees = kinds.map((kind) => ({ kind, tree: newTree() }));
  const months = monthsFrom(dayOf(clock()));
  const wearable: Wearable = {
    name,
    cloudlet: address,
    device: newDevice(pairing),
    card: vouched,
    edSk: secrets.edSk,
    pat,
    ridKey: systemRandom(32),
    trees: trees.map(({ kind, tree }) => ({
      kind,
      treeId: tree.id,
      months: Object.fromEntries(months.map((month) => [month, nodeKey(tree, month)])),
    })),
    next: 0,
    waiting: [],
  };
  const device = { id: vouched.id, pat, trees: trees.map(({ kind, tree }) => ({ kind, tree: { ...tree, gen: 0 } })) };
  await layWraps({ keyring, cloud, cloudlet, mathematics, clock }, writer, device);
  return wearable;
}

/** This month and the next, which a device holds. */
function monthsFrom(day: Period): Period[] {
  return [addMonths(day, 0), addMonths(day, 1)];
}

type PairedDevice = {
  readonly id: Bytes;
  readonly pat: Bytes;
  readonly trees: readonly { kind: StripKind; tree: Tree & { gen: number } }[];
};

/** Owner wraps for the device's trees, and day wraps for the clinic's roles, a week ahead. */
async function layWraps(
  { keyring, cloud, cloudlet, mathematics, clock = Date.now }: PairOptions,
  organisation: Bytes,
  device: PairedDevice,
): Promise<void> {
  const today = dayOf(clock());
  const days = Array.from({ length: daysAhead + 1 }, (_, i) => addDays(today, i));
  const nodes: WrapNode[] = [];
  const links = new Map<string, NodeLink>();
  const wraps: Wrap[] = [];
  for (const { kind, tree } of device.trees) {
    const of = { part: 'MI' as const, category: categoryOfStrip(kind), dated: true };
    const node = { pat: device.pat, writer: device.id, tree, of };
    wraps.push(ownerWrap(keyring, keyring.card, node));
    for (const period of days) {
      nodes.push({ ...node, period });
      for (const link of linksOf(tree, period)) links.set(link.nodeId.join(), link);
    }
  }
  const { pq: sealed, labels } = await cloudlet.sharing.labels({
    pat: device.pat,
    nodes: nodes.map(({ of: { part, category }, period }) => ({ part, category: [category.kind, category.conf, category.sens], period })),
  });
  const content = openWith(keyring.secrets.hybridSk, cbor(['carelet/v1/sharing/pq', keyring.card.id, organisation]), sealed);
  if (!content) throw new CareletError('cannot-open', 'pair device', { because: 'what the clinic sent is not sealed to this card' });
  const [domain, pq] = uncbor(content) as [Bytes, Bytes];
  const known = keyring.manifest.domains.find((one) => equalPublic(one.organisation, organisation));
  if (!known || !equalPublic(known.publicKey, domain)) {
    throw new CareletError('tampered', 'pair device', { because: 'the town manifest names another key for this clinic' });
  }
  wraps.push(
    ...(await policyWraps(
      mathematics,
      keyring,
      organisation,
      { domain, pq },
      nodes.map((node, i) => ({ node, labels: labels[i]! })),
    )),
  );
  await cloud.sharing.wrap({ pat: device.pat, part: 'MI', links: [...links.values()].map((link) => ({ ...link })), wraps });
}
