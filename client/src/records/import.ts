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
import { entries } from './bundle.ts';
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
const openCharts = 64;
const longestReport = 1000;

export async function importRecords(sources: readonly ImportSource[], { writer, progress, signal }: ImportOptions): Promise<ImportSummary> {
  const summary: ImportSummary = { records: 0, stored: 0, updated: 0, already: 0, refused: 0, patients: 0, remarks: [] };
  const { patients, total } = await survey(sources);
  const charts = new Map<string, WriterChart>();
  const batches = new Map<string, { chart: WriterChart; drafts: Draft[] }>();
  const seen = new Map<string, string>();
  let done = 0;

  const remark = (kind: Remark['kind'], place: string, because: string) => {
    if (summary.remarks.length < longestReport) summary.remarks.push({ kind, place, because });
  };

  const flush = async (name: string) => {
    const batch = batches.get(name);
    batches.delete(name);
    if (!batch) return;
    signal?.throwIfAborted();
    const outcomes = await writer.post(batch.chart, batch.drafts);
    outcomes.forEach((outcome, i) => {
      if (batch.drafts[i]!.type !== 'chart') summary[outcome]++;
    });
    done += batch.drafts.filter(({ type }) => type !== 'chart').length;
    progress?.({ done, of: total });
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
      charts.set(name, chart);
      if (references.length > 0) {
        summary.patients++;
        batches.set(hex(chart.pat), { chart, drafts: [chartDraft(chart.references)] });
      }
    }
    return chart;
  };

  for (const source of sources) {
    let position = 0;
    for await (const item of entries(source.read(), source)) {
      position++;
      const place = `${source.name}, entry ${position}`;
      if ('refused' in item) {
        summary.refused++;
        remark('refused', item.refused.place || place, item.refused.because);
        continue;
      }
      summary.records++;
      try {
        const { entry } = item;
        const chart = await chartOf(entry.resource);
        const { draft, unknown, impossible } = draftOf(entry, chart);
        const name = `${hex(chart.pat)}|${draft.type}|${draft.id}`;
        const content = contentOf(draft);
        const before = seen.get(name);
        if (before !== undefined) {
          done++;
          if (before === content) summary.already++;
          else {
            summary.refused++;
            remark('refused', `${place}: ${draft.type}`, 'another resource with the same id came before it in this import');
          }
          continue;
        }
        seen.set(name, content);
        for (const path of unknown)
          remark(path.includes('.') ? 'unknown-field' : 'unknown-type', `${place}: ${path}`, 'kept whole as medical content');
        for (const path of impossible) remark('impossible-date', `${place}: ${path}`, 'filed among the undated');
        const key = hex(chart.pat);
        const batch = batches.get(key) ?? { chart, drafts: [] };
        batches.set(key, batch);
        batch.drafts.push(draft);
        if (batch.drafts.length >= batchSize) await flush(key);
        else if (batches.size > openCharts) await flush(batches.keys().next().value!);
      } catch (thrown) {
        if (!(thrown instanceof CareletError) || thrown.kind !== 'invalid') throw thrown;
        summary.refused++;
        remark('refused', `${place}: ${item.entry.resource.resourceType}`, thrown.because);
      }
    }
  }
  for (const name of [...batches.keys()]) await flush(name);
  progress?.({ done: total, of: total });
  return summary;
}

type KnownPatient = { references: string[]; words: readonly string[] };

/** Who the patients are, under every name they are referred to by; and how many records come. */
async function survey(sources: readonly ImportSource[]): Promise<{ patients: Map<string, KnownPatient>; total: number }> {
  const patients = new Map<string, KnownPatient>();
  let total = 0;
  for (const source of sources) {
    for await (const item of entries(source.read(), source)) {
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
