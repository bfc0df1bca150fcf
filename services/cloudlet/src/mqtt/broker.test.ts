/**
 * What the embedded broker lets nobody do, and how it takes leave of who tries. Each of these is told in bytes, since no
 * library would send them. Who does as he should is in `conformance.test.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeAnswer, hopTopics, longestHopMessage } from '@carelet/care/wire/hop';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ada,
  admitted,
  asking,
  ben,
  type ConnectFields,
  connectPacket,
  counted,
  disconnectPacket,
  echo,
  packet,
  pingPacket,
  publishPacket,
  rawClient,
  subscribePacket,
  testBroker,
  topics,
} from './broker.testing.ts';
import type { Broker } from './broker.ts';

let broker: Awaited<ReturnType<typeof testBroker>>;

beforeAll(async () => {
  broker = await testBroker();
});
afterAll(() => broker?.[Symbol.asyncDispose]());

const empty = async (one: Broker) => {
  while (one.counts().connections > 0) await sleep(5);
  expect(one.counts()).toEqual({ connections: 0, devices: 0, held: 0 });
};

describe('who comes', () => {
  const answerTo = async (fields: ConnectFields) => {
    using client = rawClient(broker.port);
    client.say(connectPacket(fields));
    return await client.end();
  };

  test('with an unknown user, a wrong password, none, or another’s, is told the same', async () => {
    const attempts: ConnectFields[] = [
      { user: '0'.repeat(32) },
      { user: 'sam' },
      { user: '' },
      { user: '#\0' },
      { password: ben.password },
      { password: '' },
      { password: ada.password.toUpperCase() },
      { password: ada.password.slice(1) },
      { flags: 0x82 },
      { flags: 0x02 },
    ];
    for (const attempt of attempts) expect(await answerTo(attempt)).toBe('20020005');
  });

  test('with a last will is refused', async () => {
    const will = Buffer.concat([counted(topics.up), counted('gone')]);
    for (const flags of [0xc6, 0xce, 0xe6]) expect(await answerTo({ flags, more: will })).toBe('20020005');
  });

  test('speaking another version of MQTT is told so', async () => {
    for (const fields of [{ level: 3 }, { level: 5, more: Buffer.of(0) }, { level: 6 }, { level: 0x84 }, { level: 0 }]) {
      expect(await answerTo(fields)).toBe('20020001');
    }
    expect(await answerTo({ name: 'MQIsdp', level: 3 })).toBe('20020001');
  });

  test('speaking something else is told nothing', async () => {
    for (const bytes of [
      connectPacket({ name: 'MQTX' }),
      connectPacket({ flags: 0xc3 }),
      packet(0x10, counted('MQTT')),
      packet(0x10),
      packet(0x11, connectPacket().subarray(2)),
      Buffer.from('GET / HTTP/1.1\r\nHost: carelet\r\n\r\n'),
      Buffer.of(0x10, 0xff, 0xff, 0xff, 0xff),
      pingPacket,
      publishPacket(topics.up, asking(1, Uint8Array.of(1))),
      packet(0x10, connectPacket().subarray(2), Buffer.alloc(2048)),
    ]) {
      using client = rawClient(broker.port);
      client.say(bytes);
      expect(await client.end()).toBe('');
    }
    await empty(broker);
  });

  test('saying that there are 256 MB to come is hung up on before they come', async () => {
    using client = rawClient(broker.port);
    client.say(Buffer.of(0x10, 0xff, 0xff, 0xff, 0x7f));
    expect(await client.end()).toBe('');
    using device = await admitted(broker.port);
    device.say(Buffer.of(0x32, 0xff, 0xff, 0xff, 0x7f));
    expect(await device.end()).toBe('');
  });

  test('without a client id is taken only for a clean session', async () => {
    expect(await answerTo({ id: '', flags: 0xc0 })).toBe('20020002');
    using device = await admitted(broker.port, { id: '' });
    device.say(disconnectPacket);
    expect(await device.end()).toBe('');
  });

  test('while the database is away is told to come later', async () => {
    broker.accounts.away = true;
    try {
      expect(await answerTo({})).toBe('20020003');
    } finally {
      broker.accounts.away = false;
    }
  });

  test('slowly, or not at all, is hung up on', async () => {
    await using hasty = await testBroker({ limits: { helloMs: 100 } });
    using silent = rawClient(hasty.port);
    using slow = rawClient(hasty.port);
    const drip = setInterval(() => slow.say(Buffer.of(0x10)), 20);
    try {
      expect(await silent.end()).toBe('');
      expect(await slow.end()).toBe('');
    } finally {
      clearInterval(drip);
    }
    using trickle = rawClient(hasty.port);
    for (const byte of connectPacket().subarray(0, -1)) trickle.say(Buffer.of(byte));
    expect(await trickle.end()).toBe('');
    await empty(hasty);
  });

  test('and says nothing more, whatever keep-alive was agreed, is hung up on', async () => {
    await using hasty = await testBroker({ limits: { idleMs: 100 } });
    using idle = await admitted(hasty.port, { keepalive: 0 });
    expect(await idle.end()).toBe('');
    using trickle = await admitted(hasty.port, { keepalive: 0 });
    const drip = setInterval(() => trickle.say(Buffer.of(0x30, 0x20, 0x00).subarray(0, 1)), 30);
    expect(await trickle.end()).toBe('');
    clearInterval(drip);
    await empty(hasty);
  });

  test('as one stranger too many is not let in; who was there stays, and who shows who he is makes room', async () => {
    await using small = await testBroker({ limits: { strangers: 2 } });
    using device = await admitted(small.port);
    using first = rawClient(small.port);
    using second = rawClient(small.port);
    while (small.counts().connections < 3) await sleep(5);
    using third = rawClient(small.port);
    expect(await third.end()).toBe('');
    device.say(pingPacket);
    expect(await device.heard()).toBe('d000');
    first.say(connectPacket({ user: ben.user, password: ben.password }));
    expect(await first.heard()).toBe('20020000');
    expect(small.counts()).toMatchObject({ connections: 3, devices: 2 });
    using fourth = rawClient(small.port);
    while (small.counts().connections < 4) await sleep(5);
    expect(second.socket.destroyed || fourth.socket.destroyed).toBe(false);
  });

  test('as one connection too many is not let in, device or not', async () => {
    await using small = await testBroker({ limits: { connections: 1 } });
    using device = await admitted(small.port);
    using another = rawClient(small.port);
    another.say(connectPacket({ user: ben.user, password: ben.password }));
    expect(await another.end()).toBe('');
    device.say(pingPacket);
    expect(await device.heard()).toBe('d000');
  });

  test('brings nothing that is kept before he is let in', async () => {
    let known = () => {};
    await using other = await testBroker();
    other.accounts.slow = new Promise((done) => {
      known = done;
    });
    using client = rawClient(other.port);
    const question = publishPacket(topics.up, asking(1, new Uint8Array(30_000).fill(1)));
    client.say(connectPacket(), question.subarray(0, 20_000));
    while (other.counts().connections === 0) await sleep(5);
    await sleep(50);
    expect(other.counts()).toEqual({ connections: 1, devices: 0, held: 0 });
    known();
    expect(await client.heard()).toBe('20020000');
    client.say(question.subarray(20_000));
    expect(await client.heard()).toBe('40020001');
  });

  test('says nothing that counts before he is let in', async () => {
    let asked = 0;
    const counting = (device: Bytes) => ({
      ...echo(device),
      async frame({ frame }: { frame: Bytes }) {
        asked++;
        return { frame };
      },
    });
    await using other = await testBroker({ of: counting });
    using client = rawClient(other.port);
    client.say(connectPacket({ password: ben.password }), publishPacket(topics.up, asking(1, Uint8Array.of(1))));
    expect(await client.end()).toBe('20020005');
    expect(asked).toBe(0);
  });
});

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
