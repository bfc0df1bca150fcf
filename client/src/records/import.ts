/**
 * Importing a hospital's FHIR: any size of file, in bounded memory, and twice is as good as once.
 *
 * The file is read twice: once to learn who the patients are and how many records come, once to seal and post
 * them in batches, chart by chart. A resource that cannot be taken is reported and the others go on. What the
 * cloud already holds is found out from the cloud, so an interrupted import simply runs again.
 *
 * @module
 */
import { CareletError, type Entry, isObject, type Json, own, type Resource } from '@carelet/care/model';
import { type Remark, wordsOf } from '@carelet/care/rules/records';
import { subjectOf } from '@carelet/care/rules/records/subject';
import { concat, hex } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import type { WriterChart } from '../keyring/keyring.ts';
import { type BundleItem, entries } from './bundle.ts';
import { chartDraft, draftOf, identityOf } from './fhir.ts';
import type { Draft, Writer } from './writer.ts';

/** A source that can be read more than once, as a file can. */
export type ImportSource = {
  readonly name: string;
  /** Each line is one record, as in .ndjson. */
  readonly lines?: boolean;
  read(): AsyncIterable<Uint8Array>;
};

export type ImportProgress = { readonly done: number; readonly of: number };

export type ImportSummary = {
  records: number;
  stored: number;
  updated: number;
  already: number;
  refused: number;
  /** Told of by an earlier file of the same import in another way; the first was kept. */
  repeated: number;
  patients: number;
  remarks: Remark[];
};

export type ImportOptions = {
  readonly writer: Writer;
  readonly progress?: (progress: ImportProgress) => void;
  /** Stops between batches; what was posted stays. */
  readonly signal?: AbortSignal;
};

/** Records in one batch: enough to share a signature, few enough to lose little when interrupted. */
const batchSize = 250;
/** Bytes of content in one batch: with seals, proofs and wraps it stays far below what the cloud takes at once. */
const batchBytes = 16 * 1024 * 1024;
/** Content of one part: sealed and padded, it stays below the 16 MiB that the cloud takes of a row. */
const largestPart = 14_000_000;
const openCharts = 64;
const longestReport = 1000;

/** A draft on its way, and where in the file it stood. */
type Waiting = { readonly draft: Draft; readonly place: string };
type Batch = { readonly chart: WriterChart; readonly waiting: Waiting[]; bytes: number };

