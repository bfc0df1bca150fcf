// Checks that the house stands: reads every import of every room and refuses the arrows that would bring it down.
//
//   node tools/floors.mjs           check, and print the picture
//   node tools/floors.mjs --write   check, and write the picture to docs/floors.txt
//
// Rooms are the workspaces; inside the two foundations, their folders. The rules are those of ARCHITECTURE.md:
// imports go downward; the wings never touch; mathematics and medicine never touch; and the services contain
// no code that could open a record, not even through another module. The portal has floors of its own: what shows
// (`ui`), what asks (`pages`), the interface between (`house`) and what holds the keys (`worker`).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesIn, root, workspaces } from './house.mjs';

const floors = ['roof', 'wings', 'foundations'];

/** Reads a house. `sins` are sentences; `picture` draws the arrows between rooms. */
export function survey(house = root) {
  const spaces = workspaces(house);
  const files = readFiles(house, spaces);
  const sins = new Set();
  const arrows = new Map(); // room → rooms it imports, tests left out
  for (const file of files.values()) {
    for (const arrow of file.imports) {
      const { to, specifier } = arrow;
      if (to === undefined) {
        if (!file.test) sins.add(`${file.path} imports ${specifier}, which is not there`);
        continue;
      }
      const target = files.get(to);
      const sin = judge(file, target, arrow);
      if (sin) sins.add(`${file.path} imports ${to}: ${sin}`);
      else if (!file.test && file.room !== target.room) arrows.set(file.room, (arrows.get(file.room) ?? new Set()).add(target.room));
    }
    if (!file.test && isService(file.space)) for (const path of opensRecords(file, files)) sins.add(path);
  }
  for (const cycle of cycles(arrows)) sins.add(`rooms import each other in a circle: ${cycle.join(' → ')}`);
  const solid = [...files.values()].filter((file) => !file.test);
  const links = new Map(
    solid.map((file) => [file.path, new Set(file.imports.filter(({ to, type, url }) => to && !type && !url).map(({ to }) => to))]),
  );
  for (const cycle of cycles(links)) sins.add(`files import each other in a circle: ${cycle.join(' → ')}`);
  return { sins: [...sins].sort(), picture: draw(spaces, solid, arrows) };
}

const isService = (space) => space.folder.startsWith('services/');
const isFoundation = (space) => space.floor === 'foundations';
const isParty = (path) => /^crypto\/src\/.*\b(reader|owner|writer|device)(\/|\.tsx?$)/.test(path);

/** Why one file may not import another; undefined when it may. */
function judge(from, to, arrow) {
  const { specifier } = arrow;
  const [below, above] = [to.space, from.space];
  if (above.folder === portal) {
    const sin = judgeInPortal(from, to, arrow);
    if (sin) return sin;
  }
  if (below === above) return undefined;
  if (!specifier.startsWith('@')) return `reach another room by its name, ${below.name}`;
  if (isFoundation(below) && isFoundation(above)) return 'mathematics and medicine do not know each other';
  if (isService(above) && isParty(to.path) && !from.test) return 'a service holds no code of those who open or seal records';
  if (isFoundation(below)) return undefined;
  if (above.folder === 'client' && isService(below)) return 'the wings never touch; they know each other through care/wire';
  if (isService(above) && !isService(below))
    return below.folder === 'client' ? 'the wings never touch; records open only in client' : 'an arrow up';
  if (below.rank > above.rank) return 'an arrow up';
  if (below.rank === above.rank) return 'an arrow sideways; what both need belongs a floor below';
  return undefined;
}

const portal = 'apps/portal';

/** A floor of the portal: its folder, or the name of a file that lies in none. */
const portalFloor = ({ path }) => path.slice(`${portal}/src/`.length).split(/[/.]/)[0];

/** Why a file of the portal may not import another, of the portal or of a room below; undefined when it may. */
function judgeInPortal(from, to, { type, url }) {
  const above = portalFloor(from);
  if (to.space.folder !== portal) {
    if (above === 'service') return undefined;
    if (above === 'ui') return 'what shows knows no other room';
    if (above !== 'worker' && /^(client|crypto)$/.test(to.space.folder)) return 'keys and what opens records are in the worker only';
    if (!type && !from.test && (above === 'pages' || above === 'house')) return 'pages and the house know other rooms by their types only';
    return undefined;
  }
  const below = portalFloor(to);
  if (above === below) return undefined;
  if (above === 'service' || below === 'service') return 'the service runs in Node and the pages in a browser';
  if (above === 'ui' && below !== 'theme') return 'what shows knows neither addresses nor words nor what is asked';
  if (below !== 'worker') return undefined;
  if (above === 'house') return url ? undefined : 'the house knows the worker by its address only';
  return 'the worker is reached through the house';
}

/** Ways by which a service, through modules it may import, still arrives at a party's code. */
function* opensRecords(start, files) {
  const seen = new Map([[start.path, undefined]]);
  for (const path of seen.keys()) {
    const way = [path];
    for (let back = seen.get(path); back !== undefined; back = seen.get(back)) way.unshift(back);
    if (isParty(path)) {
      if (way.length > 2) yield `${way.join(' → ')}: a service holds no code of those who open or seal records`;
      continue;
    }
    const file = files.get(path);
    for (const arrow of file.imports) {
      const { to, type } = arrow;
      if (to && !type && !seen.has(to) && !judge(file, files.get(to), arrow)) seen.set(to, path);
    }
  }
}

