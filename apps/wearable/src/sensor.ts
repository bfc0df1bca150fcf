/**
 * A sensor that invents what it measures.
 *
 * Same seed, same person, same time: same readings, whichever stretch is asked for and in whichever order.
 * `between(a, b)` and `between(b, c)` together are `between(a, c)`.
 *
 * @module
 */
import { type Reading, type VitalSign, vital, type WaveformReading } from '@carelet/care/model';
import { inOrder } from '@carelet/care/rules/strip/index';
import { anybody, body, type Person, type Vitals } from './body.ts';
import { heartbeat } from './heartbeat.ts';

export type { Episode, Person } from './body.ts';

/** What the sensor can measure. */
export type SensedSign = Extract<
  VitalSign,
  'heart-rate' | 'oxygen-saturation' | 'blood-pressure' | 'body-temperature' | 'respiratory-rate'
>;

export type SensorOptions = {
  /** The device's id; `sensor-<seed>` where the seed allows it. */
  readonly device?: string;
  /** Whose wrist it is on; what is not said is as in `anybody`. */
  readonly person?: Partial<Person>;
  /** Milliseconds between two readings of a sign; 0 for never. */
  readonly every?: Partial<Record<SensedSign, number>>;
  /** How often an electrocardiogram is taken, and how long; `false` for never. Equal figures: without a pause. */
  readonly ecg?: { readonly every: number; readonly seconds: number } | false;
};

export type Sensor = {
  readonly device: string;
  /** The readings taken at `from` and later, but before `to` (UTC milliseconds), in the order of a strip. */
  between(from: number, to: number): Reading[];
  /** How full its battery is, in per cent: charged at night, 60 per cent by the next. */
  battery(at: number): number;
};

/** Pulse every second, oxygen every 5, breath every 15, temperature every minute, pressure every half hour. */
export const cadence: Readonly<Record<SensedSign, number>> = {
  'heart-rate': 1000,
  'oxygen-saturation': 5000,
  'respiratory-rate': 15_000,
  'body-temperature': 60_000,
  'blood-pressure': 1_800_000,
};

const measures: Readonly<Record<SensedSign, (vitals: Vitals) => number[]>> = {
  'heart-rate': ({ pulse }) => [pulse],
  'oxygen-saturation': ({ oxygen }) => [oxygen],
  'respiratory-rate': ({ breath }) => [breath],
  'body-temperature': ({ temperature }) => [temperature],
  'blood-pressure': ({ systolic, diastolic }) => [systolic, diastolic],
};

/** The converter of its one lead. */
const lead = { name: 'I', unit: 'mV', gain: 200, baseline: 0 } as const;
const frequency = 250;

/**
 * @throws {CareletError} `invalid` when the device's id is none
 *
 * @example
 * ```ts
 * import { sensor } from '@carelet/wearable/sensor';
 * const noon = Date.UTC(2026, 10, 20, 12);
 * const watch = sensor('ada', { person: { age: 71, restingRate: 68 } });
 * watch.between(noon, noon + 60_000).length; // 60 pulse, 12 oxygen, 4 breath, 1 temperature, 1 pressure, 1 trace: 79
 * ```
 */
export function sensor(seed: string, options: SensorOptions = {}): Sensor {
  const vitalsAt = body(seed, { ...anybody, ...options.person });
  const trace = heartbeat(seed, (at) => vitalsAt(at).pulse);
  const device = options.device ?? `sensor-${seed}`;
  const every = { ...cadence, ...options.every };
  const ecg = options.ecg ?? { every: 300_000, seconds: 10 };

  function* waveforms(from: number, to: number): Generator<WaveformReading> {
    if (ecg === false) return;
    for (const at of ticks(from, to, ecg.every)) {
      const samples = Int32Array.from(trace(at, frequency, ecg.seconds * frequency), (millivolts) => Math.round(millivolts * lead.gain));
      yield { kind: 'waveform', at, device, frequency, leads: [{ ...lead, samples }] };
    }
  }

  return {
    device,
    battery(at) {
      // It is on its charger from two to four at night, UTC.
      const hours = (((at / 3_600_000 - 4) % 24) + 24) % 24;
      return Math.round(hours < 22 ? 100 - (40 * hours) / 22 : 60 + 20 * (hours - 22));
    },
    between(from, to) {
      const readings: Reading[] = [];
      for (const sign of Object.keys(measures) as SensedSign[]) {
        for (const at of ticks(from, to, every[sign])) readings.push(vital(sign, at, device, measures[sign](vitalsAt(at))));
      }
      readings.push(...waveforms(from, to));
      return inOrder(readings);
    },
  };
}

/** The multiples of `every` from `from` on and before `to`. */
function* ticks(from: number, to: number, every: number): Generator<number> {
  if (every <= 0) return;
  for (let at = Math.ceil(from / every) * every; at < to; at += every) yield at;
}
