/**
 * A real PostgreSQL as part of the house: started with us, restarted when it falls, gone when we are.
 *
 * The surprise is how little can be left behind. The server is its own session, so a Ctrl-C meant for us does
 * not reach it before we have closed our work; and the kernel sends it a shutdown the moment our process dies,
 * however it dies (`setpriv --pdeathsig`), so `kill -9` leaves no orphan. A lock the kernel holds for us keeps a
 * second supervisor away and vanishes with us. It listens on a unix socket in a folder only its user may enter:
 * whoever may open that folder could read the data files too, so the socket asks for no password.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CareletError } from '@carelet/care/model';
import { type Home, prepareHome } from './postgres-home.ts';

export interface PostgresOptions {
  /** Folder of the database; made when absent. */
  readonly dataDir: string;
  /** Told in one plain line whenever something noteworthy happens. */
  readonly log?: (line: string) => void;
  /** Listens on `127.0.0.1:port` too, with a password (kept in the data folder, mode 0600). */
  readonly port?: number;
  /** `false` trades safety against power cuts for speed: for tests only. Default `true`. */
  readonly durable?: boolean;
}

/** A running PostgreSQL. */
export interface Postgres extends AsyncDisposable {
  /** Connection string of one of its databases, `postgres` unless named. Holds the password only when a `port` was asked for. */
  url(database?: string): string;
  /** Process id of the server; `undefined` while it is down, and for one's own PostgreSQL. */
  readonly pid: number | undefined;
  /** Folder of the database's files; `undefined` for one's own PostgreSQL. */
  readonly folder: string | undefined;
  /** Ends every connection, writes everything down and waits until the server is gone. */
  stop(): Promise<void>;
}

const op = 'start the database';

/**
 * One's own PostgreSQL when `url` names one, else a supervised one in `dataDir`.
 *
 * @throws {CareletError} as `startPostgres`
 */
