import { expect, test } from 'vitest';
import { text, utf8 } from '../algebra/bytes.ts';
import { freshness, judgeCheckpoint, openCheckpoint, printCheckpoint, readCheckpoint, signCheckpoint } from './checkpoint.ts';
import { cosignNote, decodeNote, encodeNote, type Signer } from './note.ts';
import { now, signerOf, town } from './town.testing.ts';

const t = town('checkpoint');
const log = t.cloud.log;
const at = { size: 12, root: t.random(32), map: t.random(32), time: now };
const signed = signCheckpoint(log, at);
const cosigned = (bytes: Uint8Array, by: Signer, time: number) => encodeNote(cosignNote(decodeNote(bytes)!, by, time));

test('a checkpoint comes back from its text, and any other spelling of it is none', () => {
  const checkpoint = { origin: log.name, ...at };
  const printed = printCheckpoint(checkpoint);
  expect(readCheckpoint(printed)).toEqual(checkpoint);
  expect(openCheckpoint(signed, log)?.checkpoint).toEqual(checkpoint);
  for (const [from, to] of [
    ['\n12\n', '\n012\n'],
    ['\n12\n', '\n+12\n'],
    ['\n12\n', '\n12.0\n'],
    ['\n12\n', '\n1e1\n'],
    ['\n12\n', '\n99999999999999999\n'],
    ['\n12\n', '\n\n'],
    ['map ', 'mop '],
    ['map ', 'map  '],
    ['time ', 'time -'],
    ['time ', ''],
    [log.name, ''],
  ] as const)
    expect(readCheckpoint(printed.replace(from, to))).toBeNull();
  for (const other of [printed.slice(0, -1), `${printed}more\n`, `${printed}\n`, printed.split('\n').toSpliced(3, 1).join('\n'), ''])
    expect(readCheckpoint(other)).toBeNull();
});

test('a checkpoint is of the log that signed it', () => {
  const stranger = signerOf(log.name, t.random);
  expect(openCheckpoint(signed, stranger)).toBeNull();
  expect(openCheckpoint(signCheckpoint(stranger, at), log)).toBeNull();
  expect(openCheckpoint(signed, { ...log, name: 'other.example/log' })).toBeNull();
  expect(openCheckpoint(utf8(text(signed).replace('\n12\n', '\n13\n')), log)).toBeNull();
});

test('a reader wants a witness, and goes on without one', () => {
  const witnessed = cosigned(signed, t.north, now + 5);
  expect(judgeCheckpoint(witnessed, t.watch, now + 10)).toMatchObject({ kind: 'witnessed', by: [{ name: t.north.name, time: now + 5 }] });
  expect(judgeCheckpoint(signed, t.watch, now)).toMatchObject({ kind: 'unwitnessed', checkpoint: at });
  const stranger = cosigned(signed, signerOf('stranger.example', t.random), now);
  expect(judgeCheckpoint(stranger, t.watch, now).kind).toBe('unwitnessed');
  const namesake = cosigned(signed, signerOf(t.north.name, t.random), now);
  expect(judgeCheckpoint(namesake, t.watch, now).kind).toBe('unwitnessed');
  // The log is no witness of itself.
  expect(judgeCheckpoint(cosigned(signed, log, now), t.watch, now).kind).toBe('unwitnessed');
});

test('ten minutes are enough, and one second more is too much', () => {
  const witnessed = cosigned(signed, t.north, now);
  const kindAt = (later: number) => judgeCheckpoint(witnessed, t.watch, now + later).kind;
  expect([0, freshness.age, freshness.age + 1].map(kindAt)).toEqual(['witnessed', 'witnessed', 'stale']);
  expect([-freshness.ahead, -freshness.ahead - 1].map(kindAt)).toEqual(['witnessed', 'stale']);
  // An old signature of a witness does not make a new checkpoint witnessed, nor does one from the future.
  expect(judgeCheckpoint(cosigned(signed, t.north, now - 700), t.watch, now).kind).toBe('unwitnessed');
  expect(judgeCheckpoint(cosigned(signed, t.north, now + 700), t.watch, now).kind).toBe('unwitnessed');
});

test("a wrong line of a known witness spoils the note, a stranger's does not", () => {
  const both = cosigned(cosigned(signed, t.north, now), t.south, now);
  const note = decodeNote(both)!;
  const spoiled = (name: string) =>
    encodeNote({
      ...note,
      lines: note.lines.map((line) => (line.name === name ? { ...line, bytes: line.bytes.with(20, line.bytes[20]! ^ 1) } : line)),
    });
  expect(judgeCheckpoint(spoiled(t.south.name), t.watch, now)).toEqual({ kind: 'refused' });
  expect(judgeCheckpoint(spoiled(log.name), t.watch, now)).toEqual({ kind: 'refused' });
  expect(judgeCheckpoint(spoiled(t.south.name), { ...t.watch, witnesses: [t.north] }, now).kind).toBe('witnessed');
});

test('a witness who signs again has one line', () => {
  const again = decodeNote(cosigned(cosigned(signed, t.north, now), t.north, now + 60))!;
  expect(again.lines.length).toBe(2);
  expect(() => signCheckpoint({ ...log, name: 'two words' }, at)).toThrow(TypeError);
});
