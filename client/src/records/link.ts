/**
 * Linking: a patient takes over the chart a hospital kept in a cradle for her (keys.md §5).
 *
 * The hospital wraps every tree anew for her card, the cloud writes her down as the owner, and the hospital
 * forgets the cradle. What it writes from then on hangs in new trees, one generation later.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Card, encodeCard } from '@carelet/crypto/cards/card';
import { signDeed } from '@carelet/crypto/records/chart';
import type { Keyring, WriterChart } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import { parseTreeName } from './trees.ts';
import { ownerWrap } from './wraps.ts';

/**
 * Hands a chart to its patient.
 *
 * @param card the patient's, whose fingerprint both compared
 */
export async function linkPatient(
  { keyring, save, cloud }: { keyring: Keyring; save: () => Promise<void>; cloud: Cloud },
  chart: WriterChart,
  card: Card,
): Promise<void> {
  if (card.kind !== 'patient')
    throw new CareletError('invalid', 'link patient', { because: 'only a patient’s own card can take a chart over' });
  if (!chart.cradle) throw new CareletError('conflict', 'link patient', { because: 'this chart has an owner already' });
  const wraps = Object.entries(chart.trees).map(([name, tree]) => {
    const { gen: _, ...of } = parseTreeName(name);
    return { ...ownerWrap(keyring, card, { pat: chart.pat, writer: keyring.card.id, tree, of }), part: of.part };
  });
  await cloud.login.present({ card: encodeCard(card), with: [] });
  const deed = signDeed(keyring.secrets.edSk, { pat: chart.pat, writer: keyring.card.id, owner: card.id });
  await cloud.records.linkChart({ pat: chart.pat, owner: card.id, deed, wraps });
  chart.owner = encodeCard(card);
  chart.cradle = null;
  chart.gen += 1;
  await save();
}
