/**
 * Seven characteristics, field by field. Bits and units are those of the GATT Specification Supplement; the service
 * specifications say what statuses mean (BLS, HRS, HTS, GLS, WSS and PLXS).
 *
 * @module
 */
import { decimal } from '@carelet/care/model';
import type { Notes } from '../gatt.ts';
import type { Decimal, Fields } from './bytes.ts';

const bit = (flags: number, n: number): boolean => (flags & (1 << n)) !== 0;

/** The words of the bits that are set. */
const said = (status: number, words: readonly (readonly [number, string])[]): string =>
  words
    .filter(([n]) => bit(status, n))
    .map(([, word]) => word)
    .join(', ');

const cuffStatus = [
  [0, 'body movement'],
  [1, 'cuff too loose'],
  [2, 'irregular pulse'],
  [3, 'pulse above range'],
  [4, 'pulse below range'],
  [5, 'improper position'],
] as const;

/** 0x2A35. */
export function bloodPressure(fields: Fields, to: Notes): void {
  const flags = fields.uint8();
  const [systolic, diastolic, mean] = [fields.short(), fields.short(), fields.short()];
  if (bit(flags, 1)) to.measuredAt(fields.clock());
  to.vital(
    'blood-pressure',
    [
      ['Systolic blood pressure', systolic],
      ['Diastolic blood pressure', diastolic],
    ],
    bit(flags, 0) ? 'kPa' : undefined,
    ['Mean blood pressure', mean],
  );
  if (bit(flags, 2)) to.vital('heart-rate', [['Pulse rate', fields.short()]]);
  if (bit(flags, 3)) to.user(fields.uint8());
  if (bit(flags, 4)) {
    const words = said(fields.uint16(), cuffStatus);
    if (words !== '') to.other('Blood pressure measurement status', words);
  }
}

/** 0x2A37. Intervals stay in their own unit: 1/1024 s has no end in milliseconds that a chart would print. */
export function heartRate(fields: Fields, to: Notes): void {
  const flags = fields.uint8();
  const beats = bit(flags, 0) ? fields.uint16() : fields.uint8();
  const untouched = bit(flags, 2) && !bit(flags, 1);
  if (untouched) to.absent('Heart rate', 'no skin contact');
  else if (beats === 0) to.absent('Heart rate', 'no beat was found');
  else to.vital('heart-rate', [['Heart rate', { text: String(beats) }]]);
  if (bit(flags, 3)) to.other('Energy expended', String(fields.uint16()), 'kJ');
  if (!bit(flags, 4)) return;
  if (fields.left === 0) throw fields.refuse('it ends before what its flags say');
  while (fields.left > 0) to.other('RR-Interval', String(fields.uint16()), '1/1024 s');
}

const sites = ['armpit', 'body', 'ear', 'finger', 'gastro-intestinal tract', 'mouth', 'rectum', 'toe', 'tympanum'];

/** 0x2A1C. */
export function temperature(fields: Fields, to: Notes): void {
  const flags = fields.uint8();
  to.vital('body-temperature', [['Body temperature', fields.long()]], bit(flags, 0) ? '[degF]' : undefined);
  if (bit(flags, 1)) to.measuredAt(fields.clock());
  if (bit(flags, 2)) {
    const site = fields.uint8();
    to.other('Temperature type', sites[site - 1] ?? `reserved (${site})`);
  }
}

/** Statuses after which a number is not the glucose of the blood. */
const meterFaults = [
  [1, 'sensor malfunction'],
  [2, 'too little blood'],
  [3, 'strip insertion error'],
  [4, 'wrong strip'],
  [5, 'above what the meter can tell'],
  [6, 'below what the meter can tell'],
  [7, 'too warm'],
  [8, 'too cold'],
  [9, 'strip pulled out'],
  [10, 'general fault'],
] as const;
const meterNotes = [
  [0, 'battery low'],
  [11, 'time fault'],
] as const;
const tissue = 9;
const controlSolution = 10;

