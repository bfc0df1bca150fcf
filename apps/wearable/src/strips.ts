/**
 * From readings to strips: which readings travel together, and under which number.
 *
 * A strip is closed when it is full or old enough, and at midnight UTC, so that it lies in one day of the key
 * tree. Vital signs and waveforms go into strips of their own, for they are records of different kinds, and so do
 * readings of different devices. Numbers run on over all of them: a device counts its strips once and for good.
 *
 * @module
 */
import { duration, type Reading } from '@carelet/care/model';
import { inOrder, packStrip, stripLimits } from '@carelet/care/rules/strip/index';

/** Readings packed to be sealed together. */
export type Strip = {
  readonly number: number;
  /** What the record of this strip is about. */
  readonly kind: 'vital-signs' | 'waveforms';
  readonly device: string;
  /** First moment and last, UTC milliseconds, on one day. A waveform counts where it begins. */
  readonly from: number;
  readonly to: number;
  /** In the order in which `unpackStrip` gives them. */
  readonly readings: readonly Reading[];
  readonly bytes: Uint8Array;
};

export type StripOptions = {
  /** The number of the first strip. */
  readonly first?: number;
  /** Vital signs a strip at most. */
  readonly count?: number;
  /** Seconds from the first to the last vital sign of a strip. */
  readonly seconds?: number;
  /** Seconds of waveforms in a strip; a longer block stays whole. */
  readonly waveformSeconds?: number;
};

const day = 86_400_000;

type Open = { readings: Reading[]; from: number; to: number; seconds: number; samples: number };

/**
 * Groups readings into numbered strips as they come; what is still open at the end is closed.
 *
 * @example
 * ```ts
 * import { sensor } from '@carelet/wearable/sensor';
 * import { strips } from '@carelet/wearable/strips';
 * const noon = Date.UTC(2026, 10, 20, 12);
 * for await (const { number, bytes } of strips([sensor('ada').between(noon, noon + 300_000)])) console.log(number, bytes.length);
 * ```
 */
export async function* strips(
  blocks: AsyncIterable<readonly Reading[]> | Iterable<readonly Reading[]>,
  { first = 0, count = 300, seconds = 60, waveformSeconds = 30 }: StripOptions = {},
): AsyncGenerator<Strip> {
  let number = first;
  const most = Math.min(count, stripLimits.readings);
  const open = new Map<string, Open>();

  for await (const readings of blocks) {
    for (const reading of readings) {
      const key = `${kindOf(reading)} ${reading.device}`;
      const current = open.get(key);
      if (current === undefined) open.set(key, grown(undefined, reading));
      else if (fits(current, reading)) open.set(key, grown(current, reading));
      else {
        yield strip(number++, current.readings);
        open.set(key, grown(undefined, reading));
      }
    }
  }
  for (const { readings } of open.values()) yield strip(number++, readings);

  function fits({ readings, from, to, seconds: held, samples }: Open, reading: Reading): boolean {
    const earliest = Math.min(from, reading.at);
    const latest = Math.max(to, reading.at);
    if (readings.length >= most || Math.floor(earliest / day) !== Math.floor(latest / day)) return false;
    if (reading.kind !== 'waveform') return latest - earliest < seconds * 1000;
    return held + duration(reading) / 1000 <= waveformSeconds && samples + samplesOf(reading) <= stripLimits.samples;
  }
}

function grown(open: Open | undefined, reading: Reading): Open {
  const { readings, from, to, seconds, samples } = open ?? { readings: [], from: reading.at, to: reading.at, seconds: 0, samples: 0 };
  readings.push(reading);
  return {
    readings,
    from: Math.min(from, reading.at),
    to: Math.max(to, reading.at),
    seconds: seconds + duration(reading) / 1000,
    samples: samples + samplesOf(reading),
  };
}

function strip(number: number, unordered: readonly Reading[]): Strip {
  const readings = inOrder(unordered);
  const { device, at } = readings[0]!;
  return {
    number,
    kind: kindOf(readings[0]!),
    device,
    from: at,
    to: readings.at(-1)!.at,
    readings,
    bytes: packStrip(readings),
  };
}

/** Values without a code travel with the vital signs: whoever measured both keeps one key for both. */
const kindOf = ({ kind }: Reading): Strip['kind'] => (kind === 'waveform' ? 'waveforms' : 'vital-signs');

const samplesOf = (reading: Reading): number => (reading.kind === 'waveform' ? reading.leads.length * reading.leads[0]!.samples.length : 0);
