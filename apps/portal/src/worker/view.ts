/**
 * A patient's charts as one: her records as FHIR, each with where it comes from.
 *
 * Reading a record is dear and most records stay what they are, so what was read of a record is kept as long as the
 * record itself. Everything else is made when a page asks for it, and made anew when the charts have changed.
 *
 * @module
 */
import type { Entry, Resource } from '@carelet/care/model';
import { at, objectsIn, textIn } from '@carelet/care/rules/chart/fhir';
import { type VitalState, vitalStates } from '@carelet/care/rules/chart/states';
import { type Point, readingsOf, type Series } from '@carelet/care/rules/vitals/series';
import type { Whose } from '@carelet/care/rules/vitals/usual';
import { recordsOf } from '@carelet/client/records/fhir';
import type { OpenedChart, OpenedParts, Problem } from '@carelet/client/records/reader';
import { concat, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import type { Manifest } from '@carelet/crypto/cards/manifest';
import type { NodeGrant } from '@carelet/crypto/records/wrap';
import type { Ending, Identity, Place } from '../house/patients.ts';
import type { PatientCharts } from './charts.ts';
import { identityOf } from './identity.ts';
import { once } from './once.ts';
import type { ReceivedGrant } from './received.ts';

/** A record, read. */
export type Shown = {
  /** Hex; names it in addresses. */
  readonly id: string;
  readonly chart: OpenedChart;
  readonly parts: OpenedParts;
  readonly entries: readonly Entry[];
  readonly place: Place;
};

export type PatientView = {
  readonly id: string;
  readonly charts: PatientCharts;
  /** The organisations she has a chart at. */
  readonly places: readonly Place[];
  /** Until when a doctor's keys open them. */
  readonly endings: () => readonly Ending[];
  /** What she shares by consent with the doctor or carer who looks. */
  readonly received: () => readonly ReceivedGrant[];
  /** Names of those whom one lets read records of a category of one's own, or any; of another's nobody is known. */
  readonly people: (category?: NodeGrant['category']) => readonly string[];
  readonly records: () => readonly Shown[];
  readonly record: (id: string) => Shown | undefined;
  readonly resources: () => readonly Resource[];
  /** The record a resource of this FHIR id stands in. */
  readonly recordOf: (resourceId: string | undefined) => Shown | undefined;
  readonly identity: () => Identity;
  readonly whose: () => Whose;
  readonly series: () => Series;
  /** The point a resource of this FHIR id gave. */
  readonly pointOf: (resourceId: string) => Point | undefined;
  /** Where each vital sign stands; of the minute it is asked for first. */
  readonly states: () => readonly VitalState[];
  /** What is known of devices: names by the reference readings give. */
  readonly deviceName: (reference: string | undefined) => string | null;
  /** What did not fit, with the place it was found at. */
  readonly problems: () => readonly { readonly problem: Problem; readonly place: Place }[];
};

export type Views = (charts: PatientCharts) => PatientView;

export type ViewsOptions = {
  readonly manifest: () => Manifest;
  /** Of all keys one has, or had. */
  readonly endings: () => readonly Ending[];
  /** What a patient shares by consent with the doctor or carer who looks. */
  readonly received: (patient: string) => readonly ReceivedGrant[];
  /** Names of those whom one lets read records of a patient and a category, or any. */
  readonly people: (patient: string, category?: NodeGrant['category']) => readonly string[];
  readonly zone: string;
  /** UTC milliseconds. */
  readonly clock: () => number;
};

/** From what age on an adult's limits hold. */
const adultFrom = 16;

/** Views of patients, each kept until her charts have changed. */
export function viewing({ manifest, endings, received, people, zone, clock }: ViewsOptions): Views {
  const views = new Map<string, { readonly change: number; readonly open: boolean; readonly minute: number; readonly view: PatientView }>();
  const read = readings();

  const placeOf = ({ chart }: Pick<OpenedChart, 'chart'>): Place => {
    const id = hex(chart.writer);
    return { id, name: manifest().domains.find(({ organisation }) => equalPublic(organisation, chart.writer))?.name ?? id };
  };

  return (charts) => {
    const { id, change, open } = charts;
    const known = views.get(id);
    // What is usual, late or new depends on the time as well.
    const minute = Math.floor(clock() / 60_000);
    if (known?.change === change && known.open === open && known.minute === minute) return known.view;
    const view = viewOf(charts);
    views.set(id, { change, open, minute, view });
    return view;
  };

  function viewOf(charts: PatientCharts): PatientView {
    const readAll = once(() => charts.opened.map((chart) => ({ chart, place: placeOf(chart), ...read(chart) })));
    const records = once(() =>
      readAll().flatMap(({ chart, place, records: some }) =>
        some.map(({ id, parts, entries }): Shown => ({ id, parts, entries, chart, place })),
      ),
    );
    const byId = once(() => new Map(records().map((record) => [record.id, record])));
    const resources = once(() => records().flatMap(({ entries }) => entries.map(({ resource }) => resource)));
    const byResource = once(
      () => new Map(records().flatMap((record) => record.entries.map(({ resource }) => [resource.id as string | undefined, record]))),
    );
    const identity = once(() => {
      const told = identityOf(records(), clock());
      // Who shares says her name, and no more of who she is.
      return { ...told, name: told.name ?? received(charts.id)[0]?.name ?? null };
    });
    const whose = once(() => ({ zone, adult: (identity().age ?? adultFrom) >= adultFrom }));
    const series = once(() => readingsOf(resources(), zone));
    const points = once(
      () =>
        new Map(
          [...series().values()].flatMap((some) => some.flatMap((point) => (point.resourceId ? [[point.resourceId, point] as const] : []))),
        ),
    );
    const devices = once(() => new Map(resources().flatMap((resource) => namesOf(resource))));
    const places = [...new Map(charts.refs.map((chart) => [hex(chart.writer), placeOf({ chart })])).values()];
    return {
      id: charts.id,
      charts,
      places,
      received: () => received(charts.id),
      people: (category) => people(charts.id, category),
      endings: () => endings().filter(({ place }) => places.some(({ id }) => id === place.id)),
      records,
      record: (id) => byId().get(id),
      resources,
      recordOf: (resourceId) => (resourceId === undefined ? undefined : byResource().get(resourceId)),
      identity,
      whose,
      series,
      pointOf: (resourceId) => points().get(resourceId),
      states: once(() => vitalStates(series(), whose(), clock())),
      deviceName: (reference) => (reference === undefined ? null : (devices().get(reference) ?? (isAddress(reference) ? null : reference))),
      problems: once(() =>
        readAll().flatMap(({ chart, place, problems }) => [...chart.problems, ...problems].map((problem) => ({ problem, place }))),
      ),
    };
  }
}

type Read = { readonly records: readonly Pick<Shown, 'id' | 'parts' | 'entries'>[]; readonly problems: readonly Problem[] };

/** Reads charts, and of a chart seen before only the records that are new. */
function readings(): (chart: OpenedChart) => Read {
  /** `own` is the chart's own record, by which a patient's references are restored. */
  type Kept = Read['records'][number] & { readonly own: OpenedParts | undefined; readonly problem: Problem | undefined };
  const kept = new WeakMap<OpenedParts, Kept>();
  return ({ chart, records }) => {
    const own = records.find(({ bodies }) => bodies.EID?.kind === 'chart');
    const others = records.filter((parts) => parts !== own);
    const fresh = others.filter((parts) => {
      const known = kept.get(parts);
      return !known || known.own !== own;
    });
    const problems: Problem[] = [];
    const found = recordsOf({ chart, records: [...(own ? [own] : []), ...fresh], problems });
    const entriesOf = new Map(found.map((record) => [nameOf(record), record.entries]));
    for (const parts of fresh) {
      const problem = problems.find(({ rowId }) => rowId === parts.rows[0]!.rowId);
      // By chart, author and number: nobody's record passes for another's of the same number.
      const id = hex(sha256(concat(chart.pat, parts.author, parts.rid)).subarray(0, 16));
      kept.set(parts, { id, parts, entries: entriesOf.get(nameOf(parts)) ?? [], own, problem });
    }
    return {
      problems: others.flatMap((parts) => kept.get(parts)?.problem ?? []),
      records: others.map((parts) => kept.get(parts)!).filter(({ entries }) => entries.length > 0),
    };
  };
}

const nameOf = ({ author, rid }: OpenedParts): string => hex(author) + hex(rid);

/** A device says its own name once; its readings only refer to it. */
function namesOf(resource: Resource): [string, string][] {
  if (resource.resourceType !== 'Device') return [];
  const name = textIn(at(objectsIn(resource.deviceName)[0], 'name')) ?? textIn(at(resource, 'type', 'text'));
  const id = textIn(resource.id);
  return name && id
    ? [
        [`Device/${id}`, name],
        [`urn:uuid:${id}`, name],
      ]
    : [];
}

/** A reference leads somewhere and says nothing to a reader. */
const isAddress = (reference: string): boolean => /^[A-Z][A-Za-z]+\/|^urn:|^https?:|^#/.test(reference);
