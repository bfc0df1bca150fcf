/**
 * A watch and its cloudlet over HTTP, over the broker in the cloudlet, and over a Mosquitto between them: one story for
 * all three. What only brokers have is told after it.
 */
import { CareletError } from '@carelet/care/model';
import { encodeAsk, type Hop, hopTopics } from '@carelet/care/wire/hop';
import { type MqttHop, mqttHop } from '@carelet/client/session/mqtt';
import { decodeWearable, encodeWearable, type Wearable } from '@carelet/client/session/wearable';
import { hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { begin } from '@carelet/crypto/session/device';
import { type BrokerNames, brokerNames, parsePairingCode } from '@carelet/crypto/session/pairing';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, refusal, type Stage } from './fixture.testing.ts';
import { type Mosquitto, mosquittoProgram, startMosquitto } from './mosquitto.testing.ts';
import { type Watches, watchesAt } from './watch.testing.ts';

let stage: Stage;
let at: Watches;
let mosquitto: Mosquitto | null;
const opened: MqttHop[] = [];

beforeAll(async () => {
  mosquitto = mosquittoProgram === null ? null : await startMosquitto(mosquittoProgram);
  stage = await openStage(mosquitto ? { mqttBrokers: { harbour: mosquitto.address }, mosquittos: { harbour: mosquitto.folder } } : {});
  at = await watchesAt(stage);
}, 60_000);

afterAll(async () => {
  for (const hop of opened) await hop[Symbol.asyncDispose]();
  await stage?.[Symbol.asyncDispose]();
  await mosquitto?.[Symbol.asyncDispose]();
});

const patience = { pauseMs: 20, longestPauseMs: 200, answerMs: 5_000 };
const over = (url: string, names: BrokerNames | null): MqttHop => {
  const hop = mqttHop({ url, names: names!, patience });
  opened.push(hop);
  return hop;
};
const embedded = () => stage.town.cloudlets.get('harbour')!.mqttUrl!;

/** A way for this watch, new with each start of it. */
type Way = (wearable: Wearable) => Promise<Hop>;
const ways: Record<string, Way> = {
  HTTP: async () => stage.cloudletAs(null),
  'the embedded broker': async ({ relays }) => over(embedded(), relays[0]!.broker),
  async Mosquitto({ relays }) {
    const hop = over(mosquitto!.url, relays[0]!.broker);
    // Our cloudlet writes its files anew within a second, and comes back to it within two.
    await at.until(async () => (await refusal(hop.sessions.announcement())) === 'ok');
    return hop;
  },
};

/** A hop that can be exchanged for another, as a restart does. */
const exchangeable = (now: Hop) => {
  const one = {
    now,
    sessions: {
      announcement: () => one.now.sessions.announcement(),
      init: (input: { init: Uint8Array }) => one.now.sessions.init(input),
      frame: (input: { frame: Uint8Array }) => one.now.sessions.frame(input),
    },
  };
  return one;
};

