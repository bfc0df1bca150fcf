/**
 * The relay: strips that wait go up to the cloud, each once, the most urgent first.
 *
 * Two lines go up side by side: emergencies have one to themselves, so that none waits for a batch that is on its way;
 * the other takes what else waits by `rules/relay/schedule`. A strip leaves the queue only after the cloud has stored it. The
 * cloud's primary key is what keeps a strip from arriving twice: where an answer was lost on the way, or it will not have all
 * because some are there, it is asked which, and those are dropped. One that the cloud will never have stays here, marked, and
 * holds up no other.
 *
 * @module
 */
import { CareletError, type ErrorKind, type Part, type Urgency } from '@carelet/care/model';
import { type Bytes, compare, hex } from '@carelet/crypto/algebra/bytes';
import { type NodeLink, signPosting } from '@carelet/crypto/records/posting';
import { decodeStrip, type SealedStrip } from '@carelet/crypto/records/strip';
import { groupBy } from '@carelet/ground/group-by';
import { event, type Log, traceOf } from '@carelet/ground/log';
import type { Kysely } from 'kysely';
import { type Line, lineOf } from './line.ts';
import type { Organisation } from './organisation.ts';
import { outages } from './outages.ts';
import type { Promises } from './promises.ts';
import type { Batch, Queue, Refused, WaitingStrip } from './queue/queue.ts';
import type { CloudletTables } from './schema.ts';
import type { CloudRole } from './uplink.ts';

type DecodedStrip = SealedStrip & { readonly device: Bytes };

export type Relay = AsyncDisposable & {
  /** There is something to forward. */
  wake(): void;
  /** There is an emergency; resolves when it was tried to forward it, whatever came of it, or after so many milliseconds. */
  urgent(patience: number): Promise<void>;
  /** What the last attempt found. */
  state(): 'reachable' | 'unreachable' | 'unknown';
};

