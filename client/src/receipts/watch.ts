/**
 * Watching the cloud's log while one reads or writes: every answer about it must come under a checkpoint that the town's
 * log signed, of these minutes, that goes on from the last one this keyring saw; and what the cloud promised to write down
 * must be there when it is asked.
 *
 * [Note: One question at a time]
 * Each answer proves that it goes on from the one before. Two asked side by side would prove it of the same one, and not
 * of each other, so a cloud could show each another log.
 *
 * [Note: Several numbers, one log]
 * A doctor's numbers are strangers to the cloud, so it could show each a log of its own. They watch as one: each asks whether the log goes on
 * from the longest that any of them saw. Where two saw different ones, the cloud first shows of one checkpoint that it goes on from both.
 * Somebody may write between the questions, so that they are answered under two; after some tries each is then proven by itself, and from there
 * on all go on from the longest.
 *
 * [Note: A promise is of one act]
 * No promise says what it is of, so a cloud could show one of before again and write nothing down. It must be of these minutes, none
 * that was taken before, and its leaf must stand behind what was seen of the log before anything came here. An act that is asked for
 * again after a lost answer brings one promise, since the first did not arrive.
 *
 * @module
 */
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import type { Watch } from '@carelet/crypto/cards/manifest';
import { type Checkpoint, judgeCheckpoint, openCheckpoint, readCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { verifyConsistency } from '@carelet/crypto/receipts/log';
import { decodeNote } from '@carelet/crypto/receipts/note';
import { decodePromise, isOfNow, judgePromise, type Promised, verifyPromise } from '@carelet/crypto/receipts/promise';
import { type Following, follow } from '@carelet/crypto/receipts/witness';
import type { Keyring, WatchedLog } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';

/** What comes with every answer about the log. */
export type Head = Awaited<ReturnType<Cloud['receipts']['head']>>;

/** Who vouches for what was seen last: somebody outside the cloud, nobody yet, or nobody can since the town names no log. */
export type Standing = { readonly kind: 'witnessed'; readonly by: readonly string[] } | { readonly kind: 'unwitnessed' | 'unwatched' };

/** An answer under a checkpoint that holds, or what is wrong with it, in words. */
export type Judged<A> =
  | { readonly kind: 'holds'; readonly answer: A; readonly checkpoint: Checkpoint; readonly standing: Standing }
  | { readonly kind: 'fails'; readonly what: string };

/** What a promise came to that was not kept. */
export const brokenPromise = 'the cloud promised to write down who was here, and did not';
export const noPromise = 'the cloud does not promise to write down who was here';

export type Watching = {
  /** Asks something of the log; `null` in a town that names none. */
  ask<A extends Head>(question: (seen: number) => Promise<A>): Promise<Judged<A> | null>;
  /**
   * Takes what came with an act or answer that leaves a receipt; what is wrong with it, in words. One that came with something else before,
   * or is not of these minutes, is no promise. See [Note: A promise is of one act].
   */
  took(promise: Bytes | undefined): string | null;
  /** How many promises were not seen kept yet. */
  due(): number;
  /** Asks whether promises were kept; what is wrong, in words. One that has time left stays due. */
  settle(): Promise<string[]>;
};

/** Commitments in one question. */
const atOnce = 1000;

/**
 * Whoever watches with one keyring waits for the others who do: a reader, a giver, who goes through her receipts; and her numbers for each other.
 * See [Note: Several numbers, one log].
 */
type AsOne = { readonly logs: readonly WatchedLog[]; readonly taken: Taken; turn: Promise<unknown> };
const asOne = new WeakMap<WatchedLog, AsOne>();

function asOneWith(receipts: WatchedLog): AsOne {
  const one = asOne.get(receipts) ?? { logs: [receipts], taken: takenBy(receipts), turn: Promise.resolve() };
  asOne.set(receipts, one);
  return one;
}

/**
 * From now on these are one watcher's, as a doctor's numbers are.
 *
 * @example
 * ```ts no-run
 * import type { Keyring } from '@carelet/client/keyring/keyring';
 * import { numbersOf } from '@carelet/client/keyring/numbers';
 * import { watchAsOne } from '@carelet/client/receipts/watch';
 * declare const keyring: Keyring;
 * watchAsOne(numbersOf(keyring));
 * ```
 */
export function watchAsOne(numbers: readonly Pick<Keyring, 'receipts'>[]): void {
  const before = [...new Set(numbers.map(({ receipts }) => asOneWith(receipts)))];
  if (before.length < 2) return;
  const one: AsOne = {
    logs: before.flatMap(({ logs }) => logs),
    // What one of them was promised is no news to another.
    taken: {
      began: Math.max(...before.map(({ taken }) => taken.began)),
      here: new Set(before.flatMap(({ taken }) => [...taken.here])),
      times: new Map(before.flatMap(({ taken }) => [...taken.times])),
    },
    turn: Promise.all(before.map(({ turn }) => turn)),
  };
  for (const log of one.logs) asOne.set(log, one);
}

/** What one's numbers remember, one's own among them. */
export const seenAsOne = (receipts: WatchedLog): readonly WatchedLog[] => asOneWith(receipts).logs;

/** Questions of one moment, and each time another answer: that is more than one log. */
const neverOne = 'the cloud shows one log to one of your numbers, and another to the next';

/** How often it is asked for one checkpoint that goes on from all that was seen. */
const meetings = 6;

/**
 * What came to somebody since she began to watch here: the times of promises by commitment, how much of the log she had seen before any,
 * and those that wait to be asked about and came here.
 */
type Taken = { readonly began: number; readonly here: Set<string>; readonly times: Map<string, number> };
/** How many are remembered before those are forgotten that are too old to be taken anyway. */
const mostTaken = 10_000;

/** What had come to a watcher when she began. */
function takenBy(receipts: WatchedLog): Taken {
  const head = receipts.seen && readCheckpoint(decodeNote(receipts.seen)?.text ?? '');
  const due = receipts.due.flatMap((bytes) => decodePromise(bytes) ?? []);
  const times = new Map(due.map(({ commitment, time }) => [hex(commitment), time]));
  return { began: head ? head.size : 0, here: new Set<string>(), times };
}

/**
 * @param now UTC seconds
 *
 * @example
 * ```ts no-run
 * import type { Keyring } from '@carelet/client/keyring/keyring';
 * import { connectCloud } from '@carelet/client/login';
 * import { watchOver } from '@carelet/client/receipts/watch';
 * declare const [keyring, url]: [Keyring, string];
 * const cloud = connectCloud(url, keyring);
 * const watch = watchOver({ keyring, cloud, now: () => Math.floor(Date.now() / 1000) });
 * const head = await watch.ask((seen) => cloud.receipts.head({ seen }));
 * if (head?.kind === 'fails') console.log(head.what);
 * ```
 */
export function watchOver({ keyring, cloud, now }: { keyring: Keyring; cloud: Cloud; now: () => number }): Watching {
  const { receipts } = keyring;
  asOneWith(receipts);
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const one = asOneWith(receipts);
    const turn = one.turn.then(work);
    one.turn = turn.catch(() => {});
    return turn;
  };

  const ask = <A extends Head>(question: (seen: number) => Promise<A>): Promise<Judged<A> | null> =>
    inTurn(async () => {
      const { receipts: watch } = keyring.manifest;
      if (!watch) return null;
      // [Note: One question at a time]
      const met = await meet(watch);
      if (typeof met === 'string') return { kind: 'fails', what: met };
      const { last, logs } = met;
      const answer = await question(last ? last.checkpoint.size : 0);
      const following = follow(watch.log, last ? last.note : null, answer.note, answer.path, now());
      if (following.kind !== 'goes on') return { kind: 'fails', what: wordsFor(following) };
      const { checkpoint } = following.signed;
      const standing = standingOf(watch, answer, checkpoint, now());
      if (typeof standing === 'string') return { kind: 'fails', what: standing };
      for (const log of logs) log.seen = answer.note;
      return { kind: 'holds', answer, checkpoint, standing };
    });

  /** What one's numbers saw last, the longest of it, and which of them saw this log or none; or what is wrong with it, in words. */
  async function meet({ log }: Watch): Promise<{ readonly last: Seen | undefined; readonly logs: readonly WatchedLog[] } | string> {
    const logs = asOneWith(receipts).logs.filter((one) => one === receipts || !one.seen || openCheckpoint(one.seen, log));
    const seenIn = (some: readonly WatchedLog[]): Seen[] => {
      const notes = new Map(some.flatMap(({ seen }) => (seen ? [[hex(seen), seen]] : [])));
      const opened = [...notes.values()].flatMap((note): Seen[] => {
        const signed = openCheckpoint(note, log);
        return signed ? [{ note, checkpoint: signed.checkpoint }] : [];
      });
      return opened.toSorted(({ checkpoint: a }, { checkpoint: b }) => a.size - b.size || a.time - b.time);
    };
    let all = seenIn(logs);
    for (let left = meetings; all.length > 1 && left > 0; left--) {
      const heads = await Promise.all(all.map(async (seen) => ({ seen, head: await cloud.receipts.head({ seen: seen.checkpoint.size }) })));
      for (const { seen, head } of heads) {
        const following = follow(log, seen.note, head.note, head.path, now());
        if (following.kind !== 'goes on') return wordsFor(following);
      }
      // Under one checkpoint they are of one log.
      const note = heads.at(-1)!.head.note;
      if (heads.every(({ head }) => isSameHead(head.note, note, log))) {
        all = [{ note, checkpoint: openCheckpoint(note, log)!.checkpoint }];
        for (const one of logs) one.seen = note;
      }
    }
    // A checkpoint stands for a second: an honest cloud shows the same to questions of one moment, or soon will.
    return all.length > 1 ? neverOne : { last: all.at(-1), logs };
  }

  return {
    ask,

    took(promise) {
      const { receipts: watch } = keyring.manifest;
      if (!watch) return null;
      const promised = promise && decodePromise(promise);
      if (!promised || !verifyPromise(promised, watch.log) || !isOfNow(promised, now())) return noPromise;
      const { times, here } = asOneWith(receipts).taken;
      const name = hex(promised.commitment);
      if (times.has(name)) return noPromise;
      if (times.size > mostTaken) for (const [one, time] of times) if (!isOfNow({ time }, now())) times.delete(one);
      times.set(name, promised.time);
      here.add(name);
      receipts.due.push(promise);
      return null;
    },

    due: () => receipts.due.length,

    async settle() {
      const asked = receipts.due.slice(0, atOnce).flatMap((bytes): (Promised & { bytes: Bytes })[] => {
        const promised = decodePromise(bytes);
        return promised ? [{ ...promised, bytes }] : [];
      });
      if (asked.length === 0) return [];
      const commitments = asked.map(({ commitment }) => commitment);
      const judged = await ask((seen) => cloud.receipts.included({ commitments, seen }));
      if (judged?.kind !== 'holds') return judged ? [judged.what] : [];
      const { found } = judged.answer;
      const outcomes = asked.map((promised, i) => {
        const shown = found[i] ? { head: judged.checkpoint, index: found[i].place, path: found[i].path } : null;
        return judgePromise(promised, shown, now());
      });
      const over = new Set(asked.flatMap(({ bytes }, i) => (outcomes[i] === 'due' ? [] : [bytes])));
      receipts.due = receipts.due.filter((bytes) => !over.has(bytes));
      const { here, began } = asOneWith(receipts).taken;
      // What was in the log before anything came here is of something else. Of what came elsewhere nobody knows that.
      const isOfBefore = (_: Promised, i: number) =>
        outcomes[i] === 'included' && here.has(hex(asked[i]!.commitment)) && found[i]!.place < began;
      const before = asked.some(isOfBefore);
      for (const [i, { commitment }] of asked.entries()) if (outcomes[i] !== 'due') here.delete(hex(commitment));
      return [...(outcomes.includes('broken') ? [brokenPromise] : []), ...(before ? [noPromise] : [])];
    },
  };
}

