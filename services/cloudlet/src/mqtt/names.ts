/**
 * Keeps a Mosquitto's files current: a device that a patient adopted is known there within moments, and one that was taken
 * out is not any more.
 *
 * [Note: Who is told to read again]
 * A Mosquitto reads its files again at a SIGHUP, and its process stands in a file. After a power cut that number may be
 * another's, and most programs end at a SIGHUP: so it is sent to nobody who is not called mosquitto. Where that cannot
 * be seen, or the broker runs as another user, whoever runs it has it reload when the password file changes.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { event, type Log, traceOf } from '@carelet/ground/log';
import type { Secrets } from '@carelet/ground/secrets';
import { type Kysely, sql } from 'kysely';
import type { CloudletTables } from '../schema.ts';
import { allNames } from './accounts.ts';
import { brokerAddress } from './bridge.ts';
import { mosquittoFiles, writeNames } from './mosquitto.ts';

const everyMs = 1_000;

/**
 * Begins to keep the files in a folder.
 *
 * @param broker its address, with the user and password that we have there
 * @throws {CareletError} as `brokerAddress`
 */
export function keepNames(
  folder: string,
  { broker, db, secrets, log }: { broker: string; db: Kysely<CloudletTables>; secrets: Secrets; log: Log },
): AsyncDisposable {
  const { user, password } = brokerAddress(broker);
  const lines = new Map<string, string>();
  const over = new AbortController();
  const going = keep();

  /** Devices are adopted and taken out, and neither is taken back: while both counts stand, so does the list. */
  async function counts(): Promise<string> {
    const row = await db
      .selectFrom('device')
      .select([sql<number>`count(*) filter (where pat is not null)`.as('adopted'), sql<number>`count(ended)`.as('ended')])
      .executeTakeFirstOrThrow();
    return `${row.adopted}/${row.ended}`;
  }

  async function keep(): Promise<void> {
    let written = '';
    let failed = false;
    while (!over.signal.aborted) {
      try {
        const now = await counts();
        if (now !== written) {
          const devices = await allNames(db, secrets);
          await writeNames(folder, { cloudlet: { user, password }, devices }, lines);
          const told = await readsAgain(folder);
          event(log, told ? 'mqtt.names-told' : 'mqtt.names-written', { count: devices.length });
          written = now;
        }
        failed = false;
      } catch (thrown) {
        if (!failed) event(log, 'mqtt.names-old', traceOf(thrown), 'warn');
        failed = true;
      }
      await sleep(everyMs, undefined, { signal: over.signal }).catch(() => {});
    }
  }

  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await going;
    },
  };
}

/** Has the Mosquitto of a folder read its files again; whether there is one that can be told. */
async function readsAgain(folder: string): Promise<boolean> {
  const number = (await readFile(join(folder, mosquittoFiles.number), 'utf8').catch(() => '')).trim();
  if (!/^[1-9]\d{0,9}$/.test(number)) return false;
  const name = await readFile(`/proc/${number}/comm`, 'utf8').catch(() => '');
  if (name.trim() !== 'mosquitto') return false;
  try {
    process.kill(Number(number), 'SIGHUP');
    return true;
  } catch {
    return false;
  }
}