export function relay({
  db,
  queue,
  organisation,
  cloud,
  promises,
  log,
  clock,
}: {
  db: Kysely<CloudletTables>;
  queue: Queue;
  organisation: () => Promise<Organisation>;
  cloud: () => Promise<CloudRole>;
  /** Where what the cloud promises with each posting is laid down. */
  promises: Pick<Promises, 'keep'>;
  log: Log;
  clock: () => number;
}): Relay {
  /** What the cloud's silence was told by, the last time. */
  let unreached: unknown;
  const reach = outages({ db, clock });
  /** Charts of which the cloud may have more than it said: its last answer was lost, or it would not have all. */
  const unsure = new Set<string>();
  const line = (among: readonly Urgency[], longestWaitMs: number, sideBySide: number): Line =>
    lineOf({
      longestWaitMs,
      work: (stopped) => forward(among, sideBySide, stopped),
      async failed(thrown, attempt) {
        if (attempt === 1) event(log, 'relay.waits', { ...traceOf(thrown), attempt }, 'warn');
        // Our own database may be away as well: that is no outage of the cloud.
        if (thrown === unreached) await reach.lost();
      },
    });
  const emergencies = line(['emergency'], 5_000, 2);
  const others = line(['monitoring', 'routine'], 30_000, 3);

  /**
   * Forwards what waits, some charts side by side, of each one batch at a time; how many strips were settled. A chart that
   * cannot be posted to now holds up no other.
   */
  async function forward(among: readonly Urgency[], sideBySide: number, stopped: () => boolean): Promise<number> {
    /** Charts that wait for nobody: a batch of theirs is on its way, or could not be posted. */
    const closed = new Set<string>();
    const underWay = new Set<Promise<void>>();
    let forwarded = 0;
    let failure: unknown;
    let over = false;

    /** Takes up what goes next; resolves as soon as that is on its way, to whether there was any. */
    const begin = () =>
      new Promise<boolean>((begun) => {
        let chart = '';
        const one = queue
          .next(among, closed, async (batch) => {
            chart = hex(batch.pat);
            closed.add(chart);
            begun(true);
            return send(batch).catch((thrown: unknown) => {
              if (isAway(thrown)) unreached = thrown;
              throw thrown;
            });
          })
          .then(async (settled) => {
            if (!settled) return;
            if (reach.state() === 'unreachable') for (const each of [emergencies, others]) each.wake();
            await reach.found();
            forwarded += settled.sent + settled.refused;
            closed.delete(chart);
          })
          .catch((thrown: unknown) => {
            failure ??= thrown;
            // Where not only this chart is concerned, nothing else is tried now.
            if (chart === '' || isAway(thrown)) {
              failure = thrown;
              over = true;
            }
          })
          .finally(() => {
            underWay.delete(one);
            begun(false);
          });
        underWay.add(one);
      });

    while (!stopped() && !over) {
      const begun = underWay.size < sideBySide && (await begin());
      if (begun) continue;
      if (underWay.size === 0) break;
      await Promise.race(underWay);
    }
    await Promise.all(underWay);
    if (failure !== undefined && (over || forwarded === 0)) throw failure;
    return forwarded;
  }

  async function send({ pat, urgency, strips }: Batch): Promise<Refused> {
    const [up, clinic] = [await cloud(), await organisation()];
    const refused = new Map<WaitingStrip, ErrorKind>();
    for (const [part, some] of groupBy(strips, (strip) => strip.part)) await post(up, clinic, pat, part as Part, some, refused);
    if (refused.size > 0) event(log, 'relay.refused', { count: refused.size, kind: [...refused.values()][0] }, 'warn');
    for (const [device, some] of groupBy(strips, (strip) => hex(strip.device))) {
      event(log, 'relay.forwarded', { count: some.length, kind: urgency, job: device.slice(0, 4) }, 'debug');
    }
    return refused;
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
    strips: readonly WaitingStrip[],
    refused: Map<WaitingStrip, ErrorKind>,
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
  async function deviceWraps(strips: readonly DecodedStrip[]) {
    const having = strips.flatMap(({ wrap, device }) => (wrap ? [{ wrap, device }] : []));
    if (having.length === 0) return [];
    const paired = await db.selectFrom('device').select(['device', 'card']).execute();
    const cards = new Map(paired.map(({ device, card }) => [hex(device), card]));
    return having.flatMap(({ wrap, device }) => {
      const maker = cards.get(hex(device));
      return maker ? [{ ...wrap, kind: 'owner' as const, gen: 0, domain: new Uint8Array(), maker }] : [];
    });
  }

  async function postTogether(up: CloudRole, clinic: Organisation, pat: Bytes, part: Part, strips: readonly WaitingStrip[]): Promise<void> {
    const decoded = strips.map(({ device, body }) => {
      const strip = decodeStrip(body);
      if (!strip) throw new CareletError('invalid', 'forward strips', { because: 'what lies here is no strip' });
      return { ...strip, device };
    });
    const chart = hex(pat);
    const fresh = unsure.has(chart) ? await missing(up, pat, part, decoded) : decoded;
    unsure.add(chart);
    if (fresh.length > 0) await postRows(up, clinic, pat, part, fresh);
    unsure.delete(chart);
  }

  /** Those of the strips that the cloud has not. */
  async function missing(up: CloudRole, pat: Bytes, part: Part, strips: readonly DecodedStrip[]): Promise<readonly DecodedStrip[]> {
    const { versions } = await up.records.versions({ pat, part, rowIds: strips.map(({ row }) => row.rowId) });
    return strips.filter(({ row }, i) => versions[i]! < row.version);
  }

  async function postRows(up: CloudRole, clinic: Organisation, pat: Bytes, part: Part, strips: readonly DecodedStrip[]): Promise<void> {
    const rows = strips.map(({ row }) => row).sort((a, b) => compare(a.rowId, b.rowId));
    const links = new Map<string, NodeLink>();
    for (const { links: way } of strips) for (const link of way) links.set(hex(link.nodeId), link);
    const all = [...links.values()];
    const posting = signPosting(clinic.edSk, { writer: clinic.card.id, pat, part }, rows, all);
    const { promise } = await up.records.post({
      posting: { ...posting, part },
      rows: rows.map((row) => ({ ...row, base: row.version - 1 })),
      links: all.map((link) => ({ ...link })),
      wraps: await deviceWraps(strips),
    });
    await promises.keep(promise);
  }

  return {
    wake: () => others.wake(),
    urgent: (patience) => emergencies.tried(patience),
    state: reach.state,
    async [Symbol.asyncDispose]() {
      await Promise.all([emergencies[Symbol.asyncDispose](), others[Symbol.asyncDispose]()]);
    },
  };
}

const isAway = (thrown: unknown): boolean => thrown instanceof CareletError && thrown.kind === 'unavailable';
