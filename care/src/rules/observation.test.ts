import { expect, test } from 'vitest';
import { isLosslessNumber, type Json, parseJson, printJson } from '../model/json.ts';
import { printedVital, type Reading, vital, type WaveformReading } from '../model/reading.ts';
import { parseResource } from '../model/resource.ts';
import { type VitalSign, vitalSigns } from '../model/sign.ts';
import { toObservations } from './observation.ts';
import { packStrip, unpackStrip } from './strip/index.ts';

const at = Date.UTC(2026, 10, 20, 12, 0, 0, 250);
const opened = { patient: 'Patient/ada', device: 'Device/watch-1', strip: 7 };
const quantity = (value: Json, unit: string, code: string) => ({ value, unit, system: 'http://unitsofmeasure.org', code });

const trace: WaveformReading = {
  kind: 'waveform',
  at,
  device: 'watch-1',
  frequency: 360,
  leads: [
    { name: 'MLII', unit: 'mV', gain: 200, baseline: 1024, samples: Int32Array.of(995, 995, 1000) },
    { name: 'V5', unit: 'mV', gain: 7247, baseline: 0, absent: -32768, samples: Int32Array.of(1011, -32768, -7) },
  ],
};

test('a temperature is an observation with all its digits', () => {
  const [observation] = toObservations([vital('body-temperature', at, 'watch-1', [37])], opened);
  expect(printJson(observation!)).toBe(
    '{"resourceType":"Observation","id":"c3e64741-ba66-52de-9829-ecaeaad4a011","status":"final",' +
      '"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],' +
      '"code":{"coding":[{"system":"http://loinc.org","code":"8310-5","display":"Body temperature"}],"text":"Body temperature"},' +
      '"subject":{"reference":"Patient/ada"},"effectiveDateTime":"2026-11-20T12:00:00.250Z","device":{"reference":"Device/watch-1"},' +
      '"valueQuantity":{"value":37.0,"unit":"°C","system":"http://unitsofmeasure.org","code":"Cel"}}',
  );
});

test('a blood pressure is one observation with two components', () => {
  const [observation] = toObservations([vital('blood-pressure', at, 'watch-1', [128, 82])], opened);
  expect(observation).toMatchObject({
    code: { coding: [{ code: '85354-9' }] },
    component: [
      { code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] }, valueQuantity: quantity(128, 'mmHg', 'mm[Hg]') },
      { code: { coding: [{ system: 'http://loinc.org', code: '8462-4' }] }, valueQuantity: quantity(82, 'mmHg', 'mm[Hg]') },
    ],
  });
  expect(observation).not.toHaveProperty('valueQuantity');
});

test('oxygen by a watch carries both codes which the vital signs profile asks for', () => {
  const [observation] = toObservations([vital('oxygen-saturation', at, 'watch-1', [97])], opened);
  expect(observation).toMatchObject({ code: { coding: [{ code: '2708-6' }, { code: '59408-5' }] }, valueQuantity: quantity(97, '%', '%') });
});

test('a fever in Fahrenheit stays in Fahrenheit, and glucose in mmol/L has its own code', () => {
  const fever = printedVital('body-temperature', at, 'watch-1', ['98.60'], { unit: '[degF]' });
  const sugar = printedVital('blood-glucose', at, 'watch-1', ['5.4'], { unit: 'mmol/L' });
  const [first, second] = toObservations([fever, sugar], opened);
  expect(printJson(first!)).toContain('"valueQuantity":{"value":98.60,"unit":"°F","system":"http://unitsofmeasure.org","code":"[degF]"}');
  expect(second).toMatchObject({ code: { coding: [{ code: '15074-8' }] }, valueQuantity: quantity(5.4, 'mmol/L', 'mmol/L') });
});

test('a cuff that also says the mean has three components, one that does not has two', () => {
  const [three, two] = toObservations(
    [vital('blood-pressure', at, 'cuff-1', [128, 82, 97]), vital('blood-pressure', at, 'cuff-1', [128, 82])],
    opened,
  ) as unknown as { component: unknown[] }[];
  expect(three!.component[2]).toMatchObject({ code: { coding: [{ code: '8478-0' }] }, valueQuantity: quantity(97, 'mmHg', 'mm[Hg]') });
  expect([three!.component.length, two!.component.length]).toEqual([3, 2]);
});

