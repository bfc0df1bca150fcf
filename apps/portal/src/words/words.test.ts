import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import i18next from 'i18next';
import { parseSync } from 'vite';
import { describe, expect, test, vi } from 'vitest';
import { formatFor } from './format.ts';
import { type Language, languages } from './language.ts';
import { localeOf, type Room, rooms, type Words } from './words.ts';

const source = fileURLToPath(new URL('..', import.meta.url));
const translated = languages.map(({ tag }) => tag).filter((tag) => tag !== 'en');

describe('English', () => {
  const asked = pages().flatMap(askedIn);

  test('has every word that a page asks for', () => {
    const names = new Map(rooms.map((room) => [room, namesOf(room)]));
    const missing = asked.filter(({ key, of }) => !of.some((room) => names.get(room)!.some((name) => key.test(name))));
    expect(missing.map(({ path, said }) => `${path}: ${said}`)).toEqual([]);
  });

  test('is asked for in every room, so the pages are really read', () => {
    expect(asked.length).toBeGreaterThan(300);
    for (const room of rooms) expect(asked.some(({ of }) => of.length === 1 && of[0] === room)).toBe(true);
  });

  test.each(rooms)('has one and many of all it counts (%s)', (room) => {
    for (const [name, forms] of entriesOf('en', room)) {
      if (!forms.has('')) expect([...forms.keys()].toSorted(), name).toEqual(expect.arrayContaining(['one', 'other']));
    }
  });
});

describe.each(translated.flatMap((language) => rooms.map((room) => [language, room] as const)))('%s, %s', (language, room) => {
  const english = entriesOf('en', room);
  const theirs = entriesOf(language, room);

  test('says nothing that English does not', () => {
    expect([...theirs.keys()].filter((name) => !english.has(name))).toEqual([]);
  });

  test('has a form for each number the language tells apart', () => {
    for (const [name, forms] of theirs) {
      if (forms.has('')) {
        expect(english.get(name)!.has(''), name).toBe(true);
        continue;
      }
      // i18next takes the form `zero` for none in any language: what English says of none is said of none everywhere.
      const ownZero = english.get(name)!.has('zero') ? ['zero'] : [];
      const wanted = new Set([...new Intl.PluralRules(language).resolvedOptions().pluralCategories, ...ownZero]);
      expect([...forms.keys()].toSorted(), name).toEqual([...wanted].toSorted());
    }
  });

  test('fills in and stresses what English does', () => {
    for (const [name, forms] of theirs) {
      for (const [form, lines] of forms) {
        const like = likeOf(english.get(name)!, form);
        expect(lines.length, name).toBe(like.length);
        for (const [at, line] of lines.entries()) {
          const spelled = form !== '' && isOneNumber(language, form) ? ['count'] : [];
          const without = (text: string) => filledIn(text).filter((one) => !spelled.includes(one));
          expect(without(line), `${name} ${form}`).toEqual(without(like[at]!));
          expect(stressed(line), `${name} ${form}`).toBe(stressed(like[at]!));
        }
      }
    }
  });

  test('leaves nothing empty that English says', () => {
    for (const [name, forms] of theirs) {
      for (const [form, lines] of forms) {
        const like = likeOf(english.get(name)!, form);
        for (const [at, line] of lines.entries()) expect(line.trim() === '', `${name} ${form}`).toBe(like[at] === '');
      }
    }
  });

  test('breaks no line between a number and its unit', () => {
    for (const [name, forms] of theirs)
      for (const line of [...forms.values()].flat()) expect(line, name).not.toMatch(/[\d٠-٩] (mm|mg|%|°|kg|lb|ملم|ملغ|كغ|किग्रा|मिमी)/);
  });
});

describe('words', () => {
  test('Arabic counts with its own six forms, and Spanish with its three', () => {
    const arabic = wordsOf('ar', 'shell');
    expect([0, 1, 2, 3, 11, 100].map((count) => arabic('opening.first', { count }))).toEqual([
      'لم يُفتح أي جزء بعد',
      'فُتح جزء واحد من السجلات حتى الآن',
      'فُتح جزءان من السجلات حتى الآن',
      'فُتحت 3 أجزاء من السجلات حتى الآن',
      'فُتح 11 جزءًا من السجلات حتى الآن',
      'فُتح 100 جزء من السجلات حتى الآن',
    ]);
    const spanish = wordsOf('es', 'shell');
    expect([1, 2, 1_000_000].map((count) => spanish('opening.first', { count }))).toEqual([
      '1 parte de un registro abierta hasta ahora',
      '2 partes de registros abiertas hasta ahora',
      '1.000.000 de partes de registros abiertas hasta ahora',
    ]);
  });

  test('a doctor is told of the patient, where a patient is told of herself', () => {
    for (const { tag } of languages) {
      const words = wordsOf(tag, 'record');
      expect(words('audience.only_doctor')).toBe(words('audience.only', { context: 'doctor' }));
      expect(words('audience.only')).not.toBe(words('audience.only', { context: 'doctor' }));
    }
  });
});

