// One feature, one word, on every floor: lists where a word lives, from cellar to roof.
//
//   npm run where search
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, root, workspaces } from './house.mjs';

const word = process.argv[2]?.toLowerCase();
if (!word) {
  console.error('Which word? For instance: npm run where records');
  process.exit(1);
}

const around = ['vectors', 'bench', 'docs', 'e2e', 'tools'].map((folder) => ({ folder, floor: 'around the house' }));
const found = [...workspaces(), ...around].flatMap(({ folder, floor }) => {
  const start = floor === 'around the house' ? folder : `${folder}/src`;
  return [...filesIn(start)].filter((path) => path.slice(start.length).split('/').some(says)).map((path) => ({ floor, path }));
});

const width = Math.min(60, Math.max(0, ...found.map(({ path }) => path.length)));
let floor;
for (const file of found) {
  if (file.floor !== floor) console.log(`${floor === undefined ? '' : '\n'}${file.floor}`);
  floor = file.floor;
  console.log(`  ${file.path.padEnd(width)}  ${firstWords(file.path)}`.trimEnd());
}
if (found.length === 0) console.log(`"${word}" lives nowhere in the house yet.`);

/** Whether a name is the word or has it between hyphens, dots or humps: `chart` in `chart-rows.test.ts` and `ChartPage.tsx`. */
function says(name) {
  const parts = name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
  return parts.replace(/\.\w+$/, '') === word || parts.split(/[-._]/).includes(word);
}

/** The first line a file says about itself: of its first comment, or of its first heading. */
function firstWords(path) {
  if (!/\.(ts|tsx|mjs|js|md)$/.test(path)) return '';
  const text = readFileSync(join(root, path), 'utf8');
  if (path.endsWith('.md')) return /^#+ +(.*)/m.exec(text)?.[1] ?? '';
  const block = /\/\*\*?\s*\*?\s*([^\n]*?)\s*(?:\*\/|\n)|^\/\/ (.*)/m.exec(text);
  return block?.[1] ?? block?.[2] ?? '';
}
