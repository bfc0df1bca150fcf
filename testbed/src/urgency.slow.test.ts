/**
 * What is urgent overtakes what is not, from the wrist to the cloud, and is not forgotten before the cloud has it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { vital } from '@carelet/care/model';
import { usualUrgency } from '@carelet/care/rules/relay/urgency';
import { packStrip } from '@carelet/care/rules/strip/index';
import { decodeUrgency, encodeUrgency, signUrgency, takeUrgency } from '@carelet/client/session/urgency';
import { decodeWearable, encodeWearable, type Wearable } from '@carelet/client/session/wearable';
import { type Cbor, cbor, hex } from '@carelet/crypto/algebra/bytes';
import { encodeCard } from '@carelet/crypto/cards/card';
import { decodeStrip } from '@carelet/crypto/records/strip';
import { deviceToBytes } from '@carelet/crypto/session/device';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, refusal, type Stage } from './fixture.testing.ts';
import { type Watch, type Watches, watchesAt } from './watch.testing.ts';

let stage: Stage;
let at: Watches;

beforeAll(async () => {
  stage = await openStage();
  at = await watchesAt(stage);
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

/** The numbers of the strips on the clinic's disk, as they came in. */
const here = async ({ wearable }: Watch) =>
  (
    await stage.sql<{ number: string; urgency: number }>(
      'select number, urgency from cloudlet_harbour.strip where device = $1 order by arrived, xmin::text::bigint',
      [Buffer.from(wearable.relays[0]!.device.device)],
    )
  ).map(({ number, urgency }) => [Number(number), urgency]);

const asSam = async () => {
  const [sam] = await stage.administrators();
  return stage.cloudletAs(sam);
};
const deviceOf = async ({ wearable }: Watch) =>
  (await (await asSam()).devices.list()).devices.find(({ device }) => device === hex(wearable.relays[0]!.device.device))!;

describe('on the wrist', () => {
  test('an emergency goes before everything that waits, and each lane keeps its order', async () => {
    const watch = await at.paired('overtakes');
    stage.line.cut();
    try {
      for (const pulse of [60, 61, 62]) await watch.keep(pulse);
      await watch.keep(95, 'monitoring');
      await watch.keep(140, 'emergency');
      await watch.keep(63);
      expect(await watch.sender.send()).toBe(6);
      expect(await here(watch)).toEqual([
        [4, 1],
        [3, 2],
        [0, 3],
        [1, 3],
        [2, 3],
        [5, 3],
      ]);
      // The clinic has them all. The emergency is kept on the wrist as well, until the cloud has it.
      expect(watch.wearable.waiting.map(({ number }) => number)).toEqual([4]);
    } finally {
      stage.line.mend();
    }
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([60, 61, 62, 63, 95, 140]);
  });

  test('an emergency that comes while others are sent goes next', async () => {
    const watch = await at.paired('in between');
    stage.line.cut();
    try {
      for (let pulse = 60; pulse < 70; pulse++) await watch.keep(pulse);
      const sending = watch.sender.send();
      await at.until(async () => (await here(watch)).length > 0);
      await watch.keep(150, 'emergency');
      expect(await sending).toBe(11);
      const order = (await here(watch)).map(([number]) => number);
      expect(order.indexOf(10)).toBeGreaterThan(0);
      expect(order.indexOf(10)).toBeLessThan(10);
    } finally {
      stage.line.mend();
    }
    await at.forwarded();
  });

  test('an emergency is forgotten when the cloud has it, and the clinic is asked again until then', async () => {
    const watch = await at.paired('end to end');
    stage.line.cut();
    await watch.keep(150, 'emergency');
    expect(await watch.sender.send()).toBe(1);
    expect(watch.wearable.waiting.length).toBe(1);
    // Not at every turn: the clinic has it, and has a hard time already.
    const frames = async () =>
      (await stage.sql<{ secret: Buffer }>('select secret from cloudlet_harbour.session'))[0]!.secret.toString('hex');
    const asked = await frames();
    await watch.sender.send();
    expect(await frames()).toBe(asked);
    watch.restart();
    stage.line.mend();
    await at.forwarded();
    expect(await watch.sender.send()).toBe(0);
    expect(watch.wearable.waiting).toEqual([]);
    expect(await at.pulses(at.ada, watch)).toEqual([150]);
  });

  test('with the cloud in reach one word is enough', async () => {
    const watch = await at.paired('one word');
    await watch.keep(150, 'emergency');
    expect(await watch.sender.send()).toBe(1);
    expect(watch.wearable.waiting).toEqual([]);
  });
});

