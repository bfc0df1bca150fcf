/**
 * A clinic that writes heart rates of today into a patient's chart: for proofs, which count what opens of them.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { KeyringFile } from '@carelet/client/keyring/file';
import type { WriterChart } from '@carelet/client/keyring/keyring';
import type { Cloud } from '@carelet/client/login';
import type { Mathematics } from '@carelet/client/mathematics';
import { importRecords } from '@carelet/client/records/import';
import { writer } from '@carelet/client/records/writer';
import { utf8 } from '@carelet/crypto/algebra/bytes';

export type HeartRates = {
  readonly clinic: KeyringFile;
  readonly cloud: Cloud;
  readonly mathematics: Mathematics;
  readonly clock: () => number;
  readonly chart: WriterChart;
  /** Their FHIR ids; written again under an id that is there, a record gets another version. */
  readonly ids: readonly string[];
  /** Beats a minute of the first; the others follow. */
  readonly from?: number;
};

/** Writes; throws when not all of it was taken. */
export async function writeHeartRates({ clinic, cloud, mathematics, clock, chart, ids, from = 60 }: HeartRates): Promise<void> {
  const entry = ids.map((id, i) => ({
    fullUrl: `urn:uuid:${id}`,
    resource: {
      resourceType: 'Observation',
      id,
      status: 'final',
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
      subject: { reference: chart.references[0]! },
      effectiveDateTime: new Date(clock() - i * 60_000).toISOString(),
      valueQuantity: { value: from + i, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
    },
  }));
  const text = utf8(JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
  const source = {
    name: 'heart rates',
    async *read() {
      yield text;
    },
  };
  const keys = { keyring: clinic.keyring, save: () => clinic.save() };
  const { stored, updated } = await importRecords([source], { writer: writer({ ...keys, cloud, mathematics, clock }) });
  if (stored + updated === ids.length) return;
  throw new CareletError('internal', 'write heart rates', { because: `${stored + updated} of ${ids.length} records were taken` });
}
