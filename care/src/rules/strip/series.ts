/**
 * Vital signs and their times: first differences, and differences of differences.
 *
 * A resting pulse changes by a beat or two, a sensor's clock by nothing: so a block of differences is written
 * with as many bits as its largest needs, and a block of equal ones costs its 6-bit width and no more.
 *
 * @module
 */
import { type BitReader, type BitWriter, bitsOf, malformed, unzigzag, zigzag } from './bits.ts';

/** Differences under one width. Short enough that one jump is not paid by many neighbours. */
const valuesBlock = 16;
/** Times change less: a longer block. */
const timesBlock = 64;

/** The first value as it is, the others as differences. */
export function writeValues(to: BitWriter, values: readonly number[]): void {
  to.signed(values[0]!);
  writeBlocks(to, differences(values).map(zigzag), valuesBlock);
}

export function readValues(from: BitReader, count: number): number[] {
  return sums(from.signed(), readBlocks(from, count - 1, valuesBlock).map(unzigzag));
}

/**
 * Times in ascending order: the first after `base`, the step they are all multiples of, the first difference,
 * and how each further difference differs from the one before.
 */
export function writeTimes(to: BitWriter, times: readonly number[], base: number): void {
  to.varint(times[0]! - base);
  if (times.length === 1) return;
  const gaps = differences(times);
  const step = gaps.reduce(gcd) || 1;
  to.varint(step);
  const steps = gaps.map((gap) => gap / step);
  to.varint(steps[0]!);
  writeBlocks(to, differences(steps).map(zigzag), timesBlock);
}

export function readTimes(from: BitReader, count: number, base: number): number[] {
  const first = base + from.varint();
  if (count === 1) return [first];
  const step = from.varint();
  const steps = sums(from.varint(), readBlocks(from, count - 2, timesBlock).map(unzigzag));
  return sums(
    first,
    steps.map((gap) => gap * step),
  );
}

function writeBlocks(to: BitWriter, values: readonly number[], size: number): void {
  for (let start = 0; start < values.length; start += size) {
    const block = values.slice(start, start + size);
    const width = bitsOf(Math.max(...block));
    to.write(width, 6);
    for (const value of block) to.write(value, width);
  }
}

function readBlocks(from: BitReader, count: number, size: number): number[] {
  const values: number[] = [];
  for (let start = 0; start < count; start += size) {
    const width = from.read(6);
    if (width > 53) throw malformed('a width is above 53 bits');
    for (let i = start; i < Math.min(start + size, count); i++) values.push(from.read(width));
  }
  return values;
}

const differences = (values: readonly number[]): number[] => values.slice(1).map((value, i) => value - values[i]!);

function sums(first: number, gaps: readonly number[]): number[] {
  const values = [first];
  for (const gap of gaps) values.push(values.at(-1)! + gap);
  if (!values.every(Number.isSafeInteger)) throw malformed('a number is too large');
  return values;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
