/**
 * The relay: strips on disk go up to the cloud, each once, in the order their device numbered them.
 *
 * A strip leaves the disk only after the cloud has stored it. The cloud's primary key is what keeps a strip
 * from arriving twice: one that is there already (its answer was lost on the way) is asked for and dropped. One
 * that the cloud will never have stays here, marked, and holds up no other.
 *
 * @module
 */
import { CareletError, type ErrorKind, type Part } from '@carelet/care/model';
import { type Bytes, compare, hex } from '@carelet/crypto/algebra/bytes';
import { type NodeLink, signPosting } from '@carelet/crypto/records/posting';
import { decodeStrip, type SealedStrip } from '@carelet/crypto/records/strip';
import { transaction } from '@carelet/ground/database';
import { groupBy } from '@carelet/ground/group-by';
import { event, type Log, traceOf } from '@carelet/ground/log';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Organisation } from './organisation.ts';
import type { CloudletTables } from './schema.ts';
import type { CloudRole } from './uplink.ts';

const atOnce = 500;
const bytesAtOnce = 16 * 1024 * 1024;
const idleMs = 1000;
const longestWaitMs = 30_000;

type Waiting = Selectable<CloudletTables['strip']>;

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
  /** Somebody woke us while we were at work: the next pause is none. */
  let due = false;
  const remember = () => {
    due = true;
  };
  let wake: () => void = remember;
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
    new Promise<void>((done) => {
      const over = () => {
        clearTimeout(timer);
        wake = remember;
        due = false;
        done();
      };
      const timer = setTimeout(over, ms);
      wake = over;
      if (due) over();
    });

  /** Forwards what waits, chart by chart; how many strips went up. A chart that cannot be posted to now holds up no other. */
  async function forward(): Promise<number> {
    const charts = await db
      .selectFrom('strip')
      .select(['pat', (select) => select.fn.min('arrived').as('first')])
      .where('refused', 'is', null)
      .groupBy('pat')
      .orderBy('first')
      .execute();
    if (charts.length === 0) return 0;
    const clinic = await organisation();
    const up = await cloud();
    let forwarded = 0;
    let failure: unknown;
    for (const { pat } of charts) {
      if (stop.signal.aborted) break;
      try {
        forwarded += await forwardChart(up, clinic, pat);
      } catch (thrown) {
        if (thrown instanceof CareletError && thrown.kind === 'unavailable') throw thrown;
        failure ??= thrown;
      }
    }
    if (forwarded === 0 && failure !== undefined) throw failure;
    return forwarded;
  }

  async function forwardChart(up: CloudRole, clinic: Organisation, pat: Bytes): Promise<number> {
    return transaction(db, async (within) => {
      const waiting = await within
        .selectFrom('strip')
        .selectAll()
        .where('pat', '=', pat)
        .where('refused', 'is', null)
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
      const refused = new Map<Waiting, ErrorKind>();
      for (const [part, strips] of groupBy(some, (strip) => strip.part)) await post(up, clinic, pat, part as Part, strips, refused);
      for (const [strip, kind] of refused) {
        const { device, number } = strip;
        await within.updateTable('strip').set({ refused: kind }).where('device', '=', device).where('number', '=', number).execute();
      }
      if (refused.size > 0) event(log, 'relay.refused', { count: refused.size, kind: [...refused.values()][0] }, 'warn');
      const stored = some.filter((strip) => !refused.has(strip));
      for (const [device, strips] of groupBy(stored, (strip) => hex(strip.device))) {
        await within
          .deleteFrom('strip')
          .where('device', '=', strips[0]!.device)
          .where('number', '=', sql<number>`any(${strips.map(({ number }) => number)}::bigint[])`)
          .execute();
        event(log, 'relay.forwarded', { count: strips.length, job: device.slice(0, 4) }, 'debug');
      }
      await within
        .updateTable('tally')
        .set({ forwarded: sql`forwarded + ${stored.length}`, last_forward: new Date(clock()).toISOString() })
        .where('one', '=', 1)
        .execute();
      state = 'reachable';
      return some.length;
    });
  }

  /**
   * Posts strips together, or where the cloud will not have them together, by halves, until the one it will not
   * have stands alone: one strip that its device made wrongly keeps back no other.
   */
  async function post(
    up: CloudRole,
    clinic: Organisation,
    pat: Bytes,
    part: Part,
    strips: readonly Waiting[],
    refused: Map<Waiting, ErrorKind>,
    again = false,
  ): Promise<void> {
    try {
      await postTogether(up, clinic, pat, part, strips);
    } catch (thrown) {
      if (!(thrown instanceof CareletError) || !(thrown.kind === 'invalid' || thrown.kind === 'conflict')) throw thrown;
      const half = Math.ceil(strips.length / 2);
      if (strips.length > 1) {
        await post(up, clinic, pat, part, strips.slice(0, half), refused);
        await post(up, clinic, pat, part, strips.slice(half), refused);
      } else if (!again) await post(up, clinic, pat, part, strips, refused, true);
      else refused.set(strips[0]!, thrown.kind);
    }
  }

  /** Owner wraps of trees that devices started themselves, each under its device's card. */
  async function deviceWraps(strips: readonly (SealedStrip & { device: Bytes })[]) {
    const having = strips.flatMap(({ wrap, device }) => (wrap ? [{ wrap, device }] : []));
    if (having.length === 0) return [];
    const paired = await db.selectFrom('device').select(['device', 'card']).execute();
    const cards = new Map(paired.map(({ device, card }) => [hex(device), card]));
    return having.flatMap(({ wrap, device }) => {
      const maker = cards.get(hex(device));
      return maker ? [{ ...wrap, kind: 'owner' as const, gen: 0, domain: new Uint8Array(), maker }] : [];
    });
  }

  async function postTogether(up: CloudRole, clinic: Organisation, pat: Bytes, part: Part, strips: readonly Waiting[]): Promise<void> {
    const decoded = strips.map(({ device, body }) => {
      const strip = decodeStrip(body);
      if (!strip) throw new CareletError('invalid', 'forward strips', { because: 'what lies here is no strip' });
      return { ...strip, device };
    });
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
      wraps: await deviceWraps(fresh),
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
