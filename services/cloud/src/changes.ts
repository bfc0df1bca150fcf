/**
 * What changed lately, in the order it happened, for those who listen now or come back soon.
 *
 * [Note: Why changes are not kept]
 * The tables know no time and no order of arrival (schema.ts): whoever steals them must not be able to join the parts
 * of a batch, or tell when somebody was ill. A table of changes would be exactly that order. So changes lie in memory
 * only, the last few thousand of them. Whoever resumes within those misses nothing; whoever comes later, or after a
 * restart, is told `lost` and looks at everything again, which is what he would have to do without us. How much
 * happens here altogether is no secret (`town.state` tells anyone), so neither is that it was too much to remember.
 * Two clouds on one database do not hear each other's changes.
 *
 * [Note: Why changes come in slots]
 * A batch of several parts, or a burst of postings, should be heard as one change. If the first change opened a window
 * and closed it a moment later, one that a listener may not hear of would still decide which of those that she does
 * hear fall together. So the windows stand still: ten a second, by the clock, whoever does what.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { type Places, places } from './place.ts';

/** Where a wrap was laid: of interest to whom it opens something for. */
export type LaidWrap = { readonly nodeId: Bytes; readonly domain: Bytes };

/** Something that was written. */
export type Change = {
  readonly pat: Bytes;
  /** `null` is the chart itself: it was opened, or handed on. */
  readonly part: Part | null;
  /** Nodes that are new, or have new rows. */
  readonly nodes: readonly Bytes[];
  readonly wraps: readonly LaidWrap[];
  /** Who hears of it whatever is left in sight: from whom something was taken back. */
  readonly parting?: readonly Bytes[];
  /** Nobody else hears of it, whatever they see of the chart: it is between these. */
  readonly between?: readonly Bytes[];
};

/** How much is remembered, how many may listen. */
export type ChangeLimits = {
  /** Changes, and nodes and wraps in all of them together. */
  readonly kept?: number;
  readonly keptNodes?: number;
  readonly slotMs?: number;
  readonly listeners?: number;
  readonly listenersPerCaller?: number;
};

export type Changes = Places & {
  /** Takes note of what was written; heard when its slot ends. */
  tell(change: Change): void;
  /** The position of the last change. */
  latest(): number;
  /** The change after a position, `null` when there is none yet, `'lost'` when it is forgotten. */
  next(position: number): Change | null | 'lost';
  /** Until there is a change after a position, or the signal aborts. */
  news(position: number, signal?: AbortSignal): Promise<void>;
  /**
   * A seat to listen from; disposing leaves it.
   *
   * @throws {CareletError} `unavailable` when too many listen, or this caller does too often
   */
  listen(caller: Bytes): Disposable;
};

/** The changes of one cloud since it started. */
export function openChanges(limits: ChangeLimits = {}): Changes {
  const { kept = 4096, keptNodes = 250_000, slotMs = 100, listeners = 1000, listenersPerCaller = 8 } = limits;
  const ring: Change[] = [];
  let nodesInRing = 0;
  let latest = 0;
  let slot = new Map<string, Change>();
  const waiting = new Set<() => void>();
  const listening = new Map<string, number>();
  let seats = 0;

  const endSlot = () => {
    // By name: in the order they came, the first of two would stand for both of a chart, whoever may hear of it.
    for (const [, change] of [...slot].sort(([a], [b]) => (a < b ? -1 : 1))) {
      ring.push(change);
      nodesInRing += sizeOf(change);
      latest++;
    }
    slot = new Map();
    while (ring.length > kept || nodesInRing > keptNodes) nodesInRing -= sizeOf(ring.shift()!);
    for (const wake of [...waiting]) wake();
  };

  return {
    ...places(),

    tell(change) {
      if (slot.size === 0) setTimeout(endSlot, slotMs - (performance.now() % slotMs));
      const of = [hex(change.pat), change.part, ...(change.between ?? []).map(hex)].join('|');
      slot.set(of, joined(change, slot.get(of)));
    },

    latest: () => latest,

    next(position) {
      if (position > latest || position < latest - ring.length) return 'lost';
      return ring[ring.length - (latest - position)] ?? null;
    },

    news(position, signal) {
      return new Promise((done) => {
        if (position !== latest || signal?.aborted) return done();
        const wake = () => {
          waiting.delete(wake);
          signal?.removeEventListener('abort', wake);
          done();
        };
        waiting.add(wake);
        signal?.addEventListener('abort', wake);
      });
    },

    listen(caller) {
      const name = hex(caller);
      const own = listening.get(name) ?? 0;
      if (own >= listenersPerCaller || seats >= listeners) {
        const because = own >= listenersPerCaller ? 'you listen from too many places already' : 'too many are listening';
        throw new CareletError('unavailable', 'tell of changes', { because });
      }
      listening.set(name, own + 1);
      seats++;
      return {
        [Symbol.dispose]() {
          seats--;
          const left = listening.get(name)! - 1;
          if (left > 0) listening.set(name, left);
          else listening.delete(name);
        },
      };
    },
  };
}

/**
 * Runs what writes, and tells of it when it is written. When the line broke during the commit nobody knows whether
 * it is; then it is told as well, because to look once too often costs nothing.
 *
 * @param write is given what takes note of the change
 */
export async function telling<T>(changes: Changes, write: (note: (change: Change) => void) => Promise<T>): Promise<T> {
  let noted: Change | null = null as Change | null;
  try {
    const written = await write((change) => {
      noted = change;
    });
    if (noted) changes.tell(noted);
    return written;
  } catch (thrown) {
    if (noted && thrown instanceof CareletError && thrown.kind === 'unavailable') changes.tell(noted);
    throw thrown;
  }
}

const sizeOf = ({ nodes, wraps, parting = [], between = [] }: Change): number =>
  1 + nodes.length + wraps.length + parting.length + between.length;

/** Two changes of one part of a chart as one, each node and wrap once, and no more of them than is listened for. */
function joined(change: Change, before: Change | undefined): Change {
  const nodes = new Map([...(before?.nodes ?? []), ...change.nodes].map((node) => [hex(node), node]));
  const wraps = new Map<string, LaidWrap>();
  for (const { nodeId, domain } of [...(before?.wraps ?? []), ...change.wraps])
    wraps.set(`${hex(nodeId)}|${hex(domain)}`, { nodeId, domain });
  const parting = new Map([...(before?.parting ?? []), ...(change.parting ?? [])].map((who) => [hex(who), who]));
  return {
    ...{ pat: change.pat, part: change.part, nodes: [...nodes.values()], wraps: [...wraps.values()], parting: [...parting.values()] },
    ...(change.between && { between: change.between }),
  };
}