describe.each(Object.keys(ways))('a watch over %s', (name) => {
  const way = ways[name]!;
  const absent = name === 'Mosquitto' && mosquittoProgram === null;
  const note = 'they send over a Mosquitto, which is not on this machine';

  test('sends, restarts, loses answers: nothing is lost and nothing arrives twice', async ({ skip }) => {
    skip(absent, note);
    const wearable = await at.pairFor(at.ada, `over ${name}`);
    const hop = exchangeable(await way(wearable));
    let losing: 'init' | 'frame' | null = null;
    const watch = at.watchOf(
      wearable,
      at.forgetful((op) => op === losing, hop),
    );
    const restart = async () => {
      watch.restart();
      hop.now = await way(watch.wearable);
    };
    for (const pulse of [60, 61]) await watch.keep(pulse);
    expect(await watch.sender.send()).toBe(2);

    losing = 'frame';
    await watch.keep(62);
    expect(await refusal(watch.sender.send())).toBe('unavailable');
    await restart();
    await watch.keep(63);
    expect(await refusal(watch.sender.send())).toBe('unavailable');
    expect(watch.wearable.waiting.length).toBe(2);
    losing = null;
    expect(await watch.sender.send()).toBe(2);

    const old = watch.flash;
    await watch.keep(64);
    await watch.sender.send();
    // A flash from before: its session's counters are used up, so it begins another, in which the answers get lost first.
    watch.flash = old;
    await restart();
    await watch.keep(65);
    watch.wearable.relays[0]!.device = { ...watch.wearable.relays[0]!.device, session: null };
    losing = 'init';
    for (let i = 0; i < 3; i++) expect(await refusal(watch.sender.send())).toBe('unavailable');
    losing = null;
    // The number 4 was taken by the strip that this flash has forgotten.
    await watch.sender.send();
    await watch.keep(66);
    expect(await watch.sender.send()).toBe(1);
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([60, 61, 62, 63, 64, 66]);
  });

  test('is refused while the disk is full or the database away, and keeps what it has', async ({ skip }) => {
    skip(absent, note);
    const wearable = await at.pairFor(at.ada, `full ${name}`);
    const watch = at.watchOf(wearable, await way(wearable));
    await watch.keep(70);
    await watch.sender.send();
    await stage.sql(`create function cloudlet_harbour.full_disk() returns trigger language plpgsql as
      $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$`);
    await stage.sql('create trigger full_disk before insert on cloudlet_harbour.strip execute function cloudlet_harbour.full_disk()');
    try {
      for (const pulse of [71, 72]) await watch.keep(pulse);
      for (let i = 0; i < 3; i++) expect(await refusal(watch.sender.send())).toBe('unavailable');
      expect(watch.wearable.waiting.length).toBe(2);
    } finally {
      await stage.sql('drop function cloudlet_harbour.full_disk cascade');
    }
    expect(await watch.sender.send()).toBe(2);
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([70, 71, 72]);
  });

  // Over HTTP nobody has a way of his own.
  if (name === 'HTTP') return;

  test('that comes by another’s way opens nothing, and does this one no harm', async ({ skip }) => {
    skip(absent, note);
    const [mine, other] = [await at.pairFor(at.ada, `mine ${name}`), await at.pairFor(at.ada, `other ${name}`)];
    const hop = exchangeable(await way(mine));
    const watch = at.watchOf(mine, hop);
    await watch.keep(75);
    await watch.sender.send();
    const { session } = watch.wearable.relays[0]!.device;

    hop.now = await way(other);
    await watch.keep(76);
    expect(await refusal(watch.sender.send())).toBe('cannot-open');
    expect(watch.wearable.waiting.length).toBe(1);
    hop.now = await way(mine);
    watch.wearable.relays[0]!.device = { ...watch.wearable.relays[0]!.device, session };
    expect(await watch.sender.send()).toBe(1);

    const { staticPublicKey, announcement } = await hop.sessions.announcement();
    const begun = begin(watch.wearable.relays[0]!.device, staticPublicKey, announcement, { now: stage.clock() / 1000, trusted: true })!;
    hop.now = await way(other);
    expect(await refusal(hop.sessions.init({ init: begun.init }))).toBe('cannot-open');
    hop.now = await way(mine);
    expect(await refusal(hop.sessions.init({ init: begun.init }))).toBe('ok');
    watch.wearable.relays[0]!.device = { ...begun.device, session: null };
    await watch.keep(77);
    expect(await watch.sender.send()).toBe(1);
    await at.forwarded();
    expect(await at.pulses(at.ada, watch)).toEqual([75, 76, 77]);
  });
});

test('a watch whose connection is taken over again and again sends each strip once', async () => {
  const wearable = await at.pairFor(at.ada, 'taken over');
  const watch = at.watchOf(wearable, over(embedded(), wearable.relays[0]!.broker));
  const thief = over(embedded(), wearable.relays[0]!.broker);
  const pulses = Array.from({ length: 12 }, (_, i) => 100 + i);
  for (const pulse of pulses) {
    await watch.keep(pulse);
    const [outcome] = await Promise.all([refusal(watch.sender.send()), refusal(thief.sessions.announcement())]);
    expect(['ok', 'unavailable']).toContain(outcome);
  }
  await at.until(async () => (await refusal(watch.sender.send())) === 'ok');
  await at.forwarded();
  expect(await at.pulses(at.ada, watch)).toEqual(pulses);
});

test('a Mosquitto that is killed loses nothing a watch was told to forget', async ({ skip }) => {
  skip(mosquitto === null, 'they send over a Mosquitto, which is not on this machine');
  const wearable = await at.pairFor(at.ada, 'killed');
  const watch = at.watchOf(wearable, await ways.Mosquitto!(wearable));
  await watch.keep(120);
  await watch.sender.send();
  await watch.keep(121);
  const sending = refusal(watch.sender.send());
  await mosquitto!.kill();
  expect(['ok', 'unavailable']).toContain(await sending);
  await watch.keep(122);
  expect(await refusal(watch.sender.send())).toBe('unavailable');
  expect(watch.wearable.waiting.length).toBeGreaterThan(0);
  await mosquitto!.start();
  await at.until(async () => (await refusal(watch.sender.send())) === 'ok');
  await at.forwarded();
  expect(await at.pulses(at.ada, watch)).toEqual([120, 121, 122]);
}, 60_000);

