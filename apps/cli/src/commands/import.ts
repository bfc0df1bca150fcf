/**
 * `carelet import`: a hospital's FHIR files, sealed and sent.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { summary as grouped, type Remark } from '@carelet/care/rules/records';
import { checkUnit } from '@carelet/care/rules/sharing/attributes';
import { holdsDomain } from '@carelet/client/enrolment';
import { type ImportSummary, importRecords } from '@carelet/client/records/import';
import { writer } from '@carelet/client/records/writer';
import { mathematicsInThreads } from '@carelet/client/threads';
import { command, common } from '../command.ts';
import type { Io } from '../io.ts';
import { enter } from '../person.ts';
import { sourcesAt } from '../sources.ts';
import { count, note, paint, progress, say } from '../terminal.ts';
import { notEnrolled } from './locks/renew.ts';

/** Sorts of remarks told in full; the rest is a number. */
const sortsTold = 20;
const interrupted = 130;

export const importCommand = command({
  name: 'import',
  group: 'records',
  summary: 'seal FHIR files of an organisation and send them to the cloud',
  takes: [{ name: 'file or folder', says: 'a bundle, a resource or lines of them: .json, .ndjson, also .gz', many: true }],
  options: {
    ...common.as('the organisation whose records these are'),
    unit: {
      type: 'text',
      value: 'unit',
      says: 'the department or ward whose records these are, as in cardio or cardio/icu (usual: the whole organisation)',
    },
    json: { type: 'flag', says: 'end with one line of JSON that sums it up' },
    ...common.town,
    ...common.keyrings,
  },
  more: `Each resource is parted (who it is, what would give away who it is, the rest), each part sealed, and only then sent. A file may be of any size. Folders are searched to the bottom, in order of name. A Bundle is opened and its entries are what counts, except a document or a message, which stays one record; in .ndjson each line is one record, a Bundle too.

Importing twice stores nothing twice: what the cloud has is left alone, what has changed becomes a new version. Ctrl-C stops between two batches; run the same command again and it goes on. What cannot be taken is told with its place and its reason, and the rest goes on; the exit code is then 1.

What a unit imports is read by doctors of that unit, of those above it and of the whole organisation; who the patient is, by every unit that wrote something of hers. A record is the unit's that imported it last.`,
  examples: ['carelet import ada.json --as northgate', 'carelet import exports/2026/ --as northgate --json'],
  async run({ options, given, io }) {
    if (options.unit !== undefined) checkUnit(options.unit, 'import records');
    const sources = await sourcesAt(io.cwd, given);
    await using person = await enter(io, options, { op: 'import records', kinds: ['organisation'], writes: true });
    const { keyring, save, cloud } = person;
    if (!keyring.writer) throw notEnrolled('import records', keyring.name);
    if (!holdsDomain(keyring)) {
      throw new CareletError('conflict', 'import records', {
        subject: keyring.name,
        because: `its keys were retired; make its locks anew first: carelet locks renew --as ${keyring.name}`,
      });
    }
    await using mathematics = mathematicsInThreads();
    let done = 0;
    let result: ImportSummary;
    try {
      await using line = progress(io, 'records locked');
      line.first(`reading ${count(sources.length, 'file')}`);
      result = await importRecords(sources, {
        writer: writer({ keyring, save, cloud, mathematics, clock: io.clock, unit: options.unit }),
        signal: io.signal,
        progress: (at) => {
          done = at.done;
          line.at(at.done, at.of);
        },
      });
      await save();
    } catch (thrown) {
      if (!io.signal.aborted) {
        if (thrown instanceof CareletError && thrown.kind === 'unavailable') {
          note(
            io,
            `${count(done, 'record')} were stored and stay. When the town is up again (npm start), run the same command: it goes on.`,
          );
        }
        throw thrown;
      }
      await save();
      io.stderr.write(`Stopped after ${count(done, 'record')}. Nothing is lost: run the same command again and it goes on.\n`);
      return interrupted;
    }
    const remarks = grouped(result.remarks.map(withoutPlaceInFile));
    if (options.json) {
      say(io, JSON.stringify({ ...result, remarks: remarks.map(({ remark, times }) => ({ ...remark, times })) }));
    } else {
      tell(io, result);
      tellRemarks(io, result.remarks, remarks);
    }
    return result.refused > 0 ? 1 : 0;
  },
});

function tell(io: Io, { records, patients, stored, updated, already, refused, repeated }: ImportSummary): void {
  const of = patients > 0 ? ` of ${count(patients, 'patient')}` : '';
  const parts = [`${stored.toLocaleString('en')} stored`];
  if (updated > 0) parts.push(`${updated.toLocaleString('en')} updated`);
  if (already > 0) parts.push(`${already.toLocaleString('en')} there already`);
  if (repeated > 0) parts.push(`${repeated.toLocaleString('en')} told of twice`);
  if (refused > 0) parts.push(`${refused.toLocaleString('en')} refused`);
  say(io, `${count(records, 'record')}${of}: ${parts.join(', ')}.`);
}

const headings: Record<Remark['kind'], string> = {
  refused: 'Refused',
  'unknown-field': 'Elements without a place in our tables, kept as medical content',
  'unknown-type': 'Types without a table, kept whole as medical content',
  'impossible-date': 'Dates that cannot be; filed without a date',
  repeated: 'Told of in two ways; the first was kept',
  'unknown-patient': 'Of patients whom nothing here describes; taken all the same',
};

function tellRemarks(io: Io, all: readonly Remark[], sorts: ReturnType<typeof grouped>): void {
  const { warn, dim } = paint(io.stderr, io.env);
  for (const [kind, heading] of Object.entries(headings)) {
    const here = sorts.filter(({ remark }) => remark.kind === kind);
    if (here.length === 0) continue;
    io.stderr.write(`${kind === 'refused' ? warn(heading) : heading}:\n`);
    for (const { remark, times } of here.slice(0, sortsTold)) {
      const first = all.find(
        (one) => one.kind === kind && one.because === remark.because && withoutPlaceInFile(one).place === remark.place,
      );
      const where = first && first.place !== remark.place ? dim(` (${times > 1 ? 'first in ' : ''}${placeInFile(first.place)})`) : '';
      io.stderr.write(`  ${times} × ${remark.place}: ${remark.because}${where}\n`);
    }
    if (here.length > sortsTold) io.stderr.write(`  and ${count(here.length - sortsTold, 'more sort')}\n`);
  }
}

/** `ada.json, entry 17 at byte 4711: Observation.status` in two: where in the files, and which element. */
const inFile = /^(.*?(?:entry|line|byte) \d+(?: at byte \d+)?)(?:: (.*))?$/s;

/** A remark by its element alone, so that the same fault in a thousand entries is one line. */
function withoutPlaceInFile(remark: Remark): Remark {
  const match = inFile.exec(remark.place);
  return match ? { ...remark, place: match[2] ?? 'the entry' } : remark;
}

const placeInFile = (place: string): string => inFile.exec(place)?.[1] ?? place;
