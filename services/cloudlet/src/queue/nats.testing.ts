/**
 * NATS servers of a test's own: one, or a cluster, on free ports, with their stores in a temporary folder.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers, freePorts } from '@carelet/ground/test-ports';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect as natsConnection } from '@nats-io/transport-node';
import { busAddress } from './address.ts';

/** Where the program is; Debian's lies where only root's path looks. `null` where there is none. */
export const natsProgram =
  ['nats-server', '/usr/sbin/nats-server', '/usr/local/sbin/nats-server'].find((path) => spawnSync(path, ['-v']).error === undefined) ??
  null;

export type NatsServer = {
  readonly name: string;
  /** Is killed with SIGKILL, and started anew over what it had stored. */
  kill(): Promise<void>;
  start(): Promise<void>;
};

export type Nats = AsyncDisposable & {
  /** Where a cloudlet finds it, as `BUS_URL` says. */
  readonly url: string;
  readonly servers: readonly NatsServer[];
};

export async function startNats(program: string, { servers = 1, maxPayload = '8MB' } = {}): Promise<Nats> {
  const folder = mkdtempSync(join(tmpdir(), 'carelet-nats-'));
  const ports = await freePorts(2 * servers);
  const [user, password] = ['harbour', 'a password: with/signs@'];
  const routes = ports.slice(servers).map((port) => `nats-route://127.0.0.1:${port}`);
  const cluster = (i: number) =>
    servers > 1 ? [`cluster { name: carelet, listen: "127.0.0.1:${ports[servers + i]}", routes: ${JSON.stringify(routes)} }`] : [];

  const all = Array.from({ length: servers }, (_, i) => {
    const name = `n${i + 1}`;
    const file = join(folder, `${name}.conf`);
    const lines = [
      `server_name: ${name}`,
      `listen: "127.0.0.1:${ports[i]}"`,
      `max_payload: ${maxPayload}`,
      `jetstream { store_dir: ${JSON.stringify(join(folder, name))}, max_file_store: 2GB, max_memory_store: 64MB }`,
      `authorization { user: ${JSON.stringify(user)}, password: ${JSON.stringify(password)} }`,
      ...cluster(i),
    ];
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    return serverOf(program, name, file, ports[i]!);
  });
  await Promise.all(all.map((server) => server.start()));
  const as = `${user}:${encodeURIComponent(password!)}@`;
  return {
    url: ports
      .slice(0, servers)
      .map((port, i) => `nats://${i === 0 ? as : ''}127.0.0.1:${port}`)
      .join(),
    servers: all,
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((server) => server.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server that leads a stream, once one does. */
export async function leaderOf({ url, servers }: Nats, stream: string): Promise<NatsServer> {
  const { servers: where, tls: _, ...names } = busAddress(url);
  const connection = await natsConnection({ servers: [...where], ...names });
  try {
    const { streams } = await jetstreamManager(connection, { checkAPI: false, timeout: 2_000 });
    for (let tries = 1; ; tries++) {
      const info = await streams.info(stream).catch(() => null);
      const leader = servers.length === 1 ? servers[0] : servers.find(({ name }) => name === info?.cluster?.leader);
      if (leader) return leader;
      if (tries > 120) throw new Error(`nobody leads ${stream}`);
      await sleep(250);
    }
  } finally {
    await connection.close();
  }
}

function serverOf(program: string, name: string, file: string, port: number): NatsServer {
  let child: ChildProcess | undefined;
  return {
    name,
    async start() {
      child = spawn(program, ['-c', file], { stdio: 'ignore' });
      for (let tries = 0; !(await answers(port)); tries++) {
        if (tries > 400 || child.exitCode !== null) throw new Error(`${name} did not start`);
        await sleep(25);
      }
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
