import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cycles, importsOf, survey } from './floors.mjs';

const rooms = [
  'crypto',
  'care',
  'client',
  'services/ground',
  'services/cloud',
  'services/authority',
  'apps/portal',
  'apps/wearable',
  'testbed',
  'apps/cli',
];

const sound = {
  'crypto/src/algebra/bytes.ts': 'export const a = 1;',
  'crypto/src/kp-abe/reader.ts': "import { a } from '../algebra/bytes.ts'; export const open = a;",
  'crypto/src/kp-abe/cloud.ts': "import { a } from '../algebra/bytes.ts'; export const transform = a;",
  'care/src/model/index.ts': 'export const noun = 1;',
  'client/src/records.ts': "import { open } from '@carelet/crypto/kp-abe/reader'; import { noun } from '@carelet/care/model';",
  'services/ground/src/database.ts': "import pg from 'pg'; import { noun } from '@carelet/care/model'; export const db = noun;",
  'services/cloud/src/cloud.ts': "import { db } from '@carelet/ground/database'; import { transform } from '@carelet/crypto/kp-abe/cloud';",
  'testbed/src/town.ts': "import '@carelet/cloud/cloud'; import '@carelet/client/records';",
};

/** The survey of a small house on disk: the sound one, changed. */
function of(changes) {
  const house = mkdtempSync(join(tmpdir(), 'carelet-house-'));
  const write = (path, text) => {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  };
  write('package.json', JSON.stringify({ workspaces: ['crypto', 'care', 'client', 'services/*', 'apps/*', 'testbed'] }));
  const exports = { './model': { source: './src/model/index.ts' }, './*': { source: './src/*.ts' } };
  for (const room of rooms) write(`${room}/package.json`, JSON.stringify({ name: `@carelet/${room.split('/').at(-1)}`, exports }));
  for (const [path, text] of Object.entries({ ...sound, ...changes })) write(path, text);
  try {
    return survey(house);
  } finally {
    rmSync(house, { recursive: true });
  }
}

const sinsOf = (path, text) => of({ [path]: text }).sins;

