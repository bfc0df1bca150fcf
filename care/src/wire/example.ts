/**
 * A locker for sealed parcels: the smallest contract that uses everything the wire can do.
 *
 * It is what the tests of `care/wire` and of the servers' HTTP talk to, and the page to read before writing a
 * contract of one's own. A role is a plain object; who calls it was decided before it was made.
 *
 * @module
 */
import * as z from 'zod';
import { CareletError, errorKinds } from '../model/error.ts';
import { bytes, defineContract, nothing, type RoleOf } from './contract/kit.ts';
import { type Asked, type Handler, type ServeOptions, serve } from './serve.ts';

const name = z.string().min(1).max(64);
const tag = bytes({ length: 4 });

export const lockerContract = defineContract('locker', {
  'parcels.leave': {
    summary: 'Keeps a sealed parcel under a name.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ name, sealed: bytes({ max: 1024 }), tags: z.array(tag).max(8).optional() }),
    output: z.strictObject({ number: z.int().positive() }),
    limit: 4096,
  },
  'parcels.fetch': {
    summary: 'Gives a parcel back to whoever left it.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ name }),
    output: z.strictObject({ sealed: bytes(), tags: z.array(tag), leftBy: z.string() }),
    idempotent: true,
  },
  'parcels.throw-away': {
    summary: 'Forgets a parcel.',
    caller: 'known',
    body: 'json',
    input: z.strictObject({ name }),
    output: nothing,
    idempotent: true,
  },
  'parcels.watch': {
    summary: 'Tells of every parcel of the caller after a number: those that are there, then those that come.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ after: z.int().min(0) }),
    output: z.strictObject({ number: z.int().positive(), name, sealed: bytes() }),
    stream: true,
  },
  'count-parcels': {
    summary: 'How many parcels there are, by their first letter.',
    caller: 'anyone',
    body: 'json',
    input: nothing,
    output: z.strictObject({ total: z.int(), byLetter: z.record(z.string(), z.int()) }),
    idempotent: true,
  },
  'count-down': {
    summary: 'Counts down to one, and refuses then if it is told to.',
    caller: 'anyone',
    body: 'json',
    input: z.strictObject({ from: z.int().min(0).max(1000), refusing: z.enum(errorKinds).optional() }),
    output: z.strictObject({ left: z.int() }),
    stream: true,
  },
  refuse: {
    summary: 'Fails the way it is told to.',
    caller: 'anyone',
    body: 'json',
    input: z.strictObject({ kind: z.enum(errorKinds), subject: z.string().max(16).optional() }),
    output: nothing,
  },
});

export type Locker = RoleOf<typeof lockerContract>;

type Parcel = { readonly number: number; readonly sealed: Uint8Array; readonly tags: readonly Uint8Array[]; readonly leftBy: string };

/** A locker in memory; gives the role as one caller meets it. */
export function openLocker(): (caller: string | null) => Locker {
  const parcels = new Map<string, Parcel>();
  const watching = new Set<() => void>();
  let left = 0;

  /** Until somebody leaves a parcel, or has enough of waiting for one. */
  const somethingNew = (signal: AbortSignal | undefined) =>
    new Promise<void>((done) => {
      const wake = () => {
        watching.delete(wake);
        signal?.removeEventListener('abort', wake);
        done();
      };
      watching.add(wake);
      signal?.addEventListener('abort', wake);
    });

  return (caller) => {
    const mine = (wanted: string, op: string): Parcel => {
      const parcel = parcels.get(wanted);
      if (parcel === undefined) throw new CareletError('missing', op, { subject: wanted, because: 'nobody left it here' });
      if (parcel.leftBy !== caller) throw new CareletError('denied', op, { subject: wanted, because: 'somebody else left it' });
      return parcel;
    };
    return {
      parcels: {
        leave: async ({ name, sealed, tags = [] }) => {
          if (parcels.has(name)) throw new CareletError('conflict', 'leave parcel', { subject: name, because: 'the name is taken' });
          parcels.set(name, { number: ++left, sealed, tags, leftBy: caller ?? '' });
          for (const wake of [...watching]) wake();
          return { number: left };
        },
        fetch: async ({ name }) => {
          const { sealed, tags, leftBy } = mine(name, 'fetch parcel');
          return { sealed, tags: [...tags], leftBy };
        },
        throwAway: async ({ name }) => {
          mine(name, 'throw away parcel');
          parcels.delete(name);
        },
        async *watch({ after }, { signal } = {}) {
          for (let seen = after; signal?.aborted !== true; ) {
            const next = [...parcels].find(([, { number, leftBy }]) => number > seen && leftBy === caller);
            if (next === undefined) await somethingNew(signal);
            else {
              const [name, { number, sealed }] = next;
              seen = number;
              yield { number, name, sealed };
            }
          }
        },
      },
      async *countDown({ from, refusing }, { signal } = {}) {
        for (let left = from; left > 0 && signal?.aborted !== true; left--) yield { left };
        if (refusing) throw new CareletError(refusing, 'count down', { because: `told to be ${refusing}` });
      },
      countParcels: async () => {
        const byLetter: Record<string, number> = {};
        for (const letter of [...parcels.keys()].map((each) => each[0]!)) byLetter[letter] = (byLetter[letter] ?? 0) + 1;
        return { total: parcels.size, byLetter };
      },
      refuse: async ({ kind, subject }) => {
        throw new CareletError(kind, 'do as told', { ...(subject !== undefined && { subject }), because: `told to be ${kind}` });
      },
    };
  };
}

/** Takes a caller at his word, `I am Ada`: an example must not bring keys. */
export async function takeAtWord({ authorization }: Asked): Promise<string> {
  const word = /^I am (\w+)$/.exec(authorization);
  if (word === null) throw new CareletError('denied', 'identify caller', { because: 'the signature does not fit' });
  return word[1]!;
}

/** A locker behind a fetch handler. */
export function serveLocker(options: Partial<ServeOptions<typeof lockerContract, string>> = {}): Handler<typeof lockerContract> {
  return serve(lockerContract, { role: openLocker(), identify: takeAtWord, ...options });
}
