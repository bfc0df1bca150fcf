/**
 * A patient at a glance, and whom a doctor should look at first.
 *
 * @module
 */
import { type Finding as RuleFinding, whatChanged } from '@carelet/care/rules/chart/changed';
import { isVoid } from '@carelet/care/rules/chart/fhir';
import { whenOf } from '@carelet/care/rules/chart/item';
import type { News } from '@carelet/care/rules/chart/news';
import type { VitalState } from '@carelet/care/rules/chart/states';
import { type PatientChart, triage } from '@carelet/care/rules/chart/triage';
import { vitalFacts } from '@carelet/care/rules/vitals/vitals';
import { daysIn, numberOfDay } from '@carelet/care/rules/vitals/zone';
import type { EmergencyHere } from '../house/break-glass.ts';
import type { Item, Moment } from '../house/items.ts';
import type { Finding, Overview, PatientLine, ProblemLine, Todo, Triage, TriageLine } from '../house/patients.ts';
import { coursesOf, leading, lineOf, linesOf, momentOf, newestFirst } from './items.ts';
import { cameSince, type Look } from './looks.ts';
import { pageName } from './names.ts';
import { toldGrants } from './received.ts';
import { audienceOf } from './record.ts';
import type { PatientView } from './view.ts';
import { cardsOf, measured, shownUnit, sparkOf, usualOf } from './vitals.ts';

/** Lines of each section of an overview. */
const longestSection = 12;
const dayLength = 86_400_000;
/** What counts as new for somebody who was never looked at. */
const firstLook = 7 * dayLength;
/** A device that reported for days and then does not for this long has fallen silent. */
const silentAfter = 2 * dayLength;

/** One line of a list of patients. */
export function patientLine(view: PatientView): PatientLine {
  const { id, charts, places } = view;
  const records = view.records();
  return {
    id,
    identity: view.identity(),
    places,
    records: records.length,
    latest: latestOf(view),
    open: charts.open,
    endings: view.endings(),
    shared: toldGrants(view.received()),
  };
}

export type OverviewOptions = {
  /** The look before this visit; `null` for never. */
  readonly before: Look | null;
  /** A doctor's last look. */
  readonly look: Look | null;
  readonly withheld: readonly string[];
  readonly emergency: EmergencyHere | null;
  /** Of one's own records: what one should do oneself. */
  readonly own: { readonly kept: boolean } | null;
  /** UTC milliseconds. */
  readonly now: number;
};

export function overviewOf(view: PatientView, { before, look, withheld, emergency, own, now }: OverviewOptions): Overview {
  const lines = linesOf(view);
  const since = before?.at ?? now - firstLook;
  const findings = whatChanged(view.resources(), { whose: view.whose(), since, now }).flatMap((finding) => findingOf(view, finding));
  const all = (kind: string) => lines.filter((line) => line.kind === kind);
  const some = (items: readonly Item[]) => items.slice(0, longestSection);
  const counts: Record<string, number> = {};
  for (const { kind } of lines) counts[kind] = (counts[kind] ?? 0) + 1;
  const problems = problemsOf(view);
  const trace = lines.find((line) => line.trace) ?? null;
  const traced = trace && view.record(trace.id);
  return {
    ...patientLine(view),
    findings: findings.length > 0 ? together(findings) : [{ kind: 'nothing-yet' }],
    todos: own ? todosOf(view, together(findings), { kept: own.kept, problems: problems.length, now }) : [],
    vitals: cardsOf(view),
    conditions: some(standing(view, all('conditions'))),
    medications: some(standing(view, all('medications'))),
    courses: coursesOf(view, now),
    // However many there are: one that is left out could be the one that matters.
    allergies: standing(view, all('allergies')),
    notes: some(all('notes')),
    laboratory: some(all('laboratory')),
    trace,
    traceAudience: traced ? audienceOf(view, traced) : null,
    counts,
    withheld,
    emergency,
    audience: { organisations: [...new Set(view.places.map(({ name }) => name))].sort(), people: view.people() },
    problems,
    lastLook: before?.at ?? null,
    lookedAt: look && triage([chartFor(view, look)], now - firstLook, now)[0]!.looked ? look.at : null,
  };
}

/** A doctor's patients by urgency. Whose charts are not open are last: nothing is known of them. */
export function triageOf(
  views: readonly PatientView[],
  { look, now }: { readonly look: (patient: string) => Look | null; readonly now: number },
): Triage {
  const byId = new Map(views.map((view) => [view.id, view]));
  const open = views.filter(({ charts }) => charts.open);
  const rows = triage(
    open.map((view) => chartFor(view, look(view.id))),
    now - firstLook,
    now,
  );
  const lines = rows.map(({ id, urgency, state, news, looked }): TriageLine => {
    const view = byId.get(id)!;
    const lookedAt = looked ? (look(id)?.at ?? null) : null;
    return { ...vitalOf(view, state), patient: patientLine(view), urgency, fresh: freshOf(view, news), lookedAt };
  });
  const closed = views
    .filter(({ charts }) => !charts.open)
    .map((view): TriageLine => ({ ...vitalOf(view, undefined), patient: patientLine(view), urgency: 'quiet', fresh: [], lookedAt: null }));
  return { lines: [...lines, ...closed], at: now };
}

/** A chart as triage judges it. */
function chartFor(view: PatientView, look: Look | null): PatientChart {
  const chart = { id: view.id, whose: view.whose(), resources: view.resources(), states: view.states() };
  if (!look) return chart;
  return { ...chart, fresh: new Set(cameSince(look, view).flatMap(({ entries }) => entries.map(({ resource }) => resource))) };
}

