/**
 * A thief with a copy of the cloud's database tries to put the parts of records together again.
 *
 * Of k records of one patient, one day and one category each part lies on a shelf of its own; whatever order the
 * thief puts the shelves in, he finds the right partner one time in k. Being right by chance is a Poisson number
 * whose mean is the number of patients; the limits below are passed by chance less than once in a million runs.
 */
import { hex } from '@carelet/crypto/algebra/bytes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, type Stage } from './fixture.testing.ts';

const patients = 12;
const k = 40;

let stage: Stage;
let northgate: Place;
/** Which MI row each EID and QID row belongs to: what only the reader knows. */
const partner = new Map<string, string>();

const name = (p: number) => `p-${String(p).padStart(2, '0')}`;

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  const resources = Array.from({ length: patients }, (_, p) => [
    patient(name(p)),
    ...Array.from({ length: k }, (_, i) =>
      pulse(name(p), `${name(p)}-${String(i).padStart(2, '0')}`, '2026-11-18', {
        subject: { reference: `urn:uuid:${name(p)}`, display: 'Ada Marlow' },
        performer: [{ display: `Dr ${String(i).padStart(2, '0')}` }],
      }),
    ),
  ]);
  await stage.take(northgate, resources.flat());
  for (const { pat, references } of northgate.keyring.charts) {
    if (references.length === 0) continue;
    for (const { rows, entries } of (await stage.open(northgate.keyring, { pat })).records) {
      if (entries[0]?.resource.resourceType !== 'Observation') continue;
      const mi = rows.find(({ part }) => part === 'MI')!;
      for (const { part, rowId } of rows) if (part !== 'MI') partner.set(part + hex(rowId), hex(mi.rowId));
    }
  }
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

type Stored = { pat: string; row_id: string };

/** The rows of one shelf that belong to the k records of each patient, in an order the thief can see. */
async function shelf(part: 'EID' | 'QID' | 'MI', order: string): Promise<Map<string, string[]>> {
  const known = part === 'MI' ? new Set(partner.values()) : new Set([...partner.keys()].map((key) => key.slice(3)));
  const rows = await stage.sql<Stored>(
    `select encode(pat, 'hex') as pat, encode(row_id, 'hex') as row_id from shelf_${part.toLowerCase()} order by pat, ${order}`,
  );
  const byPatient = new Map<string, string[]>();
  for (const { pat, row_id } of rows) if (known.has(row_id)) byPatient.set(pat, [...(byPatient.get(pat) ?? []), row_id]);
  return byPatient;
}

test('there are three parts of every record to put together', async () => {
  expect(partner.size).toBe(2 * patients * k);
  for (const part of ['EID', 'QID', 'MI'] as const) {
    const rows = await shelf(part, 'row_id');
    expect([...rows.values()].map(({ length }) => length)).toEqual(Array(patients).fill(k));
  }
});

describe('the parts of one record', () => {
  const orders = {
    'their ids': 'row_id',
    'their place in the file': 'ctid',
    'the transaction that wrote them and their place': 'xmin::text::bigint, ctid',
    'their posting and place': 'posting_id, ctid',
    'their key commitments': 'kc',
    'their marks': 'mark',
    'their nonces': 'ct',
    'their sizes and place': 'octet_length(ct), ctid',
  };
  for (const [words, order] of Object.entries(orders)) {
    test(`are found no better than by chance from ${words}`, async () => {
      const medical = await shelf('MI', order);
      for (const part of ['EID', 'QID'] as const) {
        for (const direction of ['', ' desc']) {
          const others = await shelf(part, order.replace(/(,|$)/g, `${direction}$1`));
          let right = 0;
          for (const [pat, rows] of others) right += rows.filter((row, i) => partner.get(part + row) === medical.get(pat)![i]).length;
          // Expected: one a patient.
          expect(right).toBeLessThan(patients + 24);
        }
      }
    });
  }

  test('share nothing that would name them: no id, commitment, mark, node or posting is on two shelves', async () => {
    for (const column of ['row_id', 'kc', 'mark', 'node_id', 'posting_id']) {
      for (const [one, other] of [
        ['eid', 'qid'],
        ['eid', 'mi'],
        ['qid', 'mi'],
      ]) {
        const shared = await stage.sql(`select 1 from shelf_${one} a join shelf_${other} b on a.${column} = b.${column}`);
        expect(shared, `${column} on ${one} and ${other}`).toEqual([]);
      }
    }
  });

  test('are all of one size, whatever stands in them', async () => {
    const sizes = await stage.sql<{ size: number }>('select distinct octet_length(ct) as size from shelf_mi where row_id = any($1)', [
      [...partner.values()].map((row) => Buffer.from(row, 'hex')),
    ]);
    expect(sizes.length).toBe(1);
  });
});
