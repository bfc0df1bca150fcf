import { isLosslessNumber } from '@carelet/care/model';
import { beforeAll, describe, expect, test } from 'vitest';
import { type PatientSlug, patientOf } from '../../cast.ts';
import { age, calendarOf } from '../calendar.ts';
import { lifeOf, type Resource } from '../index.ts';
import { amlodipineSince } from './ada.ts';
import { metforminSince } from './ben.ts';
import { episodes } from './layla.ts';
import { sertralineSince } from './maria.ts';
import { bornAgo, carried } from './siobhan.ts';
import { heightAt } from './zoe.ts';

const clocks = ['2026-11-20T09:41:00Z', '2026-06-03T22:05:00Z', '2027-02-14T06:00:00Z'];
const day = 86_400_000;

type Value = { at: number; value: number; low?: number; home: boolean; flag: string | undefined };

/** One life, asked the questions a doctor would ask. */
function told(slug: PatientSlug, clock: string) {
  const to = Date.parse(clock);
  const resources = lifeOf(slug, { seed: 'town', to: new Date(clock) }).flatMap(({ bundle }) =>
    bundle.entry.map(({ resource }) => resource),
  );
  const of = (type: string): Resource[] => resources.filter(({ resourceType }) => resourceType === type);
  const ago = (days: number): number => calendarOf(new Date(to), new Date(to)).ago(days, '12:00');
  const values = (code: string): Value[] =>
    of('Observation')
      .filter((one) => coded(one, code))
      .map((one) => {
        const [value, low] = (one.component as Resource[] | undefined) ?? [one];
        return {
          at: Date.parse(String(one.effectiveDateTime)),
          value: number(value!),
          ...(low === undefined ? {} : { low: number(low) }),
          home: one.encounter === undefined,
          flag: (one.interpretation as unknown as readonly [{ coding: readonly [{ code: string }] }] | undefined)?.[0].coding[0].code,
        };
      })
      .sort((a, b) => a.at - b.at);
  const between = (code: string, from: number, until: number): number[] =>
    values(code)
      .filter(({ at }) => at >= ago(from) && at <= ago(until))
      .map(({ value }) => value);
  return { to, of, ago, values, between };
}

const coded = (resource: Resource, code: string): boolean => JSON.stringify(resource.code).includes(`"code":"${code}"`);
function number(resource: Resource): number {
  const { value } = resource.valueQuantity as { value: number };
  return isLosslessNumber(value) ? Number(value.value) : value;
}
const mean = (values: readonly number[]): number => {
  expect(values.length).toBeGreaterThan(1);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
};

const codes = {
  pressure: '85354-9',
  pulse: '8867-4',
  oxygen: '59408-5',
  weight: '29463-7',
  height: '8302-2',
  temperature: '8310-5',
  hba1c: '4548-4',
};

