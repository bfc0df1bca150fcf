/**
 * MQTT 3.1.1 as far as the embedded broker speaks it, asked by clients that others wrote: MQTT.js, and Mosquitto's where
 * they are installed. Numbers in brackets are the standard's.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeAnswer, outcomeOf, readAnswer } from '@carelet/care/wire/hop';
import { connect, connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ada,
  admitted,
  asking,
  ben,
  connectPacket,
  disconnectPacket,
  pingPacket,
  publishPacket,
  rawClient,
  subscribePacket,
  testBroker,
  topics,
  unsubscribePacket,
} from './broker.testing.ts';
import { certificate } from './certificate.testing.ts';

let broker: Awaited<ReturnType<typeof testBroker>>;
beforeAll(async () => {
  broker = await testBroker();
});
afterAll(() => broker?.[Symbol.asyncDispose]());

const asAda: IClientOptions = { protocolVersion: 4, username: ada.user, password: ada.password, clientId: 'watch', reconnectPeriod: 0 };
const client = (options: IClientOptions = {}) => connectAsync(broker.url, { ...asAda, ...options }, false);

/** The next message a client hears. */
const heard = (one: MqttClient): Promise<unknown> =>
  new Promise((done) => {
    one.once('message', (topic, payload, { qos, retain, dup }) => done({ topic, ...readAnswer(payload)!, qos, retain, dup }));
  });

/** Connects, and tells whether a session was there. */
const sessionPresent = (one: MqttClient): Promise<boolean> =>
  new Promise((done, fail) => {
    one.once('connect', (connack) => done(connack.sessionPresent));
    one.once('error', fail);
  });

describe('MQTT.js', () => {
  test('connects, listens, asks with QoS 0 and 1, is answered and acknowledged, lets go', async () => {
    const one = await client();
    const [granted] = await one.subscribeAsync(topics.down, { qos: 1 });
    expect(granted).toMatchObject({ topic: topics.down, qos: 1 });
    for (const qos of [0, 1] as const) {
      const answer = heard(one);
      await one.publishAsync(topics.up, asking(qos + 10, Uint8Array.of(1, 2, 3)), { qos });
      expect(await answer).toMatchObject({ topic: topics.down, number: qos + 10, qos: 0, retain: false, dup: false });
    }
    await one.unsubscribeAsync(topics.down);
    one.on('message', () => expect.unreachable());
    await one.publishAsync(topics.up, asking(20, Uint8Array.of(1)), { qos: 1 });
    await one.endAsync();
  });

  test('is refused with the standard’s codes', async () => {
    const code = async (options: IClientOptions) => {
      try {
        await (await client(options)).endAsync();
        return 0;
      } catch (thrown) {
        return (thrown as { code?: number }).code;
      }
    };
    expect(await code({})).toBe(0);
    expect(await code({ password: ben.password })).toBe(5);
    expect(await code({ username: 'sam' })).toBe(5);
    expect(await code({ protocolId: 'MQIsdp', protocolVersion: 3 })).toBe(1);
    expect(await code({ will: { topic: topics.up, payload: Buffer.from('gone'), qos: 0, retain: false } })).toBe(5);
  });

  test('speaking MQTT 5 is told that we do not', async () => {
    const one = connect(broker.url, { ...asAda, protocolVersion: 5 });
    const refusal = await new Promise<unknown>((done) => one.once('error', done));
    expect(refusal).toMatchObject({ code: 1 });
    one.end(true);
  });

  test('may ask for a session that is kept, and is told that none was', async () => {
    const one = connect(broker.url, { ...asAda, clean: false });
    expect(await sessionPresent(one)).toBe(false);
    await one.subscribeAsync(topics.down, { qos: 1 });
    await one.endAsync();
    const again = connect(broker.url, { ...asAda, clean: false });
    expect(await sessionPresent(again)).toBe(false);
    again.on('message', () => expect.unreachable());
    await again.publishAsync(topics.up, asking(1, Uint8Array.of(1)), { qos: 1 });
    await again.endAsync();
  });

  test('comes over TLS, and not to a certificate nobody vouches for', async () => {
    const tls = certificate();
    await using safe = await testBroker({ tls });
    expect(safe.url).toMatch(/^mqtts:/);
    const one = await connectAsync(safe.url, { ...asAda, ca: tls.cert }, false);
    await one.subscribeAsync(topics.down);
    const answer = heard(one);
    await one.publishAsync(topics.up, asking(3, Uint8Array.of(9)), { qos: 1 });
    expect(await answer).toMatchObject({ number: 3 });
    await one.endAsync();
    await expect(connectAsync(safe.url, asAda, false)).rejects.toThrow(/self-signed|certificate/);
    using plain = rawClient(safe.port);
    plain.say(connectPacket());
    expect(await plain.end()).not.toContain('20020000');
  });
});

