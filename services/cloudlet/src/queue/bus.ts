/**
 * The queue on a bus: strips lie on a NATS JetStream, and which lies where is known here.
 *
 * A strip is on the disks of the majority of the servers that keep it before its device is told anything, and is removed when the
 * cloud has it. What happens in between happens twice rather than not at all: a strip whose device was not told comes again,
 * and the cloud's primary key keeps it once. What the cloud will never have moves to the cloudlet's table, marked.
 *
 * Each is sealed for its place under the cloudlet's key file: what somebody else laid or changed there goes nowhere.
 *
 * One process is a cloudlet's at a time: another would not know what this one lays.
 *
 * @module
 */
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { transaction } from '@carelet/ground/database';
import { event, type Log } from '@carelet/ground/log';
import type { Secrets } from '@carelet/ground/secrets';
import { type Held, type Place, placesOf } from './places.ts';
import { type Queue, type QueueOptions, urgencyNumber, type WaitingStrip } from './queue.ts';
import type { Label, Stream } from './stream.ts';
import { tally } from './tally.ts';

export type BusOptions = QueueOptions & { readonly stream: Stream; readonly secrets: Secrets; readonly log: Log };

/** Reads what lies on the bus and goes on from there. The stream is closed with the queue. */
export async function busQueue({ db, clock, tallies = true, stream, secrets, log }: BusOptions): Promise<Queue> {
  const places = placesOf();
  /** Messages on the stream that are no strips of ours. */
  let strange = 0;
  /** Strips on their way to the bus. */
  let laying = 0;
  await read();

  return {
    async lay(_, strips) {
      const laid = await Promise.all(strips.map(layOne));
      return laid.every((one) => one);
    },

    async next(among, except, send) {
      const held = places.hold(among, except, clock()) ?? ((await missed()) ? places.hold(among, except, clock()) : null);
      if (!held) return null;
      try {
        const strips = await stripsOf(held);
        const refused = strips.size === 0 ? new Map() : await send({ ...held, strips: [...strips.keys()] });
        for (const [strip, kind] of refused) await keepRefused(strip, kind);
        await drop([...strips.values()]);
        const gone = [...strips.keys()].filter((strip) => !refused.has(strip));
        if (tallies) await transaction(db, (within) => tally(within, gone, clock()));
        return { sent: gone.length, refused: refused.size };
      } finally {
        places.release(held);
      }
    },

    first: async (_, device, lane) => places.first(device, lane),
    waits: async () => ({ count: places.count(), since: places.since() }),
    bySpan: async (spanMs, since) => places.bySpan(spanMs, since),
    ofDevices: async () => places.ofDevices(),
    [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
  };

  async function layOne(strip: WaitingStrip): Promise<boolean> {
    const known = places.get(strip.device, strip.number);
    if (known) {
      const there = await stripAt(known);
      // It was laid and its device not told.
      if (there) return there.lane === strip.lane && equalPublic(there.body, strip.body);
    }
    laying++;
    try {
      const { body: plain, ...label } = strip;
      const body = secrets.seal(bindingOf(label), plain);
      const seq = await stream.add({ ...label, body });
      places.add({ ...label, seq, bytes: body.length });
      return true;
    } finally {
      laying--;
    }
  }

  /** Notes everything that lies on the bus; whether there was news. */
  async function read(): Promise<boolean> {
    let news = false;
    let others = 0;
    for await (const label of stream.labels()) {
      if (!label) others++;
      else if (places.add(label)) news = true;
    }
    strange = others;
    return news;
  }

  /** Looks whether more lies on the bus than is known: what was laid although nobody heard so. */
  async function missed(): Promise<boolean> {
    if (laying > 0) return false;
    const there = await stream.count();
    return laying === 0 && there > places.messages() + strange && read();
  }

  async function stripsOf({ urgency, pat, places: some }: Held): Promise<Map<WaitingStrip, Place>> {
    const found = await Promise.all(some.map(stripAt));
    const strips = new Map<WaitingStrip, Place>();
    for (const [i, place] of some.entries()) {
      const strip = found[i];
      // A strip that stood under a label which is not ours waits where it belongs from now on.
      if (strip && strip.urgency === urgency && equalPublic(strip.pat, pat)) strips.set(strip, place);
    }
    return strips;
  }

  /** The strip at this place; `null` where there is none of ours any more, which is then known here. */
  async function stripAt({ copies }: Place): Promise<WaitingStrip | null> {
    for (const copy of copies) {
      const sealed = await stream.body(copy.seq);
      const body = sealed && opened(copy, sealed);
      const { seq: _, bytes: __, ...label } = copy;
      if (body) return { ...label, body };
      places.remove(copy);
      if (sealed) strange++;
      event(log, sealed ? 'bus.strange' : 'bus.gone', { count: 1 }, 'warn');
    }
    return null;
  }

  function opened(copy: Label, sealed: Bytes): Bytes | null {
    try {
      return secrets.open(bindingOf(copy), sealed);
    } catch {
      return null;
    }
  }

  /** Removes strips from the bus; those that could not be removed are still known here. */
  async function drop(some: readonly Place[]): Promise<void> {
    const outcomes = await Promise.allSettled(
      some.flatMap(({ copies, device, number }) =>
        copies
          .filter((copy) => places.get(device, number)?.copies.includes(copy))
          .map(async (copy) => {
            await stream.remove(copy.seq);
            places.remove(copy);
          }),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async function keepRefused({ urgency, arrived, ...strip }: WaitingStrip, refused: string): Promise<void> {
    await db
      .insertInto('strip')
      .values({ ...strip, urgency: urgencyNumber(urgency), arrived: new Date(arrived).toISOString(), refused })
      .onConflict((c) => c.doNothing())
      .execute();
  }
}

/** What a strip is sealed for: everything that stands beside it in clear. */
const bindingOf = ({ device, number, pat, part, lane, urgency, arrived }: Omit<Label, 'seq' | 'bytes'>): string =>
  `cloudlet/bus/${[hex(device), number, hex(pat), part, lane, urgency, arrived].join('/')}`;