/** What was seen last. */
type Seen = { readonly note: Bytes; readonly checkpoint: Checkpoint };

/** Whether two notes of a log are over the same checkpoint, whoever signed them besides. */
const isSameHead = (one: Bytes, other: Bytes, log: Watch['log']): boolean =>
  openCheckpoint(one, log)?.note.text === openCheckpoint(other, log)?.note.text;

/** Who vouches for an answer; words for one that is too old or that a witness's line spoils. */
function standingOf(watch: Watch, { note, witnessed }: Head, checkpoint: Checkpoint, now: number): Standing | string {
  const own = judgeCheckpoint(note, watch, now);
  switch (own.kind) {
    case 'witnessed':
      return { kind: 'witnessed', by: own.by.map(({ name }) => name) };
    case 'stale':
      return 'the cloud’s log stands still: what it shows is more than ten minutes old';
    case 'refused':
      return 'the cloud shows a signature of a witness who did not sign';
    case 'unwitnessed': {
      const earlier = witnessed && judgeCheckpoint(witnessed.note, watch, now);
      if (earlier?.kind !== 'witnessed') return { kind: 'unwitnessed' };
      const { size, root } = earlier.checkpoint;
      const goesOn = verifyConsistency(size, root, checkpoint.size, checkpoint.root, witnessed!.path);
      return goesOn ? { kind: 'witnessed', by: earlier.by.map(({ name }) => name) } : 'the cloud shows another log than its witness saw';
    }
  }
}

function wordsFor(following: Exclude<Following, { kind: 'goes on' }>): string {
  if (following.kind === 'forked') return 'the cloud signed two logs that cannot both be true';
  switch (following.because) {
    case 'not a checkpoint':
      return 'the cloud’s log is not signed with the key that this town names';
    case 'older':
      return 'the cloud shows an older log than before';
    case 'future':
      return 'the cloud’s log is ahead of this clock';
    case 'does not go on':
      return 'the cloud does not show that its log goes on from what it was';
  }
}