test('steps of an hour have the hour as their period', () => {
  const [observation] = toObservations([printedVital('steps', at, 'watch-1', ['412'], { lasts: 3_600_000 })], opened);
  expect(observation).toMatchObject({ effectivePeriod: { start: '2026-11-20T12:00:00.250Z', end: '2026-11-20T13:00:00.250Z' } });
  expect(observation).not.toHaveProperty('effectiveDateTime');
});

test('what has no code here keeps its name, its number and its unit, and is given none', () => {
  const other = (value: string, unit: string): Reading => ({ kind: 'other', at, device: 'watch-1', name: 'flights', value, unit });
  const [flights, words, long] = toObservations([other('3.0', 'count'), other('none', ''), other('007', 'agents')], opened);
  expect(flights).toMatchObject({ code: { text: 'flights' }, effectiveDateTime: '2026-11-20T12:00:00.250Z' });
  expect(flights).not.toHaveProperty('code.coding');
  expect(printJson(flights!)).toContain('"valueQuantity":{"value":3.0,"unit":"count"}');
  expect(words).toMatchObject({ valueString: 'none' });
  expect(long).toMatchObject({ valueString: '007 agents' });
});

test('a trace keeps its counts, and says how they become millivolts', () => {
  const [observation] = toObservations([trace], opened);
  expect(observation).toMatchObject({
    category: [{ coding: [{ code: 'procedure' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: '11524-6' }] },
    effectivePeriod: { start: '2026-11-20T12:00:00.250Z', end: '2026-11-20T12:00:00.258Z' },
    component: [
      {
        code: { coding: [{ code: '131328' }], text: 'MLII' },
        valueSampledData: { origin: quantity(-5.12, 'mV', 'mV'), period: 1000 / 360, factor: 0.005, dimensions: 1, data: '995 995 1000' },
      },
      {
        code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '131335' }], text: 'V5' },
        valueSampledData: { origin: quantity(0, 'mV', 'mV'), factor: 1 / 7247, data: '1011 E -7' },
      },
    ],
  });
  const { origin, factor, data } = (
    observation as unknown as { component: [{ valueSampledData: { origin: { value: number }; factor: number; data: string } }] }
  ).component[0].valueSampledData;
  expect(Number(data.split(' ')[0]) * factor + origin.value).toBeCloseTo(-0.145, 12);
});

test('a wave of something other than the heart is not called an electrocardiogram', () => {
  const pleth: WaveformReading = { ...trace, leads: [{ ...trace.leads[0]!, name: 'PLETH', unit: '{NU}' }] };
  const resp: WaveformReading = { ...trace, leads: [{ ...trace.leads[0]!, name: 'RESP' }] };
  const [first, second] = toObservations([pleth, resp], opened);
  expect(first).toMatchObject({ code: { text: 'Waveforms' }, component: [{ code: { coding: [{ display: 'MDC_PULS_OXIM_PLETH' }] } }] });
  expect(second).toMatchObject({ component: [{ code: { text: 'RESP' } }] });
  expect(second).not.toHaveProperty('component.0.code.coding');
});

test('every sign makes a resource that is accepted and comes back from JSON equal', () => {
  const readings: Reading[] = (Object.keys(vitalSigns) as VitalSign[]).flatMap((sign) =>
    [0, 1, 3].map((scale) =>
      vital(sign, at, 'watch-1', sign === 'blood-pressure' ? [120, 80] : [sign === 'body-temperature' ? 36.6 : 96], scale),
    ),
  );
  for (const observation of toObservations([...readings, trace], opened)) {
    expect(parseResource(parseJson(printJson(observation)))).toEqual(observation);
  }
});

test('digits that JavaScript would drop are kept as text', () => {
  const [whole, exact] = toObservations([vital('weight', at, 'w', [70]), vital('weight', at, 'w', [70.5])], opened) as unknown as {
    valueQuantity: { value: Json };
  }[];
  expect(isLosslessNumber(whole!.valueQuantity.value)).toBe(true);
  expect(exact!.valueQuantity.value).toBe(70.5);
});

test('opening a strip twice gives the same ids, another strip other ones', () => {
  const readings = Array.from({ length: 100 }, (_, n) => vital('heart-rate', at + 1000 * n, 'watch-1', [70]));
  const idsOf = (strip: number) => toObservations(unpackStrip(packStrip(readings)), { ...opened, strip }).map(({ id }) => id);
  expect(idsOf(7)).toEqual(idsOf(7));
  expect(new Set([...idsOf(7), ...idsOf(8)]).size).toBe(200);
});