describe('the locale', () => {
  test('has the region of the browser where it speaks the language, and is one that can be written in', () => {
    const says = (...tags: string[]) => vi.stubGlobal('navigator', { languages: tags });
    try {
      says('de-DE', 'en-US', 'en-GB');
      expect([localeOf('en'), localeOf('es')]).toEqual(['en-US', 'es']);
      says('en-US@posix');
      expect(localeOf('en')).toBe('en-GB');
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe('format', () => {
  const morning = new Date(2026, 10, 20, 7, 52).getTime();
  const formatOf = (locale: string) => formatFor(locale, wordsOf(locale.split('-')[0] as Language, 'shell'));

  test('shows a reader in the United States the units used there', () => {
    const format = formatOf('en-US');
    expect(format.quantity(37, 'Cel', 1)).toEqual({ value: '98.6', unit: '°F' });
    expect(format.quantity(5.5, 'mmol/L{glucose}', 1)).toEqual({ value: '99', unit: 'mg/dL' });
    expect(format.quantity(80, 'kg', 1)).toEqual({ value: '176.4', unit: 'lb' });
    expect(format.quantity(148, 'mm[Hg]')).toEqual({ value: '148', unit: 'mmHg' });
  });

  test('leaves the units of the record to everyone else', () => {
    for (const locale of ['en-GB', 'es-MX', 'hi-IN']) {
      const format = formatOf(locale);
      expect(format.quantity(37, 'Cel', 1)).toEqual({ value: '37.0', unit: '°C' });
      expect(format.quantity(5.5, 'mmol/L{glucose}', 1)).toEqual({ value: '5.5', unit: 'mmol/L' });
    }
  });

  test('writes digits, days and times as Egypt does', () => {
    const format = formatOf('ar-EG');
    expect(format.number(1234.5, 1)).toBe('١٬٢٣٤٫٥');
    expect(format.date(morning)).toBe('٢٠ نوفمبر ٢٠٢٦');
    expect(format.time(morning)).toBe('٠٧:٥٢');
    expect(format.percent(0.81)).toMatch(/^٨١٪/);
    expect(format.quantity(72, 'kg', 1)).toEqual({ value: '٧٢٫٠', unit: 'كغ' });
  });

  test('lists names in pieces that say the same together', () => {
    for (const locale of ['en-GB', 'es-MX', 'hi-IN', 'ar-EG']) {
      const format = formatOf(locale);
      const names = ['A', 'B', 'C'];
      const pieces = format.listed(names);
      expect(pieces.map(({ text }) => text).join('')).toBe(format.list(names));
      expect(pieces.flatMap(({ text, item }) => (item === null ? [] : [[text, item]]))).toEqual(names.map((name, at) => [name, at]));
    }
  });

  test('names today and yesterday, a weekday within a week, and the date before that', () => {
    const format = formatOf('es-ES');
    const daysAgo = (days: number) => new Date().setHours(7, 52, 0, 0) - days * 86_400_000;
    expect(format.moment(daysAgo(0))).toBe('hoy 07:52');
    expect(format.day(daysAgo(1))).toBe('ayer');
    expect(format.day(daysAgo(3))).toBe(new Intl.DateTimeFormat('es', { weekday: 'long' }).format(daysAgo(3)));
    expect(format.day(daysAgo(30))).toBe(new Intl.DateTimeFormat('es', { day: 'numeric', month: 'short' }).format(daysAgo(30)));
  });
});

/** A word's forms by CLDR category, or under `''` when it has but one; a list of lines counts as one form. */
type Forms = Map<string, string[]>;

function entriesOf(language: Language, room: Room): Map<string, Forms> {
  const entries = new Map<string, Forms>();
  const add = (path: string, value: unknown): void => {
    if (typeof value !== 'string' && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value as object)) add(path === '' ? name : `${path}.${name}`, inner);
      return;
    }
    const [, counted, category] = /^(.*)_(zero|one|two|few|many|other)$/.exec(path) ?? [];
    const name = counted ?? path;
    if (!entries.has(name)) entries.set(name, new Map());
    entries.get(name)!.set(category ?? '', [value].flat() as string[]);
  };
  add('', roomOf(language, room));
  return entries;
}

const roomOf = (language: Language, room: Room) => JSON.parse(readFileSync(join(source, 'locales', language, `${room}.json`), 'utf8'));

const namesOf = (room: Room): string[] => [...entriesOf('en', room).keys()];

/** The English form that says the same: none and one have their own where English has one. */
const likeOf = (english: Forms, form: string): string[] => english.get('') ?? english.get(form) ?? english.get('other')!;

const filledIn = (text: string): string[] => [...new Set([...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name!))].toSorted();

const stressed = (text: string): number => text.match(/<b>[^<]+<\/b>/g)?.length ?? 0;

/** Whether a form stands for a single number, which may then be spelled out: `dos`, but not Hindi's form of 0 and 1. */
function isOneNumber(language: Language, form: string): boolean {
  const rules = new Intl.PluralRules(language);
  return form === 'zero' || Array.from({ length: 200 }, (_, n) => rules.select(n)).filter((one) => one === form).length === 1;
}

function wordsOf(language: Language, room: Room): Words {
  const words = i18next.createInstance();
  const resources = { en: { [room]: roomOf('en', room) }, [language]: { [room]: roomOf(language, room) } };
  void words.init({
    lng: language,
    fallbackLng: 'en',
    ns: [room],
    resources,
    initAsync: false,
    showSupportNotice: false,
    interpolation: { escapeValue: false },
  });
  return words.getFixedT(language, room);
}

/** A word that a page asks for: as a pattern, as written, and the rooms it may lie in. */
type Asked = { readonly path: string; readonly said: string; readonly key: RegExp; readonly of: readonly Room[] };

type Node = { readonly type: string; readonly start: number; readonly end: number; readonly [part: string]: unknown };

function pages(): string[] {
  const drawn = ['pages', 'shell', 'ui', 'words'];
  return drawn
    .flatMap((folder) => readdirSync(join(source, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(source, folder, name)))
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !path.includes('__generated__'));
}

/**
 * What a file asks for, by calls of what `useWords('room')` gave in the same function or around it. Words that came in
 * as a parameter may be of any room.
 */
function askedIn(path: string): Asked[] {
  const text = readFileSync(path, 'utf8');
  const { program, errors } = parseSync(path, text);
  expect(errors, path).toEqual([]);
  const givers: { readonly name: string; readonly room: Room | null; readonly within: Node }[] = [];
  const calls: Node[] = [];
  const visit = (node: Node, within: Node): void => {
    const init = node.init as Node | null | undefined;
    const id = node.id as Node | null | undefined;
    if (node.type === 'VariableDeclarator' && init?.type === 'CallExpression' && nameOf(init.callee) === 'useWords') {
      givers.push({ name: nameOf(id)!, room: (init.arguments as Node[])[0]!.value as Room, within });
    }
    if (node.type === 'Identifier' && /^:\s*Words$/.test(cut(text, node.typeAnnotation))) {
      givers.push({ name: nameOf(node)!, room: null, within });
    }
    if (node.type === 'CallExpression') calls.push(node);
    const scope = /Function/.test(node.type) ? node : within;
    for (const part of Object.values(node).flat()) if (isNode(part)) visit(part, scope);
  };
  visit(program as unknown as Node, program as unknown as Node);

  return calls.flatMap((call) => {
    const name = nameOf(call.callee);
    const around = givers.filter((giver) => giver.name === name && giver.within.start <= call.start && call.end <= giver.within.end);
    const nearest = around.toSorted((a, b) => b.within.start - a.within.start)[0];
    if (!nearest) return [];
    const [key, options] = call.arguments as Node[];
    const elsewhere = /\bns: '(\w+)'/.exec(cut(text, options))?.[1] as Room | undefined;
    const room = elsewhere ?? nearest.room;
    return keysIn(key!).map((one) => ({
      path: relative(source, path),
      said: cut(text, one),
      key: patternOf(one),
      of: room === null ? rooms : [room],
    }));
  });
}

/** The keys an argument may come to: both sides of a choice, each of a list; what is reckoned elsewhere is not known. */
function keysIn(node: Node): Node[] {
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
      return [node];
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].flatMap((one) => keysIn(one as Node));
    case 'ArrayExpression':
      return (node.elements as Node[]).flatMap(keysIn);
    default:
      return [];
  }
}

function patternOf(key: Node): RegExp {
  const fixed =
    key.type === 'Literal' ? [key.value as string] : (key.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked);
  return new RegExp(`^${fixed.map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*')}$`);
}

const isNode = (part: unknown): part is Node => typeof part === 'object' && part !== null && 'type' in part;
const nameOf = (node: unknown): string | undefined => (isNode(node) && node.type === 'Identifier' ? (node.name as string) : undefined);
const cut = (text: string, node: unknown): string => (isNode(node) ? text.slice(node.start, node.end) : '');
