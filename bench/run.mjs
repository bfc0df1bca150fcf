// Benchmarks by name.
//
//   npm run bench                      which there are
//   npm run bench -- seal open         run some
//   npm run bench -- all --json        run all, one JSON line a figure
//
// The first line names the machine. CARELET_BENCH_SMALL=1 runs tiny sizes, to see that they run.
import { machine } from './kit.mjs';

const names = [
  'seal',
  'open',
  'strips',
  'air',
  'import',
  'ingest',
  'relay',
  'fetch',
  'kp-abe',
  'native',
  'consent',
  'sharing',
  'ntru',
  'aead',
  'wraps',
  'receipts',
  'memory',
  'start',
  'portal',
];

const args = process.argv.slice(2);
const json = args.includes('--json');
const asked = args.filter((arg) => arg !== '--json');
const wanted = asked.includes('all') ? names : asked;
const unknown = wanted.filter((name) => !names.includes(name));

if (wanted.length === 0 || unknown.length > 0) {
  for (const name of unknown) console.error(`There is no benchmark "${name}".`);
  console.log('npm run bench -- <name> … [--json]\n');
  for (const name of names) console.log(`  ${name.padEnd(8)}  ${(await import(`./${name}.mjs`)).says}`);
  console.log(`  ${'all'.padEnd(8)}  every one of them`);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const told = machine();
if (json) console.log(JSON.stringify(told));
else
  console.log(
    `${told.machine}, ${told.cores} cores, ${told.memory}, Node ${told.node.slice(1)}${told.small ? ' (tiny sizes: these figures say nothing)' : ''}`,
  );

for (const name of wanted) {
  const { says, run } = await import(`./${name}.mjs`);
  if (!json) console.log(`\n${name}: ${says}`);
  for await (const figure of run()) {
    if (json) console.log(JSON.stringify({ ...figure, name: `${name}: ${figure.name}` }));
    else console.log(`  ${inWords(figure)}`);
  }
}

function inWords({ name, ours, theirs, ratio, unit, aim }) {
  const number = (value) => value.toLocaleString('en', { maximumSignificantDigits: 3 });
  const against = theirs === null ? '' : `  against ${number(theirs)}`;
  const costs = ratio === null ? '' : `  × ${number(ratio)}`;
  return `${name.padEnd(62)} ${number(ours).padStart(8)} ${unit}${against}${costs}${aim === undefined ? '' : `  (aim: ${aim})`}`;
}
