/**
 * What goes from a device to one of its cloudlets: strips, the most urgent first, and now and then a question.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Acknowledgement, readAcknowledgement } from '@carelet/crypto/session/acknowledgement';
import { decodeAnewTold, encodeAnewAsked } from '@carelet/crypto/session/anew';
import { frameTypes } from '@carelet/crypto/session/device';
import { decodeFinding, encodeInquiry } from '@carelet/crypto/session/inquiry';
import { encodeParcel } from '@carelet/crypto/session/parcel';
import { emergency, judge, nextFor, rowOf, settle, toAskOf, took } from './relays.ts';
import { takeAnew } from './seal.ts';
import type { Talk } from './talk.ts';
import type { HeldStrip, Wearable, WearableRelay } from './wearable.ts';

/** Milliseconds after which something is tried again, doubled each time. */
export const againMs = { first: 1_000, longest: 60_000 } as const;

/** Milliseconds after which a cloudlet is asked again for a word of the owner's, and where it could not say. */
const anewMs = { again: 900_000, unknown: 60_000 } as const;

export type Line = {
  /** Sends what is meant for this cloudlet and asks it what it should be asked. */
  work(): Promise<void>;
  /** How many strips it took, so far, that nobody had on disk before. */
  readonly taken: number;
};

export type LineOptions = {
  readonly wearable: Wearable;
  readonly relay: WearableRelay;
  readonly talk: Talk;
  readonly save: () => Promise<void>;
  readonly clock: () => number;
  readonly battery?: (() => number) | undefined;
  /** Told with each answer. */
  readonly heard: () => void;
};

export function lineTo({ wearable, relay, talk, save, clock, battery, heard }: LineOptions): Line {
  const now = () => Math.floor(clock() / 1000);
  /** When to ask whether the cloud has an emergency by now, and about what others took. */
  const ask = pauses(clock);
  const inquire = pauses(clock);
  /** When to ask for a word of the owner's next, and in which session that was last. */
  const anew = { at: 0, session: -1 };
  /** The number of a strip that it did not take the last time. */
  let puzzling: number | null = null;
  let taken = 0;

  return {
    get taken() {
      return taken;
    },
    async work() {
      do {
        for (let strip = next(); strip; strip = next()) await hand(strip);
      } while ((await inquired()) || (await heardAnew()));
    },
  };

  /** What goes next; when all is handed over, the last emergency the cloud has not is asked about, now and then. */
  function next(): HeldStrip | undefined {
    const wanted = nextFor(wearable, relay, now());
    if (wanted || !ask.due()) return wanted;
    return wearable.waiting.findLast(({ lane, at, reached }) => lane === emergency && !reached && at.includes(relay.name));
  }

  async function hand(strip: HeldStrip): Promise<void> {
    const { lane, number, body } = strip;
    // One that it has already comes after none, where it cannot be laid again: only the answer matters.
    const again = strip.at.includes(relay.name);
    const after = again ? null : relay.kept[lane]!;
    const parcel = { lane, after, strip: body, waiting: wearable.waiting.length, battery: battery?.() ?? null };
    const message = await talk.say(frameTypes.strip, encodeParcel(parcel), frameTypes.acknowledgement);
    if (!message) return;
    const said = readAcknowledgement(message);
    if (!said) throw new CareletError('tampered', 'send strip', { because: 'the cloudlet’s answer is not from the cloudlet' });
    const last = said.kept[lane]!;
    const has = again ? isAfter(last, number - 1) : last === number;
    if (!has) missed(strip, { again, after, last });
    puzzling = has ? null : number;
    await hear(said, strip);
  }

  /**
   * A strip was not taken. Where an answer was lost the cloudlet took another than we thought, and this one goes again, after that;
   * where it has forgotten what it had, a device with several cloudlets goes on, for it asks the others about that.
   *
   * @throws {CareletError} `conflict` where neither explains it
   */
  function missed(strip: HeldStrip, { again, after, last }: { again: boolean; after: number | null; last: number | null }): void {
    const forgot = again || (after !== null && !isAfter(last, after - 1));
    const unexplained = !again && (last === after || puzzling === strip.number);
    if (unexplained || (forgot && wearable.relays.length === 1)) {
      throw new CareletError('conflict', 'send strip', { because: 'the cloudlet waits for an earlier strip than this device has' });
    }
    if (again) strip.at = strip.at.filter((name) => name !== relay.name);
  }

  /** Takes down what an acknowledgement names; nothing else lets a device forget. */
  async function hear({ kept, reached }: Acknowledgement, asked: HeldStrip): Promise<void> {
    heard();
    let more = 0;
    for (const [lane, number] of kept.entries()) {
      relay.kept[lane] = number;
      if (number !== null && took(wearable, relay, lane, number)) more++;
    }
    const all = reached !== null && reached === kept[emergency];
    for (const strip of wearable.waiting) {
      if (strip.lane !== emergency || !strip.at.includes(relay.name)) continue;
      strip.reached ||= all || (reached !== null && strip.number <= reached);
    }
    if (asked.lane === emergency) ask.later(!asked.reached && more === 0);
    settle(wearable, now());
    taken += more;
    await save();
  }

  /** Asks about strips that others took, where any are due; whether some now go to this cloudlet. */
  async function inquired(): Promise<boolean> {
    const strips = toAskOf(wearable, relay, now());
    if (strips.length === 0 || !inquire.due()) return false;
    const rows = strips.map(rowOf);
    const message = await talk.say(frameTypes.inquiry, encodeInquiry(rows), frameTypes.finding);
    if (!message) return true;
    const found = decodeFinding(message, rows);
    if (found === undefined) throw new CareletError('tampered', 'ask about strips', { because: 'the cloudlet answers something else' });
    heard();
    inquire.later(found === null);
    if (found === null) return false;
    judge(wearable, strips, found, now());
    await save();
    return nextFor(wearable, relay, now()) !== undefined;
  }

  /**
   * Asks whether the owner said that its trees are over: once in each session, and then now and then. No answer keeps it from sending.
   *
   * @returns whether some strips now go to this cloudlet
   */
  async function heardAnew(): Promise<boolean> {
    const due = talk.opened !== anew.session || clock() >= anew.at || anew.at - clock() > anewMs.again;
    if (!due || !relay.device.session) return false;
    anew.session = talk.opened;
    anew.at = clock() + anewMs.again;
    const message = await talk.ask(frameTypes.anewAsked, encodeAnewAsked(wearable.anew), frameTypes.anewTold);
    const told = message ? decodeAnewTold(message) : null;
    if (told === 'unknown') anew.at = clock() + anewMs.unknown;
    else if (told && takeAnew(wearable, told)) await save();
    return nextFor(wearable, relay, now()) !== undefined;
  }
}

/** Whether a strip's number is greater than another; `null` is before all. */
const isAfter = (number: number | null, other: number): boolean => number !== null && number > other;

/** When something may be tried again: the longer, the more often in a row it was in vain. */
export function pauses(clock: () => number) {
  let at = 0;
  let pause: number = againMs.first;
  return {
    // A clock that was put back does not make it longer.
    due: () => clock() >= at || at - clock() > againMs.longest,
    later(inVain: boolean): void {
      pause = inVain ? Math.min(againMs.longest, pause * 2) : againMs.first;
      at = clock() + pause;
    },
    now(): void {
      at = 0;
    },
  };
}
