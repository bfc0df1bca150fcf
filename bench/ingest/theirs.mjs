// The same strips in the clear: published to a Mosquitto, inserted by a subscriber into a table of the same PostgreSQL.
//
// As somebody would build it who trusts everybody: QoS 1, an open listener, a subscriber that is a process of its own and
// inserts a row a strip. `one by one` gives each message an insert of its own over eight connections; `together` gathers what
// came while the last insert ran. Either acknowledges to Mosquitto before the row is on disk, so a crash loses strips.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@carelet/ground/test-ports';
import { until } from '@carelet/testbed/crash/until';
import { mosquittoProgram } from '@carelet/testbed/mosquitto.testing';
import mqtt from 'mqtt';

/** Starts broker and subscriber; `null` where there is no Mosquitto. */
export async function startTheirs({ folder, databaseUrl, sql, how, count }) {
  if (mosquittoProgram === null) return null;
  const table = how === 'together' ? 'open_together' : 'open_single';
  await sql(`create table ${table} (device text not null, number bigint not null, body bytea not null, primary key (device, number))`);
  const [port] = await freePorts(1);
  const url = `mqtt://127.0.0.1:${port}`;
  const configuration = join(folder, `${table}.conf`);
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'persistence false'];
  lines.push('max_queued_messages 0', 'max_inflight_messages 1000', ...(process.getuid?.() === 0 ? ['user root'] : []));
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  const broker = spawn(mosquittoProgram, ['-c', configuration], { stdio: 'ignore' });
  process.once('exit', () => broker.kill());
  await until('Mosquitto answers', async () => (await mqtt.connectAsync(url, { reconnectPeriod: 0 }, false)).endAsync().then(() => true));
  const subscriber = fork(join(import.meta.dirname, 'subscriber-process.mjs'), [url, databaseUrl, table, how], { execArgv: [] });
  await once(subscriber, 'message');
  const watches = await Promise.all(
    Array.from({ length: count }, async (_, i) => ({ device: `${i}`, next: 0, client: await mqtt.connectAsync(url) })),
  );
  return {
    servers: [broker.pid, subscriber.pid],
    async prepare(packed, turns) {
      return Array.from({ length: turns }, (_, i) => {
        const watch = watches[i % watches.length];
        const { bytes, readings } = packed[i % packed.length];
        const number = watch.next++;
        const message = Buffer.alloc(4 + bytes.length);
        message.writeUInt32BE(number);
        message.set(bytes, 4);
        const key = `${watch.device}/${number}`;
        const send = () => void watch.client.publish(`strips/${watch.device}`, message, { qos: 1 });
        return { key, readings: readings.length, bytes: bytes.length, send };
      });
    },
    arrived: (keys) =>
      sql(
        `select device || '/' || number as key, extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000 as at
        from ${table} where device || '/' || number = any($1::text[])`,
        [keys],
      ),
    async [Symbol.asyncDispose]() {
      for (const { client } of watches) await client.endAsync(true);
      subscriber.kill();
      broker.kill();
    },
  };
}
