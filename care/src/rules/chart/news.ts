/**
 * News: what was written into a chart since somebody looked.
 *
 * Readings are no news, they are trends. A report stands for the results it holds.
 *
 * @module
 */
import { own } from '../../model/json.ts';
import type { Kind } from '../../model/record.ts';
import type { Resource } from '../../model/resource.ts';
import { vitalOf } from '../vitals/series.ts';
import { idIn, isVoid, textIn } from './fhir.ts';
import { type Item, itemOf } from './item.ts';
import { isLab, labOf, membersOf } from './labs.ts';
import type { When } from './when.ts';

/** What counts as news, the most telling first. */
const telling = [
  'laboratory',
  'imaging',
  'medications',
  'conditions',
  'allergies',
  'notes',
  'waveforms',
  'procedures',
  'immunizations',
  'plans',
] as const satisfies readonly Kind[];

export type News = {
  readonly about: Kind;
  /** Newest first. */
  readonly items: readonly Item[];
  /** Laboratory results among them that are out of their range, those in reports included. */
  readonly outside: number;
  /** Those of them the laboratory calls critical. */
  readonly critical: number;
};

/**
 * What is new, by what it is about.
 *
 * @param since UTC milliseconds: what was written down after it is new. What only says a day is new if that day
 *   began after it. Or those of the resources that are new, whatever they say of when they were written
 * @param now UTC milliseconds; what is dated later is not new yet
 */
export function newsOf(resources: Iterable<Resource>, since: number | ReadonlySet<Resource>, now: number): readonly News[] {
  const isNew = (resource: Resource, moment: When) => (typeof since === 'number' ? moment.start > since : since.has(resource));
  const fresh = new Map<Resource, Item>();
  const observations = new Map<string, Resource>();
  for (const resource of resources) {
    if (isVoid(resource)) continue;
    const id = textIn(own(resource, 'id'));
    if (resource.resourceType === 'Observation' && id !== undefined) observations.set(id, resource);
    if (vitalOf(resource)) continue;
    const item = itemOf(resource);
    const moment = momentOf(item);
    if (moment && isNew(resource, moment) && moment.start <= now && isTelling(item.kind)) fresh.set(resource, item);
  }
  const membersIn = (resource: Resource) => membersOf(resource).flatMap((reference) => observations.get(idIn(reference) ?? '') ?? []);
  const reported = new Set([...fresh.keys()].flatMap(membersIn));
  const groups = new Map<Kind, Resource[]>();
  for (const [resource, { kind }] of fresh) {
    if (reported.has(resource)) continue;
    const group = groups.get(kind);
    if (group) group.push(resource);
    else groups.set(kind, [resource]);
  }
  return telling.flatMap((about) => {
    const group = groups.get(about);
    if (!group) return [];
    const results = new Set(group.flatMap((resource) => [resource, ...membersIn(resource)]));
    const labs = [...results].filter(isLab).map(labOf);
    return [
      {
        about,
        items: group.map((resource) => fresh.get(resource)!).sort((a, b) => startOf(b) - startOf(a)),
        outside: labs.filter(({ standing }) => standing === 'above' || standing === 'below').length,
        critical: labs.filter(({ critical }) => critical).length,
      },
    ];
  });
}

/** Written down, or else happened. */
const momentOf = ({ recorded, when }: Item): When | null => (recorded?.precision === 'instant' ? recorded : (when ?? recorded));
const startOf = (item: Item): number => momentOf(item)?.start ?? 0;
const isTelling = (kind: Kind): boolean => (telling as readonly Kind[]).includes(kind);
