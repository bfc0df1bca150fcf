import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { whatChanged } from './changed.ts';
import { type PatientChart, triage, urgencies } from './triage.ts';

const now = Date.UTC(2026, 10, 20, 9, 41);
const day = 86_400_000;
const whose = { zone: 'Europe/Dublin', adult: true };
const since = now - day;

const code = (loinc: string): JsonObject => ({ coding: [{ system: 'http://loinc.org', code: loinc }] });
const quantity = (value: number, unit: string): JsonObject => ({ value, unit, system: 'http://unitsofmeasure.org', code: unit });
const head = (back: number): JsonObject => ({ status: 'final', effectiveDateTime: new Date(now - back * day - 3_600_000).toISOString() });
const pressure = (back: number, systolic: number, diastolic: number): Resource => ({
  resourceType: 'Observation',
  code: code('85354-9'),
  ...head(back),
  component: [
    { code: code('8480-6'), valueQuantity: quantity(systolic, 'mm[Hg]') },
    { code: code('8462-4'), valueQuantity: quantity(diastolic, 'mm[Hg]') },
  ],
});
const reading = (loinc: string, unit: string, back: number, value: number): Resource => ({
  resourceType: 'Observation',
  code: code(loinc),
  ...head(back),
  valueQuantity: quantity(value, unit),
});
const oxygen = (back: number, value: number): Resource => reading('59408-5', '%', back, value);
const many = (count: number, of: (back: number) => Resource): Resource[] => Array.from({ length: count }, (_, back) => of(back));

/** Ada's pressures: usual for weeks, above since Sunday, with a usual Tuesday in between. */
const ada = many(60, (back) => (back < 6 && back !== 3 ? pressure(back, 148, 91) : pressure(back, 128 + (back % 3), 79)));
const prescription: Resource = {
  resourceType: 'MedicationRequest',
  id: 'amlodipine',
  status: 'active',
  medicationCodeableConcept: { text: 'Amlodipine 10 mg' },
  authoredOn: new Date(now - 3_600_000).toISOString(),
};
const result = (more: JsonObject = {}): Resource => ({
  resourceType: 'Observation',
  id: 'potassium',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: code('2823-3'),
  ...head(0),
  valueQuantity: quantity(5.6, 'mmol/L'),
  referenceRange: [{ high: quantity(5.1, 'mmol/L') }],
  ...more,
});
const report: Resource = {
  resourceType: 'DiagnosticReport',
  category: [{ coding: [{ code: 'LAB' }] }],
  code: { text: 'Kidney values' },
  ...head(0),
  issued: new Date(now - 60_000).toISOString(),
  result: [{ reference: 'urn:uuid:potassium' }],
};
const changed = (resources: readonly Resource[], from = since) => whatChanged(resources, { whose, since: from, now });

test('the headline is what is out of her usual, since when and on how many of seven days', () => {
  const [first, ...rest] = changed([...ada, prescription]);
  expect(first).toMatchObject({
    kind: 'vital',
    state: {
      vital: 'blood-pressure',
      standing: 'above',
      latest: { values: [148, 91] },
      usual: { kind: 'own' },
      run: { standing: 'above', since: '2026-11-15', days: 5, daysOut: 5, daysMeasured: 7 },
    },
  });
  expect(rest).toMatchObject([{ kind: 'new', news: { about: 'medications', items: [{ title: 'Amlodipine 10 mg' }] } }]);
});

test('danger comes before what has been out for longer', () => {
  const [first, second] = changed([...ada, ...many(60, (back) => oxygen(back, back === 0 ? 90 : 96))]);
  expect(first).toMatchObject({ kind: 'vital', state: { vital: 'oxygen-saturation', danger: 'low' } });
  expect(second).toMatchObject({ kind: 'vital', state: { vital: 'blood-pressure' } });
});

test('one day out of the usual is no finding', () => {
  expect(changed(many(60, (back) => pressure(back, back === 0 ? 148 : 128, 79)))).toEqual([{ kind: 'all-usual' }]);
});

test('a report stands for its results, and says how many are out of range', () => {
  const [first] = changed([result(), report]);
  expect(first).toMatchObject({ kind: 'new', news: { about: 'laboratory', outside: 1, critical: 0 } });
  expect(first.kind === 'new' && first.news.items.map(({ title }) => title)).toEqual(['Kidney values']);
  const older = result({ effectiveDateTime: new Date(now - 5 * day).toISOString() });
  expect(changed([older, report])[0], 'even when the sample was taken long before').toMatchObject({ news: { outside: 1 } });
});

test('readings, old records, records to come and records taken back are no news', () => {
  const later = { ...prescription, authoredOn: new Date(now + day).toISOString() };
  const wrong = { ...prescription, status: 'entered-in-error' };
  const old = { ...prescription, authoredOn: '2020-01-01' };
  expect(changed([later, wrong, old, oxygen(0, 97)])).toEqual([{ kind: 'all-usual' }]);
});

test('quiet is not the same as empty', () => {
  expect(changed([])).toEqual([{ kind: 'nothing-yet' }]);
  expect(changed([prescription], now)).toEqual([{ kind: 'quiet' }]);
});

const chart = (id: string, resources: readonly Resource[], more: Partial<PatientChart> = {}): PatientChart => ({
  id,
  whose,
  resources,
  ...more,
});
const rows = (...charts: PatientChart[]) => triage(charts, since, now).map(({ id, urgency }) => [id, urgency]);

