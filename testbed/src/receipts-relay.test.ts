/**
 * What a clinic's box forwards, the cloud promises to write down. The box asks whether it did, and whoever looks after it is told where not.
 */
import { join } from 'node:path';
import { logKey } from '@carelet/cloud/receipts/key';
import { merkleRoot } from '@carelet/crypto/algebra/merkle';
import { signCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { emptyMap } from '@carelet/crypto/receipts/map';
import { decodePromise, verifyPromise } from '@carelet/crypto/receipts/promise';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from './fixture.testing.ts';
import { type Watch, type Watches, watchesAt } from './watch.testing.ts';

let stage: Stage;
let at: Watches;
let watch: Watch;
let lines: string[] = [];

beforeAll(async () => {
  stage = await openStage({ logTo: { write: (line) => void lines.push(line) } });
  at = await watchesAt(stage);
  watch = await at.paired('wrist');
  // The cloud that lies: it promises a receipt and lays none down, nor counts in its map what came: one alone would be a fork.
  await stage.sql(`create function forget_receipt() returns trigger language plpgsql as 'begin return null; end'`);
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

afterEach(async () => {
  for (const table of ['receipt', 'unmapped']) await stage.sql(`drop trigger if exists forgets on ${table}`);
  await stage.sql('truncate cloudlet_harbour.promised');
  lines = [];
});

const forgets = async () => {
  for (const table of ['receipt', 'unmapped'])
    await stage.sql(`create trigger forgets before insert on ${table} for each row execute function forget_receipt()`);
};
const ask = () => stage.town.cloudlets.get('harbour')!.witness();
const promised = () => stage.sql<{ promise: Buffer | null; broken: Date | null }>('select promise, broken from cloudlet_harbour.promised');
const told = (name: string) =>
  lines.flatMap((line) => (line.includes(`"${name}"`) ? [JSON.parse(line) as { level: string; count?: number }] : []));
const later = (seconds: number) => stage.clock.to(new Date(stage.clock() + seconds * 1000).toISOString());

let pulse = 60;
async function forwardsStrip(): Promise<void> {
  await watch.keep(pulse++);
  await watch.sender.send();
  await at.forwarded();
}

test('a posting that the cloud wrote down is asked about once, and forgotten', async () => {
  await forwardsStrip();
  expect((await promised()).map(({ broken }) => broken)).toEqual([null]);
  await ask();
  expect(await promised()).toEqual([]);
  expect(await at.clinic()).toMatchObject({ unkept: 0 });
  expect(told('receipts.broken')).toEqual([]);
});

test('one that it did not is told after its minute, and the cloud’s own signature under it is kept', async () => {
  await forgets();
  await forwardsStrip();
  await ask();
  expect((await promised()).map(({ broken }) => broken)).toEqual([null]);
  later(61);
  await ask();
  const [kept, ...others] = await promised();
  expect(others).toEqual([]);
  expect(kept!.broken?.getTime()).toBe(stage.clock());
  const log = await logKey(join(stage.town.folder, 'keys', 'cloud'));
  expect(verifyPromise(decodePromise(kept!.promise!)!, log)).toBe(true);
  expect(await at.clinic()).toMatchObject({ unkept: 1 });
  expect(told('receipts.broken')).toMatchObject([{ level: 'error', count: 1 }]);
  // Told once, counted for a month.
  await ask();
  expect(told('receipts.broken').length).toBe(1);
  const before = stage.clock();
  later(31 * 86_400);
  expect(await at.clinic()).toMatchObject({ unkept: 0 });
  stage.clock.to(new Date(before).toISOString());
});

test('one for which nothing was promised, or under another key, is told at once', async () => {
  await forwardsStrip();
  await stage.sql('update cloudlet_harbour.promised set promise = null');
  await forwardsStrip();
  await stage.sql(
    `update cloudlet_harbour.promised set promise = set_byte(promise, 60, get_byte(promise, 60) # 1) where promise is not null`,
  );
  await ask();
  expect(await at.clinic()).toMatchObject({ unkept: 2 });
  expect(told('receipts.unpromised')).toMatchObject([{ level: 'error', count: 2 }]);
});

test('a log that does not go on from what the box signed as its witness proves nothing, and what is due stays due', async () => {
  await ask();
  await forwardsStrip();
  // Nothing waits for the log any more: what stands in its table is what the cloud shows.
  await stage.cloudAs(at.ada).receipts.head({ seen: 0 });
  const [state] = await stage.sql<{ size: string }>('select size from log');
  const log = await logKey(join(stage.town.folder, 'keys', 'cloud'));
  const now = Math.floor(stage.clock() / 1000);
  const other = signCheckpoint(log, { size: Number(state!.size), root: merkleRoot([]), map: emptyMap, time: now });
  await stage.sql('update log set note = $1, time = $2', [Buffer.from(other), now]);
  await ask();
  expect((await promised()).map(({ broken }) => broken)).toEqual([null]);
  expect(told('receipts.refused')).toMatchObject([{ level: 'warn' }]);
});
