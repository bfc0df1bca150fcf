import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decimal,
  printedVital,
  type Reading,
  unitOf,
  type VitalReading,
  type VitalSign,
  vital,
  vitalSign,
  vitalSigns,
  type WaveformReading,
} from '../../model/index.ts';
import { BitWriter } from './bits.ts';
import { inOrder, packStrip, stripLimits, unpackStrip } from './index.ts';

const noon = Date.UTC(2026, 10, 20, 12);
const pulse = (count: number, step = 1000): VitalReading[] =>
  Array.from({ length: count }, (_, n) => vital('heart-rate', noon + step * n, 'watch-1', [72 + (n % 3)]));

const hex = (bytes: Iterable<number>): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const times = fc.oneof(
  fc.integer({ min: noon, max: noon + 86_400_000 }),
  fc.nat(600).map((n) => noon + 1000 * n),
  fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
);

const lasting = fc.option(fc.integer({ min: 1, max: 86_400_000 }), { nil: undefined });
const origin = fc.record({ at: times, lasts: lasting }).map(({ at, lasts }) => ({
  at: lasts === undefined ? at : Math.min(at, 253_402_300_799_999 - lasts),
  device: 'watch-1',
  ...(lasts !== undefined && { lasts }),
}));
const inUnits = (Object.keys(vitalSigns) as VitalSign[]).flatMap((sign) => [
  { sign },
  ...(vitalSign(sign).others ?? []).map(({ ucum }) => ({ sign, unit: ucum })),
]);

const anyVital: fc.Arbitrary<Reading> = fc
  .record({ of: fc.constantFrom<{ sign: VitalSign; unit?: string }>(...inUnits), origin, scale: fc.nat(11), mean: fc.boolean() })
  .chain(({ of, origin, scale, mean }) => {
    const { factor, zero } = unitOf(of.sign, of.unit)!;
    const bounds = vitalSign(of.sign)
      .measures.filter(({ optional }) => mean || !optional)
      .map(({ low, high }) => ({
        min: Math.ceil((low / factor + zero) * 10 ** scale * (1 + 1e-9)),
        max: Math.floor(Math.min((high / factor + zero) * 10 ** scale * (1 - 1e-9), 2 ** 50)),
      }));
    return fc
      .tuple(...bounds.map((bound) => fc.integer(bound)))
      .filter((values) => of.sign !== 'blood-pressure' || values[1]! < values[0]!)
      .map((values): Reading => ({ kind: 'vital', ...of, ...origin, scale, values }));
  });

const printable = (minLength: number, maxLength: number) =>
  fc.string({ unit: 'grapheme', minLength, maxLength }).filter((text) => text.length <= maxLength && !/[\p{Cc}\p{Cs}]/u.test(text));
const anyOther: fc.Arbitrary<Reading> = fc
  .record({
    origin,
    name: fc.oneof(fc.constantFrom('cadence', 'HKQuantityTypeIdentifierFlightsClimbed'), printable(1, 128)),
    unit: fc.oneof(fc.constantFrom('', 'rpm'), printable(0, 20)),
    value: fc.oneof(
      fc.nat(300).map(String),
      fc.tuple(fc.integer(), fc.nat(12)).map(([value, scale]) => decimal(value, scale)),
      fc.constantFrom('007', '-0', '1e3', '.5', '5.', '12345678901234567890', '-0.57613241672515869', 'InBed', '0x1f', ' 1'),
      printable(1, 40),
    ),
  })
  .map(({ origin, ...rest }) => ({ kind: 'other', ...origin, ...rest }));

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const smooth = fc
  .tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 30_000 }), fc.nat(50))
  .map(([length, height, noise]) =>
    Int32Array.from({ length }, (_, n) => Math.round(height * Math.sin(n / 9)) + ((n * 2_654_435_761) % (noise + 1))),
  );
const rough = fc.array(int32, { minLength: 1, maxLength: 200 }).map((samples) => Int32Array.from(samples));

const anyWaveform: fc.Arbitrary<Reading> = fc
  .record({
    at: times,
    frequency: fc.constantFrom(360, 125, 250, 116.98779),
    samples: fc.oneof(smooth, rough),
    leads: fc.integer({ min: 1, max: 3 }),
  })
  .map(
    ({ at, frequency, samples, leads }): WaveformReading => ({
      kind: 'waveform',
      at,
      device: 'watch-1',
      frequency,
      leads: ['MLII', 'V5', 'Puls-Ø'].slice(0, leads).map((name, i) => ({
        name,
        unit: 'mV',
        gain: [200, 10520, 1e-7][i]!,
        baseline: [1024, 0.25, -3][i]!,
        ...(i === 1 ? { absent: -32768 } : {}),
        samples: i === 0 ? samples : samples.map((sample) => sample ^ i),
      })),
    }),
  );

