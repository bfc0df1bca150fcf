/**
 * Small recordings, made for tests: EDF, FIT and Apple Health as their makers would write them.
 *
 * @module
 */
import { checksum } from './fit/wire.ts';

export type MadeSignal = {
  readonly label: string;
  readonly unit?: string;
  readonly physical: readonly [string, string];
  readonly digital: readonly [number, number];
  /** Samples of each data record. */
  readonly records: readonly (readonly number[])[];
};

/** An EDF file; with `texts` (one for each data record) EDF+, continuous or with pauses. */
export function madeEdf(
  signals: readonly MadeSignal[],
  {
    duration = '1',
    date = '20.11.26',
    time = '09.41.00',
    recording = 'Startdate 20-NOV-2026 X X X',
    texts,
    discontinuous = false,
  }: {
    readonly duration?: string;
    readonly date?: string;
    readonly time?: string;
    readonly recording?: string;
    readonly texts?: readonly string[];
    readonly discontinuous?: boolean;
  } = {},
): Uint8Array {
  const room = texts === undefined ? 0 : 2 * Math.ceil(Math.max(...texts.map((text) => text.length + 1)) / 2);
  const count = signals.length + (texts ? 1 : 0);
  const records = signals[0]?.records.length ?? texts!.length;
  const of = (field: (signal: MadeSignal) => string, text: string, width: number): string =>
    [...signals.map(field), ...(texts ? [text] : [])].map((value) => value.padEnd(width)).join('');
  const header = [
    '0'.padEnd(8),
    'X X X X'.padEnd(80),
    recording.padEnd(80),
    date,
    time,
    String(256 * (count + 1)).padEnd(8),
    (texts ? (discontinuous ? 'EDF+D' : 'EDF+C') : '').padEnd(44),
    String(records).padEnd(8),
    duration.padEnd(8),
    String(count).padEnd(4),
    of(({ label }) => label, 'EDF Annotations', 16),
    of(() => '', '', 80),
    of(({ unit = '' }) => unit, '', 8),
    of(({ physical }) => physical[0], '-1', 8),
    of(({ physical }) => physical[1], '1', 8),
    of(({ digital }) => String(digital[0]), '-32768', 8),
    of(({ digital }) => String(digital[1]), '32767', 8),
    of(() => '', '', 80),
    of(({ records }) => String(records[0]!.length), String(room / 2), 8),
    of(() => '', '', 32),
  ].join('');
  const body = Array.from({ length: records }, (_, i) => [
    ...signals.map(({ records }) => Buffer.from(Int16Array.from(records[i]!).buffer)),
    ...(texts ? [Buffer.from(texts[i]!.padEnd(room, '\0'))] : []),
  ]).flat();
  return Buffer.concat([Buffer.from(header, 'latin1'), ...body]);
}

/** `+0<20><20><0>+1.5<21>3<20>apnoea<20>`: the record's own beginning, then what happened. */
export function madeTexts(begins: string, ...annotations: readonly (readonly [onset: string, text: string, duration?: string])[]): string {
  const [end, before] = ['\x14', '\x15'];
  const lists = annotations.map(
    ([onset, text, duration]) => `${onset}${duration === undefined ? '' : before + duration}${end}${text}${end}\0`,
  );
  return `${begins}${end}${end}\0${lists.join('')}`;
}

/** A field of a FIT definition: number, base type, and its value in each message. */
export type MadeField = { readonly number: number; readonly type: 'uint8' | 'uint16' | 'sint16' | 'uint32' | 'string' };

const types = { uint8: [0x02, 1], uint16: [0x84, 2], sint16: [0x83, 2], uint32: [0x86, 4], string: [0x07, 16] } as const;

/** A FIT file of one kind of message after another, little or big end first. */
export function madeFit(
  messages: readonly {
    readonly global: number;
    readonly fields: readonly MadeField[];
    readonly rows: readonly (readonly (number | string)[])[];
  }[],
  { big = false }: { readonly big?: boolean } = {},
): Uint8Array {
  const bytes: number[] = [];
  const put = (value: number, size: number): void => {
    const all = Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) & 0xff);
    bytes.push(...(big ? all.reverse() : all));
  };
  for (const { global, fields, rows } of messages) {
    bytes.push(0x40, 0, big ? 1 : 0);
    put(global, 2);
    bytes.push(fields.length);
    for (const { number, type } of fields) bytes.push(number, types[type][1], types[type][0]);
    for (const row of rows) {
      bytes.push(0);
      for (const [i, { type }] of fields.entries()) {
        const value = row[i]!;
        if (typeof value === 'string') bytes.push(...Buffer.from(value.padEnd(types[type][1], '\0')));
        else put(value < 0 ? value + 256 ** types[type][1] : value, types[type][1]);
      }
    }
  }
  const header = Buffer.alloc(14);
  header.set([14, 0x20, 0x54, 0x08]);
  header.writeUInt32LE(bytes.length, 4);
  header.write('.FIT', 8, 'latin1');
  header.writeUInt16LE(checksum(header.subarray(0, 12)), 12);
  const whole = Buffer.concat([header, Buffer.from(bytes)]);
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(checksum(whole));
  return Buffer.concat([whole, sum]);
}

/** Seconds as FIT counts them, since 1989-12-31. */
export const fitTime = (at: number): number => (at - Date.UTC(1989, 11, 31)) / 1000;

/** An export of Apple Health around elements. */
export const madeExport = (elements: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n<!ELEMENT HealthData (Record*)>\n]>\n<HealthData locale="en_IE">\n <ExportDate value="2026-11-20 09:41:00 +0000"/>\n <Me HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale"/>\n${elements}\n</HealthData>\n`;

/** One record of an export. */
export const madeRecord = (type: string, unit: string, value: string, start: string, end = start): string =>
  ` <Record type="HKQuantityTypeIdentifier${type}" sourceName="Watch" unit="${unit}" startDate="${start}" endDate="${end}" value="${value}"/>`;
