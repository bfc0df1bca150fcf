import { kinds } from '@carelet/care/model';
import { describe, expect, test } from 'vitest';
import type { Proof, ProofPart } from '../../house/proof.ts';
import { vitalNames } from '../../house/vitals.ts';
import patientWords from '../../locales/en/patient.json' with { type: 'json' };
import recordWords from '../../locales/en/record.json' with { type: 'json' };
import vitalWords from '../../locales/en/vitals.json' with { type: 'json' };
import type { Format } from '../../words/format.ts';
import { fileName, isShown, sortOf } from './attachment.ts';
import { dayInRange } from './dayInRange.ts';
import { sameRows } from './sameRows.ts';
import { extremesBySecond } from './seconds.ts';
import { sectionOf, sections } from './sections.ts';
import { madeUpName, seenLine, spaced } from './seenLine.ts';

describe('words', () => {
  test('there is a name for every kind of record and every tab', () => {
    expect(Object.keys(recordWords.kind).sort()).toEqual([...kinds].sort());
    expect(Object.keys(recordWords.section).sort()).toEqual([...sections].sort());
  });

  test('there is a name, a meaning and a headline for every vital sign', () => {
    for (const words of [vitalWords.name, patientWords.headline.above, patientWords.headline.below]) {
      expect(Object.keys(words).sort()).toEqual([...vitalNames].sort());
    }
    for (const vital of vitalNames) expect(vitalWords.say).toHaveProperty(vital);
  });

  test('a new record of every tab has its sentence, for one and for several', () => {
    for (const section of sections) for (const many of ['one', 'other']) expect(patientWords.news).toHaveProperty(`${section}_${many}`);
  });
});

test('every kind of record has a tab, and a kind from tomorrow too', () => {
  const used = new Set(kinds.map((kind) => sectionOf(kind)));
  expect([...used].sort()).toEqual([...sections].sort());
  expect(sectionOf('dreams')).toBe('other');
  expect(sectionOf('constructor')).toBe('other');
});

describe('a document', () => {
  test('is shown only when it is an image that holds no program', () => {
    expect(['image/png', 'image/JPEG', 'image/webp; q=1'].map(isShown)).toEqual([true, true, true]);
    expect(['image/svg+xml', 'application/pdf', 'text/html', ''].map(isShown)).toEqual([false, false, false, false]);
  });

  test('is called what people call it', () => {
    expect(['application/pdf', 'text/plain; charset=utf-8', 'image/tiff', 'text/html', ''].map(sortOf)).toEqual([
      'pdf',
      'text',
      'picture',
      'file',
      'file',
    ]);
  });

  test('is saved under its title with the ending of its type, whatever the title claims', () => {
    expect(fileName('Discharge letter', 'application/pdf')).toBe('Discharge letter.pdf');
    expect(fileName('../../run.exe', 'application/pdf')).toBe('run exe.pdf');
    expect(fileName('Befund Müller ٣', 'text/plain; charset=utf-8')).toBe('Befund Müller ٣.txt');
    expect(fileName('\u202egpj.exe', 'constructor')).toBe('gpj exe.bin');
    expect(fileName('///', 'image/png')).toBe('document.png');
    expect([...fileName('x'.repeat(500), 'text/plain')]).toHaveLength(84);
  });
});

describe('what one sees of a part', () => {
  const format = { born: (date: string) => `day ${date}`, moment: (ms: number) => `moment ${ms}` } as Format;

  test('is shown with the digits it was written with', () => {
    expect(seenLine('148/91 mm[Hg]', format)).toBe('148/91\u00a0mmHg');
    expect(seenLine('5.60 mmol/L', format)).toBe('5.60\u00a0mmol/L');
    expect(seenLine('1955-03-14', format)).toBe('day 1955-03-14');
    expect(seenLine('2026-11-20T09:21:00Z', format)).toBe(`moment ${Date.UTC(2026, 10, 20, 9, 21)}`);
  });

  test('a reference to the patient is read as her made-up name, and nothing else is', () => {
    expect(madeUpName('Patient/a15570be862cd9f6534fed019a9ef7cd')).toBe('A155\u00a070BE');
    expect(madeUpName('Practitioner/a15570be862cd9f6534fed019a9ef7cd')).toBe(null);
    expect(madeUpName('Patient/204 871')).toBe(null);
  });

  test('is left as it is when it is neither a day nor a measure', () => {
    for (const line of ['Ada Marlow', '204 871 B', '<b>bold</b>', '1955', '4 constructor x', '2026-99-99T99:99'])
      expect(seenLine(line, format)).toBe(line);
  });

  test('a row number is read in groups of four', () => {
    expect(spaced('7f2c90e1aabb', 8)).toBe('7F2C\u00a090E1');
  });
});

describe('two fetches of a record', () => {
  const part = (bytes: readonly number[], rest: Partial<ProofPart> = {}): ProofPart => ({
    part: 'MI',
    seen: ['148/91 mm[Hg]'],
    same: true,
    row: { id: '7f2c', version: 1, nodeId: 'aa', bytes: Uint8Array.from(bytes) },
    ...rest,
  });
  const proof = (...parts: ProofPart[]): Proof => ({ fetched: 0, cloud: 'http://cloud.test', pseudonym: '9c', parts });

  test('are the same when every row is, byte for byte, and still opens', () => {
    expect(sameRows(proof(part([1, 2, 3])), proof(part([1, 2, 3])))).toBe(true);
  });

  test('are not when a byte, a length or a row differs, or a row does not open any more', () => {
    const before = proof(part([1, 2, 3]));
    expect(sameRows(before, proof(part([1, 2, 4])))).toBe(false);
    expect(sameRows(before, proof(part([1, 2])))).toBe(false);
    expect(sameRows(before, proof())).toBe(false);
    expect(sameRows(before, proof(part([1, 2, 3], { part: 'EID' })))).toBe(false);
    expect(sameRows(before, proof(part([1, 2, 3], { same: false })))).toBe(false);
  });

  test('a part that is locked for the reader is compared by its bytes alone', () => {
    const locked = part([1, 2, 3], { seen: null, same: false });
    expect(sameRows(proof(locked), proof(locked))).toBe(true);
  });
});

test('a trace in seconds keeps its extremes and leaves out what was not measured', () => {
  const millivolts = Float64Array.of(0.1, 1.2, -0.3, 0, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 0.5, Number.NaN);
  expect(extremesBySecond({ perSecond: 4, millivolts })).toEqual([
    { second: 0, low: -0.3, high: 1.2 },
    { second: 2, low: 0.5, high: 0.5 },
  ]);
});

test('a few finger pricks are no share of a day', () => {
  const range = { low: 0, within: 1, high: 0 };
  const day = (readings: number) => ({ day: 0, low: 4, high: 9, middle: 6, second: null, readings });
  expect(dayInRange({ range, spark: [day(288), day(3)] })).toBeNull();
  expect(dayInRange({ range, spark: [day(3), day(288)] })).toEqual(range);
  expect(dayInRange({ range: null, spark: [day(288)] })).toBeNull();
  expect(dayInRange({ range, spark: [] })).toBeNull();
});
