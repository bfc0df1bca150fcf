// Makes the house ready to run: the right Node, the dependencies of the lock, the build, the portal's pages. Only
// Node's built-ins.
//
// It remembers what it did in `node_modules/.carelet`; when nothing has changed since, it does nothing and says
// nothing. Two at once are safe: the second waits.
//
//   node tools/prepare.mjs            everything
//   node tools/prepare.mjs --quiet    without the progress lines, and without the pages: a command line waits for none
//   node tools/prepare.mjs --quiet --pages    without the progress lines
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { filesIn, root, seconds, workspaces } from './house.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Carelet needs Node 20.19 or newer; this is ${process.versions.node}. See https://nodejs.org.`);
}

const quiet = process.argv.includes('--quiet');
const wantsPages = !quiet || process.argv.includes('--pages');
const say = quiet ? () => {} : (line) => console.log(line);
const portal = 'apps/portal';
const stampFile = join(root, 'node_modules/.carelet');
const hash = (text) => createHash('sha256').update(text).digest('hex');

const lock = await alone();
const stamp = readStamp();
const dependencies = hash(readFileSync(join(root, 'package-lock.json')));
if (stamp.dependencies !== dependencies) {
  if (!installed()) install();
  writeStamp({ dependencies });
}
const wasm = fingerprint(sourcesOfWasm());
if (readStamp().wasm !== wasm || !['algebra', 'ntru'].every((room) => existsSync(join(root, 'crypto/src', room, '__generated__')))) {
  compileWasm();
  writeStamp({ ...readStamp(), wasm });
}
const sources = fingerprint(sourcesOfAll());
if (readStamp().sources !== sources || !built()) {
  build();
  linkPrograms();
  writeStamp({ ...readStamp(), sources });
}
const pages = wantsPages && fingerprint(sourcesOfPages());
if (wantsPages && (readStamp().pages !== pages || !existsSync(join(root, portal, 'dist/web/index.html')))) {
  buildPages();
  writeStamp({ ...readStamp(), pages });
}
lock?.close();

/** A name in the kernel's table of sockets, held while we live; where there is none, we go without. */
async function alone() {
  const path = `\0carelet-prepare-${hash(root).slice(0, 16)}`;
  for (let tries = 1; ; tries++) {
    const server = createServer();
    const problem = await new Promise((done) => server.once('error', (error) => done(error.code)).listen(path, () => done()));
    if (problem === undefined) return server;
    if (problem !== 'EADDRINUSE') return undefined;
    if (tries === 5) say('Waiting for another preparation to finish …');
    await sleep(200);
  }
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

function writeStamp(stamp) {
  try {
    writeFileSync(stampFile, `${JSON.stringify(stamp)}\n`);
  } catch {
    // Installed by another user: without a stamp we look again next time.
  }
}

/** Whether npm itself has installed what the lock says: it keeps a list in `node_modules/.package-lock.json`. */
function installed() {
  const list = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(list)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(list, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, link, optional }]) =>
      !path.includes('node_modules/') || (found[path] ? found[path].version === version && found[path].link === link : optional),
  );
}

function install() {
  const started = performance.now();
  say('Installing the dependencies (once, a minute at most) …');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-progress', '--loglevel=error'];
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 };
  const { status, stdout, stderr, error } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, options);
  if (status !== 0) fail(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}\nThe dependencies could not be installed (npm ci failed).`);
  say(`Installed in ${seconds(started)}`);
}

/** Names, sizes and times of files. */
function fingerprint(files) {
  return hash(files.map((file) => `${file} ${stat(file)}`).join('\n'));
}

/** The AssemblyScript of the mathematics, and what compiles it. */
function sourcesOfWasm() {
  const sources = [...filesIn('crypto/src')].filter((file) => /\/wasm\//.test(file));
  return ['package-lock.json', 'tools/wasm.mjs', ...sources];
}

/** Everything the compiler reads. */
function sourcesOfAll() {
  const files = ['tsconfig.base.json', 'tsconfig.json', 'package-lock.json'];
  for (const { folder } of workspaces()) files.push(`${folder}/tsconfig.json`, `${folder}/package.json`, ...filesIn(`${folder}/src`));
  return files;
}

/** Everything the portal's pages are made of: its own sources but the service's, and those of the rooms below. */
function sourcesOfPages() {
  const own = ['package.json', 'index.html', 'vite.config.ts'].map((name) => `${portal}/${name}`);
  const rooms = [portal, 'care', 'crypto', 'client'].flatMap((folder) => [...filesIn(`${folder}/src`)]);
  const seen = rooms.filter((file) => !file.startsWith(`${portal}/src/service/`) && !/\.(test|suite|testing)\.\w+$/.test(file));
  return ['package-lock.json', ...own, ...seen];
}

function stat(file) {
  const { size, mtimeMs } = statSync(join(root, file), { throwIfNoEntry: false }) ?? {};
  return `${size} ${mtimeMs}`;
}

function compileWasm() {
  const started = performance.now();
  say('Compiling WebAssembly …');
  const { status } = spawnSync(process.execPath, [join(root, 'tools/wasm.mjs')], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) fail('\nThe WebAssembly modules could not be compiled.');
  say(`Compiled WebAssembly in ${seconds(started)}`);
}

function built() {
  return workspaces().every(
    ({ folder }) => existsSync(join(root, folder, 'dist/.tsbuildinfo')) || [...filesIn(`${folder}/src`)].length === 0,
  );
}

function build() {
  const started = performance.now();
  say('Building …');
  for (const { folder } of workspaces()) sweep(join(root, folder, 'dist'), join(root, folder, 'src'));
  const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '-b', '--pretty', String(process.stdout.isTTY === true)];
  const { status } = spawnSync(process.execPath, tsc, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) fail('\nThe build stopped at the errors above.');
  say(`Built in ${seconds(started)}`);
}

function buildPages() {
  const started = performance.now();
  say('Building the portal …');
  const vite = [join(root, 'node_modules/vite/bin/vite.js'), 'build', join(root, portal), '--logLevel', 'error'];
  const { status, stdout, stderr } = spawnSync(process.execPath, vite, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) fail(`${stdout}${stderr}\nThe portal's pages could not be built.`);
  say(`Built the portal in ${seconds(started)}`);
}

/** For `npx carelet`: npm links a program when it installs, if it is there; ours are built afterwards. */
function linkPrograms() {
  for (const { folder } of workspaces()) {
    const { bin = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    for (const [name, path] of Object.entries(bin)) {
      const program = join(root, folder, path);
      const link = join(root, 'node_modules/.bin', name);
      chmodSync(program, 0o755);
      if (!existsSync(link)) symlinkSync(relative(dirname(link), program), link);
    }
  }
}

/** Removes what was built from sources that are gone: the compiler would still find it. */
function sweep(dist, src) {
  if (!existsSync(dist)) return;
  for (const entry of readdirSync(dist, { withFileTypes: true })) {
    if (entry.isDirectory()) sweep(join(dist, entry.name), join(src, entry.name));
    const stem = entry.name.endsWith('.d.ts') ? entry.name.slice(0, -5) : undefined;
    if (stem === undefined || ['.ts', '.tsx', '.d.ts'].some((ending) => existsSync(join(src, stem + ending)))) continue;
    for (const ending of ['.d.ts', '.js', '.js.map']) rmSync(join(dist, stem + ending), { force: true });
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
