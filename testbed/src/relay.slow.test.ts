/**
 * The clinic's line to the cloud may be cut, lose answers, or meet a cloud that will not have something: every strip
 * arrives once all the same.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloudletSecrets, installedOrganisation } from '@carelet/cloudlet/organisation';
import { type Bytes, type Cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { openRow } from '@carelet/crypto/records/reader';
import { decodeStrip, encodeStrip } from '@carelet/crypto/records/strip';
import { descend } from '@carelet/crypto/records/tree';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backTo, openStage, refusal, type Stage } from './fixture.testing.ts';
import { type Watch, type Watches, watchesAt } from './watch.testing.ts';

let stage: Stage;
let at: Watches;

beforeAll(async () => {
  stage = await openStage();
  at = await watchesAt(stage);
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

describe('the clinic’s line to the cloud', () => {
  test('may be cut while strips come in: they wait, and go up once when it is mended', async () => {
    const watch = await at.paired('cut');
    stage.line.cut();
    try {
      for (const pulse of [110, 111, 112]) {
        await watch.keep(pulse);
        expect(await watch.sender.send()).toBe(1);
      }
      await at.until(async () => (await at.clinic()).cloud === 'unreachable');
      const { waiting, waitingSince } = await at.clinic();
      expect(waiting).toBe(3);
      const [oldest] = await stage.sql<{ arrived: Date }>('select arrived from cloudlet_harbour.strip order by number limit 1');
      expect(waitingSince).toBe(oldest!.arrived.toISOString());
    } finally {
      stage.line.mend();
    }
    await watch.keep(113);
    await watch.sender.send();
    await at.forwarded();
    expect((await at.clinic()).waitingSince).toBeNull();
    expect(await at.pulses(at.ada, watch)).toEqual([110, 111, 112, 113]);
    expect((await at.clinic()).cloud).toBe('reachable');
  });

  test('may lose the cloud’s answers after it stored: nothing is stored twice', async () => {
    const watch = await at.paired('lost answers');
    const stored = async () => (await stage.sql('select 1 from shelf_mi where pat = $1', [Buffer.from(watch.wearable.pat)])).length;
    const before = await stored();
    const tally = (await at.clinic()).forwarded;
    stage.line.loseAnswers('records.post');
    try {
      for (const pulse of [120, 121]) await watch.keep(pulse);
      await watch.sender.send();
      await at.until(async () => (await stored()) === before + 2);
      expect((await at.clinic()).waiting).toBe(2);
      // What goes up next is another batch: two that are there, and one that is not.
      await watch.keep(122);
      await watch.sender.send();
    } finally {
      stage.line.mend();
    }
    await at.forwarded();
    expect(await stored()).toBe(before + 3);
    expect((await at.clinic()).forwarded).toBe(tally + 3);
    expect(await at.pulses(at.ada, watch)).toEqual([120, 121, 122]);
    expect(await at.onDisk()).toBe(0);
  });

  test('may be cut for an hour: what a watch forgot meanwhile waits here, and goes up once', async () => {
    const watch = await at.paired('an hour');
    const began = stage.clock();
    stage.line.cut();
    try {
      for (let minute = 0; minute < 60; minute += 3) {
        stage.clock.to(new Date(began + minute * 60_000).toISOString());
        await watch.keep(120 + minute, minute === 30 ? 'emergency' : minute % 2 === 1 ? 'monitoring' : 'routine');
        expect(await watch.sender.send()).toBe(1);
      }
      // The emergency is the cloud's to answer for; everything else the watch could forget.
      expect(watch.wearable.waiting.map(({ number }) => number)).toEqual([10]);
      expect(await at.onDisk()).toBe(20);
      expect((await at.clinic()).outageSince).not.toBeNull();
    } finally {
      stage.line.mend();
    }
    try {
      await at.forwarded();
      stage.clock.to(new Date(began + 3_700_000).toISOString());
      expect(await watch.sender.send()).toBe(0);
      expect(watch.wearable.waiting).toEqual([]);
      expect(await at.pulses(at.ada, watch)).toEqual(Array.from({ length: 20 }, (_, i) => 120 + 3 * i));
    } finally {
      await backTo(stage, began, at.ada);
    }
  });

  test('is not blocked by a strip the cloud will never have; that one stays where it is', async () => {
    const [bad, good, bens] = [await at.paired('bad'), await at.paired('good'), at.watchOf(await at.pairFor(stage.patient('ben'), 'bens'))];
    stage.line.cut();
    for (const pulse of [130, 131, 132]) await bad.keep(pulse);
    await bad.sender.send();
    // The clinic's program would not take such a strip from a watch; say that an earlier one did.
    await stage.sql('update cloudlet_harbour.strip set body = $1 where device = $2 and number = 1', [
      Buffer.from(orphaned(await bodyOf(bad, 1))),
      Buffer.from(bad.wearable.relays[0]!.device.device),
    ]);
    for (const [i, one] of [good, bens].entries()) {
      await one.keep(133 + i);
      await one.sender.send();
    }
    stage.line.mend();
    await at.forwarded();
    expect(await at.pulses(at.ada, good)).toEqual([133]);
    expect(await at.pulses(at.ada, bad)).toEqual([130, 132]);
    const kept = await stage.sql<{ number: string; refused: string }>('select number, refused from cloudlet_harbour.strip');
    expect(kept.map(({ number, refused }) => [Number(number), refused])).toEqual([[1, 'invalid']]);
    await stage.sql('delete from cloudlet_harbour.strip');
  });

  const bodyOf = async ({ wearable }: Watch, number: number): Promise<Bytes> => {
    const of = [Buffer.from(wearable.relays[0]!.device.device), number];
    const rows = await stage.sql<{ body: Buffer }>('select body from cloudlet_harbour.strip where device = $1 and number = $2', of);
    return new Uint8Array(rows[0]!.body);
  };

  /** The same strip on a node that nobody links. */
  function orphaned(body: Bytes): Bytes {
    const strip = decodeStrip(body)!;
    return encodeStrip({ ...strip, row: { ...strip.row, nodeId: systemRandom(16) }, links: [] });
  }
});

