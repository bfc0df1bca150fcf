import { CareletError } from '@carelet/care/model';
import { mathematicsHere } from '@carelet/client/mathematics';
import { expect, test } from 'vitest';
import { failureOf } from './failure.ts';
import { freeName } from './free-name.ts';
import { openHouse } from './house.ts';
import { memoryStore } from './store.ts';

const silent = async () => {
  throw new CareletError('unavailable', 'find the town', { because: 'the portal does not answer' });
};

test('a house nobody is in shows nobody anything', async () => {
  const house = openHouse({ map: silent, store: memoryStore(), mathematics: mathematicsHere, clock: Date.now, zone: 'UTC' });
  const asked = [
    house.patients(),
    house.overview('aa'),
    house.items('aa', {}),
    house.triage(),
    house.whoami(),
    house.keyringFile(),
    house.doctors(),
    house.invite(),
    house.directory(),
    house.people(),
    house.whoReads(),
    house.share({ doctor: 'aa', kinds: ['vital-signs'], sensitive: [], from: 'beginning', until: '2026-12-20' }),
    house.unshare(['aa']),
    house.lookedAt('aa'),
    house.notLookedAt('aa'),
    house.stop('aa'),
  ];
  for (const answer of asked) await expect(answer).rejects.toMatchObject({ kind: 'denied' });
  await expect(house.town()).rejects.toMatchObject({ kind: 'unavailable' });
  await house.lock();
});

test('a new keyring is called as its owner, and never as another that rests here', () => {
  expect(freeName('Dr Mei Chen', new Set())).toBe('dr-mei-chen');
  expect(freeName('Dr Mei Chen', new Set(['dr-mei-chen', 'dr-mei-chen-2']))).toBe('dr-mei-chen-3');
  expect(freeName(' Zoë  Çelik-Lindqvist ', new Set())).toBe('zoe-celik-lindqvist');
  expect(freeName('ليلى', new Set())).toBe('ليلى');
  expect(freeName('../..', new Set())).toBe('keyring');
});

test('a failure that was not ours tells nothing of itself', () => {
  expect(failureOf(new TypeError('secret 1955-03-14'))).toEqual({
    kind: 'internal',
    message: 'Cannot do that: something broke on our side',
  });
  const cause = new Error('inside');
  expect(failureOf(new CareletError('denied', 'look', { because: 'no', cause }))).toEqual({ kind: 'denied', message: 'Cannot look: no' });
});
