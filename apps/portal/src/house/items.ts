/**
 * Records as lists and pages show them.
 *
 * @module
 */
import type { Audience, HeartTrace, Standing, VitalName } from './vitals.ts';

/** A value as it was measured: `5.4 mmol/L`. */
export type Quantity = { readonly value: number; readonly unit: string; readonly decimals: number };

/** One record in a list. */
export type Item = {
  readonly id: string;
  /** FHIR type: `Observation`. */
  readonly type: string;
  /** As `care/model` names it: `laboratory`. */
  readonly kind: string;
  readonly when: number | null;
  /** Whether `when` is a moment, or only a day, month or year. */
  readonly precision: 'instant' | 'day' | 'month' | 'year';
  /** As the record says it. */
  readonly title: string;
  /** The short value, if it has one. */
  readonly values: readonly Quantity[];
  /** A word instead of a value: `positive`, `active`, `one each morning`. */
  readonly word: string | null;
  readonly standing: Standing;
  /** The organisation that wrote it, or whose cloudlet the device speaks with. */
  readonly place: { readonly id: string; readonly name: string };
  /** Vital sign it belongs to, where there is a page for it. */
  readonly vital: VitalName | null;
  /** Readings in this one record: a wearable packs many. */
  readonly readings: number;
  /** It has a waveform. */
  readonly trace: boolean;
};

/** When something was, and how exactly that is written; of a mere day, month or year its beginning here. */
export type Moment = { readonly at: number; readonly precision: Item['precision'] };

/** A medicine over time, as one record says it. */
export type Course = {
  /** The record. */
  readonly item: string;
  /** With its strength: `Amlodipine 5 mg tablet`. */
  readonly title: string;
  /** The same for every strength of a medicine; `null` where the record has none. */
  readonly code: string | null;
  /** `null` where no beginning is written. */
  readonly from: Moment | null;
  /** Still given; over since a moment or with a day; over, and nobody wrote since when. */
  readonly end: { readonly kind: 'open' } | { readonly kind: 'at'; readonly when: Moment } | { readonly kind: 'unknown' };
};

/** A block of a note, as plain text. */
export type Block =
  | { readonly kind: 'heading' | 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] };

/** A line of a result: value, where it lies, what is usual. */
export type LabLine = {
  readonly title: string;
  readonly value: Quantity | null;
  /** A result in words. */
  readonly text: string | null;
  readonly range: { readonly low: number | null; readonly high: number | null; readonly text: string | null };
  readonly standing: Standing;
  /** Earlier results of the same test, oldest first. */
  readonly before: readonly { readonly at: number; readonly value: number; readonly item: string }[];
  /** The record of this line, if it is another one. */
  readonly item: string | null;
};

/** A document that a record carries. */
export type Attachment = {
  readonly title: string;
  /** A media type: only images and PDF are shown, everything else is offered as a file. */
  readonly type: string;
  readonly size: number;
  readonly bytes: Uint8Array<ArrayBuffer> | null;
};

export type ItemView = Item & {
  readonly audience: Audience;
  /** The last day on which it opens by the patient's consent, `YYYY-MM-DD`; `null` where it opens by other keys. */
  readonly sharedUntil: string | null;
  /** Facts in order: `Status: active`. `name` is a key of the portal's words (`fact.<name>`), values are the record's. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly labs: readonly LabLine[];
  readonly blocks: readonly Block[];
  readonly attachments: readonly Attachment[];
  /** The beginning of its waveform, for a first look. */
  readonly trace0: HeartTrace | null;
  /** Parts of this record that one's keys do not open. */
  readonly withheld: readonly ('EID' | 'QID' | 'MI')[];
  /** Its FHIR resource or resources, printed. */
  readonly fhir: string;
};
