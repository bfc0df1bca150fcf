/**
 * The relay: strips on disk go up to the cloud, each once, in the order their device numbered them.
 *
 * A strip leaves the disk only after the cloud has stored it. The cloud's primary key is what keeps a strip
 * from arriving twice: one that is there already (its answer was lost on the way) is asked for and dropped.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CareletError, type Part } from '@carelet/care/model';
import { type Bytes, compare, hex } from '@carelet/crypto/algebra/bytes';
import { type NodeLink, signPosting } from '@carelet/crypto/records/posting';
import { decodeStrip } from '@carelet/crypto/records/strip';
import { transaction } from '@carelet/ground/database';
import { groupBy } from '@carelet/ground/group-by';
import { event, type Log, traceOf } from '@carelet/ground/log';
import { type Kysely, sql } from 'kysely';
import type { Organisation } from './organisation.ts';
import type { CloudletTables } from './schema.ts';
import type { CloudRole } from './uplink.ts';

const atOnce = 500;
const bytesAtOnce = 16 * 1024 * 1024;
const idleMs = 1000;
const longestWaitMs = 30_000;

export type Relay = AsyncDisposable & {
  /** There is something to forward. */
  wake(): void;
  /** What the last attempt found. */
  state(): 'reachable' | 'unreachable' | 'unknown';
};

export function relay({
  db,
  organisation,
  cloud,
  log,
  clock,
}: {
  db: Kysely<CloudletTables>;
  organisation: () => Promise<Organisation>;
  cloud: () => Promise<CloudRole>;
  log: Log;
  clock: () => number;
}): Relay {
  const stop = new AbortController();
  let wake: () => void = () => {};
  let state: ReturnType<Relay['state']> = 'unknown';

  const loop = async () => {
    let failures = 0;
    while (!stop.signal.aborted) {
      try {
        const forwarded = await forward();
        failures = 0;
        if (forwarded > 0) continue;
        await pause(idleMs);
      } catch (thrown) {
        failures++;
        if (thrown instanceof CareletError && thrown.kind === 'unavailable') state = 'unreachable';
        if (failures === 1) event(log, 'relay.waits', { ...traceOf(thrown), attempt: failures }, 'warn');
        await pause(Math.min(longestWaitMs, 250 * 2 ** Math.min(failures, 7)));
      }
    }
  };

  const pause = (ms: number) =>
    Promise.race([
      sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined),
      new Promise<void>((done) => {
        wake = done;
      }),
    ]);

  /** Forwards what waits for one chart; how many strips went up. */
  async function forward(): Promise<number> {
    const first = await db.selectFrom('strip').select('pat').orderBy('arrived').limit(1).executeTakeFirst();
    if (!first) return 0;
    const clinic = await organisation();
    const up = await cloud();
    return transaction(db, async (within) => {
      const waiting = await within
        .selectFrom('strip')
        .selectAll()
        .where('pat', '=', first.pat)
        .orderBy('device')
        .orderBy('number')
        .limit(atOnce)
        .forUpdate()
        .skipLocked()
        .execute();
      let bytes = 0;
      const some = waiting.filter(({ body }, i) => {
        bytes += body.length;
        return i === 0 || bytes <= bytesAtOnce;
      });
      for (const [part, strips] of groupBy(some, (strip) => strip.part)) await post(up, clinic, first.pat, part as Part, strips);
      for (const [device, strips] of groupBy(some, (strip) => hex(strip.device))) {
        await within
          .deleteFrom('strip')
          .where('device', '=', strips[0]!.device)
          .where('number', '=', sql<number>`any(${strips.map(({ number }) => number)}::bigint[])`)
          .execute();
        event(log, 'relay.forwarded', { count: strips.length, job: device.slice(0, 4) }, 'debug');
      }
      await within
        .updateTable('tally')
        .set({ forwarded: sql`forwarded + ${some.length}`, last_forward: new Date(clock()).toISOString() })
        .where('one', '=', 1)
        .execute();
      state = 'reachable';
      return some.length;
    });
  }

  async function post(up: CloudRole, clinic: Organisation, pat: Bytes, part: Part, strips: readonly { body: Bytes }[]): Promise<void> {
    const decoded = strips.flatMap(({ body }) => decodeStrip(body) ?? []);
    const { versions } = await up.records.versions({ pat, part, rowIds: decoded.map(({ row }) => row.rowId) });
    const fresh = decoded.filter(({ row }, i) => versions[i]! < row.version);
    if (fresh.length === 0) return;
    const rows = fresh.map(({ row }) => row).sort((a, b) => compare(a.rowId, b.rowId));
    const links = new Map<string, NodeLink>();
    for (const { links: way } of fresh) for (const link of way) links.set(hex(link.nodeId), link);
    const all = [...links.values()];
    const posting = signPosting(clinic.edSk, { writer: clinic.card.id, pat, part }, rows, all);
    await up.records.post({
      posting: { ...posting, part },
      rows: rows.map((row) => ({ ...row, base: row.version - 1 })),
      links: all.map((link) => ({ ...link })),
      wraps: [],
    });
  }

  const running = loop();
  return {
    wake: () => wake(),
    state: () => state,
    async [Symbol.asyncDispose]() {
      stop.abort();
      wake();
      await running;
    },
  };
}