export async function usePostgres({ url, ...options }: PostgresOptions & { readonly url?: string | undefined }): Promise<Postgres> {
  if (url === undefined || url === '') return startPostgres(options);
  const given = parseUrl(url);
  const stop = async () => {};
  return {
    url(database) {
      const other = new URL(given);
      if (database !== undefined) other.pathname = `/${encodeURIComponent(database)}`;
      return other.href;
    },
    pid: undefined,
    folder: undefined,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function parseUrl(url: string): URL {
  if (!/^postgres(ql)?:/.test(url) || !URL.canParse(url)) {
    throw new CareletError('invalid', op, { because: 'DATABASE_URL is not of the form postgres://user:password@host:5432/database' });
  }
  return new URL(url);
}

/**
 * Starts the PostgreSQL of a data folder, making the folder on first use. Returns when it takes connections.
 * It lives as long as the thread that started it, so call this from the main thread.
 *
 * @throws {CareletError} `conflict` when another process runs the same folder or the port is taken,
 *   `unavailable` when there is no PostgreSQL for this machine or it does not start
 *
 * @example
 * ```ts no-run
 * import { startPostgres } from '@carelet/ground/postgres';
 * await using postgres = await startPostgres({ dataDir: '.carelet/postgres' });
 * postgres.url(); // 'postgres://carelet@localhost/postgres?host=%2F…%2Fsocket'
 * ```
 */
export async function startPostgres({ dataDir, log = () => {}, port, durable = true }: PostgresOptions): Promise<Postgres> {
  const home = prepareHome(dataDir, log);
  const lock = await acquire(home, dataDir);
  const stopping = new AbortController();
  let server: ChildProcess | undefined;
  let restarting: Promise<void> | undefined;
  let wait = 0;

  async function run(): Promise<void> {
    await clearLeftovers(home);
    const started = await serve(home, port, durable);
    const since = performance.now();
    server = started;
    started.once('exit', (code, signal) => {
      server = undefined;
      if (stopping.signal.aborted) return;
      log(`The database stopped by itself (${signal ?? `exit ${code}`}); starting it again`);
      if (performance.now() - since > 30_000) wait = 0;
      restarting = restart();
    });
  }

  async function restart(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => {});
      wait = Math.min(2 * wait + 100, 10_000);
      if (stopping.signal.aborted) return;
      try {
        await run();
        return log('The database is running again');
      } catch (thrown) {
        log(`${thrown instanceof Error ? thrown.message : 'The database did not start'}; trying again in ${wait} ms`);
      }
    }
  }

  async function halt(): Promise<void> {
    stopping.abort();
    await restarting;
    if (server) await end(server);
    lock.close();
  }

  try {
    await initialise(home, durable, log);
    await run();
  } catch (thrown) {
    lock.close();
    throw thrown;
  }

  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= halt();
    return stopped;
  };
  return {
    url: (database) => urlOf(home, port, database),
    get pid() {
      return server?.pid;
    },
    folder: home.folder,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function urlOf(home: Home, port: number | undefined, database = 'postgres'): string {
  const path = encodeURIComponent(database);
  if (port === undefined) return `postgres://carelet@localhost/${path}?host=${encodeURIComponent(home.socket)}`;
  return `postgres://carelet:${readFileSync(join(home.folder, 'password'), 'utf8')}@127.0.0.1:${port}/${path}`;
}

/** A name in the kernel's table of sockets: taken once, given back by the kernel when we are gone. */
async function acquire(home: Home, dataDir: string): Promise<Server> {
  const { dev, ino } = statSync(home.folder);
  const lock = createServer((socket) => socket.destroy());
  await new Promise<void>((done, fail) => {
    lock.once('error', (cause) => {
      fail(new CareletError('conflict', op, { subject: dataDir, because: 'another process is already running it', cause }));
    });
    lock.listen({ path: `\0carelet-postgres-${dev}-${ino}`, exclusive: true }, done);
  });
  return lock.unref();
}

const clusterOf = (home: Home) => join(home.folder, 'cluster');

/** The first lines of `postmaster.pid`, where a server tells of itself. */
function postmaster(home: Home): { pid: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(clusterOf(home), 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

function isOurs(pid: number, home: Home): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === clusterOf(home);
  } catch {
    return false;
  }
}

/**
 * We hold the lock, so whatever server is left belongs to a supervisor that died: it has been told to stop by
 * the kernel and we wait for it. A `postmaster.pid` whose process is somebody else by now is removed.
 */
async function clearLeftovers(home: Home): Promise<void> {
  const left = postmaster(home);
  if (!left) return;
  for (let waited = 0; isOurs(left.pid, home); waited += 50) {
    if (waited === 1_000) send(left.pid, 'SIGINT');
    if (waited === 10_000) send(left.pid, 'SIGQUIT');
    if (waited === 15_000) send(left.pid, 'SIGKILL');
    await sleep(50);
  }
  rmSync(join(clusterOf(home), 'postmaster.pid'), { force: true });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It went by itself.
  }
}

