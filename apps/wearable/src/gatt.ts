/**
 * Bluetooth: what a cuff, a strap, a thermometer, a glucose meter, scales and a finger clip say, as readings.
 *
 * A characteristic is a handful of bytes: flags that say which fields follow, and the fields (Bluetooth GATT
 * Specification Supplement, and the services it belongs to). They are read here without a radio. Bytes that do not end
 * where their flags say are `invalid` as a whole; a field that says "not measured" gives no reading and is told in
 * `absent`; a value its own status takes back (a demonstration, a strip pulled out) is kept under a name without a
 * code, never as a measurement.
 *
 * @module
 */
import { CareletError, checkReading, type OtherReading, printedVital, type Reading, type VitalSign } from '@carelet/care/model';
import { type Decimal, Fields } from './gatt/bytes.ts';
import { bloodPressure, glucose, heartRate, oximeterContinuous, oximeterSpot, temperature, weight } from './gatt/characteristics.ts';
import { type Clock, zoneNamed } from './zone.ts';

/** Who measured, and when the bytes came. */
export type GattOptions = {
  readonly device: string;
  /** UTC milliseconds; the time of what has no clock of its own. */
  readonly received: number;
  /** Where the device's clock hangs; UTC if it is not said. */
  readonly zone?: string | undefined;
};

/** What one notification said. */
export type Notified = {
  readonly readings: readonly Reading[];
  /** The user number of a device that several people share. */
  readonly user?: number;
  /** What was not measured, and why: `Systolic blood pressure: not a number`. */
  readonly absent: readonly string[];
};

type Parser = (fields: Fields, to: Notes) => void;

const parsers: ReadonlyMap<number, readonly [name: string, Parser]> = new Map([
  [0x2a35, ['Blood Pressure Measurement', bloodPressure]],
  [0x2a37, ['Heart Rate Measurement', heartRate]],
  [0x2a1c, ['Temperature Measurement', temperature]],
  [0x2a18, ['Glucose Measurement', glucose]],
  [0x2a9d, ['Weight Measurement', weight]],
  [0x2a5e, ['PLX Spot-Check Measurement', oximeterSpot]],
  [0x2a5f, ['PLX Continuous Measurement', oximeterContinuous]],
]);

/** The characteristics that are read here, by their 16-bit numbers. */
export const gattCharacteristics: readonly number[] = [...parsers.keys()];

/**
 * Reads one value of a characteristic.
 *
 * @param characteristic its 16-bit number: `0x2a37`
 * @throws {CareletError} `invalid` for a characteristic that is not read here, bytes that are not one, and values no
 * living person has
 *
 * @example
 * ```ts
 * import { gattReadings } from '@carelet/wearable/gatt';
 * const bytes = Uint8Array.of(0x00, 72);
 * gattReadings(0x2a37, bytes, { device: 'strap-1', received: Date.UTC(2026, 10, 20) }).readings[0]; // { sign: 'heart-rate', values: [72], … }
 * ```
 */
export function gattReadings(characteristic: number, bytes: Uint8Array, options: GattOptions): Notified {
  const parser = parsers.get(characteristic);
  if (parser === undefined)
    throw new CareletError('invalid', 'read characteristic', {
      subject: `0x${characteristic.toString(16)}`,
      because: `only ${gattCharacteristics.map((one) => `0x${one.toString(16)}`).join(', ')} are read here`,
    });
  const [name, parse] = parser;
  const fields = new Fields(name, bytes);
  const notes = new Notes(fields, options);
  parse(fields, notes);
  fields.end();
  return notes.all();
}

/** What a parser has found so far. */
export class Notes {
  readonly #fields: Fields;
  readonly #options: GattOptions;
  readonly #readings: (() => Reading)[] = [];
  readonly #absent: string[] = [];
  #at: number;
  #user: number | undefined;

  constructor(fields: Fields, options: GattOptions) {
    this.#fields = fields;
    this.#options = options;
    this.#at = options.received;
  }

  /** When it was measured, where the device says so; minutes are added to what its clock says. */
  measuredAt(clock: Clock | undefined, minutes = 0): void {
    if (clock === undefined) return;
    const at = zoneNamed(this.#options.zone ?? 'UTC').instantOf(clock);
    if (at === undefined) throw this.#fields.refuse('its time is on no clock');
    this.#at = at + minutes * 60_000;
  }

  /** The device said that its clock is not set. */
  clockNotSet(): void {
    this.#at = this.#options.received;
  }

  /** User 255 is nobody known. */
  user(number: number): void {
    if (number !== 0xff) this.#user = number;
  }

  absent(what: string, because: string): void {
    this.#absent.push(`${what}: ${because}`);
  }

  /**
   * A vital sign, one decimal for each measure.
   *
   * @param last may be no number without making the others none
   */
  vital(sign: VitalSign, measures: readonly (readonly [what: string, Decimal])[], unit?: string, last?: readonly [string, Decimal]): void {
    const texts: string[] = [];
    for (const [what, value] of last ? [...measures, last] : measures) {
      if ('text' in value) texts.push(value.text);
      else this.absent(what, value.no);
    }
    if (measures.every(([, value]) => 'text' in value))
      this.#readings.push(() => printedVital(sign, this.#at, this.#options.device, texts, { unit }));
  }

  /** A value without a code. */
  other(name: string, value: string, unit = ''): void {
    const { device } = this.#options;
    this.#readings.push(() => checkReading<OtherReading>({ kind: 'other', at: this.#at, device, name, unit, value }));
  }

  /** Readings are made last: their time may stand behind their values. */
  all(): Notified {
    const readings = this.#readings.map((reading) => reading());
    return { readings, absent: this.#absent, ...(this.#user !== undefined && { user: this.#user }) };
  }
}
