/**
 * Real inputs, through the whole town and back: what went in comes out, digit for digit and sample for sample.
 */
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { type Entry, equalJson } from '@carelet/care/model';
import { renewManifest } from '@carelet/client/enrolment';
import { mathematicsHere } from '@carelet/client/mathematics';
import { entries } from '@carelet/client/records/bundle';
import { identityOf } from '@carelet/client/records/fhir';
import { type ImportSource, importRecords } from '@carelet/client/records/import';
import { pairDevice } from '@carelet/client/session/pair';
import { sender } from '@carelet/client/session/send';
import { hex } from '@carelet/crypto/algebra/bytes';
import { replay, strips } from '@carelet/wearable';
import { expect, test } from 'vitest';
import { openStage } from './fixture.testing.ts';

const data = resolve(import.meta.dirname, '../..', process.env.CARELET_DATA ?? '../shared/data');
const here = existsSync(join(data, 'README.md'));
const recordedEach = here ? test.each.bind(test) : () => (): void => {};
const recorded = here ? test : (): void => {};
if (!here) test.skip('the recorded inputs are not here (CARELET_DATA)', () => {});

function sources(folder: string): ImportSource[] {
  return readdirSync(join(data, folder))
    .filter((name) => /\.(json|ndjson)(\.gz)?$/.test(name))
    .sort()
    .map((name) => source(join(folder, name)));
}

const source = (name: string): ImportSource => ({
  name,
  lines: name.includes('.ndjson'),
  read: () => {
    const file = createReadStream(join(data, name));
    return name.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  },
});

async function everyEntry(all: readonly ImportSource[]): Promise<Map<string, Entry[]>> {
  const found = new Map<string, Entry[]>();
  for (const one of all) {
    for await (const item of entries(one.read(), one)) {
      if (!('entry' in item)) continue;
      const name = `${item.entry.resource.resourceType}/${identityOf(item.entry)}`;
      found.set(name, [...(found.get(name) ?? []), item.entry]);
    }
  }
  return found;
}

recordedEach([
  ['the Synthea bundles of 2019', () => sources('01-fhir-synthea/gsd-r4')],
  ['the Synthea bundles of 2021, with notes', () => sources('01-fhir-synthea/notes-r4')],
  [
    'the examples of HL7, IPS and US Core',
    () => [
      source('02-fhir-conformance/hl7-r4-examples.ndjson.gz'),
      ...sources('02-fhir-conformance/ips-2.0.0'),
      ...sources('02-fhir-conformance/us-core'),
    ],
  ],
] as const)('%s come back as they went in, and a second import stores nothing', { timeout: 300_000 }, async (_, list) => {
  const all = list();
  await using stage = await openStage();
  const northgate = await stage.place('northgate');
  const first = await importRecords(all, { writer: stage.writerOf(northgate) });
  const originals = await everyEntry(all);
  // The only refusals: a resource that says something else than one of the same id before it.
  expect(first.remarks.filter(({ kind, because }) => kind === 'refused' && !because.includes('same id'))).toEqual([]);
  expect(first.stored).toBe(originals.size);

  const second = await importRecords(all, { writer: stage.writerOf(northgate) });
  expect([second.stored, second.updated]).toEqual([0, 0]);

  const { records, problems } = await stage.open(northgate.keyring);
  expect(problems).toEqual([]);
  const back = records.flatMap((record) => record.entries);
  expect(back.length).toBe(originals.size);
  const changed = back.filter((entry) => {
    const candidates = originals.get(`${entry.resource.resourceType}/${identityOf(entry)}`) ?? [];
    return !candidates.some((one) => equalJson(one.resource, entry.resource) && one.fullUrl === entry.fullUrl);
  });
  expect(changed.map(({ resource }) => `${resource.resourceType}/${resource.id}`)).toEqual([]);
});

recorded(
  "MIT-BIH record 100 travels whole from a wearable, and a doctor's chart holds the trace sample for sample",
  { timeout: 300_000 },
  async () => {
    await using stage = await openStage();
    const harbour = await stage.place('harbour');
    const ada = stage.patient('ada');
    await renewManifest(stage.authorityAs(ada), ada);
    const { code } = await stage.cloudletAs(harbour.keyring).sessions.pair();
    const options = {
      keyring: ada,
      cloud: stage.cloudAs(ada),
      cloudlet: stage.cloudletAs(ada),
      mathematics: mathematicsHere,
      clock: stage.clock,
    };
    const wearable = await pairDevice(options, { name: 'holter', code, address: 'http://here' });
    const { keep, send } = sender({ wearable, save: async () => {}, cloudlet: stage.cloudletAs(null), clock: stage.clock });

    const start = Date.parse('2026-11-20T08:00:00Z');
    const path = join(data, '03-signals/wfdb/100');
    const original: number[][] = [[], []];
    const blocks = async function* () {
      for await (const block of replay(path, { device: 'holter', start })) {
        for (const reading of block) {
          if (reading.kind === 'waveform')
            reading.leads.forEach((lead, i) => {
              for (const sample of lead.samples) original[i]!.push(sample);
            });
        }
        yield block;
      }
    };
    for await (const strip of strips(blocks())) await keep({ kind: strip.kind, from: strip.from, bytes: strip.bytes });
    const sent = wearable.next;
    expect(await send()).toBe(sent);
    await expect.poll(async () => (await stage.cloudletAs(null).town.state()).waiting, { timeout: 60_000 }).toBe(0);

    const chen = await stage.doctor('chen', { at: harbour, kinds: ['waveforms'], patients: [hex(wearable.pat)] });
    const { records, problems } = await stage.open(chen);
    expect(problems).toEqual([]);
    expect(records.length).toBe(sent);
    const observations = records.flatMap((record) => record.entries.map(({ resource }) => resource as unknown as Trace));
    observations.sort((a, b) => a.effectivePeriod.start.localeCompare(b.effectivePeriod.start));
    const lead = (i: number) => observations.flatMap(({ component }) => component[i]!.valueSampledData.data.split(' ').map(Number));
    expect(original[0]!.length).toBe(650_000);
    for (const i of [0, 1]) expect(lead(i).every((sample, at) => sample === original[i]![at]) && lead(i).length === 650_000).toBe(true);
  },
);

type Trace = { effectivePeriod: { start: string }; component: { valueSampledData: { data: string } }[] };
