/**
 * A broker for tests, whose devices are two and whose cloudlet answers what the test says; and a client that says
 * exactly the bytes it is told, which no library would.
 *
 * @module
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CareletError } from '@carelet/care/model';
import { encodeAsk, type Hop, hopTopics } from '@carelet/care/wire/hop';
import { type Bytes, equal, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { type BrokerNames, brokerNames } from '@carelet/crypto/session/pairing';
import { logger } from '@carelet/ground/log';
import { expect } from 'vitest';
import type { Account, Accounts } from './accounts.ts';
import { type Broker, type BrokerLimits, startBroker } from './broker.ts';

const random = seededRandom('broker');
const deviceOf = (): BrokerNames & { device: Bytes } => ({ ...brokerNames(random(32).slice()), device: random(16).slice() });

export const ada = deviceOf();
export const ben = deviceOf();
export const topics = hopTopics(ada.topic);

/** Accounts in memory; `away` is a database that does not answer, `slow` one that does once this is over. */
export function accountsInMemory(): Accounts & { away: boolean; slow: Promise<void> } {
  const known = [ada, ben];
  const account = ({ device, user, topic }: Account): Account => ({ device, user, topic });
  return {
    away: false,
    slow: Promise.resolve(),
    async login(user, password) {
      await this.slow;
      if (this.away) throw new CareletError('unavailable', 'use the database', { because: 'it does not answer' });
      const one = known.find((names) => names.user === user && equal(utf8(names.password), password));
      return one ? account(one) : null;
    },
    async ofTopic(topic) {
      const one = known.find((names) => names.topic === topic);
      return one ? account(one) : null;
    },
  };
}

/** A cloudlet that echoes: an announcement of two bytes, an ack and a frame that are what was sent. Frames of 0 do not open. */
export const echo = (device: Bytes): Hop['sessions'] => ({
  announcement: async () => ({ staticPublicKey: device, announcement: utf8('told') }),
  init: async ({ init }) => ({ ack: init }),
  frame: async ({ frame }) => {
    if (frame[0] === 0) throw new CareletError('cannot-open', 'answer', { because: 'nothing here opens this' });
    return { frame };
  },
});

/** A broker on a port of its own. */
export async function testBroker(
  options: { of?: (device: Bytes) => Hop['sessions']; limits?: Partial<BrokerLimits>; tls?: { key: string; cert: string } } = {},
): Promise<Broker & { readonly accounts: ReturnType<typeof accountsInMemory> }> {
  const accounts = accountsInMemory();
  const log = logger('cloudlet', { level: 'silent' });
  const { of = echo, limits = {}, tls } = options;
  const broker = await startBroker({ host: '127.0.0.1', port: 0, accounts, of, log, limits, tls });
  return Object.assign(broker, { accounts });
}

/** Waits until nobody is connected: then nothing is left of anybody. */
export async function empty(broker: Broker): Promise<void> {
  while (broker.counts().connections > 0) await sleep(5);
  expect(broker.counts()).toEqual({ connections: 0, devices: 0, held: 0 });
}

/** A question as a device would publish it. */
export const asking = (number: number, frame: Bytes): Buffer => Buffer.from(encodeAsk(number, 'frame', { frame }));

// ---- packets, written out from the text of the standard ----

const lengthBytes = (length: number): number[] => (length < 128 ? [length] : [(length & 0x7f) | 0x80, ...lengthBytes(length >> 7)]);

export const packet = (first: number, ...parts: (Buffer | number)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)));
  return Buffer.concat([Buffer.of(first, ...lengthBytes(body.length)), body]);
};

/** Bytes with their length in two bytes before them. */
export const counted = (content: string | Buffer): Buffer => {
  const bytes = Buffer.from(content as string, 'latin1');
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
};
const two = (number: number): Buffer => Buffer.of(number >> 8, number & 0xff);

export type ConnectFields = {
  name?: string;
  level?: number;
  flags?: number;
  keepalive?: number;
  id?: string;
  more?: Buffer;
  user?: string;
  password?: string;
};
/** CONNECT; with Ada's user and password, clean session, unless told. */
export const connectPacket = (fields: ConnectFields = {}): Buffer => {
  const { name = 'MQTT', level = 4, flags = 0xc2, keepalive = 60, id = 'watch', more = Buffer.alloc(0) } = fields;
  const { user = ada.user, password = ada.password } = fields;
  const who = [flags & 0x80 ? counted(user) : Buffer.alloc(0), flags & 0x40 ? counted(password) : Buffer.alloc(0)];
  return packet(0x10, counted(name), level, flags, two(keepalive), counted(id), more, ...who);
};
export const publishPacket = (topic: string, payload: Buffer, { qos = 1, retain = 0, dup = 0, id = 1 } = {}): Buffer =>
  packet(0x30 | (dup << 3) | (qos << 1) | retain, counted(topic), qos > 0 ? two(id) : Buffer.alloc(0), payload);
export const subscribePacket = (id: number, ...filters: [string, number][]): Buffer =>
  packet(0x82, two(id), ...filters.flatMap(([filter, qos]) => [counted(filter), qos]));
export const unsubscribePacket = (id: number, ...filters: string[]): Buffer => packet(0xa2, two(id), ...filters.map(counted));
export const pingPacket = Buffer.of(0xc0, 0);
export const disconnectPacket = Buffer.of(0xe0, 0);

/** A client of bytes. */
export type RawClient = Disposable & {
  readonly socket: Socket;
  say(...bytes: Buffer[]): void;
  /** The next packet that came, as hex; `closed` where the other side hung up instead. */
  heard(): Promise<string>;
  /** Waits until the other side hangs up; gives the hex of what it said before. */
  end(): Promise<string>;
};

export function rawClient(port: number): RawClient {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  let got = Buffer.alloc(0);
  let over = false;
  let wake = () => {};
  socket.on('data', (chunk) => {
    got = Buffer.concat([got, chunk]);
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    over = true;
    wake();
  });
  const next = (): string | null => {
    let at = 1;
    let length = 0;
    for (; ; at++) {
      const byte = got[at];
      if (byte === undefined) return null;
      length += (byte & 0x7f) << (7 * (at - 1));
      if (byte < 0x80) break;
    }
    if (got.length < at + 1 + length) return null;
    const whole = got.subarray(0, at + 1 + length);
    got = got.subarray(whole.length);
    return whole.toString('hex');
  };
  const change = () =>
    new Promise<void>((done) => {
      wake = done;
    });
  return {
    socket,
    say: (...bytes) => void socket.write(Buffer.concat(bytes)),
    async heard() {
      for (;;) {
        const packet = next();
        if (packet !== null) return packet;
        if (over) return 'closed';
        await change();
      }
    },
    async end() {
      while (!over) await change();
      return hex(got);
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** A client of bytes that was let in. */
export async function admitted(port: number, fields: ConnectFields = {}): Promise<RawClient> {
  const client = rawClient(port);
  client.say(connectPacket(fields));
  const connack = await client.heard();
  if (connack !== '20020000') throw new Error(`the broker said ${connack}`);
  return client;
}