test('strips of many watches go to disk together, and one that cannot count keeps back none of the others', async () => {
  const watches = await Promise.all(Array.from({ length: 5 }, (_, i) => at.paired(`of many ${i}`)));
  const wrong = watches[3]!;
  stage.line.cut();
  await stage.sql(`create function cloudlet_harbour.slow_disk() returns trigger language plpgsql as
    $$ begin perform pg_sleep(0.2); return null; end $$`);
  try {
    for (const watch of watches) {
      await watch.keep(150);
      await watch.sender.send();
    }
    // The number of the strip that lies here already, once more and in another lane.
    wrong.wearable.next = 0;
    await Promise.all(watches.map((watch) => watch.keep(151, watch === wrong ? 'monitoring' : 'routine')));
    await stage.sql(
      'create trigger slow_disk after insert on cloudlet_harbour.strip for each statement execute function cloudlet_harbour.slow_disk()',
    );
    const outcomes = await Promise.all(watches.map((watch) => refusal(watch.sender.send())));
    expect(outcomes).toEqual(watches.map((watch) => (watch === wrong ? 'cannot-open' : 'ok')));
    expect(wrong.wearable.waiting.length).toBe(1);
  } finally {
    await stage.sql('drop function cloudlet_harbour.slow_disk cascade');
    stage.line.mend();
  }
  await at.forwarded();
  for (const watch of watches) expect(await at.pulses(at.ada, watch)).toEqual(watch === wrong ? [150] : [150, 151]);
}, 60_000);

test('the clinic’s database and its key file together open no strip', async () => {
  const watch = await at.paired('thief');
  stage.line.cut();
  try {
    await watch.keep(140);
    await watch.sender.send();
    const folder = join(stage.town.folder, 'keys', 'harbour');
    const secrets = await cloudletSecrets(folder);
    const open = (place: string, sealed: Buffer) => secrets.open(place, new Uint8Array(sealed));
    const found: Bytes[] = [new Uint8Array(readFileSync(join(folder, 'cloudlet.key')))];
    const collect = (value: Cbor): void => {
      if (value instanceof Uint8Array) {
        for (let at = 0; at + 32 <= value.length; at++) found.push(value.subarray(at, at + 32));
        try {
          collect(uncbor(value));
        } catch {
          // Bytes that are nothing more.
        }
      } else if (Array.isArray(value)) value.forEach(collect);
      else if (value !== null && typeof value === 'object') Object.values(value).forEach(collect);
    };
    const table = <Row extends object>(name: string) => stage.sql<Row & { secret: Buffer }>(`select * from cloudlet_harbour.${name}`);
    for (const { secret } of await table('own')) collect(uncbor(open('cloudlet/own', secret)));
    for (const { connection, secret } of await table<{ connection: number }>('session'))
      collect(uncbor(open(`cloudlet/session/${connection}`, secret)));
    for (const { device, record } of await table<{ device: Buffer; record: Buffer }>('device')) {
      collect(uncbor(open(`cloudlet/device/${hex(device)}`, record)));
    }
    const { edSk, orgKey, pq } = (await installedOrganisation(folder))!;
    found.push(edSk, orgKey, pq);

    const rows = (await stage.sql<{ body: Buffer }>('select body from cloudlet_harbour.strip')).map(
      ({ body }) => decodeStrip(new Uint8Array(body))!.row,
    );
    expect(rows.length).toBe(1);
    expect(found.length).toBeGreaterThan(200);
    const day = new Date(at.noon()).toISOString().slice(0, 10);
    for (const key of found) {
      for (const way of [[], [day], [day.slice(0, 7), day]]) expect(openRow(descend(key, way), 'MI', rows[0]!).kind).toBe('cannot-open');
    }
  } finally {
    stage.line.mend();
  }
  await at.forwarded();
  expect(await at.onDisk()).toBe(0);
  expect(await at.pulses(at.ada, watch)).toEqual([140]);
});
