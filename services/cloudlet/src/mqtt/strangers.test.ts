/**
 * Who comes to the embedded broker and is not let in, and how it takes leave of him. Each of these is told in bytes, since no
 * library would send them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
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
  empty,
  packet,
  pingPacket,
  publishPacket,
  rawClient,
  testBroker,
  topics,
} from './broker.testing.ts';

let broker: Awaited<ReturnType<typeof testBroker>>;

beforeAll(async () => {
  broker = await testBroker();
});
afterAll(() => broker?.[Symbol.asyncDispose]());

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

  test('and leaves while he is looked up ends nobody’s connection, and is not counted', async () => {
    let known = () => {};
    await using other = await testBroker();
    using there = await admitted(other.port);
    other.accounts.slow = new Promise((done) => {
      known = done;
    });
    const leaving = rawClient(other.port);
    leaving.say(connectPacket());
    while (other.counts().connections < 2) await sleep(5);
    await sleep(50);
    leaving.socket.destroy();
    while (other.counts().connections > 1) await sleep(5);
    known();
    await sleep(20);
    there.say(pingPacket);
    expect(await there.heard()).toBe('d000');
    there.say(disconnectPacket);
    await empty(other);
  });
});
