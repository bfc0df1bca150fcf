/**
 * From readings to strips: which readings travel together, under which number, and how urgent they are.
 *
 * A strip is closed when it is full or old enough, and at midnight UTC, so that it lies in one day of the key
 * tree. Vital signs and waveforms go into strips of their own, for they are records of different kinds, and so do
 * readings of different devices and of different urgency: an emergency is a strip by itself, at once. Numbers run on over all
 * of them: a device counts its strips once and for good.
 *
 * @module
 */
import { duration, type Reading, type Urgency } from '@carelet/care/model';
import { gathersFor } from '@carelet/care/rules/relay/urgency';
import { inOrder, packStrip, stripLimits } from '@carelet/care/rules/strip/index';

/** Readings packed to be sealed together. */
export type Strip = {
  readonly number: number;
  /** What the record of this strip is about. */
  readonly kind: 'vital-signs' | 'waveforms';
  readonly urgency: Urgency;
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
  /** Seconds from the first to the last routine vital sign of a strip. */
  readonly seconds?: number;
  /** Seconds of waveforms in a strip; a longer block stays whole. */
  readonly waveformSeconds?: number;
  /** How urgent a reading is; unless told, all are routine. */
  readonly urgencyOf?: (reading: Reading) => Urgency;
};

/** Gathers readings as they come. */
export type Gatherer = {
  /** Takes readings; gives the strips that are closed by them. */
  add(readings: readonly Reading[]): Strip[];
  /** The strips whose time is over, though nothing came after them. */
  due(now: number): Strip[];
  /** Whatever is still open. */
  rest(): Strip[];
};

const day = 86_400_000;

type Open = { urgency: Urgency; readings: Reading[]; from: number; to: number; seconds: number; samples: number };

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
  options: StripOptions = {},
): AsyncGenerator<Strip> {
  const gathered = gatherer(options);
  for await (const readings of blocks) yield* gathered.add(readings);
  yield* gathered.rest();
}

/** What `strips` does, for readings that come while a clock runs. */
export function gatherer({
  first = 0,
  count = 300,
  seconds = gathersFor.routine,
  waveformSeconds = 30,
  urgencyOf = (): Urgency => 'routine',
}: StripOptions = {}): Gatherer {
  let number = first;
  const most = Math.min(count, stripLimits.readings);
  const spans: Readonly<Record<Urgency, number>> = { ...gathersFor, routine: seconds };
  const open = new Map<string, Open>();

  const close = (key: string): Strip => {
    const { urgency, readings } = open.get(key)!;
    open.delete(key);
    return strip(number++, urgency, readings);
  };

  function* add(reading: Reading): Generator<Strip> {
    const urgency = urgencyOf(reading);
    const key = `${kindOf(reading)} ${urgency} ${reading.device}`;
    const current = open.get(key);
    if (current && !fits(current, reading)) yield close(key);
    open.set(key, grown(urgency, open.get(key), reading));
    if (urgency === 'emergency') yield close(key);
  }

  function fits({ urgency, readings, from, to, seconds: held, samples }: Open, reading: Reading): boolean {
    const earliest = Math.min(from, reading.at);
    const latest = Math.max(to, reading.at);
    if (readings.length >= most || Math.floor(earliest / day) !== Math.floor(latest / day)) return false;
    if (reading.kind !== 'waveform') return latest - earliest < spans[urgency] * 1000;
    return held + duration(reading) / 1000 <= waveformSeconds && samples + samplesOf(reading) <= stripLimits.samples;
  }

  return {
    add: (readings) => readings.flatMap((reading) => [...add(reading)]),
    due: (now) => [...open].filter(([, { urgency, from }]) => now - from >= spans[urgency] * 1000).map(([key]) => close(key)),
    rest: () => [...open.keys()].map(close),
  };
}

function grown(urgency: Urgency, open: Open | undefined, reading: Reading): Open {
  const { readings, from, to, seconds, samples } = open ?? {
    urgency,
    readings: [],
    from: reading.at,
    to: reading.at,
    seconds: 0,
    samples: 0,
  };
  readings.push(reading);
  return {
    urgency,
    readings,
    from: Math.min(from, reading.at),
    to: Math.max(to, reading.at),
    seconds: seconds + duration(reading) / 1000,
    samples: samples + samplesOf(reading),
  };
}

function strip(number: number, urgency: Urgency, unordered: readonly Reading[]): Strip {
  const readings = inOrder(unordered);
  const { device, at } = readings[0]!;
  return {
    number,
    kind: kindOf(readings[0]!),
    urgency,
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
