// Watches that send sealed strips to a cloudlet: each a patient's own, each with its session.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectCloudlet } from '@carelet/client/login';
import { mqttHop } from '@carelet/client/session/mqtt';
import { sender } from '@carelet/client/session/send';
import { decodeStrip } from '@carelet/crypto/records/strip';

/** Watches over HTTP, or over the broker in the cloudlet. Their memory is not written down: that would be the watches' work. */
export const watchesOver = (wearables, hopOf) =>
  wearables.map((wearable) => {
    const hop = hopOf(wearable);
    return { wearable, hop, way: sender({ wearable, save: async () => {}, cloudlet: hop }), sending: null };
  });

export const hopsTo = (url, mqtt) => ({
  http: () => connectCloudlet(url, null),
  mqtt: ({ relays: [{ broker }] }) => mqttHop({ url: mqtt, names: broker }),
});

/** Seals strips, watch by watch in turn, and keeps them back: a strip is sealed when its minute is over, not when it is due. */
export async function sealed(watches, packed, count) {
  const turns = [];
  for (let i = 0; i < count; i++) {
    const watch = watches[i % watches.length];
    const { kind, from, bytes, readings } = packed[i % packed.length];
    await watch.way.keep({ kind, from, bytes });
    const strip = watch.wearable.waiting.pop();
    const key = Buffer.from(decodeStrip(strip.body).row.rowId).toString('hex');
    turns.push({ key, readings: readings.length, bytes: strip.body.length, send: () => send(watch, strip) });
  }
  return turns;
}

/** A strip waits from now on; one sender of its watch is at work until none does. */
function send(watch, strip) {
  watch.wearable.waiting.push(strip);
  watch.sending ??= sendAll(watch).finally(() => {
    watch.sending = null;
  });
}

async function sendAll({ wearable, way }) {
  while (wearable.waiting.length > 0) await way.send().catch(() => sleep(50));
}

/** When rows reached the cloud's table, by row: PostgreSQL's own times of commit. */
export const rowsArrived = (sql, keys) =>
  sql(
    `select encode(row_id, 'hex') as key, extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000 as at
    from cloud.shelf_mi where row_id = any($1::bytea[])`,
    [keys.map((key) => Buffer.from(key, 'hex'))],
  );
