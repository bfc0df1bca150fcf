/**
 * Records as lines of a list.
 *
 * @module
 */
import type { Kind, Resource } from '@carelet/care/model';
import { courseOf } from '@carelet/care/rules/chart/course';
import { isVoid, objectsIn } from '@carelet/care/rules/chart/fhir';
import { type Detail, itemOf, type Item as RuleItem, whenOf } from '@carelet/care/rules/chart/item';
import { isLab, labOf } from '@carelet/care/rules/chart/labs';
import type { Value } from '@carelet/care/rules/chart/value';
import type { When } from '@carelet/care/rules/chart/when';
import { vitalOf } from '@carelet/care/rules/vitals/series';
import { standingOf } from '@carelet/care/rules/vitals/usual';
import { daysIn } from '@carelet/care/rules/vitals/zone';
import type { ItemFilter } from '../house/house.ts';
import type { Course, Item, Moment, Quantity } from '../house/items.ts';
import type { Standing } from '../house/vitals.ts';
import { pageName } from './names.ts';
import type { PatientView, Shown } from './view.ts';

const made = new WeakMap<PatientView, Map<Shown, Item>>();

/** A record as a line; of a strip its latest reading stands for all. */
export function lineOf(view: PatientView, record: Shown): Item {
  const lines = made.get(view) ?? new Map<Shown, Item>();
  made.set(view, lines);
  const known = lines.get(record);
  if (known) return known;
  const resource = leading(record);
  const item = itemOf(resource, kindOf(record));
  const first = whenOf(record.entries[0]!.resource);
  const when = first && momentOf(view, first);
  const line: Item = {
    id: record.id,
    type: item.type,
    kind: item.kind,
    when: when?.at ?? null,
    precision: when?.precision ?? 'day',
    title: item.title ?? item.type,
    values: quantitiesIn(item.detail),
    word: wordOf(item),
    standing: standingIn(view, resource),
    place: record.place,
    vital: pageName(vitalOf(resource)),
    readings: record.entries.length,
    trace: record.entries.some(({ resource: one }) => hasSamples(one)),
  };
  lines.set(record, line);
  return line;
}

const dayLength = 86_400_000;

/** A mere day begins at midnight where one is; FHIR's dates have no time zone. */
export function momentOf(view: PatientView, { start, precision }: When): Moment {
  return { at: precision === 'instant' ? start : daysIn(view.whose().zone).startOf(Math.floor(start / dayLength)), precision };
}

/** The medicines of a patient over time, in no order. */
export function coursesOf(view: PatientView, now: number): Course[] {
  return view.records().flatMap((record) => {
    const resource = leading(record);
    const course = isVoid(resource) ? null : courseOf(resource, now);
    if (!course) return [];
    const { code, from, end } = course;
    return {
      item: record.id,
      title: lineOf(view, record).title,
      code,
      from: from && momentOf(view, from),
      end: end.kind === 'at' ? { kind: 'at', when: momentOf(view, end.when) } : end,
    };
  });
}

/** Every record of a patient as lines, newest first; undated ones last. */
export const linesOf = (view: PatientView): Item[] =>
  view
    .records()
    .map((record) => lineOf(view, record))
    .sort(newestFirst);

export const newestFirst = (a: Pick<Item, 'when'>, b: Pick<Item, 'when'>): number => (b.when ?? -Infinity) - (a.when ?? -Infinity) || 0;

/** Whether a line is one of those asked for. */
export function fits({ kind, when, place }: Item, { kinds, from, to, place: wanted }: ItemFilter): boolean {
  return (
    (kinds === undefined || kinds.includes(kind)) &&
    (from === undefined || (when !== null && when >= from)) &&
    (to === undefined || (when !== null && when < to)) &&
    (wanted === undefined || place.id === wanted)
  );
}

/** The resource that stands for a record. */
export const leading = ({ entries }: Shown): Resource => entries.at(-1)!.resource;

/** What a record is filed under, where its medical part says so. */
const kindOf = ({ parts }: Shown): Kind | undefined => (parts.bodies.MI ? (parts.grant.category[0] as Kind) : undefined);

const hasSamples = (resource: Resource): boolean =>
  [resource, ...objectsIn(resource.component)].some(({ valueSampledData }) => valueSampledData !== undefined);

/** The numbers of an answer, as they were measured. */
function quantitiesIn(detail: Detail | undefined): Quantity[] {
  if (detail?.kind !== 'values') return [];
  return detail.values.flatMap(({ value }) => quantityOf(value) ?? []);
}

/** A number with its digits; `null` for what is none. */
export function quantityOf(value: Value | undefined): Quantity | null {
  if (value?.kind !== 'quantity') return null;
  const { value: number, text, ucum, unit } = value.quantity;
  return { value: number, unit: ucum ?? unit ?? '', decimals: decimalsIn(text) };
}

/** More than a number of ours has, and what every browser still writes. */
const mostDecimals = 20;

/** How many decimals a number was written with: `5.10` has two, `5.1e-3` four. */
function decimalsIn(text: string): number {
  const [, fraction = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  return Math.min(mostDecimals, Math.max(0, fraction.length - Number(exponent)));
}

/** An answer that is no number, in the record's words. */
export function textOf(value: Value | undefined): string | null {
  switch (value?.kind) {
    case 'text':
      return value.text;
    case 'flag':
      return String(value.flag);
    case 'range':
      return [value.low?.text ?? '', value.high?.text ?? ''].join('–');
    case 'ratio':
      return `${value.numerator.text}:${value.denominator.text}`;
    default:
      return null;
  }
}

function wordOf({ detail, status }: RuleItem): string | null {
  switch (detail?.kind) {
    case 'values':
      return detail.values.map(({ value }) => textOf(value)).find((text) => text !== null) ?? null;
    case 'dosage':
      return detail.text ?? status ?? null;
    case 'allergy':
      return detail.reactions[0] ?? detail.criticality ?? status ?? null;
    case 'dose':
      return detail.number;
    case 'visit':
      return detail.reasons[0] ?? status ?? null;
    case 'report':
      return detail.conclusion ?? status ?? null;
    case 'document':
      return detail.type ?? null;
    case 'text':
      return detail.text;
    case 'trace':
      return null;
    case 'steps':
    case undefined:
      return status ?? null;
  }
}

function standingIn(view: PatientView, resource: Resource): Standing {
  if (isLab(resource)) {
    const { standing } = labOf(resource);
    return standing === 'within' ? 'usual' : standing;
  }
  const vital = vitalOf(resource);
  const state = vital && view.states().find((one) => one.vital === vital);
  const point = state && view.pointOf(String(resource.id));
  return (point && standingOf(vital, point.values, state.usual)) ?? 'unknown';
}