test('danger, then out of usual, then news, then quiet', () => {
  const steady = many(60, (back) => oxygen(back, 97));
  expect(
    rows(
      chart('quiet', steady),
      chart('new', [...steady, prescription]),
      chart('ada', ada),
      chart(
        'ben',
        many(60, (back) => oxygen(back, back === 0 ? 90 : 96)),
      ),
    ),
  ).toEqual([
    ['ben', 'now'],
    ['ada', 'today'],
    ['new', 'new'],
    ['quiet', 'quiet'],
  ]);
});

test('a row carries what the list shows: the latest value, the usual, fourteen days, since when', () => {
  const [row] = triage([chart('ada', ada)], since, now);
  expect(row?.state).toMatchObject({ vital: 'blood-pressure', latest: { values: [148, 91] }, run: { since: '2026-11-15' } });
  expect(row?.state?.days.map(({ values }) => values[0])).toEqual([129, 128, 130, 129, 128, 130, 129, 128, 148, 148, 128, 148, 148, 148]);
});

test('danger of yesterday morning is not now, and a loose sensor never is', () => {
  const yesterday = chart('yesterday', [oxygen(1.5, 88)]);
  const loose = chart('loose', [oxygen(0, 97), oxygen(-0.01, 3)]);
  expect(rows(yesterday, loose)).toEqual([
    ['yesterday', 'today'],
    ['loose', 'quiet'],
  ]);
});

test('a reading from a clock that runs ahead waits for its time', () => {
  expect(rows(chart('ahead', [oxygen(-1, 80), oxygen(0, 98)]))).toEqual([['ahead', 'quiet']]);
});

test('adult limits do not hold for a child', () => {
  const fast = (adult: boolean) => chart('zoe', [reading('8867-4', '/min', 0, 140)], { whose: { ...whose, adult } });
  expect(rows(fast(true))).toEqual([['zoe', 'now']]);
  expect(rows(fast(false))).toEqual([['zoe', 'quiet']]);
});

test('a result the laboratory calls critical is now, a high one is new', () => {
  const flag = (code: string) => [result({ interpretation: [{ coding: [{ code }] }] })];
  expect(rows(chart('high', flag('H')), chart('critical', flag('HH')))).toEqual([
    ['critical', 'now'],
    ['high', 'new'],
  ]);
});

/** Whether a look at a chart still stands when this has come since. */
const looked = (before: readonly Resource[], fresh: readonly Resource[] = []) =>
  triage([chart('ada', [...before, ...fresh], { fresh: new Set(fresh) })], since, now)[0]!.looked;

test('a chart in which nothing came since has nothing new, and was looked at', () => {
  const seen = chart('ada', [prescription], { fresh: new Set() });
  expect(rows(seen, chart('ben', [prescription]))).toEqual([
    ['ben', 'new'],
    ['ada', 'quiet'],
  ]);
  expect(triage([seen, chart('ben', [])], since, now).map((row) => row.looked)).toEqual([true, false]);
});

test('a look stands until a reading out of the usual comes, however old it is; one in the usual changes nothing', () => {
  expect(looked(ada)).toBe(true);
  expect(looked(ada, [pressure(0.01, 148, 91)])).toBe(false);
  expect(looked(ada, [pressure(2.2, 148, 91)]), 'it was measured days ago and arrives now').toBe(false);
  expect(looked(ada, [pressure(0.01, 128, 79)])).toBe(true);
  expect(looked(ada, [pressure(0.02, 148, 91), pressure(0.01, 128, 79)]), 'what is usual again').toBe(true);
  expect(looked(ada, [oxygen(0, 97)])).toBe(true);
  expect(looked(ada, [oxygen(0, 90)]), 'another sign').toBe(false);
});

test('a look stands until a record comes, whatever day it bears', () => {
  const old = { ...prescription, id: 'old', authoredOn: '2020-01-01' };
  const [row] = triage([chart('ada', [...ada, old], { fresh: new Set([old]) })], since, now);
  expect(row).toMatchObject({ looked: false, urgency: 'today', news: [{ about: 'medications', items: [{ id: 'old' }] }] });
});

test('the order depends on the charts, and equals stay as they were given', () => {
  const kinds = [[], [prescription], ada, [oxygen(0, 90)]];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: kinds.length - 1 }), { maxLength: 12 }), (drawn) => {
      const found = triage(
        drawn.map((kind, i) => chart(`${kind}-${String(i).padStart(2, '0')}`, kinds[kind]!)),
        since,
        now,
      );
      const order = found.map(({ urgency, id }) => `${urgencies.indexOf(urgency)} ${id}`);
      expect(order).toEqual([...order].sort());
    }),
    { numRuns: 30 },
  );
});

test('a doctor’s hundred patients of a year each are sorted in a moment', () => {
  const year = many(365, (back) => pressure(back, 125 + (back % 9), 78)).concat(many(365, (back) => oxygen(back, 97)));
  const charts = Array.from({ length: 100 }, (_, i) => chart(`p-${i}`, year));
  const begun = process.cpuUsage();
  expect(triage(charts, since, now)).toHaveLength(100);
  // Time of this process, not of the wall: the machine may be busy with others.
  expect(process.cpuUsage(begun).user / 1000).toBeLessThan(3000);
});
