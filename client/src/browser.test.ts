/**
 * What a browser needs of this room runs in a browser: nothing on the way from these entries imports a module of Node,
 * and what only Node has is asked for, not taken for granted.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const house = fileURLToPath(new URL('../../', import.meta.url));

const entries = [
  ...['enrolment', 'login', 'mathematics', 'keyring/keyring', 'keyring/passphrase'],
  ...['records/changes', 'records/fhir', 'records/link', 'records/reader', 'records/writer', 'session/pair', 'session/renew'],
].map((name) => `client/src/${name}.ts`);

/** Our rooms below; what else is imported comes from a registry. */
const rooms = ['care', 'crypto'];

/** The packages that are made for browsers as well: a bundler takes the half of each that is. */
const packages = [
  '@noble/ciphers',
  '@noble/curves',
  '@noble/hashes',
  'cborg',
  'libsodium-wrappers-sumo',
  'lossless-json',
  'mcl-wasm',
  'zod',
];

const code = (path: string) => readFileSync(join(house, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, ' ');

/** What a file imports when it runs: types are gone by then. */
function importsOf(path: string): string[] {
  const declarations = code(path).matchAll(/(?<![\w$.])(?:import|export)\s+(?!type\s)(?:[\w$*{][^;'"]*?\sfrom\s*)?['"]([^'"\n]+)['"]/g);
  const calls = code(path).matchAll(/(?<![\w$.]|typeof )import\s*\(\s*['"]([^'"\n]+)['"]/g);
  return [...declarations, ...calls].map(([, specifier]) => specifier!);
}

/** Where an import leads in our house, as the room's package.json says; `null` when it leads out of it. */
function resolve(from: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return join(dirname(from), specifier);
  const room = rooms.find((name) => specifier.startsWith(`@carelet/${name}/`));
  if (!room) return null;
  const inside = specifier.slice(`@carelet/${room}/`.length);
  const { exports } = JSON.parse(readFileSync(join(house, room, 'package.json'), 'utf8')) as {
    exports: Record<string, { source: string }>;
  };
  return join(room, exports[`./${inside}`]?.source ?? `src/${inside}.ts`);
}

const reached = new Map<string, string[]>();
const outside = new Map<string, string>();
for (const queue = [...entries]; queue.length > 0; ) {
  const path = queue.pop()!;
  if (reached.has(path)) continue;
  const imports = importsOf(path);
  reached.set(path, imports);
  for (const specifier of imports) {
    const to = resolve(path, specifier);
    if (to) queue.push(to);
    else outside.set(specifier, path);
  }
}

test('the way from what a browser needs leads through the rooms below', () => {
  const paths = [...reached.keys()];
  for (const known of [
    'client/src/records/reading/shelf.ts',
    'crypto/src/algebra/native.ts',
    'crypto/src/kp-abe/reader.ts',
    'care/src/wire/connect.ts',
  ]) {
    expect(paths).toContain(known);
  }
  expect(importsOf('client/src/keyring/file.ts')).toContain('node:fs/promises');
});

test('no module of Node is imported', () => {
  const alien = [...outside].filter(([specifier]) => !packages.some((name) => specifier === name || specifier.startsWith(`${name}/`)));
  expect(alien.map(([specifier, path]) => `${path} imports ${specifier}`)).toEqual([]);
});

test('what only Node has is used where it was found to be', () => {
  /** Called with OpenSSL only, which there is nowhere else. */
  const behindNative = ['crypto/src/algebra/okp.ts'];
  const users = [...reached.keys()].filter((path) =>
    /(?<![\w.'"`])(Buffer|process|require|__dirname|setImmediate)(?![\w'"`:])/.test(
      code(path).replace(/'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, "''"),
    ),
  );
  expect(users.filter((path) => !behindNative.includes(path))).toEqual([]);
});
