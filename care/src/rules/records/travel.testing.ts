/**
 * Records sent through partition, print, read and merge. For tests only.
 *
 * @module
 */
import { type Entry, equalJson, type Json, type JsonObject, parseJson, printJson, type Resource } from '../../model/index.ts';
import { wordsOf } from './freetext.ts';
import { merge } from './merge.ts';
import { stringsIn } from './pack.testing.ts';
import { type Portions, partition } from './partition.ts';
import type { Chart } from './pseudonym.ts';

/** The portions of an entry as the sealed parts carry them: printed and read again. */
export function travelled(entry: Entry, chart: Chart): Portions {
  const { unknown: _, ...portions } = partition(entry, chart);
  return parseJson(printJson(portions as unknown as Json)) as unknown as Portions;
}

/** What is wrong after a patient's bundle was parted and merged: nothing, if all is well. */
export function faultsOf(entries: readonly Entry[], pat: string): readonly string[] {
  const patient = entries.find(({ resource }) => resource.resourceType === 'Patient');
  const id = patient?.resource.id as string | undefined;
  const chart: Chart = patient
    ? { pat, references: [patient.fullUrl!, `Patient/${id}`], words: wordsOf(patient.resource) }
    : { pat, references: [] };
  const faults: string[] = [];
  for (const entry of entries) {
    const portions = travelled(entry, chart);
    const back = merge(portions, chart);
    if (!equalJson(back as Json, entry as Json)) faults.push(`${entry.fullUrl} came back as another`);
    else if (printJson(back as Json) !== printJson(entry as Json)) faults.push(`${entry.fullUrl} came back in another order`);
    const left = [portions.QID?.resource ?? null, portions.MI?.resource ?? null];
    // No identity outside of EID in the patient himself; in what others say of him, neither his name nor his number.
    const identity = entry === patient ? identityOf(entry.resource) : (chart.words ?? []).filter((word) => word.length > 3);
    const strings = left.flatMap(stringsIn);
    for (const word of identity) if (strings.some((text) => says(text, word))) faults.push(`${entry.fullUrl} still says ${word}`);
  }
  return faults;
}

function identityOf(patient: Resource): readonly string[] {
  const extensions = (patient.extension ?? []) as readonly JsonObject[];
  const maiden = extensions.find(({ url }) => String(url).endsWith('mothersMaidenName'))?.valueString;
  return [...wordsOf(patient), ...stringsIn(patient.id), ...stringsIn(maiden)];
}

/** As a word of its own: a street called Lee is not in "sleeping". */
function says(text: string, word: string): boolean {
  const at = text.indexOf(word);
  if (at === -1) return false;
  const edge = (char: string | undefined) => char === undefined || !/[\p{L}\p{N}]/u.test(char);
  return edge(text[at - 1]) && edge(text[at + word.length]);
}
