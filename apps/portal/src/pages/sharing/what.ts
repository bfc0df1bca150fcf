/**
 * What a patient shares, in groups people know. `care/model` has nineteen kinds, for keys; a sheet to choose from has nine.
 *
 * @module
 */
import type { Kind } from '@carelet/care/model';
import type { PrivateGroup, SensitiveGroup } from '../../house/sharing.ts';
import type { IconName } from '../../ui/Icon.tsx';

/** Groups in the order of the sheet, and the kinds each is about. A patient's name goes with every consent and is no group. */
export const kindsIn = {
  readings: ['vital-signs', 'waveforms'],
  tests: ['laboratory'],
  pictures: ['imaging'],
  conditions: ['conditions', 'allergies'],
  medicines: ['medications', 'immunizations'],
  visits: ['encounters', 'procedures'],
  notes: ['notes', 'plans'],
  life: ['social-history', 'survey'],
  rest: ['devices', 'billing', 'directory', 'other'],
} as const satisfies Readonly<Record<string, readonly Kind[]>>;

export type Group = keyof typeof kindsIn;
export const groups = Object.keys(kindsIn) as readonly Group[];

export const iconOfGroup: Readonly<Record<Group, IconName>> = {
  readings: 'heartbeat',
  tests: 'test-tube',
  pictures: 'image',
  conditions: 'first-aid-kit',
  medicines: 'pill',
  visits: 'calendar-blank',
  notes: 'note',
  life: 'user',
  rest: 'file-text',
};

/** What is especially sensitive, the most asked for first. */
export const sensitiveGroups = ['PSY', 'ETH', 'SEX', 'HIV', 'SDV', 'GDIS'] as const satisfies readonly SensitiveGroup[];

/** What is shared only when it is turned on. */
export const privateGroups = [...sensitiveGroups, 'R', 'V'] as const satisfies readonly PrivateGroup[];

/** The kinds of some groups, in the order of the sheet. */
export const kindsOf = (some: readonly Group[]): Kind[] =>
  groups.filter((group) => some.includes(group)).flatMap((group) => kindsIn[group]);

/** Kinds as they are told: whole groups, and single kinds of groups that are not whole. */
export type Told = { readonly all: boolean; readonly groups: readonly Group[]; readonly kinds: readonly Kind[] };

/**
 * Kinds in groups; what somebody chose one by one elsewhere is told one by one.
 *
 * @example
 * ```ts no-run
 * told(['vital-signs', 'waveforms', 'imaging', 'notes']); // { all: false, groups: ['readings', 'pictures'], kinds: ['notes'] }
 * ```
 */
export function told(kinds: readonly Kind[]): Told {
  const whole = groups.filter((group) => kindsIn[group].every((kind) => kinds.includes(kind)));
  const inWhole = kindsOf(whole);
  return { all: whole.length === groups.length, groups: whole, kinds: kinds.filter((kind) => !inWhole.includes(kind)) };
}
