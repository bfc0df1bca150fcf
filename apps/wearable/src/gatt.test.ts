import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { decimal, type Reading, unitOf } from '@carelet/care/model';
import { unpackStrip } from '@carelet/care/rules/strip/index';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longFloat, shortFloat } from './gatt/bytes.ts';
import { gattCharacteristics, gattReadings } from './gatt.ts';
import { strips } from './strips.ts';

type Vector = {
  name: string;
  characteristic: string;
  bytes: string;
  readings?: unknown[];
  absent?: string[];
  user?: number;
  error?: string;
};
const { vectors } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../vectors/gatt.json'), 'utf8')) as { vectors: Vector[] };

const received = Date.UTC(2026, 10, 20, 12);
const options = { device: 'w-1', received };
const unhex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

/** As the vectors write a reading. */
function plain(reading: Reading): unknown {
  const at = new Date(reading.at).toISOString();
  if (reading.kind === 'waveform') return reading;
  if (reading.kind === 'other') return { at, name: reading.name, value: reading.value, unit: reading.unit };
  const value = reading.values.map((one) => decimal(one, reading.scale)).join(' ');
  return { at, sign: reading.sign, value, unit: unitOf(reading.sign, reading.unit)!.ucum };
}

describe('vectors', () => {
  test.each(vectors)('$name (0x$characteristic)', ({ characteristic, bytes, readings, absent = [], user, error }) => {
    const read = () => gattReadings(Number.parseInt(characteristic, 16), unhex(bytes), options);
    if (error !== undefined) {
      expect(read).toThrow(expect.objectContaining({ kind: 'invalid', message: expect.stringContaining(error) as string }));
      return;
    }
    const said = read();
    expect(said.readings.map(plain)).toEqual(readings);
    expect(said.absent).toEqual(absent);
    expect(said.user).toBe(user);
  });

  test('every characteristic has some that are read and some that are refused or not measured', () => {
    for (const one of gattCharacteristics) {
      const mine = vectors.filter(({ characteristic }) => Number.parseInt(characteristic, 16) === one);
      expect(mine.some(({ readings }) => readings && readings.length > 0)).toBe(true);
      expect(mine.some(({ error, absent }) => error !== undefined || absent !== undefined)).toBe(true);
    }
  });
});

test('three readings of a cuff within one minute stay three, on their way too', async () => {
  const cuff = ['8000 5000', '8600 5400', '8600 5400'].map((pressures) =>
    gattReadings(0x2a35, unhex(`02${pressures.replaceAll(' ', '')}ff07ea070b14092900`), options),
  );
  const readings = cuff.flatMap((said) => said.readings);
  expect(readings.map(plain)).toHaveLength(3);
  const arrived: Reading[] = [];
  for await (const { bytes } of strips([readings])) arrived.push(...unpackStrip(bytes));
  expect(arrived).toEqual(readings);
});

test('a clock hangs in its own zone, summer and winter', () => {
  const at = (bytes: string) => gattReadings(0x2a35, unhex(bytes), { ...options, zone: 'Europe/Dublin' }).readings[0]!.at;
  expect(at('0280005000ff07ea070b14092900')).toBe(Date.UTC(2026, 10, 20, 9, 41));
  expect(at('0280005000ff07ea070714092900')).toBe(Date.UTC(2026, 6, 20, 8, 41));
  expect(() => at('0280005000ff07ea07031d011e00')).toThrow('its time is on no clock');
});

test('a characteristic that is not read here is refused by number', () => {
  expect(() => gattReadings(0x2a19, Uint8Array.of(80), options)).toThrow('Cannot read characteristic "0x2a19": only 0x2a35');
});

describe('decimal floats', () => {
  test('of 16 bits are their mantissa times a power of ten, but for five words', () => {
    let words = 0;
    for (let bits = 0; bits <= 0xffff; bits++) {
      const value = shortFloat(bits);
      if ('no' in value) words++;
      else {
        const mantissa = (bits & 0xfff) >= 0x800 ? (bits & 0xfff) - 0x1000 : bits & 0xfff;
        const exponent = bits >> 12 >= 8 ? (bits >> 12) - 16 : bits >> 12;
        expect(Number(value.text)).toBe(Number(`${mantissa}e${exponent}`) || 0);
        expect(value.text.split('.')[1]?.length ?? 0).toBe(Math.max(0, -exponent));
      }
    }
    expect(words).toBe(5);
  });

  test('of 32 bits likewise', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 23) + 3, max: 2 ** 23 - 3 }), fc.integer({ min: -20, max: 20 }), (mantissa, exponent) => {
        const value = longFloat((exponent << 24) | (mantissa & 0xffffff));
        expect('text' in value && Number(value.text)).toBe(Number(`${mantissa}e${exponent}`) || 0);
      }),
    );
  });

  test.each([
    [0x07ff, 0x007fffff, 'not a number'],
    [0x0800, 0x00800000, 'not at this resolution'],
    [0x07fe, 0x007ffffe, 'above all numbers'],
    [0x0802, 0x00800002, 'below all numbers'],
    [0x0801, 0x00800001, 'a reserved value'],
  ])('%i and %i are %s', (short, long, no) => {
    expect(shortFloat(short)).toEqual({ no });
    expect(longFloat(long)).toEqual({ no });
  });
});

describe('any bytes', () => {
  const anyBytes = fc.uint8Array({ maxLength: 24 });
  const good = fc.constantFrom(...vectors.filter(({ error }) => error === undefined));

  test('are readings, or invalid', () => {
    fc.assert(
      fc.property(fc.constantFrom(...gattCharacteristics), anyBytes, (characteristic, bytes) => {
        try {
          gattReadings(characteristic, bytes, options);
        } catch (error) {
          expect(error).toMatchObject({ name: 'CareletError', kind: 'invalid' });
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('cut short or lengthened, a value is never another one', () => {
    fc.assert(
      fc.property(good, fc.nat(30), fc.uint8Array({ minLength: 1, maxLength: 4 }), ({ characteristic, bytes }, cut, more) => {
        const whole = unhex(bytes);
        const number = Number.parseInt(characteristic, 16);
        // Intervals of a strap end where they end: their number is not said.
        if (number === 0x2a37 && (whole[0]! & 0x10) !== 0) return;
        if (cut < whole.length) expect(() => gattReadings(number, whole.subarray(0, cut), options)).toThrow('Cannot read characteristic');
        expect(() => gattReadings(number, Uint8Array.of(...whole, ...more), options)).toThrow('Cannot read characteristic');
      }),
    );
  });
});