describe('at the clinic', () => {
  test('a device that cries wolf is heard three times; then it is told to wait its turn, and who looks after it sees that', async () => {
    const watch = await at.paired('wolf');
    stage.line.cut();
    try {
      for (let i = 0; i < 5; i++) await watch.keep(140 + i, 'emergency');
      expect(await watch.sender.send()).toBe(5);
      expect(await here(watch)).toEqual([
        [0, 1],
        [1, 1],
        [2, 1],
        [3, 2],
        [4, 2],
      ]);
      expect(await deviceOf(watch)).toMatchObject({ demoted: 2, waitsHere: 5, urgency: 'monitoring' });
    } finally {
      stage.line.mend();
    }
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([140, 141, 142, 143, 144]);
  });

  test('the cloud is not told how urgent anything was: rows of all kinds look alike there', async () => {
    const watch = await at.paired('discreet');
    const bytes = packStrip([vital('heart-rate', at.noon(), 'watch', [140])]);
    for (const urgency of ['emergency', 'monitoring', 'routine'] as const) {
      await watch.sender.keep({ kind: 'vital-signs', from: at.noon(), bytes, urgency });
    }
    const bodies = watch.wearable.waiting.map(({ body }) => decodeStrip(body)!);
    expect(new Set(bodies.map(({ row }) => row.ct.length)).size).toBe(1);
    expect(new Set(bodies.map(({ row, links }) => `${Object.keys(row)} ${links.length}`)).size).toBe(1);
    await watch.sender.send();
    await at.forwarded();
    const tables = await stage.sql<{ column_name: string }>(
      "select column_name from information_schema.columns where table_schema = 'cloud'",
    );
    expect(tables.map(({ column_name }) => column_name).filter((name) => /urgen|lane|class|priorit/.test(name))).toEqual([]);
  });

  test('a device says how it is, and whoever looks after it sees that and nothing else', async () => {
    const watch = await at.paired('says how it is');
    for (const pulse of [70, 71]) await watch.keep(pulse);
    await watch.sender.send();
    await at.forwarded();
    const told = await deviceOf(watch);
    expect(told).toEqual({
      device: hex(watch.wearable.relays[0]!.device.device),
      state: 'paired',
      person: expect.stringMatching(/^[0-9a-f]{6}$/),
      expires: null,
      lastSeen: new Date(stage.clock()).toISOString(),
      lastStrip: new Date(stage.clock()).toISOString(),
      urgency: 'routine',
      battery: null,
      waitsThere: 0,
      waitsHere: 0,
      refused: 0,
      demoted: 0,
    });
    // Devices of one person have one label, and it says nothing of her chart.
    expect(told.person).toBe((await deviceOf(await at.paired('her other one'))).person);
    expect(hex(watch.wearable.pat)).not.toContain(told.person);
    for (const who of [at.ada, await stage.doctor('Dr Chen', { at: at.harbour }), null]) {
      expect(await refusal(stage.cloudletAs(who).devices.list())).toBe('denied');
      expect(await refusal(stage.cloudletAs(who).devices.end({ device: told.device }))).toBe('denied');
      expect(await refusal(stage.cloudletAs(who).relay.lately())).toBe('denied');
    }
  });

  test('a device that was taken out is not heard any more; what it sent before arrives', async () => {
    const watch = await at.paired('lost on a bus');
    stage.line.cut();
    await watch.keep(77);
    await watch.sender.send();
    await (await asSam()).devices.end({ device: hex(watch.wearable.relays[0]!.device.device) });
    await watch.keep(78);
    expect(await refusal(watch.sender.send())).toBe('cannot-open');
    expect(watch.wearable.waiting.length).toBe(1);
    expect((await deviceOf(watch)).state).toBe('ended');
    stage.line.mend();
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([77]);
    expect(await refusal((await asSam()).devices.end({ device: '0'.repeat(32) }))).toBe('missing');
  });

  test('an outage is counted once, with its beginning, and ends when the cloud answers', async () => {
    const lately = async () => (await asSam()).relay.lately();
    const before = await at.clinic();
    const watch = await at.paired('outage');
    stage.clock.to(new Date(stage.clock() + 120_000).toISOString());
    const since = new Date(stage.clock()).toISOString();
    stage.line.cut();
    try {
      await watch.keep(50);
      await watch.sender.send();
      await at.until(async () => (await at.clinic()).outageSince !== null);
      // The line is tried again meanwhile: that is the same outage.
      await sleep(600);
      expect(await at.clinic()).toMatchObject({ outages: before.outages + 1, outageSince: since });
      const { spans, outages } = await lately();
      expect(spans.at(-1)).toMatchObject({ passed: 0, waiting: 1 });
      expect(outages.at(-1)).toEqual({ began: since, ended: null });
    } finally {
      stage.line.mend();
    }
    await at.forwarded();
    expect(await at.clinic()).toMatchObject({ outages: before.outages + 1, outageSince: null });
    expect((await lately()).outages.at(-1)).toEqual({ began: since, ended: expect.any(String) });
  });
});