function readFiles(house, spaces) {
  const files = new Map();
  for (const space of spaces) {
    for (const path of filesIn(`${space.folder}/src`, house)) {
      // What is compiled to WebAssembly is a world of its own: some of its modules are made when it is built.
      if (!/\.(ts|tsx)$/.test(path) || path.endsWith('.d.ts') || path.includes('/wasm/')) continue;
      const inside = path.slice(space.folder.length + '/src/'.length).split('/');
      const room = isFoundation(space) && inside.length > 1 ? `${space.folder}/${inside[0]}` : space.folder;
      files.set(path, { path, space, room, test: /\.(test|suite|testing)\.tsx?$/.test(path), imports: [] });
    }
  }
  for (const file of files.values()) {
    for (const { specifier, type } of importsOf(readFileSync(join(house, file.path), 'utf8'))) {
      // `?worker&url` asks the bundler for a file's address, not for the file.
      const [path, query = ''] = specifier.split('?');
      const to = resolve(file.path, path, files, spaces);
      if (to !== null) file.imports.push({ specifier, type, url: query.split('&').includes('url'), to });
    }
  }
  return files;
}

/** The specifiers a source names outside its comments. */
export function importsOf(source) {
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (found) =>
    found.startsWith('/') ? ' ' : found,
  );
  const found = [];
  const add = (pattern, type) => {
    for (const match of code.matchAll(pattern)) found.push({ specifier: match.at(-1), type: type(match) });
  };
  add(/(?<![\w$.])(?:import|export)\s+(type\s+)?(?:[\w$*{][\w$*{},\s]*?\s*from\s*)['"]([^'"\n]+)['"]/g, (match) => match[1] !== undefined);
  add(/(?<![\w$.])import\s*['"]([^'"\n]+)['"]/g, () => false);
  add(/(?<![\w$.])import\s*\(\s*['"]([^'"\n]+)['"]/g, () => false);
  add(/new\s+URL\(\s*['"](\.[^'"\n]+\.[tj]sx?)['"]\s*,\s*import\.meta\.url/g, () => false); // a worker's file
  return found;
}

/** The file a specifier names: null when it is a package from elsewhere, undefined when it is ours and not there. */
function resolve(from, specifier, files, spaces) {
  const candidates = (path) => [path, path.replace(/\.js(x?)$/, '.ts$1'), `${path}.ts`, `${path}.tsx`, `${path}/index.ts`];
  const pick = (path) => candidates(path).find((candidate) => files.has(candidate));
  if (specifier.startsWith('.')) {
    // A worker may be named by what it is built to.
    const path = posix.normalize(posix.join(posix.dirname(from), specifier)).replace('/dist/', '/src/');
    return pick(path) ?? (/\.[tj]sx?$/.test(path) || !/\.\w+$/.test(path) ? undefined : null);
  }
  const space = spaces.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (!space) return null;
  const key = `.${specifier.slice(space.name.length)}`;
  const sourceOf = (entry) => (typeof entry === 'string' ? entry : entry?.source);
  const exact = sourceOf(space.exports[key]);
  if (exact) return pick(posix.join(space.folder, exact));
  for (const [pattern, entry] of Object.entries(space.exports)) {
    const [head, tail] = pattern.split('*');
    if (tail === undefined || !key.startsWith(head) || !key.endsWith(tail)) continue;
    const path = sourceOf(entry)?.replace('*', key.slice(head.length, key.length - tail.length));
    if (path) return pick(posix.join(space.folder, path));
  }
  return undefined;
}

/** One circle of every knot of a graph (Tarjan's strongly connected components). */
export function cycles(graph) {
  const found = [];
  const order = new Map();
  const low = new Map();
  const stack = [];
  const visit = (node) => {
    order.set(node, order.size);
    low.set(node, order.get(node));
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) !== order.get(node)) return;
    const knot = stack.splice(stack.indexOf(node));
    if (knot.length > 1 || graph.get(node)?.has(node)) found.push(circle(knot.sort()[0], new Set(knot), graph));
  };
  for (const node of [...graph.keys()].sort()) if (!order.has(node)) visit(node);
  return found;
}

/** A shortest way from a node of a knot back to itself. */
function circle(start, knot, graph) {
  const came = new Map([[start, undefined]]);
  for (const node of came.keys()) {
    for (const next of graph.get(node)) {
      if (next === start) {
        const way = [start];
        for (let back = node; back !== undefined; back = came.get(back)) way.unshift(back);
        return way;
      }
      if (knot.has(next) && !came.has(next)) came.set(next, node);
    }
  }
}

function draw(spaces, files, arrows) {
  const lines = ['The rooms of the house and what each imports. Written by `npm run floors -- --write`.'];
  for (const floor of floors) {
    lines.push('', floor);
    const here = spaces.filter((space) => space.floor === floor).reverse();
    const rooms = here.flatMap((space) => [...new Set(files.filter((file) => file.space === space).map(({ room }) => room))].sort());
    const width = Math.max(0, ...rooms.map((room) => room.length));
    for (const room of rooms) {
      const below = [...(arrows.get(room) ?? [])].sort();
      lines.push(`  ${below.length === 0 ? room : `${room.padEnd(width)}  → ${below.join(' ')}`}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function main() {
  const { sins, picture } = survey();
  const file = join(root, 'docs/floors.txt');
  const write = process.argv.includes('--write');
  console.log(picture);
  for (const sin of sins) console.error(sin);
  if (sins.length > 0) {
    console.error(`\nThe house does not stand: ${sins.length} ${sins.length === 1 ? 'arrow is' : 'arrows are'} wrong.`);
    process.exit(1);
  }
  if (write) {
    mkdirSync(join(root, 'docs'), { recursive: true });
    writeFileSync(file, picture);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== picture) {
    console.error('docs/floors.txt is stale. Renew it: npm run floors -- --write');
    process.exit(1);
  }
  console.log('The house stands.');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
