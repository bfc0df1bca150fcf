/**
 * What the embedded broker lets no device do, told in bytes. Who does as he should is in `conformance.test.ts`, and who is
 * not let in at all in `strangers.test.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeAnswer, hopTopics, longestHopMessage } from '@carelet/care/wire/hop';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  admitted,
  asking,
  ben,
  connectPacket,
  counted,
  echo,
  empty,
  packet,
  pingPacket,
  publishPacket,
  rawClient,
  subscribePacket,
  testBroker,
  topics,
} from './broker.testing.ts';

let broker: Awaited<ReturnType<typeof testBroker>>;

beforeAll(async () => {
  broker = await testBroker();
});
afterAll(() => broker?.[Symbol.asyncDispose]());

describe('a device', () => {
  test('may listen to its own answers and to nothing else', async () => {
    using device = await admitted(broker.port);
    const others = ['#', '+', '$SYS/#', '$SYS/broker/clients', 'carelet/#', 'carelet/v1/+/down', 'carelet/v1/+/up', topics.up];
    others.push(`${topics.down}/#`, hopTopics(ben.topic).down, `/${topics.down}`);
    device.say(subscribePacket(7, ...others.map((topic): [string, number] => [topic, 1]), [topics.down, 1]));
    expect(await device.heard()).toBe(`90${(others.length + 3).toString(16).padStart(2, '0')}0007${'80'.repeat(others.length)}01`);
  });

  test.each<[string, Buffer]>([
    ['on another’s topic', publishPacket(hopTopics(ben.topic).up, asking(1, Uint8Array.of(1)))],
    ['where it is answered', publishPacket(topics.down, Buffer.from('x'))],
    ['on a system topic', publishPacket('$SYS/x', Buffer.from('x'))],
    ['on no topic', publishPacket('', Buffer.from('x'))],
    ['on a pattern', publishPacket('carelet/v1/+/up', Buffer.from('x'))],
    ['on a topic of a thousand levels', publishPacket('/'.repeat(1000), Buffer.from('x'))],
    ['to be retained', publishPacket(topics.up, asking(1, Uint8Array.of(1)), { retain: 1 })],
    ['with QoS 2', publishPacket(topics.up, asking(1, Uint8Array.of(1)), { qos: 2 })],
    ['with QoS 3', publishPacket(topics.up, asking(1, Uint8Array.of(1)), { qos: 3 })],
    ['with QoS 1 and the number 0', publishPacket(topics.up, asking(1, Uint8Array.of(1)), { id: 0 })],
    ['with QoS 1 and no room for a number', packet(0x32, counted(topics.up))],
    ['more than the longest frame', Buffer.concat([Buffer.of(0x32, 0x80, 0x80, 0x80, 0x04)])],
  ])('that publishes %s is hung up on without an answer', async (_, bytes) => {
    let asked = 0;
    const counting = (device: Bytes) => ({
      ...echo(device),
      async frame({ frame }: { frame: Bytes }) {
        asked++;
        return { frame };
      },
    });
    await using other = await testBroker({ of: counting });
    using device = await admitted(other.port);
    device.say(subscribePacket(1, [topics.down, 1]));
    await device.heard();
    device.say(bytes, publishPacket(topics.up, asking(2, Uint8Array.of(1))));
    expect(await device.end()).toBe('');
    expect(asked).toBe(0);
    await empty(other);
  });

  test.each<[string, Buffer]>([
    ['a second CONNECT', connectPacket()],
    ['what only a broker says', Buffer.of(0x20, 2, 0, 0)],
    ['PUBREC', Buffer.of(0x50, 2, 0, 1)],
    ['PUBREL', Buffer.of(0x62, 2, 0, 1)],
    ['PUBCOMP', Buffer.of(0x70, 2, 0, 1)],
    ['AUTH of MQTT 5', Buffer.of(0xf0, 0)],
    ['the reserved type 0', Buffer.of(0x00, 0)],
    ['PINGREQ with something in it', packet(0xc0, 1)],
    ['PUBACK without a number', packet(0x40)],
    ['SUBSCRIBE to nothing', packet(0x82, 0, 1)],
    ['SUBSCRIBE with QoS 3', subscribePacket(1, [topics.down, 3])],
    ['SUBSCRIBE with wrong flags', packet(0x80, 0, 1, counted(topics.down), 0)],
    ['SUBSCRIBE to an empty filter', subscribePacket(1, ['', 0])],
    ['a long SUBSCRIBE', subscribePacket(1, ...Array.from({ length: 60 }, (_, i): [string, number] => [`${topics.down}${i}`, 0]))],
    ['UNSUBSCRIBE from nothing', packet(0xa2, 0, 1)],
  ])('that says %s is hung up on', async (_, bytes) => {
    using device = await admitted(broker.port);
    device.say(bytes);
    expect(await device.end()).toBe('');
    await empty(broker);
  });

  test('that asks what is no question gets one answer for all, or none where there is no number to answer to', async () => {
    using device = await admitted(broker.port);
    device.say(subscribePacket(1, [topics.down, 1]));
    await device.heard();
    const refusal = (number: number) => Buffer.from(encodeAnswer(number, 'cannot-open')).toString('hex');
    const odd = [
      ['830167756e6b6e6f776ea0', 1], // [1, "unknown", {}]
      ['8302656672616d65a0', 2], // [2, "frame", {}]
      [Buffer.from(asking(3, Uint8Array.of(0))).toString('hex'), 3], // a frame that does not open
      ['83040101', 4], // [4, 1, 1]
      ['83056b636f6e7374727563746f72a0', 5], // [5, "constructor", {}]
      [Buffer.from(asking(6, new Uint8Array(4 * 1024 * 1024 + 1))).toString('hex'), 6], // a frame longer than any
    ] as const;
    for (const [message, number] of odd) {
      device.say(publishPacket(topics.up, Buffer.from(message, 'hex'), { qos: 0 }));
      expect((await device.heard()).slice(-refusal(number).length)).toBe(refusal(number));
    }
    for (const message of [
      '',
      '00',
      '80',
      '8101',
      '83',
      '83ff',
      '8320656672616d65a0',
      '831b0000000100000000656672616d65a0',
      'ff'.repeat(50),
    ]) {
      device.say(publishPacket(topics.up, Buffer.from(message, 'hex'), { qos: 0 }), pingPacket);
      expect(await device.heard()).toBe('d000');
    }
  });

  test('is asked by one question at a time: the others wait in its own memory, and come in order', async () => {
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    const asked: number[] = [];
    let under = 0;
    const slow = (device: Bytes) => ({
      ...echo(device),
      async frame({ frame }: { frame: Bytes }) {
        expect(++under).toBe(1);
        asked.push(frame[0]!);
        await held;
        await sleep(1);
        under--;
        return { frame };
      },
    });
    await using busy = await testBroker({ of: slow });
    using device = await admitted(busy.port);
    const big = new Uint8Array(100_000);
    const questions = Array.from({ length: 40 }, (_, i) => publishPacket(topics.up, asking(i, big.fill(i + 1)), { id: i + 1 }));
    device.say(...questions);
    while (asked.length === 0) await sleep(5);
    await sleep(50);
    expect(asked).toEqual([1]);
    expect(busy.counts().held).toBe(questions[0]!.length);
    release();
    for (let i = 1; i <= 40; i++) expect(await device.heard()).toBe(`4002${i.toString(16).padStart(4, '0')}`);
    expect(asked).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(busy.counts().held).toBe(0);
  });

  test('that brings more than there is room for is hung up on, until there is', async () => {
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    const slow = (device: Bytes) => ({ ...echo(device), frame: ({ frame }: { frame: Bytes }) => held.then(() => ({ frame })) });
    await using small = await testBroker({ of: slow, limits: { bytes: 1500 } });
    using one = await admitted(small.port);
    one.say(publishPacket(topics.up, asking(1, new Uint8Array(900).fill(1))));
    while (small.counts().held < 900) await sleep(5);
    const another = publishPacket(hopTopics(ben.topic).up, asking(2, new Uint8Array(900).fill(1)));
    const asBen = { user: ben.user, password: ben.password };
    {
      using two = await admitted(small.port, asBen);
      two.say(another);
      expect(await two.end()).toBe('');
    }
    release();
    expect(await one.heard()).toBe('40020001');
    using two = await admitted(small.port, asBen);
    two.say(another);
    expect(await two.heard()).toBe('40020001');
    two.say(publishPacket(hopTopics(ben.topic).up, asking(2, new Uint8Array(2000).fill(1))));
    expect(await two.end()).toBe('');
  });

  test('that never reads what it is told is hung up on, and costs us no more than a socket’s buffer', async () => {
    await using other = await testBroker({ limits: { unreadMs: 300 } });
    using device = await admitted(other.port);
    device.say(subscribePacket(1, [topics.down, 0]));
    await device.heard();
    device.socket.pause();
    const question = publishPacket(topics.up, asking(1, new Uint8Array(200_000).fill(1)), { qos: 0 });
    let over = false;
    device.socket.on('close', () => {
      over = true;
    });
    while (!over && other.counts().devices > 0) {
      device.say(question);
      await sleep(0);
    }
    await empty(other);
  });

  test('may ask the longest frame there is', async () => {
    using device = await admitted(broker.port);
    device.say(subscribePacket(1, [topics.down, 1]));
    await device.heard();
    device.say(publishPacket(topics.up, asking(1, new Uint8Array(4 * 1024 * 1024))));
    // A frame of zeros does not open; it came whole.
    expect((await device.heard()).endsWith(Buffer.from(encodeAnswer(1, 'cannot-open')).toString('hex'))).toBe(true);
    expect(longestHopMessage).toBeGreaterThan(4 * 1024 * 1024);
  });

  test('answers no other device’s name: taking its client id ends nobody’s connection', async () => {
    using first = await admitted(broker.port, { id: 'same' });
    using second = await admitted(broker.port, { id: 'same', user: ben.user, password: ben.password });
    first.say(pingPacket);
    second.say(pingPacket);
    expect([await first.heard(), await second.heard()]).toEqual(['d000', 'd000']);
  });
});

test('a closed broker has hung up on everybody', async () => {
  const other = await testBroker();
  using device = await admitted(other.port);
  using stranger = rawClient(other.port);
  while (other.counts().connections < 2) await sleep(5);
  await other[Symbol.asyncDispose]();
  expect([await device.end(), await stranger.end()]).toEqual(['', '']);
});