describe('what is urgent', () => {
  test('is said by the owner of a device, for that device, and never turned back', async () => {
    const watch = await at.paired('limits');
    const { wearable } = watch;
    const calm = { kind: 'alike' } as const;
    const first = signUrgency(at.ada, wearable.card.id, calm, null);
    const second = signUrgency(at.ada, wearable.card.id, usualUrgency(), first);
    const other = await at.paired('others');
    const ivy = stage.patient('ivy');
    expect(await refusal((async () => takeUrgency(wearable, signUrgency(ivy, wearable.card.id, calm, null)))())).toBe('denied');
    expect(await refusal((async () => takeUrgency(other.wearable, first))())).toBe('denied');
    expect(await refusal((async () => takeUrgency(wearable, { ...first, policy: usualUrgency() }))())).toBe('denied');
    expect(await refusal((async () => takeUrgency(wearable, { ...first, serial: 7 }))())).toBe('denied');
    takeUrgency(wearable, second);
    expect(await refusal((async () => takeUrgency(wearable, first))())).toBe('conflict');
    expect(decodeWearable(encodeWearable(wearable)).urgency).toEqual(second);
    expect(decodeUrgency(encodeUrgency(second))).toEqual(second);
    expect(decodeUrgency(cbor([1, '{}', first.signature]))).toBeNull();
  });

  test('a memory from before there were several cloudlets is read, and goes on where it was', async () => {
    const watch = await at.paired('one cloudlet');
    const { address } = watch.wearable.relays[0]!;
    await watch.keep(80);
    await watch.sender.send();
    stage.line.cut();
    await watch.keep(140, 'emergency');
    await watch.sender.send();
    for (const pulse of [81, 82]) await watch.keep(pulse);
    const { waiting, card } = watch.wearable;
    const { user, password, topic } = watch.wearable.relays[0]!.broker!;
    const laid = waiting.map(({ number, body, lane }) => [number, body, lane, null]);
    const lanes = [
      [1, 1],
      [null, null],
      [3, 0],
    ];
    const policy = signUrgency(at.ada, card.id, { kind: 'alike' }, null);
    const earlier = [...earlierFields(watch.wearable), laid, lanes, encodeUrgency(policy), [user, password, topic]];
    watch.flash = cbor([2, ...earlier]);
    watch.restart();
    expect(watch.wearable).toMatchObject({ urgency: policy, relays: [{ address, kept: [1, null, 0] }] });
    // The clinic has the emergency, the cloud has not: it is kept, and asked about.
    expect(watch.wearable.waiting.map(({ number, at }) => [number, at.length])).toEqual([
      [1, 1],
      [2, 0],
      [3, 0],
    ]);
    stage.line.mend();
    await at.forwarded();
    expect(await watch.sender.send()).toBe(2);
    expect(watch.wearable.waiting).toEqual([]);
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([80, 81, 82, 140]);
    expect(await refusal((async () => decodeWearable(cbor([5, ...earlier])))())).toBe('invalid');
  });

  test('a memory from before there were lanes is read, and goes on where it was', async () => {
    const watch = await at.paired('old memory');
    await watch.keep(80);
    await watch.sender.send();
    for (const pulse of [81, 82]) await watch.keep(pulse);
    const { waiting } = watch.wearable;
    watch.flash = cbor([1, ...earlierFields(watch.wearable), waiting.map(({ number, body }) => [number, body])]);
    watch.restart();
    expect(watch.wearable.relays).toMatchObject([{ name: 'cloudlet-1', kept: [null, null, 0] }]);
    await watch.keep(83);
    expect(await watch.sender.send()).toBe(3);
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([80, 81, 82, 83]);
  });
});

/** What a memory of the versions with one cloudlet began with. */
function earlierFields({ name, relays, card, edSk, owner, pat, ridKey, trees, next }: Wearable): Cbor[] {
  const { address, device } = relays[0]!;
  const hung = trees.map(({ kind, treeId, months }): Cbor => [kind, treeId, months]);
  return [name, address, deviceToBytes(device), encodeCard(card), edSk, encodeCard(owner), pat, ridKey, hung, next];
}