export async function importRecords(sources: readonly ImportSource[], { writer, progress, signal }: ImportOptions): Promise<ImportSummary> {
  const summary: ImportSummary = { records: 0, stored: 0, updated: 0, already: 0, refused: 0, repeated: 0, patients: 0, remarks: [] };
  const { patients, total } = await survey(sources, signal);
  const charts = new Map<string, WriterChart>();
  const batches = new Map<string, Batch>();
  /** What came under which id, and from which source. */
  const seen = new Map<string, { content: string; source: string }>();
  const people = new Set<string>();
  let done = 0;

  const remark = (kind: Remark['kind'], place: string, because: string) => {
    if (summary.remarks.length < longestReport) summary.remarks.push({ kind, place, because });
  };

  /** Posts what was gathered; what the cloud will not have alone is reported, and keeps back nothing else. */
  const post = async (chart: WriterChart, waiting: readonly Waiting[]): Promise<void> => {
    signal?.throwIfAborted();
    try {
      const outcomes = await writer.post(
        chart,
        waiting.map(({ draft }) => draft),
      );
      outcomes.forEach((outcome, i) => {
        if (waiting[i]!.draft.type !== 'chart') summary[outcome]++;
      });
    } catch (thrown) {
      if (!(thrown instanceof CareletError) || thrown.kind !== 'invalid') throw thrown;
      const half = Math.ceil(waiting.length / 2);
      if (waiting.length > 1) {
        await post(chart, waiting.slice(0, half));
        await post(chart, waiting.slice(half));
        return;
      }
      const [{ draft, place }] = waiting as [Waiting];
      if (draft.type !== 'chart') summary.refused++;
      remark('refused', `${place}: ${draft.type}`, thrown.because);
    }
    done += waiting.filter(({ draft }) => draft.type !== 'chart').length;
    progress?.({ done, of: total });
  };

  const flush = async (name: string) => {
    const batch = batches.get(name);
    batches.delete(name);
    if (batch) await post(batch.chart, batch.waiting);
  };

  /** Puts a draft into its chart's batch, and posts what has grown large enough. */
  const gather = async (chart: WriterChart, one: Waiting) => {
    const name = hex(chart.pat);
    const batch = batches.get(name) ?? { chart, waiting: [], bytes: 0 };
    batches.set(name, batch);
    batch.waiting.push(one);
    for (const body of Object.values(one.draft.bodies)) batch.bytes += body.length;
    if (batch.waiting.length >= batchSize || batch.bytes >= batchBytes) await flush(name);
    else if (batches.size > openCharts) await flush(batches.keys().next().value!);
  };

  const chartOf = async (resource: Resource): Promise<WriterChart> => {
    const reference = subjectOf(resource, (reference) => patients.has(reference));
    const known = reference === undefined ? undefined : patients.get(reference);
    const references = known?.references ?? (reference === undefined ? [] : [reference]);
    const name = references[0] ?? '';
    let chart = charts.get(name);
    if (!chart) {
      chart = references.length === 0 ? await writer.directory() : await writer.chartFor(references);
      if (known && chart.words.length === 0) chart.words = known.words;
      if (!known && reference !== undefined && !people.has(hex(chart.pat))) {
        remark('unknown-patient', resource.resourceType, 'it tells of a patient whom nothing in this import describes');
      }
      charts.set(name, chart);
      if (references.length > 0 && !people.has(hex(chart.pat))) {
        people.add(hex(chart.pat));
        summary.patients++;
        await gather(chart, { draft: chartDraft(chart.references), place: 'how the file names the patient' });
      }
    }
    return chart;
  };

  for (const source of sources) {
    let position = 0;
    for await (const item of readable(source)) {
      position++;
      const place = `${source.name}, entry ${position}`;
      if ('refused' in item) {
        summary.records++;
        summary.refused++;
        remark('refused', item.refused.place ? `${source.name}, ${item.refused.place}` : place, item.refused.because);
        continue;
      }
      summary.records++;
      let next: { chart: WriterChart; waiting: Waiting } | undefined;
      try {
        const { entry } = item;
        const chart = await chartOf(entry.resource);
        const { draft, unknown, impossible } = draftOf(entry, chart);
        const name = `${hex(chart.pat)}|${draft.type}|${draft.id}`;
        const content = contentOf(draft);
        const before = seen.get(name);
        if (before !== undefined) {
          done++;
          if (before.content === content) summary.already++;
          else if (before.source !== source.name) {
            // Files of one export often tell of the same organisation in two ways; a file alone should not.
            summary.repeated++;
            remark('repeated', `${place}: ${draft.type}`, 'another file of this import told of it first');
          } else {
            summary.refused++;
            remark('refused', `${place}: ${draft.type}`, 'another resource with the same id came before it in this import');
          }
          continue;
        }
        seen.set(name, { content, source: source.name });
        if (Object.values(draft.bodies).some((body) => body.length > largestPart)) {
          throw new CareletError('invalid', 'import resource', { because: 'it is larger than 14 MB, the most one record may hold' });
        }
        for (const path of unknown)
          remark(path.includes('.') ? 'unknown-field' : 'unknown-type', `${place}: ${path}`, 'kept whole as medical content');
        for (const path of impossible) remark('impossible-date', `${place}: ${path}`, 'filed among the undated');
        next = { chart, waiting: { draft, place } };
      } catch (thrown) {
        if (!(thrown instanceof CareletError) || thrown.kind !== 'invalid') throw thrown;
        summary.refused++;
        remark('refused', `${place}: ${item.entry.resource.resourceType}`, thrown.because);
      }
      if (next) await gather(next.chart, next.waiting);
    }
  }
  for (const name of [...batches.keys()]) await flush(name);
  await writer.settle();
  progress?.({ done: total, of: total });
  return summary;
}

/** The entries of a source; one that breaks off in the middle is refused from there, and the next one comes. */
async function* readable(source: ImportSource): AsyncGenerator<BundleItem> {
  try {
    yield* entries(source.read(), source);
  } catch (thrown) {
    if (!(thrown instanceof CareletError) || thrown.kind !== 'invalid') throw thrown;
    yield { refused: { kind: 'refused', place: 'the file', because: thrown.because } };
  }
}

type KnownPatient = { references: string[]; words: readonly string[] };

/** Who the patients are, under every name they are referred to by; and how many records come. */
async function survey(
  sources: readonly ImportSource[],
  signal: AbortSignal | undefined,
): Promise<{ patients: Map<string, KnownPatient>; total: number }> {
  const patients = new Map<string, KnownPatient>();
  let total = 0;
  for (const source of sources) {
    for await (const item of readable(source)) {
      signal?.throwIfAborted();
      if ('refused' in item) continue;
      total++;
      for (const entry of patientsIn(item.entry)) {
        const patient = { references: referencesTo(entry), words: wordsOf(entry.resource) };
        for (const reference of patient.references) if (!patients.has(reference)) patients.set(reference, patient);
      }
    }
  }
  return { patients, total };
}

/** The patients an entry tells of: itself, or those inside a document. */
function patientsIn(entry: Entry): Entry[] {
  const { resource } = entry;
  if (resource.resourceType === 'Patient') return [entry];
  const inside = resource.resourceType === 'Bundle' && Array.isArray(resource.entry) ? (resource.entry as Json[]) : [];
  return inside.flatMap((one) => {
    const inner = isObject(one) ? own(one, 'resource') : undefined;
    return isObject(inner) && inner.resourceType === 'Patient' ? [one as unknown as Entry] : [];
  });
}

/** Every way this file may refer to a patient. */
function referencesTo(entry: Entry): string[] {
  const { fullUrl } = entry;
  return [...new Set([...(fullUrl ? [fullUrl] : []), `Patient/${identityOf(entry)}`])];
}

/** A draft's content, for telling a repeated resource from a contradicting one. */
const contentOf = ({ bodies }: Draft): string => hex(sha256(concat(...Object.values(bodies))).subarray(0, 12));
