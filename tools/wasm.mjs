// Compiles the AssemblyScript of `crypto/src/*/wasm` to WebAssembly, and writes each module into one of TypeScript that
// carries its bytes as text: so a test, a bundler and Node find it in the same way. Beside it stands the module's text
// form, which the tests read. Run by tools/prepare.mjs when a source has changed.
//
//   node tools/wasm.mjs
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { sets, sourcesOf } from '../crypto/src/ntru/wasm/generate.mjs';
import { root } from './house.mjs';

/** What is compiled: where to, from which entry, and with which sources that do not lie in a file. */
const modules = [
  ...Object.keys(sets).map((name) => ({ to: `crypto/src/ntru/__generated__/${name}`, ...ntru(name, 'kem.ts') })),
  { to: 'crypto/src/algebra/__generated__/aead', entry: 'crypto/src/algebra/wasm/aead.ts' },
];

/** A module of one parameter set. */
export function ntru(name, entry) {
  const folder = 'crypto/src/ntru/wasm';
  const made = Object.entries(sourcesOf(sets[name])).map(([path, text]) => [posix.join(folder, `${path}.ts`), text]);
  return { entry: posix.join(folder, entry), made: Object.fromEntries(made) };
}

/**
 * Compiles one module. Optimised for speed, but functions are inlined only where their comment says `@inline`, which
 * keeps modules small; the compiler wants that as a decorator, TypeScript would not have it.
 *
 * @returns {Promise<{ wasm: Uint8Array, wat: string }>}
 */
export async function compile({ entry, made = {} }) {
  const output = {};
  const options = ['--runtime', 'stub', '--enable', 'simd', '-O3s', '--noAssert', '--initialMemory', '4'];
  // Addresses are 32 bits wide here, and vectors pass between our own functions only.
  const quiet = ['--disableWarning', '201', '--disableWarning', '112'];
  const { error, stderr } = await asc.main([entry, '--outFile', 'wasm', '--textFile', 'wat', ...options, ...quiet], {
    readFile: (path) => made[posix.normalize(path)] ?? source(path),
    writeFile: (path, data) => {
      output[path] = data;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${entry} does not compile:\n${stderr}`);
  return output;
}

function source(path) {
  try {
    return readFileSync(resolve(root, path), 'utf8').replace(/(\/\*\* @inline[\s\S]*?\*\/\n)/g, '$1@inline ');
  } catch {
    return null;
  }
}

async function main() {
  for (const { to, ...module } of modules) {
    const { wasm, wat } = await compile(module);
    const text = Buffer.from(wasm).toString('base64');
    mkdirSync(dirname(join(root, to)), { recursive: true });
    writeFileSync(join(root, `${to}.wat`), wat);
    writeFileSync(
      join(root, `${to}.ts`),
      `// Written by tools/wasm.mjs from ${module.entry} and what it imports; ${wasm.length} bytes.\nexport const wasm: string =\n  '${text}';\n`,
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
