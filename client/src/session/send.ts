/**
 * What a wearable does all day: seal a strip, keep it, send what waits, the most urgent first, forget what was acknowledged.
 *
 * [Note: An emergency is forgotten last]
 * What is urgent or routine may be forgotten once it is on the cloudlet's disk. An emergency is kept until the cloud has it, and the
 * cloudlet is asked again until then: a box that took it and burned down must not be the end of it.
 *
 * A device that has several cloudlets speaks with all that are there side by side (see `relays.ts` for what goes to whom), and
 * knocks at the others now and then.
 *
 * @module
 */
import { CareletError, type Urgency, urgencies } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import type { Hop } from '@carelet/care/wire/hop';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';
import { sealRow } from '@carelet/crypto/records/writer';
import type { RowSeal } from '../records/writer.ts';
import { lineTo, pauses } from './line.ts';
import { emergency, fade, met, settle } from './relays.ts';
import { sealStrip } from './seal.ts';
import { talk } from './talk.ts';
import type { StripKind, Wearable, WearableRelay } from './wearable.ts';

export type Sender = {
  /** Seals a strip and keeps it; it is on disk when this returns. Unless told it is routine. */
  keep(strip: { kind: StripKind; from: number; bytes: Bytes; urgency?: Urgency }): Promise<void>;
  /**
   * Sends what waits, opening a session when one is due; gives how many more strips are on a cloudlet's disk now. What
   * is kept meanwhile goes as well, an emergency before all that still waits.
   *
   * @throws {CareletError} what the one cloudlet says; of several, only where none is there
   */
  send(): Promise<number>;
  /** Why a cloudlet could not be spoken with the last time, by its name. */
  readonly troubles: ReadonlyMap<string, CareletError>;
};

export type SenderOptions = {
  readonly wearable: Wearable;
  /** Puts the wearable's memory on disk. Calls may overlap: the one that began last is what lies there in the end. */
  readonly save: () => Promise<void>;
  /** The way to a cloudlet: `connectCloudlet` over HTTP, `mqttHop` over a broker. */
  readonly cloudlet: Hop | ((relay: WearableRelay) => Hop);
  readonly clock?: () => number;
  readonly random?: Random;
  readonly sealRow?: RowSeal;
  /** Per cent, for whoever looks after the devices. */
  readonly battery?: () => number;
  /** Where the device is, as far as it knows. */
  readonly spot?: string;
};

/** How long one that was away may take to answer a knock while another is there, in milliseconds. */
const knockMs = 5_000;

export function sender(options: SenderOptions): Sender {
  const { wearable, save, cloudlet, clock = Date.now, random = systemRandom, sealRow: sealOne = sealRow, battery } = options;
  const { spot = 'anywhere' } = options;
  const now = () => Math.floor(clock() / 1000);
  const troubles = new Map<string, CareletError>();
  const none = null as Promise<void> | null;
  const ways = wearable.relays.map((relay) => {
    const spoken = talk(relay, typeof cloudlet === 'function' ? cloudlet(relay) : cloudlet, { save, now, random });
    const heard = () => met(relay, spot, now());
    return {
      relay,
      talk: spoken,
      line: lineTo({ wearable, relay, talk: spoken, save, clock, battery, heard }),
      knock: pauses(clock),
      knocking: none,
    };
  });
  type Way = (typeof ways)[number];

  return {
    troubles,

    async keep({ kind, from, bytes, urgency = 'routine' }) {
      const number = wearable.next;
      const lane = urgencies.indexOf(urgency);
      const body = sealStrip(wearable, { kind, day: dayOf(from), number, lane, bytes }, sealOne, random);
      wearable.waiting.push({ number, lane, body, at: [], past: [], reached: false });
      wearable.next++;
      // Somebody who was away a moment ago may be there: an emergency knocks at once.
      if (lane === emergency) for (const { knock } of ways) knock.now();
      await save();
    },

    async send() {
      const before = taken();
      for (const { relay } of ways) fade(relay, now());
      // Whoever fails is away from then on, and what was meant for him goes to others; whoever answers a knock is given his share.
      for (let there = ''; there !== whoIsThere(); ) {
        there = whoIsThere();
        await Promise.all(ways.map((way) => (way.relay.near === null && ways.length > 1 ? knockAt(way) : workWith(way))));
      }
      const alone = ways.every(({ relay }) => relay.near === null);
      if (alone && wearable.waiting.some(({ at }) => at.length === 0)) throw nobodyThere();
      return taken() - before;
    },
  };

  function taken(): number {
    return ways.reduce((sum, { line }) => sum + line.taken, 0);
  }

  /** As long as that changes there may be more to do. */
  function whoIsThere(): string {
    return ways.map(({ relay }) => relay.near !== null).join();
  }

  async function workWith({ relay, line, knock }: Way, knocked = false): Promise<void> {
    try {
      await line.work();
      troubles.delete(relay.name);
      knock.later(false);
    } catch (thrown) {
      relay.near = null;
      if (!(thrown instanceof CareletError) || ways.length === 1) throw thrown;
      troubles.set(relay.name, thrown);
      knock.later(true);
      // Who left one may have come to another. One that was only knocked at was not left.
      if (!knocked) for (const other of ways) if (other.relay !== relay) other.knock.now();
      // What waited for this one only because it was there has been answered for by others.
      settle(wearable, now());
      await save();
    }
  }

  /** Looks whether one that was away is there, where there is something to send or to ask; and if it is, gives it its share. */
  async function knockAt(way: Way): Promise<void> {
    const { relay, knock } = way;
    if (!knock.due() || (wearable.waiting.length === 0 && wearable.entrusted.length === 0)) return;
    way.knocking ??= way.talk.knock().finally(() => {
      way.knocking = null;
    });
    try {
      await patiently(way.knocking);
      met(relay, spot, now());
      await save();
    } catch (thrown) {
      if (!(thrown instanceof CareletError)) throw thrown;
      troubles.set(relay.name, thrown);
      return knock.later(true);
    }
    await workWith(way, true);
  }

  /** What comes of a knock, waited for only so long once another is there. */
  async function patiently(knocking: Promise<void>): Promise<void> {
    for (;;) {
      let late: NodeJS.Timeout | undefined;
      const tired = new Promise<'tired'>((done) => {
        late = setTimeout(() => done('tired'), knockMs);
      });
      const outcome = await Promise.race([knocking, tired]).finally(() => clearTimeout(late));
      if (outcome !== 'tired') return;
      if (ways.some(({ relay }) => relay.near !== null)) {
        throw new CareletError('unavailable', 'reach cloudlet', { because: 'it does not answer' });
      }
    }
  }

  function nobodyThere(): CareletError {
    const all = [...troubles.values()];
    const because = 'none of its cloudlets answers';
    return all.find(({ kind }) => kind !== 'unavailable') ?? new CareletError('unavailable', 'send strips', { because, cause: all[0] });
  }
}
