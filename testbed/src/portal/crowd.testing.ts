/**
 * Many: somebody at Northgate Hospital with so many records, and so many others there with one reading each.
 *
 * @module
 */
import { newKeyring } from '@carelet/client/keyring/keyring';
import { connectCloud } from '@carelet/client/login';
import { importRecords } from '@carelet/client/records/import';
import { linkPatient } from '@carelet/client/records/link';
import { writer } from '@carelet/client/records/writer';
import { hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { bundleOf, many, print } from '../days/index.ts';
import { type BroughtKeyring, keyringAsFile, newcomer } from './newcomer.testing.ts';
import type { PortalStage } from './stage.testing.ts';

export type Crowd = {
  /** Who has many records. */
  readonly patient: BroughtKeyring;
  /** Who has many patients. */
  readonly doctor: BroughtKeyring;
  /** How many, with what says who she is. */
  readonly records: number;
};

/** Brings them into the town, with a doctor who may open all of them. */
export async function bringCrowd(stage: PortalStage, { records, patients }: { records: number; patients: number }): Promise<Crowd> {
  const { town, keyrings, mathematics, clock } = stage;
  const hospital = await keyrings.of('organisation', 'northgate', 'Northgate Hospital');
  const rich = await keyrings.of('patient', 'rhea', 'Rhea Record');
  const cloud = connectCloud(town.addresses.cloud, hospital.keyring, clock);
  const save = () => hospital.save();
  const to = new Date(clock());
  const lives = [...many(records, 'rich', { perPatient: records, to }), ...many(patients * 2, 'others', { perPatient: 2, to })];
  const text = utf8(print(bundleOf('crowd', lives)));
  const source = {
    name: 'crowd',
    async *read() {
      yield text;
    },
  };
  await importRecords([source], { writer: writer({ keyring: hospital.keyring, save, cloud, mathematics, clock }) });
  const people = lives.filter(({ resourceType }) => resourceType === 'Patient');
  for (const [at, { id }] of people.entries()) {
    const chart = hospital.keyring.charts.find(({ references, cradle }) => cradle && references.includes(`urn:uuid:${id}`))!;
    const { manifest, card } = rich.keyring;
    const inAYear = Math.floor(clock() / 1000) + 365 * 86_400;
    const owner = at === 0 ? card : newKeyring('patient', `many-${at}`, `Many ${at}`, manifest, inAYear).card;
    await linkPatient({ keyring: hospital.keyring, save, cloud }, chart, owner);
  }
  await save();
  return {
    patient: await keyringAsFile(keyrings.folder, 'rhea'),
    doctor: await newcomer(stage, 'many-patients', {
      unit: hex(hospital.keyring.card.id),
      patients: 'everyone',
      kinds: ['vital-signs', 'identity'],
    }),
    records,
  };
}
