/**
 * A Mosquitto of a test's own: on a free port, with its configuration in a temporary folder.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mosquittoFiles, writeMosquitto } from '@carelet/cloudlet/mqtt/mosquitto';
import { answers, freePorts } from '@carelet/ground/test-ports';

/** Where the program is; Debian's lies where only root's path looks. `null` where there is none. */
export const mosquittoProgram =
  ['mosquitto', '/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) => spawnSync(path, ['-h']).error === undefined) ?? null;

export type Mosquitto = AsyncDisposable & {
  /** Where devices find it. */
  readonly url: string;
  /** Where a cloudlet finds it, as `CARELET_MQTT_BROKER` says. */
  readonly address: string;
  /** Where its files lie, for the cloudlet that keeps them. */
  readonly folder: string;
  /** Is killed, and started anew. */
  kill(): Promise<void>;
  start(): Promise<void>;
};

export async function startMosquitto(program: string): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'carelet-mosquitto-'));
  const port = (await freePorts(1))[0]!;
  // Started by root it would become another user, who may not read our folder.
  const listener = [`listener ${port} 127.0.0.1`, ...(process.getuid?.() === 0 ? ['user root'] : [])];
  const cloudlet = { user: 'harbour', password: 'a password: with/signs@' };
  await writeMosquitto(folder, { cloudlet, devices: [] }, listener);
  const address = `mqtt://${cloudlet.user}:${encodeURIComponent(cloudlet.password)}@127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const start = async () => {
    child = spawn(program, ['-c', join(folder, mosquittoFiles.configuration)], { stdio: 'ignore' });
    for (let tries = 0; !(await answers(port)); tries++) {
      if (tries > 200 || child.exitCode !== null) throw new Error('Mosquitto did not start');
      await sleep(25);
    }
  };
  const kill = async () => {
    if (!child || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    address,
    folder,
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
