import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { bundle, bundleNames, present } from '../records/pack.testing.ts';
import { historyOf, labOf, labsOf, panelsOf } from './labs.ts';

const recorded = present ? test : (): void => {};

const quantity = (value: number, unit = 'mmol/L', more: JsonObject = {}): JsonObject => ({ value, unit, ...more });
const lab = (id: string, code: string, value: Json, more: JsonObject = {}): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code }], text: code },
  effectiveDateTime: '2026-11-19T13:20:00Z',
  valueQuantity: value,
  ...more,
});
const range = (low: number | undefined, high: number | undefined, unit = 'mmol/L', more: JsonObject = {}): JsonObject => ({
  ...(low === undefined ? {} : { low: quantity(low, unit) }),
  ...(high === undefined ? {} : { high: quantity(high, unit) }),
  ...more,
});
const said = (code: string): JsonObject => ({ interpretation: [{ coding: [{ code }] }] });

test.each<[string, Json, JsonObject, string]>([
  ['below its range', quantity(3.4), { referenceRange: [range(3.5, 5.1)] }, 'below'],
  ['on the bound', quantity(3.5), { referenceRange: [range(3.5, 5.1)] }, 'within'],
  ['above a range with one side', quantity(5.2), { referenceRange: [range(undefined, 5)] }, 'above'],
  ['without a range', quantity(5.2), {}, 'unknown'],
  ['in another unit than its range', quantity(90, 'mg/dL'), { referenceRange: [range(3.5, 5.1)] }, 'unknown'],
  ['of which the laboratory says high', quantity(5), { referenceRange: [range(3.5, 5.1)], ...said('H') }, 'above'],
  ['of which the laboratory says something else', quantity(6), { referenceRange: [range(3.5, 5.1)], ...said('A') }, 'above'],
  ['less than can be counted', quantity(20, 'mmol/L', { comparator: '<' }), { referenceRange: [range(undefined, 50)] }, 'within'],
  ['less than something within', quantity(4, 'mmol/L', { comparator: '<' }), { referenceRange: [range(3.5, 5.1)] }, 'unknown'],
  ['more than the highest', quantity(5.1, 'mmol/L', { comparator: '>' }), { referenceRange: [range(3.5, 5.1)] }, 'above'],
  ['with a range for men and one for women', quantity(6), { referenceRange: [range(3.5, 5.1), range(3.6, 5.4)] }, 'unknown'],
  [
    'with a normal and a therapeutic range',
    quantity(6),
    { referenceRange: [range(3.5, 5.1), range(0, 9, 'mmol/L', { type: { coding: [{ code: 'therapeutic' }] } })] },
    'above',
  ],
  ['that was not measured', quantity(6), { referenceRange: [range(3.5, 5.1)], dataAbsentReason: { text: 'clotted' } }, 'unknown'],
])('a result %s', (_, value, more, standing) => {
  expect(labOf(lab('r', '2823-3', value, more)).standing).toBe(standing);
});

test('what the laboratory calls critical is critical', () => {
  expect(['HH', 'LL', 'AA', 'H', 'N'].map((code) => labOf(lab('r', '2823-3', quantity(7), said(code))).critical)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('a history joins the same test in the same unit, and nothing else', () => {
  const at = (time: string) => ({ effectiveDateTime: time });
  const labs = labsOf([
    lab('new', '2823-3', quantity(4.4), at('2026-11-01T08:00:00Z')),
    lab('old', '2823-3', quantity(4.1), at('2025-11-01T08:00:00Z')),
    lab('other unit', '2823-3', quantity(16, 'mg/dL'), at('2025-12-01T08:00:00Z')),
    lab('other test', '2951-2', quantity(140), at('2025-12-01T08:00:00Z')),
    lab('taken back', '2823-3', quantity(9), { ...at('2025-12-01T08:00:00Z'), status: 'entered-in-error' }),
  ]);
  expect(labs[0]?.id).toBe('new');
  expect(historyOf(labs, labs[0]!).map(({ id }) => id)).toEqual(['old', 'new']);
});

test('the sugar of a sensor is no laboratory result, a coded answer is', () => {
  const text = lab('r', '5778-6', null, { valueCodeableConcept: { text: 'Yellow' } });
  const labs = labsOf([lab('s', '99504-3', quantity(99, 'mg/dL')), text]);
  expect(labs).toMatchObject([{ id: 'r', value: { kind: 'text', text: 'Yellow' }, standing: 'unknown' }]);
});

test('a report holds its results in its order, and says how many are not there', () => {
  const report: Resource = {
    resourceType: 'DiagnosticReport',
    id: 'report',
    code: { text: 'Kidney values' },
    effectiveDateTime: '2026-11-19',
    conclusion: 'Steady.',
    result: [{ reference: 'urn:uuid:b' }, { reference: 'Observation/a' }, { reference: 'Observation/withheld' }],
  };
  const [panel] = panelsOf([lab('a', '2823-3', quantity(4)), lab('b', '2951-2', quantity(140)), report]);
  expect(panel).toMatchObject({ title: 'Kidney values', conclusion: 'Steady.', missing: 1, results: [{ id: 'b' }, { id: 'a' }] });
});

test('a panel in one Observation has parts, each with its own standing', () => {
  const part = (code: string, value: number) => ({
    code: { coding: [{ code }] },
    valueQuantity: quantity(value),
    referenceRange: [range(3.5, 5.1)],
  });
  const { parts } = labOf({ ...lab('p', '24326-1', null), component: [part('2823-3', 3), part('2951-2', 4)] });
  expect(parts.map(({ standing }) => standing)).toEqual(['below', 'within']);
});

recorded('Synthea’s reports find all of their results', () => {
  const [name] = bundleNames().filter((name) => name.startsWith('gsd') && !name.includes('/_'));
  const resources = bundle(name!).map(({ resource }) => resource);
  const panels = panelsOf(resources);
  expect(panels.length).toBeGreaterThan(0);
  for (const { results, missing } of panels) expect([results.length > 0, missing]).toEqual([true, 0]);
});

if (!present) test.skip('the Synthea bundles are not here (CARELET_DATA)', () => {});
