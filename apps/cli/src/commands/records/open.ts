/**
 * `carelet records open`: one record as FHIR, and who wrote it.
 *
 * @module
 */
import { CareletError, type Entry, type Json, printJson } from '@carelet/care/model';
import type { OpenedRecord } from '@carelet/client/records/fhir';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { type Chart, headOf, openCharts } from '../../charts.ts';
import { command, common, UsageError } from '../../command.ts';
import { enter, type Person } from '../../person.ts';
import { prettyJson } from '../../pretty.ts';
import { minuteOf } from '../../receipts.ts';
import { note, say } from '../../terminal.ts';

export const recordsOpen = command({
  name: 'records open',
  group: 'records',
  summary: 'one record as FHIR JSON, and who wrote it',
  takes: [{ name: 'record', says: 'its number as "records list" shows it, or type and id: Observation/4711' }],
  options: {
    ...common.as('a patient, a doctor or an organisation'),
    patient: { type: 'text', value: 'who', says: 'look only among the records of this patient' },
    json: { type: 'flag', says: 'one line of JSON, with who wrote it and which parts are withheld' },
    ...common.town,
    ...common.keyrings,
  },
  more: `Every number keeps the digits it was written with. A strip of readings is shown as a bundle of Observations; one of them can be asked for by its id.`,
  examples: ['carelet records open 3fa91c02 --as ada', 'carelet records open Observation/4711 --as dr-chen | jq .valueQuantity'],
  async run({ options, given, io }) {
    const meant = meantBy(given[0]!);
    await using person = await enter(io, options, { op: 'open record', kinds: ['patient', 'doctor', 'organisation'] });
    const found: { chart: Chart; record: OpenedRecord; entries: readonly Entry[] }[] = [];
    for await (const chart of openCharts(person, io, { op: 'open record', patient: options.patient })) {
      for (const record of chart.records) {
        const entries = meant(record);
        if (entries.length > 0) found.push({ chart, record, entries });
      }
    }
    const [first] = found;
    if (!first) {
      throw new CareletError('missing', 'open record', { subject: given[0]!, because: 'nothing of this name opens with your keys' });
    }
    if (found.length > 1) {
      const which = found
        .map(({ chart, record }) => `${hex(record.rid).slice(0, 12)} (${headOf(chart)}, ${chart.organisation})`)
        .join(', ');
      throw new CareletError('conflict', 'open record', { subject: given[0]!, because: `it could be any of ${which}` });
    }
    const { chart, record, entries } = first;
    const json = entries.length === 1 ? entries[0]!.resource : bundleOf(entries);
    const author = authorOf(person, chart, record);
    if (options.json) {
      const { fullUrl } = entries[0]!;
      const about = { author, organisation: chart.organisation, rid: hex(record.rid), version: record.version, withheld: record.withheld };
      say(io, printJson({ ...(fullUrl !== undefined && entries.length === 1 && { fullUrl }), ...about, resource: json }));
      return;
    }
    say(io, prettyJson(json));
    const withheld = record.withheld.length === 0 ? '' : ` Your keys do not open its ${record.withheld.join(' and ')}.`;
    const own = equalPublic(chart.ref.owner, person.keyring.card.id) || chart.ownerSaw === null;
    const saw = own ? '' : ` The patient’s own device last signed the cloud’s log ${minuteOf(chart.ownerSaw!)}.`;
    note(io, `Written by ${author}, version ${record.version}; record ${hex(record.rid)} of ${headOf(chart)}.${withheld}${saw}`);
  },
});

/** The entries of a record that somebody means who says this. */
function meantBy(text: string): (record: OpenedRecord) => readonly Entry[] {
  if (/^[0-9a-f]{4,64}$/.test(text)) return ({ rid, entries }) => (hex(rid).startsWith(text) ? entries : []);
  const match = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(text);
  if (!match)
    throw new UsageError(`"${text}" names no record; say its number (4 or more of 0-9 a-f), or type and id like Observation/4711.`);
  const [, type, id] = match;
  return ({ entries }) => entries.filter(({ resource }) => resource.resourceType === type && resource.id === id);
}

/** Several readings in one document. */
const bundleOf = (entries: readonly Entry[]): Json => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: entries.map(({ fullUrl, resource }): Json => (fullUrl === undefined ? { resource } : { fullUrl, resource })),
});

function authorOf({ keyring }: Person, { ref, organisation }: Chart, { author }: OpenedRecord): string {
  if (equalPublic(author, keyring.card.id)) return 'yourself';
  if (equalPublic(author, ref.writer)) return organisation;
  if (equalPublic(author, ref.owner)) return 'the patient';
  return `the device with card ${hex(author).slice(0, 8)}`;
}