const anyReadings = fc.array(
  fc.oneof({ weight: 5, arbitrary: anyVital }, { weight: 3, arbitrary: anyOther }, { weight: 1, arbitrary: anyWaveform }),
  {
    minLength: 1,
    maxLength: 40,
  },
);

test('what is packed unpacks exactly, in the order of time', () => {
  fc.assert(
    fc.property(anyReadings, (readings) => {
      const back = unpackStrip(packStrip(readings));
      expect(back).toEqual(inOrder(readings));
      expect(back.map(({ at }) => at)).toEqual(readings.map(({ at }) => at).sort((a, b) => a - b));
    }),
    { numRuns: 300 },
  );
});

test('one list of readings has one strip, and packing what was unpacked gives it again', () => {
  fc.assert(
    fc.property(anyReadings, (readings) => {
      const strip = packStrip(readings);
      expect(packStrip(unpackStrip(strip))).toEqual(strip);
      expect(packStrip(inOrder(readings))).toEqual(strip);
    }),
  );
});

test('readings at the same time keep their order within a sign', () => {
  const twins = [71, 74, 70].map((value) => vital('heart-rate', noon, 'watch-1', [value]));
  const spo2 = vital('oxygen-saturation', noon, 'watch-1', [97]);
  expect(unpackStrip(packStrip([spo2, ...twins]))).toEqual([...twins, spo2]);
});

test('three cuff readings of one minute stay three, also when they are alike', () => {
  const cuff = [
    [148, 92],
    [141, 88],
    [141, 88],
  ].map((values) => vital('blood-pressure', noon, 'cuff-1', values));
  expect(unpackStrip(packStrip(cuff))).toEqual(cuff);
});

test('a value comes back with the digits and in the unit it was printed with', () => {
  const fever = printedVital('body-temperature', noon, 'watch-1', ['98.60'], { unit: '[degF]' });
  const scales = printedVital('weight', noon, 'watch-1', ['77.5643875134944']);
  const stairs: Reading = { kind: 'other', at: noon, device: 'watch-1', name: 'flights', unit: 'count', value: '007', lasts: 60_000 };
  expect(unpackStrip(packStrip([fever, scales, stairs]))).toEqual([scales, fever, stairs]);
});

test('words that come again cost a byte each', () => {
  const beats = Array.from(
    { length: 1000 },
    (_, n): Reading => ({
      kind: 'other',
      at: noon + 800 * n,
      device: 'watch-1',
      name: 'beat',
      unit: '',
      value: n % 50 === 7 ? 'atrial premature' : 'normal',
    }),
  );
  expect(packStrip(beats).length).toBeLessThan(1100);
});

test('a minute of pulse costs less than a byte a reading, device and time included, and ten minutes half of that', () => {
  expect(packStrip(pulse(60)).length / 60).toBeLessThan(0.8);
  expect(packStrip(pulse(600)).length / 600).toBeLessThan(0.4);
});

test('a still sensor costs almost nothing, however long', () => {
  const still = Array.from({ length: 10_000 }, (_, n) => vital('oxygen-saturation', noon + 1000 * n, 'watch-1', [97]));
  expect(packStrip(still).length).toBeLessThan(700);
});

test('a spike costs bytes, not kilobytes', () => {
  const samples = new Int32Array(256);
  samples[100] = 2 ** 31 - 1;
  samples[101] = -(2 ** 31);
  const spiked: WaveformReading = {
    kind: 'waveform',
    at: noon,
    device: 'w',
    frequency: 250,
    leads: [{ name: 'II', unit: 'mV', gain: 200, baseline: 0, samples }],
  };
  const strip = packStrip([spiked]);
  expect(unpackStrip(strip)).toEqual([spiked]);
  expect(strip.length).toBeLessThan(120);
});