/** 0x2A18. kg/L and mol/L become mg/dL and mmol/L by a shift of the point. */
export function glucose(fields: Fields, to: Notes): void {
  const flags = fields.uint8();
  fields.uint16(); // the sequence number names it to the meter
  const clock = fields.clock();
  const offset = bit(flags, 0) ? fields.int16() : 0;
  if (offset === 0x7fff || offset === -0x8000) throw fields.refuse('its time offset has overrun');
  to.measuredAt(clock, offset);
  const molar = bit(flags, 2);
  let value: Decimal | undefined;
  let kind = 0;
  if (bit(flags, 1)) {
    value = fields.short(molar ? 3 : 5);
    kind = fields.uint8() & 0x0f;
  }
  const status = bit(flags, 3) ? fields.uint16() : 0;
  const faults = said(status, meterFaults);
  const notes = said(status, meterNotes);
  if (value === undefined) to.absent('Glucose', 'not in this notification');
  else if (faults !== '') withdrawn('Glucose', value, molar ? 'mmol/L' : 'mg/dL', faults, to);
  else if (kind === 0 || kind > controlSolution) throw fields.refuse('its sample is of a reserved kind');
  else if (kind === controlSolution) withdrawn('Glucose', value, molar ? 'mmol/L' : 'mg/dL', 'control solution', to);
  else to.vital(kind === tissue ? 'glucose' : 'blood-glucose', [['Glucose', value]], molar ? 'mmol/L' : undefined);
  if (notes !== '') to.other('Glucose meter status', notes);
}

/** 0x2A9D. A step is 5 g or 0.01 lb; body mass index 0.1; height 1 mm or 0.1 inch. */
export function weight(fields: Fields, to: Notes): void {
  const flags = fields.uint8();
  const imperial = bit(flags, 0);
  const steps = fields.uint16();
  if (steps === 0xffff) to.absent('Body weight', 'the measurement did not succeed');
  else
    to.vital('weight', [['Body weight', { text: imperial ? decimal(steps, 2) : decimal(5 * steps, 3) }]], imperial ? '[lb_av]' : undefined);
  if (bit(flags, 1)) to.measuredAt(fields.clock());
  if (bit(flags, 2)) to.user(fields.uint8());
  if (bit(flags, 3)) {
    const [index, height] = [fields.uint16(), fields.uint16()];
    if (index === 0) to.absent('Body mass index', 'not known');
    else to.vital('body-mass-index', [['Body mass index', { text: decimal(index, 1) }]]);
    if (height === 0) to.absent('Body height', 'not known');
    else to.vital('height', [['Body height', { text: imperial ? decimal(height, 1) : decimal(height, 3) }]], imperial ? '[in_i]' : 'm');
  }
}

/** Statuses after which a number is not the oxygen of this person. */
const clipFaults = [
  [10, 'demonstration'],
  [11, 'test'],
  [12, 'calibrating'],
  [13, 'unavailable'],
  [14, 'questionable'],
  [15, 'invalid'],
] as const;

/** 0x2A5E. */
export function oximeterSpot(fields: Fields, to: Notes): void {
  const flags = fields.uint8();
  const pair = [fields.short(), fields.short()] as const;
  if (bit(flags, 0)) to.measuredAt(fields.clock());
  const status = bit(flags, 1) ? fields.uint16() : 0;
  if (bit(flags, 2)) fields.uint24();
  if (bit(flags, 4)) to.clockNotSet();
  oxygen('', pair, said(status, clipFaults), to);
  if (bit(flags, 3)) amplitude(fields, to);
}

/** 0x2A5F. The fast and slow averages are kept beside the one that counts. */
export function oximeterContinuous(fields: Fields, to: Notes): void {
  const flags = fields.uint8();
  const normal = [fields.short(), fields.short()] as const;
  const fast = bit(flags, 0) ? ([fields.short(), fields.short()] as const) : undefined;
  const slow = bit(flags, 1) ? ([fields.short(), fields.short()] as const) : undefined;
  const status = bit(flags, 2) ? fields.uint16() : 0;
  if (bit(flags, 3)) fields.uint24();
  const faults = said(status, clipFaults);
  oxygen('', normal, faults, to);
  if (fast) oxygen('fast', fast, faults, to);
  if (slow) oxygen('slow', slow, faults, to);
  if (bit(flags, 4)) amplitude(fields, to);
}

function oxygen(average: string, [saturation, pulse]: readonly [Decimal, Decimal], faults: string, to: Notes): void {
  const because = [average, faults].filter((word) => word !== '').join(', ');
  if (because !== '') {
    withdrawn('Oxygen saturation', saturation, '%', because, to);
    withdrawn('Pulse rate', pulse, 'beats/min', because, to);
  } else {
    to.vital('oxygen-saturation', [['Oxygen saturation', saturation]]);
    to.vital('heart-rate', [['Pulse rate', pulse]]);
  }
}

function amplitude(fields: Fields, to: Notes): void {
  const index = fields.short();
  if ('text' in index) to.other('Pulse amplitude index', index.text, '%');
  else to.absent('Pulse amplitude index', index.no);
}

/** A number that is not to be counted, under a name that says why. */
function withdrawn(what: string, value: Decimal, unit: string, because: string, to: Notes): void {
  if ('text' in value) to.other(`${what} (${because})`, value.text, unit);
  else to.absent(what, value.no);
}
