/**
 * `carelet prove breach`: steal a cloud and look whether it tells anything.
 *
 * @module
 */
import type { Breach } from '@carelet/testbed/breach';
import { command, UsageError } from '../../command.ts';
import type { Io } from '../../io.ts';
import { count, note, paint, say, table } from '../../terminal.ts';

const fewestWords = 50;

export const proveBreach = command({
  name: 'prove breach',
  group: 'the town',
  summary: 'steal a cloud, and search it for what must not be readable in it',
  options: {
    words: { type: 'text', value: 'number', says: 'how many words to plant at least (usual: 500)' },
    json: { type: 'flag', says: 'one line of JSON' },
  },
  more: `Stands up a town of its own in a temporary folder, with the cloud as a process of its own on a database of its own. Names, numbers, addresses, diagnoses and sentences that occur nowhere else are planted the way real ones come: a clinic imports them, a watch sends one. Every key in use is noted. A doctor and a patient read.

Then the cloud is searched: the files of its database with their journal, every table, its log, its environment, and the memory of all its processes. Words are looked for in UTF-8, UTF-16, Latin-1, JSON escapes, hex and base64 at every alignment; keys raw, in hex and in base64.

Nothing may be found: the exit code is 1 when something is, with the places (never the key itself).`,
  examples: ['carelet prove breach', 'carelet prove breach --words 2000'],
  async run({ options, io }) {
    const words = options.words === undefined ? 500 : Number(options.words);
    if (!Number.isSafeInteger(words) || words < fewestWords || words > 20_000) {
      throw new UsageError(`--words: a whole number from ${fewestWords} to 20,000.`);
    }
    const [{ breach }, { scratch }, { mathematicsInThreads }] = await Promise.all([
      import('@carelet/testbed/breach'),
      import('@carelet/testbed/scratch'),
      import('@carelet/client/threads'),
    ]);
    using folder = scratch();
    await using mathematics = mathematicsInThreads();
    const result = await breach({ folder: folder.path, mathematics, words, tell: (line) => note(io, line) });
    if (options.json) say(io, JSON.stringify(result));
    else tellBreach(io, result);
    return result.found.length > 0 || result.places.some(({ unread }) => unread.length > 0) ? 1 : 0;
  },
});

/** What was searched, and how much of what was planted it gave away. */
export function tellBreach(io: Io, { words, keys, needles, records, places, found, seconds }: Breach): void {
  const { bold, warn } = paint(io.stdout, io.env);
  const grouped = (n: number) => n.toLocaleString('en');
  say(io, `Planted ${count(words, 'word')} in ${count(records, 'record')} and a strip; noted ${count(keys, 'key')} in use.`);
  say(io, `Looked for ${grouped(needles)} shapes of them:`);
  say(io);
  table(
    io,
    ['place', 'of', 'bytes', 'found'],
    places.map(({ place, of, bytes, hits }) => [place, of, grouped(bytes), grouped(hits)]),
  );
  say(io);
  const unread = places.flatMap((place) => place.unread);
  for (const one of unread) say(io, warn(`Could not be read, so nothing is proven about it: ${one}`));
  const foundOf = (kind: 'word' | 'key') => found.filter((one) => one.kind === kind).length;
  const verdict = `${foundOf('word')} of ${grouped(words)} words and ${foundOf('key')} of ${grouped(keys)} keys were found (${seconds.toFixed(1)} s).`;
  say(io, found.length > 0 || unread.length > 0 ? warn(verdict) : bold(verdict));
  for (const { name, where } of found.slice(0, 40)) say(io, `  ${name}: ${where.slice(0, 3).join('; ')}`);
  if (found.length > 40) say(io, `  and ${count(found.length - 40, 'more')}`);
}