describe('by the standard', () => {
  test('a PUBLISH with QoS 1 is acknowledged by its number, with or without DUP, and each time it comes [4.3.2]', async () => {
    using device = await admitted(broker.port);
    for (const dup of [0, 1, 1]) {
      device.say(publishPacket(topics.up, asking(1, Uint8Array.of(1)), { id: 513, dup }));
      expect(await device.heard()).toBe('40020201');
    }
    device.say(publishPacket(topics.up, Buffer.alloc(0), { id: 65535 }));
    expect(await device.heard()).toBe('4002ffff');
  });

  test('SUBACK has one code for each filter in its order, the last of two alike standing [3.8.4, 3.9.3]', async () => {
    using device = await admitted(broker.port);
    device.say(subscribePacket(300, ['a/b', 0], [topics.down, 0], ['#', 2]));
    expect(await device.heard()).toBe('9005012c800080');
    device.say(subscribePacket(301, [topics.down, 2]));
    expect(await device.heard()).toBe('9003012d02');
  });

  test('UNSUBACK comes whether or not there was a subscription [3.10.4]', async () => {
    using device = await admitted(broker.port);
    device.say(unsubscribePacket(7, topics.down, 'a/b'));
    expect(await device.heard()).toBe('b0020007');
  });

  test('PINGREQ is answered, PUBACK is taken, DISCONNECT ends it [3.12, 3.14]', async () => {
    using device = await admitted(broker.port);
    device.say(Buffer.of(0x40, 2, 0, 9), pingPacket, pingPacket);
    expect([await device.heard(), await device.heard()]).toEqual(['d000', 'd000']);
    device.say(disconnectPacket);
    expect(await device.end()).toBe('');
  });

  test('the second connection of a device ends the first, whatever it calls itself [3.1.4-2]', async () => {
    using first = await admitted(broker.port, { id: 'one' });
    using second = await admitted(broker.port, { id: 'two' });
    expect(await first.end()).toBe('');
    second.say(subscribePacket(1, [topics.down, 0]), publishPacket(topics.up, asking(5, Uint8Array.of(1)), { qos: 0 }));
    expect(await second.heard()).toBe('9003000100');
    expect(await second.heard()).toContain(Buffer.from(encodeAnswer(5, { frame: Uint8Array.of(1) })).toString('hex'));
    expect(broker.counts().devices).toBe(1);
  });

  test('a client silent for one and a half keep-alives is hung up on, and one that pings is not [3.1.2-24]', async () => {
    using other = await admitted(broker.port, { keepalive: 1 });
    using silent = await admitted(broker.port, { keepalive: 1, user: ben.user, password: ben.password });
    const pings = setInterval(() => other.say(pingPacket), 300);
    expect(await silent.end()).toBe('');
    clearInterval(pings);
    expect(other.socket.destroyed).toBe(false);
    expect(await other.heard()).toBe('d000');
  });

  test('packets that come in pieces, or several at once, are the same packets', async () => {
    using device = rawClient(broker.port);
    const all = Buffer.concat([
      connectPacket(),
      subscribePacket(1, [topics.down, 0]),
      publishPacket(topics.up, asking(1, Uint8Array.of(1)), { id: 2 }),
      pingPacket,
    ]);
    device.socket.setNoDelay(true);
    for (const byte of all) device.say(Buffer.of(byte));
    const answer = publishPacket(topics.down, Buffer.from(encodeAnswer(1, { frame: Uint8Array.of(1) })), { qos: 0 }).toString('hex');
    const expected = ['20020000', '9003000100', answer, '40020002', 'd000'];
    for (const packet of expected) expect(await device.heard()).toBe(packet);
    using again = rawClient(broker.port);
    again.say(all);
    for (const packet of expected) expect(await again.heard()).toBe(packet);
  });
});

describe('Mosquitto’s clients', () => {
  const absent = spawnSync('mosquitto_pub', ['--help']).error !== undefined;
  const note = 'they ask with Mosquitto’s clients, which are not on this machine';
  const who = (password = ada.password) => [
    ...['-h', '127.0.0.1', '-p', String(broker.port), '-V', '311'],
    ...['-u', ada.user, '-P', password, '-q', '1'],
  ];
  const run = async (command: string, ...more: string[]) => {
    const child = spawn(command, more, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk;
      });
    }
    const [status] = (await once(child, 'close')) as [number];
    return { status, said: said.trim() };
  };

  test('ask, and are answered where they listen', async ({ skip }) => {
    skip(absent, note);
    const folder = mkdtempSync(join(tmpdir(), 'carelet-mqtt-'));
    const question = join(folder, 'question');
    writeFileSync(question, asking(77, Uint8Array.of(1, 2)));
    // One client does both, since a device has one connection; and the question passes through a shell, being no text.
    const asks = ['mosquitto_rr', ...who(), '-t', topics.up, '-e', topics.down, '-W', '10', '-F', '%x'].join(' ');
    const { said } = await run('sh', '-c', `${asks} -m "$(cat ${question})"`);
    rmSync(folder, { recursive: true });
    const { number, answer } = readAnswer(Buffer.from(said, 'hex'))!;
    expect(number).toBe(77);
    expect(outcomeOf('frame', answer)).toEqual({ frame: Uint8Array.of(1, 2) });
  });

  test('are refused what is not theirs', async ({ skip }) => {
    skip(absent, note);
    expect((await run('mosquitto_pub', ...who(), '-t', topics.up, '-m', 'x')).status).toBe(0);
    expect((await run('mosquitto_pub', ...who(ben.password), '-t', topics.up, '-m', 'x')).status).toBe(5);
    expect((await run('mosquitto_pub', ...who(), '-t', topics.up, '-m', 'x', '-r')).status).not.toBe(0);
    expect((await run('mosquitto_sub', ...who(), '-t', '#', '-W', '2')).said).toMatch(/denied|rejected/i);
  });
});
