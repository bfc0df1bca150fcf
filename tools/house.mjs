// What the tools know about the house: where it stands, its rooms from cellar to roof, and its files.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The workspaces from cellar to roof. A room imports only from smaller ranks (crypto and care not even from each other). */
const ranks = [
  ['foundations', /^(crypto|care)$/, 0],
  ['wings', /^(client|services\/ground)$/, 1],
  ['wings', /^services\//, 2],
  ['roof', /^apps\/(?!cli$)/, 3],
  ['roof', /^testbed$/, 4],
  ['roof', /^apps\/cli$/, 5],
];

/** @returns {{ folder: string, name: string, floor: string, rank: number, exports: object }[]} */
export function workspaces(house = root) {
  const globs = JSON.parse(readFileSync(join(house, 'package.json'), 'utf8')).workspaces;
  const folders = globs.flatMap((glob) =>
    glob.endsWith('/*') ? readdirSync(join(house, glob.slice(0, -2))).map((name) => `${glob.slice(0, -1)}${name}`) : [glob],
  );
  return folders
    .filter((folder) => existsSync(join(house, folder, 'package.json')))
    .map((folder) => {
      const { name, exports = {} } = JSON.parse(readFileSync(join(house, folder, 'package.json'), 'utf8'));
      const [floor, , rank] = ranks.find(([, pattern]) => pattern.test(folder)) ?? [];
      if (rank === undefined) throw new Error(`${folder} is on no floor: give it one in tools/house.mjs`);
      return { folder, name, floor, rank, exports };
    })
    .sort((a, b) => a.rank - b.rank || (a.folder < b.folder ? -1 : 1));
}

/** Every file below a folder of the house, as paths from its root; built and installed things left out. */
export function* filesIn(folder, house = root) {
  const here = join(house, folder);
  if (!existsSync(here)) return;
  const entries = readdirSync(here, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!/^(node_modules|dist|\.git|\.carelet)$/.test(entry.name)) yield* filesIn(path, house);
    } else yield path;
  }
}

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