describe('the floors', () => {
  it('of a sound house hold, and are drawn from roof to cellar', () => {
    const { sins, picture } = of({});
    expect(sins).toEqual([]);
    expect(picture.split('\n').slice(1)).toEqual([
      ...['', 'roof', '  testbed  → client services/cloud'],
      ...[
        '',
        'wings',
        '  services/cloud   → crypto/kp-abe services/ground',
        '  services/ground  → care/model',
        '  client           → care/model crypto/kp-abe',
      ],
      ...['', 'foundations', '  crypto/algebra', '  crypto/kp-abe   → crypto/algebra', '  care/model'],
      '',
    ]);
  });

  it.each([
    ['an arrow up', 'client/src/x.ts', "import '@carelet/testbed/town';", 'an arrow up'],
    ['an arrow up from a service', 'services/cloud/src/x.ts', "export * from '@carelet/testbed/town';", 'an arrow up'],
    ['an arrow sideways', 'services/authority/src/x.ts', "import '@carelet/cloud/cloud';", 'an arrow sideways'],
    ['a client that knows a service', 'client/src/x.ts', "import '@carelet/ground/database';", 'the wings never touch'],
    [
      'a service that knows the client',
      'services/cloud/src/x.ts',
      "const x = await import('@carelet/client/records');",
      'the wings never touch',
    ],
    ['a test that lets the wings touch', 'client/src/x.test.ts', "import '@carelet/ground/database';", 'the wings never touch'],
    ['mathematics that hears of medicine', 'crypto/src/algebra/x.ts', "import '@carelet/care/model';", 'do not know each other'],
    [
      'medicine that hears of mathematics',
      'care/src/model/x.ts',
      "import type { a } from '@carelet/crypto/algebra/bytes';",
      'do not know each other',
    ],
    [
      'a service that could open',
      'services/cloud/src/x.ts',
      "import { open } from '@carelet/crypto/kp-abe/reader';",
      'no code of those who open',
    ],
    ['a way into another room past its name', 'client/src/x.ts', "import '../../care/src/model/index.ts';", 'by its name'],
    [
      'a worker started across the wings',
      'services/cloud/src/x.ts',
      "new URL('../../../client/src/records.ts', import.meta.url)",
      'by its name',
    ],
    ['an import of nothing', 'client/src/x.ts', "import './nowhere.ts'; import '@carelet/care/nowhere';", 'which is not there'],
  ])('do not bear %s', (_, path, text, sin) => {
    const sins = sinsOf(path, text);
    expect(sins.length).toBeGreaterThan(0);
    for (const found of sins) expect(found).toContain(sin);
    expect(sins[0]).toContain(path);
  });

  it('do not bear a service that could open by way of another module', () => {
    const { sins } = of({
      'crypto/src/kp-abe/cloud.ts': "export * from './shared.ts'; export const transform = 1;",
      'crypto/src/kp-abe/shared.ts': "import { open } from './reader.ts';",
    });
    expect(sins).toEqual([
      expect.stringContaining(
        'cloud.ts → crypto/src/kp-abe/cloud.ts → crypto/src/kp-abe/shared.ts → crypto/src/kp-abe/reader.ts: a service',
      ),
    ]);
  });

  it('do not bear circles of files or of rooms', () => {
    const files = sinsOf('crypto/src/algebra/bytes.ts', "import './hash.ts'; export const a = 1;");
    expect(files).toEqual([expect.stringContaining('which is not there')]);
    const { sins } = of({
      'crypto/src/algebra/bytes.ts': "import './hash.ts'; export const a = 1;",
      'crypto/src/algebra/hash.ts': "import './bytes.ts'; import '../kp-abe/formula.ts';",
      'crypto/src/kp-abe/formula.ts': 'export {};',
    });
    expect(sins).toEqual([
      'files import each other in a circle: crypto/src/algebra/bytes.ts → crypto/src/algebra/hash.ts → crypto/src/algebra/bytes.ts',
      'rooms import each other in a circle: crypto/algebra → crypto/kp-abe → crypto/algebra',
    ]);
  });

  it('bear a test of a service that seals what it stores, types that know each other, and other packages', () => {
    const { sins } = of({
      'services/cloud/src/x.test.ts': "import { open } from '@carelet/crypto/kp-abe/reader';",
      'care/src/model/a.ts': "import type { B } from './b.ts'; export interface A { b: B }",
      'care/src/model/b.ts': "import type { A } from './a.ts'; export interface B { a: A }",
      'client/src/threads.ts': "new Worker(new URL('../dist/records.js', import.meta.url));",
      'care/src/model/c.ts': "import 'node:fs'; import zod from 'zod'; import './style.css';",
    });
    expect(sins).toEqual([]);
  });

  it('count suites and what tests share as tests', () => {
    const { sins, picture } = of({
      'services/cloud/src/x.testing.ts': "import { open } from '@carelet/crypto/kp-abe/reader';",
      'services/cloud/src/x.suite.ts': "import './x.testing.ts'; import '@carelet/care/model';",
    });
    expect(sins).toEqual([]);
    expect(picture).toContain('services/cloud   → crypto/kp-abe services/ground\n');
  });
});