function vitalOf(view: PatientView, state: VitalState | undefined): Omit<TriageLine, 'patient' | 'urgency' | 'fresh' | 'lookedAt'> {
  const nothing = { vital: null, unit: null, decimals: 0, latest: null, usual: null, standing: 'unknown', since: null, spark: [] } as const;
  const vital = pageName(state?.vital);
  if (!state || !vital) return nothing;
  const { decimals } = vitalFacts(state.vital);
  return {
    vital,
    unit: shownUnit(state.vital),
    decimals,
    latest: measured(view, state.vital, state.latest, state.usual, state.readings),
    usual: usualOf(state.vital, state.usual),
    standing: sideOf(state) ?? 'unknown',
    since: sinceOf(view, state),
    spark: sparkOf(view, state),
  };
}

function findingOf(view: PatientView, finding: RuleFinding): Finding[] {
  switch (finding.kind) {
    case 'vital': {
      const { state } = finding;
      const [vital, side] = [pageName(state.vital), sideOf(state)];
      if (!vital || side === null || side === 'usual') return [];
      const latest = measured(view, state.vital, state.latest, state.usual, state.readings);
      const { daysOut = 0, daysMeasured = 0 } = state.run ?? {};
      return [{ kind: 'out', vital, standing: side, days: daysOut, of: daysMeasured, since: sinceOf(view, state), latest }];
    }
    case 'new':
      return [{ kind: 'new', items: freshOf(view, [finding.news]) }];
    default:
      return [finding];
  }
}

/** One finding of everything new, after those of vital signs. */
function together(findings: readonly Finding[]): Finding[] {
  const items = findings.flatMap((finding) => (finding.kind === 'new' ? finding.items : []));
  const others = findings.filter(({ kind }) => kind !== 'new');
  return items.length > 0 ? [...others, { kind: 'new', items: [...new Set(items)].sort(newestFirst) }] : others;
}

/** Records that are news, newest first, each once. */
function freshOf(view: PatientView, news: readonly News[]): Item[] {
  const records = news.flatMap(({ items }) => items.flatMap(({ id }) => view.recordOf(id) ?? []));
  return [...new Set(records)].map((record) => lineOf(view, record)).sort(newestFirst);
}

function todosOf(
  view: PatientView,
  findings: readonly Finding[],
  { kept, problems, now }: { readonly kept: boolean; readonly problems: number; readonly now: number },
): Todo[] {
  const results = findings.flatMap((finding) => (finding.kind === 'new' ? finding.items.filter(({ kind }) => kind === 'laboratory') : []));
  const late = view.states().filter(({ vital, fresh, usual }) => vitalFacts(vital).watched && !fresh && usual.kind === 'own');
  return [
    ...(kept ? [] : [{ kind: 'keep-keyring' } as const]),
    ...results.map((item): Todo => ({ kind: 'read-result', item })),
    ...late.flatMap(({ vital, latest }): Todo[] => {
      const name = pageName(vital);
      return name ? [{ kind: 'measure-again', vital: name, since: latest.time }] : [];
    }),
    ...silentDevices(view, now),
    ...(problems > 0 ? [{ kind: 'problem', count: problems } as const] : []),
  ];
}

/** Devices that sealed strips and do not any more, by card number. */
function silentDevices(view: PatientView, now: number): Todo[] {
  const last = new Map<string, number>();
  for (const record of view.records()) {
    const strip = record.parts.bodies.MI;
    if (strip?.kind !== 'strip') continue;
    const device = leading(record).device as { readonly reference: string };
    const at = lineOf(view, record).when ?? 0;
    last.set(device.reference, Math.max(at, last.get(device.reference) ?? 0));
  }
  return [...last].flatMap(([device, at]): Todo[] => {
    const name = view.deviceName(device) ?? device.replace(/^Device\//, '').slice(0, 8);
    return now - at > silentAfter ? [{ kind: 'device-silent', device: name, since: at }] : [];
  });
}

/** What somebody has or takes, not what is over or was taken back. */
function standing(view: PatientView, lines: readonly Item[]): Item[] {
  const over = new Set(['resolved', 'inactive', 'remission', 'refuted', 'completed', 'stopped', 'cancelled', 'entered-in-error']);
  return lines.filter(({ id }) => {
    const resource = view.record(id) && leading(view.record(id)!);
    if (!resource || isVoid(resource)) return false;
    const status = [resource.status, ...statusCodes(resource.clinicalStatus)];
    return !status.some((code) => typeof code === 'string' && over.has(code));
  });
}

function statusCodes(concept: unknown): unknown[] {
  const coding = typeof concept === 'object' && concept !== null && 'coding' in concept ? concept.coding : [];
  return Array.isArray(coding)
    ? coding.map((one: unknown) => (typeof one === 'object' && one !== null && 'code' in one ? one.code : null))
    : [];
}

function problemsOf(view: PatientView): ProblemLine[] {
  return view.problems().map(({ problem: { kind, what }, place }) => ({ kind, what, place: place.name }));
}

/** To which side a vital sign is out: of its run, else of danger, else of its latest reading. */
const sideOf = ({ run, danger, standing: latest }: VitalState) =>
  run?.standing ?? (danger === null ? latest : danger === 'high' ? 'above' : 'below');

const sinceOf = (view: PatientView, { run }: VitalState): number | null =>
  run ? daysIn(view.whose().zone).startOf(numberOfDay(run.since)) : null;

/** When the newest record is from. */
const latestOf = (view: PatientView): Moment | null =>
  view.records().reduce<Moment | null>((latest, { entries }) => {
    const when = whenOf(entries[0]!.resource);
    const moment = when && momentOf(view, when);
    return moment === null || (latest !== null && latest.at >= moment.at) ? latest : moment;
  }, null);
