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
  'count-parcels': {
    summary: 'How many parcels there are, by their first letter.',
    caller: 'anyone',
    body: 'json',
    input: nothing,
    output: z.strictObject({ total: z.int(), byLetter: z.record(z.string(), z.int()) }),
    idempotent: true,
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

type Parcel = { readonly sealed: Uint8Array; readonly tags: readonly Uint8Array[]; readonly leftBy: string };

/** A locker in memory; gives the role as one caller meets it. */
export function openLocker(): (caller: string | null) => Locker {
  const parcels = new Map<string, Parcel>();
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
          parcels.set(name, { sealed, tags, leftBy: caller ?? '' });
          return { number: parcels.size };
        },
        fetch: async ({ name }) => {
          const { sealed, tags, leftBy } = mine(name, 'fetch parcel');
          return { sealed, tags: [...tags], leftBy };
        },
        throwAway: async ({ name }) => {
          mine(name, 'throw away parcel');
          parcels.delete(name);
        },
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