describe('the floors of the portal', () => {
  const portal = {
    'apps/portal/src/theme.ts': 'export const theme = 1;',
    'apps/portal/src/paths.ts': 'export const paths = 1;',
    'apps/portal/src/words/words.ts': 'export const words = 1;',
    'apps/portal/src/ui/kit.tsx': "import { theme } from '../theme.ts'; import { Box } from '@mantine/core'; export const Card = theme;",
    'apps/portal/src/house/house.ts': "import type { noun } from '@carelet/care/model'; export type House = typeof noun;",
    'apps/portal/src/house/front.ts':
      "import url from '../worker/worker.ts?worker&url'; import type { House } from './house.ts'; export const house = url;",
    'apps/portal/src/pages/HomePage.tsx':
      "import type { noun } from '@carelet/care/model'; import { house } from '../house/front.ts'; import { Card } from '../ui/kit.tsx';",
    'apps/portal/src/worker/worker.ts':
      "import '@carelet/client/records'; import { open } from '@carelet/crypto/kp-abe/reader'; import type { House } from '../house/house.ts';",
    'apps/portal/src/service/service.ts':
      "import { db } from '@carelet/ground/database'; import { noun } from '@carelet/care/model'; export {};",
    'apps/portal/src/main.tsx':
      "import './pages/HomePage.tsx'; import './words/words.ts'; import 'virtual:theme.css'; import './paths.ts';",
  };
  const changed = (path, text) => of({ ...portal, [`apps/portal/src/${path}`]: text }).sins;

  it('hold', () => {
    expect(of(portal).sins).toEqual([]);
  });

  it.each([
    ['ui that knows addresses', 'ui/x.tsx', "import { paths } from '../paths.ts';", 'neither addresses nor words'],
    ['ui that speaks', 'ui/x.tsx', "import { words } from '../words/words.ts';", 'neither addresses nor words'],
    ['ui that asks the house', 'ui/x.tsx', "import type { House } from '../house/house.ts';", 'neither addresses nor words'],
    ['ui that knows a page', 'ui/x.tsx', "import '../pages/HomePage.tsx';", 'neither addresses nor words'],
    ['ui that reaches the worker', 'ui/x.tsx', "import url from '../worker/worker.ts?worker&url';", 'neither addresses nor words'],
    ['ui that knows medicine', 'ui/x.tsx', "import type { noun } from '@carelet/care/model';", 'knows no other room'],
    ['a page that reaches the worker', 'pages/x.tsx', "import type { a } from '../worker/worker.ts';", 'through the house'],
    ['a page that takes its address', 'pages/x.tsx', "import url from '../worker/worker.ts?worker&url';", 'through the house'],
    ['a page that computes medicine', 'pages/x.tsx', "import { noun } from '@carelet/care/model';", 'by their types only'],
    ['a page with keys', 'pages/x.tsx', "import type { open } from '@carelet/client/records';", 'in the worker only'],
    ['a house with a value of another room', 'house/x.ts', "import { noun } from '@carelet/care/model';", 'by their types only'],
    ['a house with the worker in it', 'house/x.ts', "import { a } from '../worker/worker.ts';", 'by its address only'],
    ['words that open records', 'words/x.ts', "import { open } from '@carelet/crypto/kp-abe/reader';", 'in the worker only'],
    ['a page that imports the service', 'pages/x.tsx', "import type { a } from '../service/service.ts';", 'runs in Node'],
    ['a service that imports a page', 'service/x.ts', "import '../pages/HomePage.tsx';", 'runs in Node'],
    ['a worker that is not there', 'house/x.ts', "import url from '../worker/other.ts?worker&url';", 'which is not there'],
  ])('do not bear %s', (_, path, text, sin) => {
    expect(changed(path, text)).toEqual([expect.stringContaining(sin)]);
  });
});

describe('the imports of a source', () => {
  it('are found in all their forms and not in comments', () => {
    const source = `
      import a, { type b } from './one.ts';
      import type { c } from './two.ts';
      import {
        d,
      } from "./three.ts";
      export * as e from './four.ts';
      import './five.ts';
      const f = await import('./six.ts');
      new Worker(new URL('./seven.js', import.meta.url));
      // import './no.ts';
      /** import { x } from './no.ts'; */
      const url = 'http://x'; import './eight.ts';
      obj.import('./no.ts');`;
    const found = importsOf(source);
    expect(found.map(({ specifier }) => specifier.match(/\w+(?=\.)/)[0]).sort()).toEqual([
      'eight',
      'five',
      'four',
      'one',
      'seven',
      'six',
      'three',
      'two',
    ]);
    expect(found.filter(({ type }) => type).map(({ specifier }) => specifier)).toEqual(['./two.ts']);
  });
});

describe('a circle', () => {
  it('is told once for every knot', () => {
    const graph = new Map(
      Object.entries({ a: ['b'], b: ['c', 'd'], c: ['a'], d: ['b'], e: ['e'], f: ['a'] }).map(([k, v]) => [k, new Set(v)]),
    );
    expect(cycles(graph)).toEqual([
      ['a', 'b', 'c', 'a'],
      ['e', 'e'],
    ]);
  });
});
