/**
 * A cloud as a process of its own, with a PostgreSQL of its own: what a thief would carry away, and nothing else.
 *
 * [Note: What the cloud is told] Where its folder and its log's key are and where the authority answers. It inherits no environment: a
 * passphrase in ours is no business of the cloud.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { builtUrl } from '@carelet/ground/workers';

/** What the process tells of itself when it is up. */
export type CloudTells = { readonly url: string; readonly databaseUrl: string; readonly databaseFolder: string };

export type CloudProcess = CloudTells & AsyncDisposable & { readonly pid: number; readonly log: string };

const patienceMs = 60_000;

/** Starts it and waits until it answers. */
export async function startCloudProcess({
  folder,
  authority,
  keys,
  durable = true,
}: {
  readonly folder: string;
  readonly authority: string;
  /** Where its log's key lies. */
  readonly keys: string;
  /** `false` trades safety against power cuts for speed: tests only. */
  readonly durable?: boolean;
}): Promise<CloudProcess> {
  const log = join(folder, 'cloud.log');
  const output = openSync(log, 'a', 0o600);
  const child = fork(builtUrl(new URL('./cloud-alone.ts', import.meta.url)), [join(folder, 'postgres'), authority, keys, String(durable)], {
    stdio: ['ignore', output, output, 'ipc'],
    execArgv: [],
    // [Note: What the cloud is told]
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  closeSync(output);
  const stop = () => ended(child);
  try {
    const tells = await told(child);
    return { ...tells, pid: child.pid!, log, [Symbol.asyncDispose]: stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

function told(child: ChildProcess): Promise<CloudTells> {
  const refuse = (because: string, cause?: unknown) =>
    new CareletError('unavailable', 'start the cloud', { because, ...(cause instanceof Error && { cause }) });
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(refuse('it said nothing for a minute')), patienceMs);
    const settle = (what: () => void) => {
      clearTimeout(timer);
      what();
    };
    child.once('message', (message) => settle(() => done(message as CloudTells)));
    child.once('error', (error) => settle(() => fail(refuse('its process did not start', error))));
    child.once('exit', (code) => settle(() => fail(refuse(`its process ended with ${code}; its log tells why`))));
  });
}

/** The cloud ends when its line to us is cut; if it does not, it is told so. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((done) => void child.once('exit', () => done()));
  if (child.connected) child.disconnect();
  const force = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await gone;
  clearTimeout(force);
}
