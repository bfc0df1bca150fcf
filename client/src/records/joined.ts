/**
 * Reading by several numbers at once: a doctor of two organisations sees the charts of both, and of a chart that opens to her by both
 * what opens by either.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { Keyring } from '../keyring/keyring.ts';
import { readingNumbers } from '../keyring/numbers.ts';
import { type Standing, watchAsOne } from '../receipts/watch.ts';
import type { ChartRef, OpenedChart, OpenedParts, Problem, Reader } from './reader.ts';

/** A number, and who reads by it. */
type ReaderBy = { readonly number: Keyring; readonly reader: Reader };

export type JoinedReader = Reader & {
  /** The number by which a chart opens: the one of the organisation that writes it, if it opens by several; none before the charts were listed. */
  numberFor(chart: ChartRef): Keyring | undefined;
};

/** How much is vouched for: least where a log is, and nobody outside the cloud signed it, which is told. */
const vouchedFor = (standing: Standing): number =>
  standing.kind === 'witnessed' ? standing.by.length : standing.kind === 'unwatched' ? -1 : -2;

/** What one number opened of a chart. */
type Share = { readonly by: ReaderBy; readonly opened: OpenedChart };

/**
 * Somebody who reads with all her numbers, those among them that she is given later.
 *
 * @param readerFor who reads by one of them; asked once for each
 *
 * @example
 * ```ts no-run
 * import type { Keyring } from '@carelet/client/keyring/keyring';
 * import { joinedReader } from '@carelet/client/records/joined';
 * import type { Reader } from '@carelet/client/records/reader';
 * declare const keyring: Keyring;
 * declare const readerFor: (number: Keyring) => Reader;
 * const read = joinedReader(keyring, readerFor);
 * const charts = await read.charts();
 * ```
 */
export function joinedReader(keyring: Keyring, readerFor: (number: Keyring) => Reader): JoinedReader {
  const made = new Map<Keyring, ReaderBy>();
  const readerBy = (number: Keyring): ReaderBy => {
    const before = made.get(number);
    if (before) return before;
    // What the cloud shows one number has to go on from what it showed another.
    watchAsOne([keyring, number]);
    const by = { number, reader: readerFor(number) };
    made.set(number, by);
    return by;
  };
  /** By which numbers a chart is in sight, by pseudonym in hex. */
  let inSight = new Map<string, ReaderBy[]>();
  const shares = new WeakMap<OpenedChart, readonly Share[]>();
  /** The records of which a joined one was made, each as its own reader knows it. */
  const pieces = new WeakMap<OpenedParts, readonly (Share & { readonly record: OpenedParts })[]>();

  const seeing = ({ pat }: ChartRef): readonly ReaderBy[] => inSight.get(hex(pat)) ?? [readerBy(keyring)];

  return {
    async charts() {
      const reading = readingNumbers(keyring).map(readerBy);
      const listed = await Promise.all(reading.map(async (by) => ({ by, charts: await by.reader.charts() })));
      const all = new Map<string, ChartRef>();
      const seen: typeof inSight = new Map();
      for (const { by, charts } of listed) {
        for (const chart of charts) {
          const pat = hex(chart.pat);
          // A cloud that names a chart twice, or for one number another owner, is found out by the deed.
          all.set([chart.pat, chart.owner, chart.writer, chart.deed].map(hex).join(), chart);
          seen.set(pat, [...(seen.get(pat) ?? []).filter((one) => one !== by), by]);
        }
      }
      inSight = seen;
      return [...all.values()];
    },

    numberFor(chart) {
      const numbers = inSight.get(hex(chart.pat))?.map(({ number }) => number) ?? [];
      return numbers.find(({ at }) => at && equalPublic(at, chart.writer)) ?? numbers[0];
    },

    async open(chart, options) {
      return join(await oneAfterTheOther(seeing(chart), (by) => by.reader.open(chart, options)));
    },

    async refresh(opened, changed, options) {
      const before = shares.get(opened) ?? [];
      return join(
        await oneAfterTheOther(seeing(opened.chart), (by) => {
          const last = before.find((share) => share.by === by);
          return last ? by.reader.refresh(last.opened, changed, options) : by.reader.open(opened.chart, options);
        }),
      );
    },

    async rowsOf(opened, record, options) {
      const share = shares.get(opened)?.find((one) => one.opened.records.includes(record));
      const found = pieces.get(record) ?? (share ? [{ ...share, record }] : []);
      if (found.length === 0) throw new CareletError('invalid', 'show rows', { because: 'the record is not one of this chart' });
      const rows = await Promise.all(found.map((one) => one.by.reader.rowsOf(one.opened, one.record, options)));
      return [...new Map(rows.flat().map((row) => [hex(row.rowId), row])).values()];
    },

    async leave() {
      await Promise.all([...made.values()].map(({ reader }) => reader.leave()));
    },
  };

  async function oneAfterTheOther(all: readonly ReaderBy[], open: (by: ReaderBy) => Promise<OpenedChart>): Promise<Share[]> {
    const opened: Share[] = [];
    for (const by of all) opened.push({ by, opened: await open(by) });
    return opened;
  }

  function join(all: readonly Share[]): OpenedChart {
    const [first, ...others] = all;
    if (!first) throw new CareletError('missing', 'open chart', { because: 'it is in sight no more' });
    const opened = others.length === 0 ? first.opened : joinCharts(first, all);
    shares.set(opened, all);
    return opened;
  }

  function joinCharts({ opened: { chart } }: Share, all: readonly Share[]): OpenedChart {
    const found = new Map<string, (Share & { readonly record: OpenedParts })[]>();
    for (const share of all) {
      for (const record of share.opened.records) {
        const rid = hex(record.rid);
        found.set(rid, [...(found.get(rid) ?? []), { ...share, record }]);
      }
    }
    const records = [...found.values()].map((versions) => {
      const newest = Math.max(...versions.map(({ record }) => record.version));
      const same = versions.filter(({ record }) => record.version === newest);
      const record = same.map((one) => one.record).reduce(joinRecords);
      pieces.set(record, same);
      return record;
    });
    const problems = new Map<string, Problem>();
    for (const problem of all.flatMap(({ opened }) => opened.problems)) {
      problems.set([problem.kind, problem.what, problem.rowId && hex(problem.rowId)].join('|'), problem);
    }
    // A chart is as fresh as the number says that was shown the least.
    const [standing] = all.flatMap(({ opened }) => opened.standing ?? []).toSorted((a, b) => vouchedFor(a) - vouchedFor(b));
    const signed = all.flatMap(({ opened }) => (opened.ownerSaw === undefined ? [] : [opened.ownerSaw]));
    return {
      chart,
      records,
      problems: [...problems.values()],
      ...(standing && { standing }),
      ...(signed.length > 0 && { ownerSaw: signed.reduce((a, b) => (a === null || b === null ? null : Math.min(a, b))) }),
    };
  }
}

/** One version of a record as far as two numbers open it. */
function joinRecords(one: OpenedParts, other: OpenedParts): OpenedParts {
  const bodies = { ...other.bodies, ...one.bodies };
  const rows = [...new Map([...one.rows, ...other.rows].map((row) => [hex(row.rowId), row])).values()];
  const withheld = one.withheld.filter((part) => !(part in bodies));
  // It hangs where its medical part does.
  const { grant } = 'MI' in other.bodies && !('MI' in one.bodies) ? other : one;
  return { ...one, bodies, rows, withheld, grant };
}