describe.each(clocks)('told on %s', (clock) => {
  let ask: (slug: PatientSlug) => ReturnType<typeof told>;
  beforeAll(() => {
    const cache = new Map<PatientSlug, ReturnType<typeof told>>();
    ask = (slug) => {
      const life = cache.get(slug) ?? told(slug, clock);
      cache.set(slug, life);
      return life;
    };
  });

  test('every vital sign is one a living person can have', () => {
    const possible: Readonly<Record<string, readonly [number, number]>> = {
      [codes.pressure]: [85, 175],
      [codes.pulse]: [45, 165],
      [codes.oxygen]: [80, 100],
      [codes.temperature]: [35.8, 39.5],
      [codes.weight]: [18, 100],
      '39156-5': [13, 32],
      '9279-1': [10, 42],
      '19935-6': [60, 320],
      '55283-6': [110, 170],
    };
    for (const slug of ['ada', 'ben', 'zoe', 'siobhan', 'layla', 'maria'] as const) {
      for (const [code, [low, high]] of Object.entries(possible)) {
        for (const { value } of ask(slug).values(code)) {
          expect(value, `${slug} ${code}`).toBeGreaterThanOrEqual(low);
          expect(value, `${slug} ${code}`).toBeLessThanOrEqual(high);
        }
      }
      for (const { value, low } of ask(slug).values(codes.pressure)) expect(value - low!, slug).toBeGreaterThan(20);
    }
  });

  test('every laboratory value stands beside its range and is marked by it', () => {
    for (const slug of ['ada', 'ben', 'layla', 'maria', 'siobhan', 'zoe'] as const) {
      for (const one of ask(slug).of('Observation')) {
        const range = (one.referenceRange as unknown as readonly [{ low?: { value: number }; high?: { value: number } }] | undefined)?.[0];
        if (range === undefined) continue;
        const flag = JSON.stringify(one.interpretation);
        const [value, low, high] = [number(one), range.low?.value ?? -Infinity, range.high?.value ?? Infinity].map(Number) as [
          number,
          number,
          number,
        ];
        expect(flag).toContain(value < low ? '"L"' : value > high ? '"H"' : '"N"');
      }
    }
  });

  test('everybody has a heart trace of twelve seconds', () => {
    for (const slug of ['ada', 'ben', 'siobhan', 'layla', 'maria'] as const) {
      const traces = ask(slug)
        .of('Observation')
        .filter((one) => coded(one, '11524-6'));
      expect(traces.length, slug).toBeGreaterThanOrEqual(1);
      for (const trace of traces) {
        const [{ valueSampledData }] = trace.component as unknown as readonly [
          { valueSampledData: { data: string; period: number; factor: number } },
        ];
        const samples = valueSampledData.data.split(' ');
        expect(samples.length * valueSampledData.period).toBe(12_000);
        for (const sample of samples) expect(Math.abs(Number(sample) * valueSampledData.factor)).toBeLessThan(2);
      }
    }
  });

  test('Ada: amlodipine brings her pressure down, ibuprofen up again, and Dr Chen answers', () => {
    const { between, of, values } = ask('ada');
    const before = mean(between(codes.pressure, amlodipineSince + 60, amlodipineSince + 1));
    const after = mean(between(codes.pressure, amlodipineSince - 40, 10));
    const thisWeek = mean(between(codes.pressure, 3, -1));
    expect(before - after).toBeGreaterThan(12);
    expect(thisWeek - after).toBeGreaterThan(8);
    const doses = of('MedicationRequest').filter((one) => JSON.stringify(one).includes('C08CA01'));
    expect(doses.map(({ status }) => status)).toEqual(['completed', 'active']);
    expect(values(codes.hba1c).every(({ value }) => value > 6 && value < 7.5)).toBe(true);
  });

  test('Ada: faints with a low pressure on standing, once', () => {
    const { values, ago } = ask('ada');
    const low = values(codes.pressure).filter(({ value }) => value < 100);
    expect(low).toHaveLength(1);
    expect(Math.abs(low[0]!.at - ago(48))).toBeLessThan(2 * day);
  });

  test('Ben: his sugar falls on metformin', () => {
    const { values, between } = ask('ben');
    const fasting = '14743-9';
    const [first, ...rest] = values(codes.hba1c);
    expect(first!.value).toBeGreaterThan(8);
    expect(rest.at(-1)!.value).toBeLessThan(7);
    expect(mean(between(fasting, metforminSince, metforminSince - 20)) - mean(between(fasting, 60, 0))).toBeGreaterThan(2);
  });

  test('Ben: oxygen falls and pulse rises on the ward, and both recover', () => {
    const { values } = ask('ben');
    const ward = (code: string): Value[] => values(code).filter(({ home, value }) => !home && value > 0);
    const stay = ward(codes.temperature).map(({ at }) => at);
    const during = (code: string): number[] =>
      ward(code)
        .filter(({ at }) => at >= stay[0]! && at <= stay.at(-1)!)
        .map(({ value }) => value);
    expect(during(codes.oxygen)[0]!).toBeLessThan(88);
    expect(during(codes.oxygen).at(-1)!).toBeGreaterThan(91);
    expect(during(codes.pulse)[0]! - during(codes.pulse).at(-1)!).toBeGreaterThan(20);
    expect(ward(codes.temperature)[0]).toMatchObject({ flag: 'H' });
  });

  test('Ben: this morning his oxygen is below 92 again', () => {
    const { values, to } = ask('ben');
    const last = values(codes.oxygen).filter(({ at }) => to - at < 2 * day);
    expect(last.some(({ value, flag }) => value < 92 && flag === 'L')).toBe(true);
  });

  test('Zoë: grows every time she is measured, along her line', () => {
    const { values } = ask('zoe');
    const heights = values(codes.height);
    expect(heights.length).toBeGreaterThan(2);
    for (const [index, { at, value }] of heights.entries()) {
      if (index > 0) expect(value).toBeGreaterThan(heights[index - 1]!.value);
      expect(Math.abs(value - heightAt(patientOf('zoe').born, at))).toBeLessThan(0.1);
      expect(age(patientOf('zoe').born, at)).toBeGreaterThan(7);
    }
  });

  test('Zoë: her peak flow breaks in during the attack, and is better after it than before', () => {
    const { values } = ask('zoe');
    const attack = Date.parse(
      String(
        ask('zoe')
          .of('Condition')
          .find((one) => coded(one, '281239006'))!.onsetDateTime,
      ),
    );
    const flow = (from: number, until: number): number[] =>
      values('19935-6')
        .filter(({ at }) => at > attack + from * day && at < attack + until * day)
        .map(({ value }) => value);
    const before = mean(flow(-60, -3));
    expect(Math.min(...flow(-1, 5))).toBeLessThan(0.8 * before);
    expect(mean(flow(35, 100))).toBeGreaterThan(before);
  });

  test('Siobhán: nine months, a dip in pressure, a growing womb, a child of 3.46 kg, and lighter afterwards', () => {
    const { values, between, of } = ask('siobhan');
    const months = bornAgo + carried;
    expect(mean(between(codes.pressure, months, months - 90)) - mean(between(codes.pressure, months - 120, months - 185))).toBeGreaterThan(
      2,
    );
    const womb = values('11881-0').map(({ value }) => value);
    expect(womb.length).toBeGreaterThan(4);
    expect(womb.at(-1)! - womb[0]!).toBeGreaterThan(8);
    expect(mean(between(codes.weight, bornAgo + 25, bornAgo + 1)) - mean(between(codes.weight, 22, 0))).toBeGreaterThan(5);
    expect(values('8339-4').map(({ value }) => value)).toEqual([3.46]);
    expect(of('Condition').find((one) => coded(one, '77386006'))!.abatementDateTime).toBeDefined();
    const haemoglobin = values('718-7').map(({ value }) => value);
    expect(haemoglobin[1]!).toBeLessThan(11);
    expect(haemoglobin[2]!).toBeGreaterThan(haemoglobin[1]!);
    expect(values('8480-6').every(({ value }) => value < 140)).toBe(true);
  });

  test('Layla: an episode fast and irregular, a calmer heart since, a second one shorter and slower', () => {
    const { between } = ask('layla');
    const [first, second] = episodes;
    const calm = mean(between(codes.pulse, first.back + 60, first.back + 2));
    const wild = between(codes.pulse, first.back, first.back - 2);
    expect(Math.max(...wild)).toBeGreaterThan(120);
    expect(Math.max(...wild) - Math.min(...wild)).toBeGreaterThan(25);
    const since = mean(between(codes.pulse, first.back - 20, second.back + 1));
    expect(calm - since).toBeGreaterThan(6);
    const again = between(codes.pulse, second.back, second.back - 1).filter((value) => value > 90);
    expect(again.length).toBeGreaterThan(4);
    expect(Math.max(...again)).toBeLessThan(Math.max(...wild));
  });

  test('María: her virus stays below 50 copies, and her mood lifts on sertraline', () => {
    const { values, of, ago } = ask('maria');
    for (const one of of('Observation').filter((observation) => coded(observation, '20447-9'))) {
      expect(one.valueQuantity).toMatchObject({ comparator: '<', value: 20 });
    }
    expect(values('20447-9').length).toBeGreaterThan(0);
    const mood = values('44261-6');
    expect(mood[0]!.value).toBe(17);
    expect(mood.at(-1)!.value).toBe(4);
    expect(mood.map(({ value }) => value)).toEqual(mood.map(({ value }) => value).sort((a, b) => b - a));
    expect(Math.abs(mood[0]!.at - ago(sertralineSince))).toBeLessThan(4 * day);
  });
});

test('pressure is higher in winter than in summer', () => {
  const { values } = told('maria', '2026-11-20T09:41:00Z');
  const inMonths = (...months: number[]): number[] =>
    values(codes.pressure)
      .filter(({ at }) => months.includes(new Date(at).getUTCMonth() + 1))
      .map(({ value }) => value);
  expect(mean(inMonths(12, 1, 2)) - mean(inMonths(6, 7, 8))).toBeGreaterThan(2);
});
