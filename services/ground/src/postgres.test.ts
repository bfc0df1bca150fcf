import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, transaction } from './database.ts';
import { type Postgres, startPostgres, usePostgres } from './postgres.ts';
import { temporaryFolder } from './test-folder.ts';

let folder: string;
let made: string;
beforeAll(async () => {
  folder = temporaryFolder();
  made = join(folder, 'made');
  await (await start(made)).stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The folder of a database that was made before: a test need not wait for `initdb`. */
function existing(): string {
  const path = join(mkdtempSync(join(folder, 'test-')), 'data');
  chmodSync(dirname(path), 0o711);
  execFileSync('cp', ['-a', made, path]);
  return path;
}

const start = (dataDir: string, more: { port?: number; log?: (line: string) => void } = {}) =>
  startPostgres({ dataDir, durable: false, ...more });

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text: statement, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

const running = (pid: number) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

async function until(what: () => boolean, patience = 10_000): Promise<void> {
  for (const giveUp = performance.now() + patience; !what(); ) {
    if (performance.now() > giveUp) throw new Error('it did not happen in time');
    await sleep(20);
  }
}

const sources = fileURLToPath(new URL('.', import.meta.url));

/** Another process that starts the database of `dataDir` and says its pid. */
function startElsewhere(dataDir: string, as: readonly string[] = []): ChildProcess {
  const script = `
    const { runnerImport } = await import('vite');
    const options = { configFile: false, logLevel: 'silent', resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } };
    const { module } = await runnerImport(${JSON.stringify(join(sources, 'postgres.ts'))}, options);
    const postgres = await module.startPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false });
    console.log(postgres.pid);
    setInterval(() => {}, 1e6);`;
  const [command, ...args] = [...as, process.execPath, '--input-type=module', '-e', script];
  return spawn(command!, args, { cwd: sources, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstLine(child: ChildProcess): Promise<string> {
  const ended = once(child, 'exit').then(() => expect.unreachable('the other process ended'));
  return String((await Promise.race([once(child.stdout!, 'data'), ended]))[0]).trim();
}

describe('a supervised database', () => {
  it('is made on first use, stops wholly, and is found again', async () => {
    const lines: string[] = [];
    const dataDir = join(folder, 'new');
    const first = await start(dataDir, { log: (line) => lines.push(line) });
    expect(lines).toEqual([expect.stringMatching(/^A new database was made in/)]);
    await ask(first.url(), 'create table kept (word text)');
    await ask(first.url(), "insert into kept values ('sealed')");
    const pid = first.pid!;
    await first.stop();
    await first.stop();
    expect([running(pid), first.pid]).toEqual([false, undefined]);
    await using second = await start(dataDir);
    expect(await ask(second.url(), 'select word from kept')).toEqual([['sealed']]);
  });

  it('listens on no port, and only its user may enter the folder of its socket', async () => {
    await using postgres = await start(existing());
    expect(await ask(postgres.url(), 'show listen_addresses')).toEqual([['']]);
    const socket = new URL(postgres.url()).searchParams.get('host')!;
    expect(statSync(socket).mode & 0o777).toBe(0o700);
    expect(statSync(postgres.folder!).mode & 0o777).toBe(0o700);
    expect(await ask(postgres.url('template1'), 'select current_database()')).toEqual([['template1']]);
  });

  it('listens on loopback with a password when given a port', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as { port: number };
    const dataDir = existing();
    await expect(start(dataDir, { port })).rejects.toMatchObject({ kind: 'conflict', because: `port ${port} is taken; choose another` });
    free.close();
    await using postgres = await start(dataDir, { port });
    expect(await ask(postgres.url(), 'select 1')).toEqual([[1]]);
    const stranger = new URL(postgres.url());
    stranger.password = 'guess';
    await expect(ask(stranger.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('has one supervisor: a second start is a conflict', async () => {
    const dataDir = existing();
    await using postgres = await start(dataDir);
    await expect(start(dataDir)).rejects.toMatchObject({ kind: 'conflict', because: 'another process is already running it' });
    expect(await ask(postgres.url(), 'select 1')).toEqual([[1]]);
  });

  it('works under a path too long for a socket', async () => {
    await using postgres = await start(join(folder, 'a'.repeat(60), 'b'.repeat(60)));
    expect(await ask(postgres.url(), 'select 1')).toEqual([[1]]);
    rmSync(new URL(postgres.url()).searchParams.get('host')!, { recursive: true });
  });

  it('writes no statement and no value into its log', async () => {
    await using postgres = await start(existing());
    await ask(postgres.url(), 'create table once (word text primary key)');
    await ask(postgres.url(), "insert into once values ('hypertension')");
    await ask(postgres.url(), "insert into once values ('hypertension')").catch(() => {});
    const log = readFileSync(join(postgres.folder!, 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('hypertension');
  });
});

describe('when something dies', () => {
  it('kill -9 of its supervisor leaves no orphan', async () => {
    const child = startElsewhere(existing());
    const pid = Number(await firstLine(child));
    expect(running(pid)).toBe(true);
    child.kill('SIGKILL');
    await until(() => !running(pid), 5_000);
  });

  it('the next start may come at once: it waits for the old server and finds the data', async () => {
    const dataDir = existing();
    const child = startElsewhere(dataDir);
    const pid = Number(await firstLine(child));
    child.kill('SIGKILL');
    await once(child, 'exit');
    await using postgres = await start(dataDir);
    expect([running(pid), await ask(postgres.url(), 'select 1')]).toEqual([false, [[1]]]);
  });

  it('a killed server is started again and open pools find it', async () => {
    const lines: string[] = [];
    await using postgres = await start(existing(), { log: (line) => lines.push(line) });
    await using db = await openDatabase({ url: postgres.url(), schema: 'cloud', migrations: {} });
    const before = postgres.pid!;
    process.kill(before, 'SIGKILL');
    const ask = () => transaction(db, (trx) => sql`select 1 as one`.execute(trx));
    // A connection may outlive its server for a moment, and be lost in the commit: then nobody asks again for us.
    const { rows } = await ask().catch(ask);
    expect(rows).toEqual([{ one: 1 }]);
    await until(() => postgres.pid !== undefined && postgres.pid !== before);
    expect(lines.join('\n')).toMatch(/stopped by itself \(SIGKILL\).*running again/s);
  });

  it('leftovers of a crash do not keep it from starting', async () => {
    const dataDir = existing();
    const first = await start(dataDir);
    const cluster = join(first.folder!, 'cluster');
    await first.stop();
    // A lock file whose process is somebody else by now: ourselves.
    writeFileSync(join(cluster, 'postmaster.pid'), `${process.pid}\n${cluster}\n0\n5432\n`);
    const { uid, gid } = statSync(cluster);
    chownSync(join(cluster, 'postmaster.pid'), uid, gid);
    mkdirSync(join(first.folder!, 'cluster.new')); // an interrupted initdb
    await using again = await start(dataDir);
    expect(await ask(again.url(), 'select 1')).toEqual([[1]]);
  });
});

describe('what cannot start says why', () => {
  it('data of another PostgreSQL version is left alone', async () => {
    const dataDir = existing();
    writeFileSync(join(dataDir, 'cluster/PG_VERSION'), '12\n');
    await expect(start(dataDir)).rejects.toMatchObject({ kind: 'unavailable', because: expect.stringContaining('PostgreSQL 12') });
  });

  it('a machine without a built-in PostgreSQL is told of DATABASE_URL', async () => {
    const dataDir = join(folder, 'nowhere');
    const arch = Object.getOwnPropertyDescriptor(process, 'arch')!;
    Object.defineProperty(process, 'arch', { ...arch, value: 'pdp11' });
    try {
      await expect(start(dataDir)).rejects.toMatchObject({ kind: 'unavailable', because: expect.stringContaining('set DATABASE_URL') });
    } finally {
      Object.defineProperty(process, 'arch', arch);
    }
  });

  it('a damaged cluster names the reason and the log', async () => {
    const dataDir = existing();
    rmSync(join(dataDir, 'cluster/global/pg_control'));
    await expect(start(dataDir)).rejects.toMatchObject({ kind: 'unavailable', because: expect.stringContaining('postgres.log') });
  });
});

describe('by whom it is started', () => {
  const mustBeRoot = (skip: (when: boolean, note: string) => void) =>
    skip(process.getuid?.() !== 0, 'only root can start it for another user');

  it('runs as an ordinary user when we are root', async ({ skip }) => {
    mustBeRoot(skip);
    await using postgres = await start(existing());
    expect(readFileSync(`/proc/${postgres.pid}/status`, 'utf8')).not.toMatch(/^Uid:\s+0/m);
  });

  it('works for an ordinary user', async ({ skip }) => {
    mustBeRoot(skip);
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    skip(spawnSync(nobody[0]!, [...nobody.slice(1), 'test', '-r', sources]).status !== 0, 'the house lies where only root may enter');
    const dataDir = existing();
    execFileSync('chown', ['-R', '65534:65534', dataDir]);
    const child = startElsewhere(dataDir, nobody);
    const pid = Number(await firstLine(child));
    expect(running(pid)).toBe(true);
    child.kill('SIGKILL');
    await until(() => !running(pid), 5_000);
  });

  it('moves its data elsewhere when its user may not enter the folder, and finds it there again', async ({ skip }) => {
    mustBeRoot(skip);
    mkdirSync(join(folder, 'closed'), { mode: 0o700 });
    const closed = join(folder, 'closed/data');
    const lines: string[] = [];
    const moved = await start(closed, { log: (line) => lines.push(line) });
    await moved.stop();
    expect(lines[0]).toBe(`The database lies in ${moved.folder}, because its user may not enter ${closed}`);
    expect((await start(closed).then(stopped)).folder).toBe(moved.folder);
    rmSync(moved.folder!, { recursive: true });
  });
});

async function stopped(postgres: Postgres): Promise<Postgres> {
  await postgres.stop();
  return postgres;
}

describe("one's own PostgreSQL", () => {
  it('is used as it is, and nothing is started', async () => {
    const url = 'postgres://ada:secret@db.example:5432/house';
    await using postgres = await usePostgres({ url, dataDir: join(folder, 'data') });
    expect([postgres.url(), postgres.url('other'), postgres.pid]).toEqual([url, url.replace('house', 'other'), undefined]);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('with a malformed DATABASE_URL is refused without repeating it', async () => {
    const error = await usePostgres({ url: 'mysql://ada:secret@host', dataDir: folder }).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(error.kind).toBe('invalid');
    expect(error.message).not.toContain('secret');
  });
});
