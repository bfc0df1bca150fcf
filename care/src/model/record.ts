/**
 * Records: what is kept of a patient, and how it is divided before anyone seals it.
 *
 * @module
 */

/**
 * The three parts of a record, sealed apart on three shelves: EID identifies alone, QID identifies in
 * combination, MI is everything else.
 */
export const parts = ['EID', 'QID', 'MI'] as const;
export type Part = (typeof parts)[number];

/** What a record is about; one key tree each. The words a nurse would use on a tab. */
export const kinds = [
  'vital-signs',
  'waveforms',
  'laboratory',
  'imaging',
  'conditions',
  'allergies',
  'medications',
  'immunizations',
  'procedures',
  'encounters',
  'notes',
  'plans',
  'social-history',
  'survey',
  'devices',
  'billing',
  'identity',
  'directory',
  'other',
] as const;
export type Kind = (typeof kinds)[number];

/** HL7 confidentiality: normal (with everything below it), restricted, very restricted. */
export const confidentialities = ['N', 'R', 'V'] as const;
export type Confidentiality = (typeof confidentialities)[number];

/** HL7 ActCode sensitivity groups that get trees of their own; `none` is most records. */
export const sensitivities = ['none', 'HIV', 'PSY', 'ETH', 'SEX', 'SDV', 'GDIS'] as const;
export type Sensitivity = (typeof sensitivities)[number];

/** What shares a key tree: finer control is a finer category (keys.md §2). */
export type Category = { readonly kind: Kind; readonly conf: Confidentiality; readonly sens: Sensitivity };

/**
 * A stretch of the calendar in UTC: `always`, a decade `201`, a year `2026`, a month `2026-11`, a day
 * `2026-11-20`.
 */
export type Period = string;
