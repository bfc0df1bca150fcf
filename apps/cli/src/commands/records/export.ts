/**
 * `carelet records export`: everything one's keys open, as FHIR bundles on disk.
 *
 * @module
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { CareletError, type Entry, printJson } from '@carelet/care/model';
import { periodOf } from '@carelet/care/rules/records';
import type { Problem } from '@carelet/client/records/reader';
import { hex } from '@carelet/crypto/algebra/bytes';
import { openCharts, sorted, tellNothing, tellProblems } from '../../charts.ts';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { count, note, paint, say } from '../../terminal.ts';

export const recordsExport = command({
  name: 'records export',
  group: 'records',
  summary: "everything one's keys open, as one FHIR bundle a patient",
  options: {
    ...common.as('a patient, a doctor or an organisation'),
    out: { type: 'text', value: 'folder', says: 'where the files go (usual: carelet-export)' },
    patient: { type: 'text', value: 'who', says: 'only this patient: a FHIR id, a family name, the beginning of a pseudonym (usual: all)' },
    json: { type: 'flag', says: 'end with one line of JSON that sums it up' },
    ...common.town,
    ...common.keyrings,
  },
  more: `One file a patient, named after the patient (or the pseudonym, if these keys do not open the name): a bundle of type "collection" with the records of all organisations, each resource equal to what was imported, to the last digit. What concerns no patient goes into _directory.json.

The files are readable by anyone who can read your files. Keep them as you would keep paper.`,
  examples: ['carelet records export --as ada --out my-records'],
  async run({ options, io }) {
    const folder = resolve(io.cwd, options.out ?? 'carelet-export');
    await using person = await enter(io, options, { op: 'export records', kinds: ['patient', 'doctor', 'organisation'] });
    const problems: Problem[] = [];
    const files: { file: string; resources: number; charts: number }[] = [];
    const taken = new Set<string>();
    let current: Exported | undefined;
    const finish = async () => {
      if (!current || current.entries.length === 0) return;
      const file = freeName(current.whose === directory ? '_directory' : nameOf(current), taken);
      await write(folder, file, bundle(current.entries));
      files.push({ file, resources: current.entries.length, charts: current.charts.length });
    };
    // The charts of one patient come one after the other: only hers are in memory.
    for await (const chart of openCharts(person, io, { op: 'export records', patient: options.patient })) {
      problems.push(...chart.problems);
      const whose = chart.isDirectory ? directory : hex(chart.ref.owner);
      if (current?.whose !== whose) {
        await finish();
        current = { whose, charts: [], entries: [], name: undefined };
      }
      current.charts.push(chart.pat);
      current.name ??= chart.name;
      for (const { entries } of chart.records) current.entries.push(...entries);
    }
    await finish();
    files.sort((a, b) => (a.file < b.file ? -1 : 1));
    if (options.json) say(io, JSON.stringify({ folder, files, problems: sorted(problems) }));
    else if (files.length === 0 && problems.length === 0) tellNothing(io, person);
    else {
      const { dim } = paint(io.stdout, io.env);
      const shown = relative(io.cwd, folder) || '.';
      for (const { file, resources, charts } of files) {
        say(io, `${join(shown, file)}  ${count(resources, 'resource')}${dim(` from ${count(charts, 'chart')}`)}`);
      }
      if (files.length > 0) note(io, 'These files are not locked: keep them as you would keep paper.');
    }
    return tellProblems(io, problems);
  },
});

/** What is written into one file. */
type Exported = { readonly whose: string; readonly charts: string[]; readonly entries: Entry[]; name: string | undefined };

const directory = 'directory';

/** A name that is easy to type and safe for a file: `ada-marlow`; a pseudonym for whoever has none. */
function nameOf({ name, charts }: Exported): string {
  const plain = (name ?? '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return plain === '' ? charts[0]! : [...plain].slice(0, 60).join('');
}

function freeName(name: string, taken: Set<string>): string {
  for (let n = 1; ; n++) {
    const file = `${n === 1 ? name : `${name}-${n}`}.json`;
    if (taken.has(file)) continue;
    taken.add(file);
    return file;
  }
}

/** A bundle, one resource on a line: the patient first, then by date, so that two exports read alike. */
function* bundle(entries: readonly Entry[]): Generator<string> {
  const inOrder = entries
    .map((entry) => ({
      entry,
      key: `${entry.resource.resourceType === 'Patient' ? 0 : 1}${periodOf(entry.resource).period}|${nameIn(entry)}`,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  yield '{"resourceType":"Bundle","type":"collection","entry":[\n';
  for (const [i, { entry }] of inOrder.entries()) {
    const { fullUrl, resource } = entry;
    yield `${printJson(fullUrl === undefined ? { resource } : { fullUrl, resource })}${i + 1 < inOrder.length ? ',' : ''}\n`;
  }
  yield ']}\n';
}

const nameIn = ({ fullUrl, resource }: Entry): string => `${resource.resourceType}/${String(resource.id ?? fullUrl ?? '')}`;

/** Whole or not at all: an interrupted export leaves no half a file under the name. */
async function write(folder: string, file: string, text: Iterable<string>): Promise<void> {
  const path = join(folder, file);
  const beside = `${path}.part`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(beside, text, { mode: 0o600 });
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    const because = code === 'ENOSPC' ? 'the disk is full' : code === 'EACCES' ? 'it may not be written' : 'it cannot be written';
    throw new CareletError('unavailable', 'export records', { subject: path, because, cause });
  }
}
