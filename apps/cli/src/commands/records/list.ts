/**
 * `carelet records list`: what one's keys open, chart by chart.
 *
 * @module
 */
import { kinds } from '@carelet/care/model';
import { daysOf, periodOfDate, spanOf } from '@carelet/care/rules/records';
import type { OpenedRecord } from '@carelet/client/records/fhir';
import type { Problem } from '@carelet/client/records/reader';
import { hex } from '@carelet/crypto/algebra/bytes';
import { type Chart, headOf, openCharts, sorted, tellNothing, tellProblems, whoseIs } from '../../charts.ts';
import { command, common, oneOf, UsageError } from '../../command.ts';
import { type Described, describe } from '../../describe.ts';
import type { Io } from '../../io.ts';
import { enter } from '../../person.ts';
import { count, paint, say, table } from '../../terminal.ts';

export const recordsList = command({
  name: 'records list',
  group: 'records',
  summary: "what one's keys open, chart by chart",
  options: {
    ...common.as('a patient, a doctor or an organisation'),
    patient: { type: 'text', value: 'who', says: 'only this patient: a FHIR id, a family name, the beginning of a pseudonym (usual: all)' },
    kind: { type: 'text', value: 'kinds', says: 'only these kinds, between commas: laboratory,vital-signs' },
    since: { type: 'text', value: 'date', says: 'only what is dated this day or later: 2026, 2026-11, 2026-11-20' },
    ...common.json,
    ...common.town,
    ...common.keyrings,
  },
  more: `Everything is opened here, on this machine; the servers hand over what they cannot read. A column "withheld" names the parts of a record that these keys do not open: EID is who it is, QID what would give that away, MI the medical content.

What was changed, exchanged or taken away since it was written is counted at the end, and the exit code is then 1.`,
  examples: ['carelet records list --as ada', 'carelet records list --as dr-chen --patient marlow --kind vital-signs --since 2026-11'],
  async run({ options, io }) {
    const meant = filterOf(options.kind, options.since);
    await using person = await enter(io, options, { op: 'list records', kinds: ['patient', 'doctor', 'organisation'] });
    const problems: Problem[] = [];
    const shown: Shown[] = [];
    for await (const chart of openCharts(person, io, { op: 'list records', patient: options.patient })) {
      problems.push(...chart.problems);
      const rows = chart.records.map(rowOf).filter(meant).sort(newestFirst);
      const { pat, organisation, isDirectory } = chart;
      shown.push({ head: headOf(chart), whose: whoseIs(chart), pat, organisation, isDirectory, rows });
    }
    shown.sort((a, b) => Number(a.isDirectory) - Number(b.isDirectory) || order(a.head, b.head) || order(a.organisation, b.organisation));
    if (options.json) {
      for (const chart of shown) for (const row of chart.rows) say(io, lineOf(chart, row));
      const records = shown.reduce((sum, { rows }) => sum + rows.length, 0);
      say(io, JSON.stringify({ charts: shown.length, records, problems: sorted(problems) }));
    } else if (shown.length === 0) tellNothing(io, person);
    else for (const [i, chart] of shown.entries()) showChart(io, chart, i > 0);
    return tellProblems(io, problems);
  },
});

/** A line of the table. */
type Row = Described & {
  readonly kind: string;
  readonly conf: string;
  readonly sens: string;
  readonly rid: string;
  readonly version: number;
  readonly withheld: readonly string[];
};

/** A chart as it is shown: what was opened besides is let go of. */
type Shown = Pick<Chart, 'pat' | 'organisation' | 'isDirectory'> & {
  readonly head: string;
  readonly whose: string;
  readonly rows: readonly Row[];
};

function rowOf(record: OpenedRecord): Row {
  const { rid, version, withheld, grant } = record;
  const [kind, conf, sens] = grant.category;
  return { ...describe(record), kind, conf, sens, rid: hex(rid), version, withheld };
}

function filterOf(kindText: string | undefined, since: string | undefined): (row: Row) => boolean {
  const wanted: readonly string[] | undefined = kindText === undefined ? undefined : oneOf('kind', kindText, kinds);
  const period = since === undefined ? undefined : periodOfDate(since);
  if (since !== undefined && period === undefined) throw new UsageError(`--since: "${since}" is no date like 2026, 2026-11 or 2026-11-20.`);
  const first = period && daysOf(period).first;
  return ({ kind, date }) => {
    if (wanted && !wanted.includes(kind)) return false;
    const last = date.split(' ').at(-1)!;
    return first === undefined || (spanOf(last) !== undefined && daysOf(last).last >= first);
  };
}

function showChart(io: Io, { head, organisation, isDirectory, pat, rows }: Shown, notFirst: boolean): void {
  const { bold, dim } = paint(io.stdout, io.env);
  if (notFirst) say(io);
  say(io, `${bold(head)} · ${organisation} · ${count(rows.length, 'record')}${isDirectory ? '' : dim(` · ${pat}`)}`);
  if (rows.length === 0) return;
  const cells = rows.map(({ rid, kind, date, withheld, type, what }) => [rid.slice(0, 8), kind, date, withheld.join(' '), type, what]);
  table(io, ['record', 'kind', 'date', 'withheld', 'type', 'what'], cells);
}

function lineOf(
  { whose: patient, pat, organisation, isDirectory }: Shown,
  { date, type, id, what, kind, conf, sens, ...sealed }: Row,
): string {
  const whose = isDirectory ? { directory: true } : { patient };
  return JSON.stringify({ ...whose, pat, organisation, kind, conf, sens, date: date || null, type, id: id ?? null, what, ...sealed });
}

/** Newest first, the undated last; then by what they are, so that two runs read alike. */
const newestFirst = (a: Row, b: Row): number =>
  Number(a.date === '') - Number(b.date === '') || order(b.date, a.date) || order(a.type, b.type) || order(a.id ?? a.what, b.id ?? b.what);
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
