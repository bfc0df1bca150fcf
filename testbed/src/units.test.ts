/**
 * A ward is in a department, that in a hospital: a doctor reads what her unit and those below it wrote, and who the patients are of whom
 * they wrote something.
 */
import type { Keyring } from '@carelet/client/keyring/keyring';
import { mathematicsHere } from '@carelet/client/mathematics';
import { renewLocks } from '@carelet/client/records/renew';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let [icu, cardio, lungs, whole]: Keyring[] = [];

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  await stage.take(northgate, [patient('p-ada'), result('p-ada', 'iron', '2026-11-10')]);
  [icu, cardio, lungs, whole] = await Promise.all(
    (['cardio/icu', 'cardio', 'lungs', undefined] as const).map((ward) =>
      stage.doctor(`Dr of ${ward}`, { at: northgate, ...(ward && { ward }) }),
    ),
  );
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const read = async (who?: Keyring) => {
  const { ids, problems } = await stage.open({ ...who!, opened: {} });
  return problems.length === 0 ? ids : problems;
};

test('what the hospital wrote as a whole is read by whoever may read the whole of it', async () => {
  expect(await read(whole)).toEqual(['iron', 'p-ada']);
  for (const who of [icu, cardio, lungs]) expect(await read(who)).toEqual([]);
});

test('what a ward wrote is read in it and above it, with who the patient is, and in no other', async () => {
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'beat', '2026-11-16')], undefined, 'cardio/icu');
  expect(await read(icu)).toEqual(['beat', 'p-ada']);
  expect(await read(cardio)).toEqual(['beat', 'p-ada']);
  expect(await read(lungs)).toEqual([]);
  expect(await read(whole)).toEqual(['beat', 'iron', 'p-ada']);

  await stage.take(northgate, [patient('p-ada'), result('p-ada', 'gas', '2026-11-17')], undefined, 'lungs');
  expect(await read(lungs)).toEqual(['gas', 'p-ada']);
  expect(await read(icu)).toEqual(['beat', 'p-ada']);
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'round', '2026-11-18')], undefined, 'cardio');
  expect(await read(icu)).toEqual(['beat', 'p-ada']);
  expect(await read(cardio)).toEqual(['beat', 'p-ada', 'round']);
});

test('imported again, by the ward or by the whole, nothing is stored twice or read by more', async () => {
  const again = [patient('p-ada'), pulse('p-ada', 'beat', '2026-11-16')];
  expect(await stage.take(northgate, again, undefined, 'cardio/icu')).toMatchObject({ stored: 0, updated: 0, already: 2 });
  expect(await stage.take(northgate, again)).toMatchObject({ stored: 0, updated: 0, already: 2 });
  expect(await read(lungs)).toEqual(['gas', 'p-ada']);
});

test('an import that was interrupted before its locks were laid lays them the next time', async () => {
  await stage.take(northgate, [patient('p-ben'), result('p-ben', 'sugar', '2026-11-10')]);
  const cloud = stage.cloudAs(northgate.keyring);
  let posts = 0;
  const falling = {
    ...cloud,
    records: {
      ...cloud.records,
      post: (asked: Parameters<typeof cloud.records.post>[0]) =>
        posts++ === 0 ? Promise.reject(new Error('away')) : cloud.records.post(asked),
    },
    sharing: { ...cloud.sharing, wrap: () => Promise.reject(new Error('away')) },
  };
  const ward = [patient('p-ben'), pulse('p-ben', 'night', '2026-11-18')];
  expect(await refusal(stage.take(northgate, ward, falling, 'lungs'))).not.toBe('ok');
  await stage.take(northgate, ward, undefined, 'lungs');
  expect(await read(lungs)).toEqual(['gas', 'night', 'p-ada', 'p-ben']);
});

test('locks made anew are those of the wards', async () => {
  await stage.sql(`delete from wrap where kind = 'policy'`);
  expect(await read(lungs)).toEqual([]);
  const { keyring } = northgate;
  const { made } = await renewLocks({ keyring, cloud: stage.cloudAs(keyring), mathematics: mathematicsHere, clock: stage.clock });
  expect(made).toBeGreaterThan(0);
  expect(await read(lungs)).toEqual(['gas', 'night', 'p-ada', 'p-ben']);
  expect(await read(icu)).toEqual(['beat', 'p-ada']);
});

test('what is no unit is refused, and so is the name that stands for charts open to named doctors', async () => {
  for (const unit of ['Cardio', 'cardio/', '../cardio', 'by-name', 'by-name/x', 'cardio/by-name', 'a|b']) {
    expect(await refusal((async () => stage.take(northgate, [], undefined, unit))()), unit).toBe('invalid');
  }
});
