// Runs the examples of the documentation: every ```ts fence of a docstring (`@example`) or of a Markdown page.
//
// All of them are type-checked against the built packages; each then runs, and a line `expression; // value`
// must give that value (a value with … in it is only shown). A fence marked ```ts no-run is checked, not run.
//
//   node tools/examples.mjs [path]     all of them, or those of the files below a path
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesIn, root, workspaces } from './house.mjs';

/** The examples in one text: the line each begins on, its code, and whether it runs. */
export function examplesIn(text, docstrings) {
  const lines = text.split('\n').map((line) => (docstrings ? (/^\s*\* ?(.*)$/.exec(line)?.[1] ?? null) : line));
  const found = [];
  let open;
  for (const [i, line] of lines.entries()) {
    if (line === null)
      open = undefined; // the comment ended
    else if (open === undefined && /^```ts( no-run)?\s*$/.test(line)) open = { line: i + 1, runs: !line.includes('no-run'), code: [] };
    else if (open && /^```\s*$/.test(line)) {
      found.push(open);
      open = undefined;
    } else open?.code.push(line);
  }
  return found;
}

const value = /^(?:['"`\d[{-]|true\b|false\b|null\b|undefined\b|new Uint8Array\b)/;

/** One line of an example as it runs: `a(); // 1` becomes a comparison, everything else stays. */
export function compared(line, where) {
  const [, code, said] = /^(\S.*?);\s*\/\/ (.+?)\s*$/.exec(line) ?? [];
  if (said === undefined || said.includes('…') || !value.test(said) || !isExpression(said)) return line;
  const name = /^(?:const|let) ([\w$]+)(?::[^=]+)? =/.exec(code)?.[1];
  if (name) return `${code}; same(${name}, ${said}, ${JSON.stringify(where)});`;
  if (!isExpression(code.replaceAll(/\bawait\b/g, ''))) return line;
  return `same(${code}, ${said}, ${JSON.stringify(where)});`;
}

function isExpression(code) {
  try {
    new Function(`return (${code}\n)`);
    return true;
  } catch {
    return false;
  }
}

/** The portal's own rooms are bundled for a browser: no example outside can import them. Their tests say what they give. */
const bundled = (path) => path.startsWith('apps/portal/src/') && !path.startsWith('apps/portal/src/service/');

function collect(under) {
  const pages = [...filesIn('.')].filter((path) => path.endsWith('.md'));
  const sources = workspaces().flatMap(({ folder }) => [...filesIn(`${folder}/src`)].filter((path) => /(?<!\.test|\.d)\.tsx?$/.test(path)));
  const wanted = [...pages, ...sources].filter((path) => path.startsWith(under) && !bundled(path));
  return wanted.flatMap((path) =>
    examplesIn(readFileSync(join(root, path), 'utf8'), !path.endsWith('.md')).map((example) => ({ ...example, path })),
  );
}

const runner = (files) => `import { deepStrictEqual } from 'node:assert/strict';
let failed = 0;
globalThis.same = (actual, expected, where) => {
  try {
    deepStrictEqual(actual, expected);
  } catch {
    failed++;
    console.error(where + ': the example says', expected, 'and gives', actual);
  }
};
for (const [file, where] of ${JSON.stringify(files)}) {
  try {
    await import(file);
  } catch (thrown) {
    failed++;
    console.error(where + ':', thrown);
  }
}
process.exit(failed === 0 ? 0 : 1);
`;

/** Checks and runs the examples of all files below a path; returns how many there are, and what is wrong with them. */
export function runExamples(under = '') {
  const folder = mkdtempSync(join(tmpdir(), 'carelet-examples-'));
  try {
    const examples = collect(under);
    mkdirSync(join(folder, 'src'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const compilerOptions = { composite: false, noUnusedLocals: false, noUnusedParameters: false, typeRoots: ['node_modules/@types'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions }));
    const same = 'declare global { var same: (actual: unknown, expected: unknown, where: string) => void; }\nexport {};\n';
    writeFileSync(join(folder, 'src/same.d.ts'), same);
    for (const [i, { path, line, code }] of examples.entries()) {
      const lines = code.map((text, n) => compared(text, `${path}:${line + n + 1}`));
      writeFileSync(join(folder, `src/example${i}.ts`), `${lines.join('\n')}\nexport {};\n`);
    }
    const original = (output) =>
      output.replaceAll(
        /(?:\S*\/)?src\/example(\d+)\.ts\((\d+),\d+\)/g,
        (_, i, n) => `${examples[i].path}:${examples[i].line + Number(n)}`,
      );
    const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' });
    if (tsc.status !== 0) return { count: examples.length, problems: original(tsc.stdout + tsc.stderr) };
    const files = examples.flatMap(({ path, line, runs }, i) => (runs ? [[`./dist/example${i}.js`, `${path}:${line}`]] : []));
    writeFileSync(join(folder, 'run.mjs'), runner(files));
    const run = spawnSync(process.execPath, ['run.mjs'], { cwd: folder, encoding: 'utf8', timeout: 120_000 });
    return {
      count: examples.length,
      problems: run.status === 0 ? '' : run.stdout + run.stderr || 'The examples did not end within two minutes.',
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { count, problems } = runExamples(process.argv[2]);
  if (problems) console.error(problems);
  console.log(`${count} examples${problems ? '' : ' hold'}`);
  process.exit(problems ? 1 : 0);
}