test('four beats of pulse are these bytes, derived by hand', () => {
  const head = `01 07 ${hex(new TextEncoder().encode('watch-1'))} 80a89f8dbf68`; // version, device, 2 x noon
  const column = '01 01 00 04 00 e807 01'; // one column: heart rate, scale 0, four readings, at once, each 1000 ms, the first 1 step
  // Times never change (width 0), 72 doubled, then 1, 1, -2 zigzagged in 2 bits each, no waveform, padding.
  const bits = '000000 10010000 00000001 000010 10 10 11 00000000 000000';
  const tail = bits
    .replaceAll(' ', '')
    .match(/.{8}/g)!
    .map((byte) => Number.parseInt(byte, 2));
  expect(hex(packStrip(pulse(4)))).toBe(`${head}${column}${hex(tail)}`.replaceAll(' ', ''));
});

test.each<[string, () => readonly Reading[], string]>([
  ['nothing', () => [], 'there is no reading'],
  ['readings of two devices', () => [...pulse(1), { ...pulse(1)[0]!, device: 'watch-2' }], 'two devices'],
  ['an implausible reading', () => [{ ...pulse(1)[0]!, values: [999] }], 'implausible'],
  ['too many readings', () => new Array(stripLimits.readings + 1).fill(pulse(1)[0]!), 'more than 65,536'],
])('%s cannot be packed', (_, readings, because) => {
  expect(() => packStrip(readings())).toThrow(because);
});

test('a shortened strip is refused, wherever it ends', () => {
  const strip = packStrip([...pulse(30), ...fc.sample(anyWaveform, { numRuns: 1, seed: 7 })]);
  for (let length = 0; length < strip.length; length++) {
    expect(() => unpackStrip(strip.subarray(0, length))).toThrow(expect.objectContaining({ kind: 'invalid' }));
  }
});

test('a lengthened strip is refused', () => {
  expect(() => unpackStrip(Uint8Array.of(...packStrip(pulse(3)), 0))).toThrow('not written as it should be');
});

test('any bytes at all are readings that pack to them, or refused as invalid', () => {
  const good = packStrip([
    ...pulse(12),
    ...fc.sample(anyWaveform, { numRuns: 2, seed: 1 }),
    ...fc.sample(anyOther, { numRuns: 6, seed: 3 }),
    vital('blood-pressure', noon, 'watch-1', [120, 80]),
  ]);
  const damaged = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
    const bytes = good.slice();
    bytes[at] = bytes[at]! ^ change;
    return bytes;
  });
  const random = fc.uint8Array({ maxLength: 200 }).map((bytes) => Uint8Array.of(1, 1, 119, ...bytes));
  fc.assert(
    fc.property(fc.oneof(damaged, random), (bytes) => {
      let readings: Reading[];
      try {
        readings = unpackStrip(bytes);
      } catch (error) {
        expect(error).toMatchObject({ name: 'CareletError', kind: 'invalid' });
        return;
      }
      expect(packStrip(readings)).toEqual(bytes);
    }),
    { numRuns: 2000 },
  );
});

/** A strip's beginning, then whatever a liar writes. */
function lie(write: (to: BitWriter) => void): Uint8Array {
  const to = new BitWriter();
  to.write(1, 8);
  to.text('w');
  to.signed(noon);
  write(to);
  return to.finish();
}

const huge = 2 ** 50;
test.each<[string, Uint8Array]>([
  ['vital columns', lie((to) => to.varint(huge))],
  [
    'readings',
    lie((to) => {
      for (const n of [1, 1, 0, huge]) to.varint(n);
    }),
  ],
  [
    'leads',
    lie((to) => {
      for (const n of [0, 1]) to.varint(n);
      to.text('250');
      to.varint(huge);
    }),
  ],
  [
    'samples',
    lie((to) => {
      for (const n of [0, 1]) to.varint(n);
      to.text('250');
      to.varint(1);
      for (const text of ['II', 'mV', '200']) to.text(text);
      for (const n of [0, 0, 1, 0, stripLimits.samples, 0]) to.varint(n);
    }),
  ],
])('a claim of very many %s is refused at once', (_, bytes) => {
  const before = process.memoryUsage().arrayBuffers;
  const started = performance.now();
  expect(() => unpackStrip(bytes)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  expect(performance.now() - started).toBeLessThan(200);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
});

test('an unknown version or sign is refused by name', () => {
  expect(() => unpackStrip(Uint8Array.of(2, 1, 119))).toThrow('Cannot unpack strip: its version is not 1');
  const strip = lie((to) => {
    for (const n of [1, 199]) to.varint(n);
  });
  expect(() => unpackStrip(strip)).toThrow('a sign that nobody knows');
});