describe('at the broker', () => {
  test('a device is known once a patient adopted it, by names of its pairing, and its password is nowhere in the clinic’s tables', async () => {
    const shown = await at.code();
    const names = brokerNames(parsePairingCode(shown)!.psk);
    const hop = over(embedded(), names);
    expect(await refusal(hop.sessions.announcement())).toBe('denied');
    const { broker } = (await at.pairFor(at.ada, 'named', shown)).relays[0]!;
    expect(broker).toEqual(names);
    await at.until(async () => (await refusal(hop.sessions.announcement())) === 'ok');
    const rows = await stage.sql('select * from cloudlet_harbour.device where mqtt_user = $1', [names.user]);
    expect(rows.length).toBe(1);
    const said = JSON.stringify(rows, (_, value) => (value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value));
    expect(said).toContain(names.topic);
    expect(said).not.toContain(names.password);
    expect(said).not.toContain(Buffer.from(names.password, 'hex').toString('latin1'));
  });

  test('strangers are told the same as devices with a wrong password, and clinics do not know each other’s', async () => {
    const { broker } = (await at.pairFor(at.ada, 'strange')).relays[0]!;
    const wrong = [
      { ...broker!, password: brokerNames(systemRandom(32)).password },
      { ...broker!, user: brokerNames(systemRandom(32)).user },
    ];
    for (const names of wrong) expect(await refusal(over(embedded(), names).sessions.announcement())).toBe('denied');
    const elsewhere = [...stage.town.cloudlets].find(([slug]) => slug !== 'harbour')![1].mqttUrl!;
    expect(elsewhere).not.toBe(embedded());
    expect(await refusal(over(elsewhere, broker).sessions.announcement())).toBe('denied');
  });

  test('Mosquitto lets a device do as little', async ({ skip }) => {
    skip(mosquitto === null, 'they ask a Mosquitto, which is not on this machine');
    const [mine, other] = [await at.pairFor(at.ada, 'little'), await at.pairFor(at.ada, 'another')];
    await ways.Mosquitto!(other);
    await ways.Mosquitto!(mine);
    const as = ({ user, password }: BrokerNames) => ({ username: user, password, protocolVersion: 4 as const, reconnectPeriod: 0 });
    await expect(
      connectAsync(mosquitto!.url, as({ ...mine.relays[0]!.broker!, password: other.relays[0]!.broker!.password }), false),
    ).rejects.toThrow();
    await expect(connectAsync(mosquitto!.url, { protocolVersion: 4, reconnectPeriod: 0 }, false)).rejects.toThrow();
    const spy = await connectAsync(mosquitto!.url, as(other.relays[0]!.broker!), false);
    const heard: string[] = [];
    spy.on('message', (topic) => heard.push(topic));
    await spy.subscribeAsync(['#', hopTopics(mine.relays[0]!.broker!.topic).down]).catch(() => {});
    const device = over(mosquitto!.url, mine.relays[0]!.broker);
    await device.sessions.announcement();
    await spy.publishAsync(hopTopics(mine.relays[0]!.broker!.topic).up, Buffer.from(encodeAsk(1, 'announcement', {})), { qos: 1 });
    await device.sessions.announcement();
    expect(heard).toEqual([]);
    await spy.endAsync();
  });

  test('Mosquitto learns of a device that was adopted and of one that was taken out, and nobody types a command', async ({ skip }) => {
    skip(mosquitto === null, 'they ask a Mosquitto, which is not on this machine');
    const { broker, device } = (await at.pairFor(at.ada, 'comes and goes')).relays[0]!;
    const comes = async () => {
      const as = { username: broker!.user, password: broker!.password, protocolVersion: 4 as const, reconnectPeriod: 0 };
      const client = await connectAsync(mosquitto!.url, as, false).catch(() => null);
      await client?.endAsync();
      return client !== null;
    };
    await at.until(comes);
    const [sam] = await stage.administrators();
    await stage.cloudletAs(sam).devices.end({ device: hex(device.device) });
    await at.until(async () => !(await comes()));
  });

  test('what does not open, and what no contract has, is refused alike', async () => {
    const { broker } = (await at.pairFor(at.ada, 'patient')).relays[0]!;
    const hop = over(embedded(), broker);
    expect(await refusal(hop.sessions.init({ init: systemRandom(100) }))).toBe('cannot-open');
    expect(await refusal(hop.sessions.frame({ frame: systemRandom(64) }))).toBe('cannot-open');
    expect(await refusal(hop.sessions.init({ init: systemRandom(9000) }))).toBe('cannot-open');
  });
});

test('a broker that is away is told from one that does not want us, and is not asked at every moment', async () => {
  const names = brokerNames(systemRandom(32));
  const hop = mqttHop({ url: 'mqtt://127.0.0.1:9', names, patience: { pauseMs: 60_000 } });
  const twice = [
    await hop.sessions.announcement().catch((e: CareletError) => e),
    await hop.sessions.announcement().catch((e: CareletError) => e),
  ];
  expect(twice.map((one) => one instanceof CareletError && `${one.kind}: ${one.because}`)).toEqual([
    'unavailable: it does not answer',
    'unavailable: it was away a moment ago',
  ]);
  for (const url of ['http://127.0.0.1:9', 'mqtt', '']) expect(() => mqttHop({ url, names })).toThrow('mqtt://');
});

test('a watch remembers its names at the broker, and one that was paired before there were any has none', async () => {
  const wearable = await at.pairFor(at.ada, 'memory');
  const [relay] = wearable.relays;
  expect(decodeWearable(encodeWearable(wearable)).relays[0]!.broker).toEqual(relay!.broker);
  const without = { ...wearable, relays: [{ ...relay!, broker: null }] };
  expect(decodeWearable(encodeWearable(without)).relays[0]!.broker).toBeNull();
});