/** Makes the cluster aside and renames it, so that a half-made one is never mistaken for a whole one. */
async function initialise(home: Home, durable: boolean, log: (line: string) => void): Promise<void> {
  const cluster = clusterOf(home);
  if (existsSync(cluster)) {
    const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
    if (found === home.major) return;
    throw new CareletError('unavailable', op, {
      because: `its data in ${cluster} was written by PostgreSQL ${found}, this is ${home.major}; move the folder away to begin anew`,
    });
  }
  const started = performance.now();
  const fresh = `${cluster}.new`;
  const password = join(home.folder, 'password');
  rmSync(fresh, { recursive: true, force: true });
  rmSync(password, { force: true });
  writeFileSync(password, randomBytes(24).toString('base64url'), { flag: 'wx', mode: 0o600 });
  chownSync(password, home.account.uid, home.account.gid);
  const from = logSize(home);
  const child = launch(home, 'initdb', [
    ...['-D', fresh, '-U', 'carelet', '-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${password}`, '--wal-segsize=4', '--no-instructions'],
    ...(durable ? [] : ['--no-sync']),
  ]);
  const failed = await new Promise<boolean>((done) => child.once('exit', (code) => done(code !== 0)).once('error', () => done(true)));
  if (failed) throw notStarted(home, from);
  renameSync(fresh, cluster);
  log(`A new database was made in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

const settings = {
  max_connections: 100,
  shared_buffers: '48MB',
  wal_level: 'minimal',
  max_wal_senders: 0,
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  wal_compression: 'on',
  max_worker_processes: 2,
  max_parallel_workers_per_gather: 0,
  autovacuum_max_workers: 2,
  io_method: 'sync',
  huge_pages: 'off',
  jit: 'off',
  max_logical_replication_workers: 0,
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // What people wrote stays out of the log: neither values nor statements.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length: 0,
};
const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Runs the server until it takes connections. */
async function serve(home: Home, port: number | undefined, durable: boolean): Promise<ChildProcess> {
  const options = {
    ...settings,
    ...(durable ? {} : careless),
    unix_socket_directories: home.socket,
    listen_addresses: port === undefined ? '' : '127.0.0.1',
    port: port ?? 5432,
  };
  const args = ['-D', clusterOf(home), ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  for (const giveUp = performance.now() + 15_000; ; ) {
    const from = logSize(home);
    const child = launch(home, 'postgres', args);
    let gone = false;
    child.once('exit', () => (gone = true)).once('error', () => (gone = true));
    while (!gone) {
      const found = postmaster(home);
      if (found?.ready && found.pid === child.pid) {
        child.unref(); // a program whose work is done may end; the server then ends by itself
        return child;
      }
      await sleep(10);
    }
    const words = logSince(home, from);
    if (/could not bind|Address already in use/.test(words) && port !== undefined) {
      throw new CareletError('conflict', op, { because: `port ${port} is taken; choose another` });
    }
    // Backends of a server that was killed hold its memory for a moment longer.
    if (!/pre-existing shared memory|lock file .* already exists/.test(words) || performance.now() > giveUp) throw notStarted(home, from);
    await sleep(200);
  }
}

/** Ends a server: first politely to every client, then at once, then by force. */
async function end(server: ChildProcess): Promise<void> {
  const gone = () => server.exitCode !== null || server.signalCode !== null;
  for (const [signal, patience] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    server.kill(signal);
    for (let waited = 0; waited < patience && !gone(); waited += 10) await sleep(10);
  }
}

/**
 * Starts one of the programs as the account, in a session of its own, with its words appended to `postgres.log`.
 * The shell looks once whether we are still its parent: if we died before the kernel was asked to tell, it ends.
 */
function launch(home: Home, program: string, args: readonly string[]): ChildProcess {
  const script = [
    '[ "$PPID" = "$1" ] || exit 1',
    'umask 077 && cd "$2" && mkdir -p "$3" && [ -O "$3" ] && [ ! -L "$3" ] && chmod 700 "$3" || exit 1',
    'shift 3',
    'exec "$@" >>postgres.log 2>&1',
  ].join('\n');
  const [command, ...become] = home.account.become;
  const words = ['sh', '-c', script, 'sh', String(process.pid), home.folder, home.socket, join(home.programs, program), ...args];
  // Nothing of our own environment goes along: a passphrase in it is no business of the database.
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  return spawn(command!, [...become, ...words], { cwd: '/', env, detached: true, stdio: 'ignore' });
}

const logOf = (home: Home) => join(home.folder, 'postgres.log');

/** Length of the log so far; a log beyond a megabyte is put aside first. */
function logSize(home: Home): number {
  const { size } = statSync(logOf(home), { throwIfNoEntry: false }) ?? { size: 0 };
  if (size < 1_000_000) return size;
  renameSync(logOf(home), `${logOf(home)}.1`);
  return 0;
}

function logSince(home: Home, from: number): string {
  return existsSync(logOf(home)) ? readFileSync(logOf(home)).subarray(from).toString('utf8') : '';
}

function notStarted(home: Home, from: number): CareletError {
  const reasons = logSince(home, from)
    .split('\n')
    .map((line) => /(?:FATAL|PANIC|error): +(.*)/.exec(line)?.[1])
    .filter((reason) => reason !== undefined);
  const because = reasons.at(-1) ?? 'its process ended without a word';
  return new CareletError('unavailable', op, { because: `${because} (see ${logOf(home)})` });
}
