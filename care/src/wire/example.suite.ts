/**
 * The suite every locker passes, wherever it runs: in the same process, behind `connect`, across HTTP.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { CareletError, errorKinds } from '../model/error.ts';
import type { Locker } from './example.ts';

/**
 * @param place where this locker runs, for the test's name
 * @param visit a fresh locker's role for each of the cast
 */
export function lockerSuite(place: string, visit: () => Promise<(who: string) => Locker>): void {
  const sealed = Uint8Array.of(1, 2, 3, 255);
  const refusal = async (promise: Promise<unknown>): Promise<CareletError> => {
    const thrown = await promise.then(
      () => null,
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(CareletError);
    return thrown as CareletError;
  };

  describe(`a locker ${place}`, () => {
    test('gives back to Ada what Ada left, byte for byte', async () => {
      const as = await visit();
      const tags = [Uint8Array.of(0, 0, 0, 0), Uint8Array.of(9, 8, 7, 6)];
      expect(await as('Ada').parcels.leave({ name: 'letters', sealed, tags })).toEqual({ number: 1 });
      expect(await as('Ada').parcels.fetch({ name: 'letters' })).toEqual({ sealed, tags, leftBy: 'Ada' });
    });

    test('leaves out what is undefined', async () => {
      const as = await visit();
      await as('Ada').parcels.leave({ name: 'letters', sealed, tags: undefined });
      expect((await as('Ada').parcels.fetch({ name: 'letters' })).tags).toEqual([]);
    });

    test('does not give Ivy what Ada left', async () => {
      const as = await visit();
      await as('Ada').parcels.leave({ name: 'letters', sealed });
      const error = await refusal(as('Ivy').parcels.fetch({ name: 'letters' }));
      expect(error.message).toBe('Cannot fetch parcel "letters": somebody else left it');
      expect(error.kind).toBe('denied');
    });

    test('answers "done" with nothing, and counts without asking who we are', async () => {
      const as = await visit();
      await as('Ben').parcels.leave({ name: 'letters', sealed });
      await as('Ben').parcels.leave({ name: 'lamp', sealed });
      await as('Ben').parcels.leave({ name: 'pills', sealed });
      expect(await as('Ben').parcels.throwAway({ name: 'lamp' })).toBeUndefined();
      expect(await as('Ivy').countParcels()).toEqual({ total: 2, byLetter: { l: 1, p: 1 } });
    });

    test('says that a parcel is missing, and that a name is taken', async () => {
      const as = await visit();
      await as('Ada').parcels.leave({ name: 'letters', sealed });
      expect((await refusal(as('Ada').parcels.fetch({ name: 'keys' }))).kind).toBe('missing');
      expect((await refusal(as('Ben').parcels.leave({ name: 'letters', sealed }))).kind).toBe('conflict');
    });

    test.each(errorKinds)('refuses with %s in the same words everywhere', async (kind) => {
      const as = await visit();
      const error = await refusal(as('Ada').refuse({ kind, subject: 'r-7' }));
      expect({ ...error, message: error.message }).toEqual({
        name: 'CareletError',
        kind,
        op: 'do as told',
        subject: 'r-7',
        because: `told to be ${kind}`,
        message: `Cannot do as told "r-7": told to be ${kind}`,
      });
    });

    test('tells Ada of her parcels, those that are there and those that come, and of nobody else’s', async () => {
      const as = await visit();
      const leave = (who: string, name: string) => as(who).parcels.leave({ name, sealed });
      await leave('Ada', 'letters');
      await leave('Ada', 'lamp');
      const seen: string[] = [];
      for await (const { number, name, sealed: told } of as('Ada').parcels.watch({ after: 1 })) {
        expect(told).toEqual(sealed);
        seen.push(`${number} ${name}`);
        if (name === 'lamp') {
          await leave('Ben', 'keys');
          await leave('Ada', 'pills');
        }
        if (name === 'pills') break;
      }
      expect(seen).toEqual(['2 lamp', '4 pills']);
    });

    test('stops telling, without an error, when Ada has enough', async () => {
      const as = await visit();
      const enough = new AbortController();
      const stream = as('Ada').parcels.watch({ after: 0 }, { signal: enough.signal })[Symbol.asyncIterator]();
      const next = stream.next();
      await new Promise((done) => setTimeout(done, 20));
      enough.abort();
      expect(await next).toEqual({ done: true, value: undefined });
      const { signal } = enough;
      for await (const _ of as('Ada').parcels.watch({ after: 0 }, { signal })) expect.unreachable('it told of something');
    });

    test('says when it has told everything, however slowly one listens', async () => {
      const as = await visit();
      const seen: number[] = [];
      for await (const { left } of as('Ada').countDown({ from: 300 })) {
        seen.push(left);
        if (left % 100 === 0) await new Promise((done) => setTimeout(done, 20));
      }
      expect(seen).toEqual(Array.from({ length: 300 }, (_, i) => 300 - i));
    });

    test.each(errorKinds)('refuses with %s in the same words before the first word and after the last', async (kind) => {
      const as = await visit();
      for (const from of [0, 3]) {
        const seen: number[] = [];
        const listen = async () => {
          for await (const { left } of as('Ada').countDown({ from, refusing: kind })) seen.push(left);
        };
        expect((await refusal(listen())).message).toBe(`Cannot count down: told to be ${kind}`);
        expect(seen.length).toBe(from);
      }
    });
  });
}
