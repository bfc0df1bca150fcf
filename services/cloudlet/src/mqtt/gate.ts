/**
 * What stands between a socket and the broker: it lets through one whole packet at a time.
 *
 * A broker's parser waits for as many bytes as a packet says it has, up to 256 MB, and takes from a socket whatever
 * lies there. So lengths are judged here, from the first two to five bytes, before anything is kept: a stranger may say
 * CONNECT and no more; who was admitted may say what a device says. What is asked counts against one budget for all
 * connections, from when a packet announces itself until it is answered. Until then nothing more is read, so that a
 * question waits in its asker's own memory. Whoever is slow, silent or long is hung up on.
 *
 * @module
 */
import { Duplex } from 'node:stream';

/** What one may cost us. */
export type GateLimits = {
  /** How long a CONNECT may take to arrive, in milliseconds. */
  readonly helloMs: number;
  /** How long there may be no whole packet, whatever keep-alive was agreed, in milliseconds. */
  readonly idleMs: number;
  /** The longest PUBLISH, in bytes. */
  readonly longest: number;
};

/** Bytes that all connections together may make us keep. */
export type Budget = { take(bytes: number): boolean; give(bytes: number): void; readonly held: number };

export function budgetOf(most: number): Budget {
  let held = 0;
  return {
    take(bytes) {
      if (held + bytes > most) return false;
      held += bytes;
      return true;
    },
    give(bytes) {
      held -= bytes;
    },
    get held() {
      return held;
    },
  };
}

/** Types of packets, by their first nibble (MQTT 3.1.1, table 2.1). */
const connect = 1;
const publish = 3;
/** What a device says whose messages have QoS 0 or 1, and how many bytes may follow the header. */
const saidByDevices: Readonly<Record<number, readonly [least: number, most: number]>> = {
  [publish]: [3, Number.POSITIVE_INFINITY],
  4: [2, 2], // PUBACK
  8: [6, 1024], // SUBSCRIBE: a number, a filter of a letter, its QoS
  10: [5, 1024], // UNSUBSCRIBE
  12: [0, 0], // PINGREQ
  14: [0, 0], // DISCONNECT
};
/** The longest CONNECT, in bytes: user, password and a client id fit several times. */
const longestConnect = 1024;
/** CONNACK, no session, unacceptable protocol version (MQTT 3.1.1, 3.2.2.3). */
const unacceptableLevel = Buffer.of(0x20, 2, 0, 1);
/** Protocol name and level of a CONNECT of MQTT 3.1.1. */
const level4 = Buffer.from('\0\x04MQTT\x04', 'latin1');
const protocolNames = ['\0\x04MQTT', '\0\x06MQIsdp'].map((name) => Buffer.from(name, 'latin1'));

const nothing = Buffer.alloc(0);

/** How long an answer may take to leave after we hung up, in milliseconds. */
const lastWordsMs = 2_000;

/** A socket that is a `Gate`; its readable side gives packets. */
export class Gate extends Duplex {
  readonly #socket: Duplex;
  readonly #limits: GateLimits;
  readonly #budget: Budget;
  #state: 'stranger' | 'asking' | 'admitted' = 'stranger';
  #timer: NodeJS.Timeout;
  /** Somebody waits for a packet. */
  #wanted = false;
  /** What is taken of the budget: by the packet that is put together, or by the question that is being answered. */
  #taken = 0;
  #asked = false;
  /** Bytes that came and belong to no packet yet. */
  #rest: Buffer = nothing;
  #packet: { readonly bytes: Buffer; filled: number } | null = null;

  constructor(socket: Duplex, limits: GateLimits, budget: Budget) {
    super({ readableObjectMode: true, readableHighWaterMark: 1, allowHalfOpen: false });
    this.#socket = socket;
    this.#limits = limits;
    this.#budget = budget;
    this.#timer = this.#hangUpAfter(limits.helloMs);
    socket.on('data', (chunk: Buffer) => {
      if (this.destroyed) return;
      this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
      this.#pump();
    });
    socket.on('end', () => this.destroy());
    socket.on('close', () => this.destroy());
    socket.on('error', () => this.destroy());
  }

  /** Lets through what a device says. */
  admit(): void {
    this.#state = 'admitted';
    this.#pump();
  }

  /** The question that was let through last is answered: the next one may come. */
  answered(): void {
    this.#asked = false;
    this.#giveBack();
    this.#pump();
  }

  override _read(): void {
    this.#wanted = true;
    this.#pump();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => Buffer.from(chunk))), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#giveBack();
    this.#packet = null;
    this.#rest = nothing;
    const socket = this.#socket;
    // What was answered last, a refusal perhaps, still leaves; but not for long.
    socket.resume();
    socket.end();
    const gone = setTimeout(() => socket.destroy(), lastWordsMs);
    socket.once('finish', () => socket.destroy());
    socket.once('close', () => clearTimeout(gone));
    if (socket.writableFinished) socket.destroy();
    done(error);
  }

  #pump(): void {
    if (this.destroyed) return;
    if (!this.#wanted || this.#asked || this.#state === 'asking') {
      this.#socket.pause();
      return;
    }
    if (!this.#packet) {
      const length = lengthOf(this.#rest);
      if (length === undefined) {
        this.#socket.resume();
        return;
      }
      if (length === null || !this.#mayBe(this.#rest, length) || !this.#budget.take(length)) {
        this.destroy();
        return;
      }
      this.#taken = length;
      this.#packet = { bytes: Buffer.allocUnsafe(length), filled: 0 };
    }
    const { bytes, filled } = this.#packet;
    const copied = this.#rest.copy(bytes, filled);
    this.#packet.filled += copied;
    this.#rest = copied === this.#rest.length ? nothing : this.#rest.subarray(copied);
    if (this.#packet.filled < bytes.length) {
      this.#socket.resume();
      return;
    }
    this.#packet = null;
    this.#asked = typeOf(bytes) === publish;
    if (!this.#asked) this.#giveBack();
    this.#handOn(bytes);
  }

  #handOn(packet: Buffer): void {
    if (this.#state === 'stranger') {
      const level = levelOf(packet);
      if (level === 'other') this.#socket.write(unacceptableLevel);
      if (level !== '3.1.1') {
        this.destroy();
        return;
      }
      this.#state = 'asking';
      clearTimeout(this.#timer);
      this.#timer = this.#hangUpAfter(this.#limits.idleMs);
    } else this.#timer.refresh();
    this.#wanted = false;
    this.push(packet);
  }

  #mayBe(begins: Buffer, length: number): boolean {
    if (this.#state === 'stranger') return typeOf(begins) === connect && length <= longestConnect;
    const bounds = saidByDevices[typeOf(begins)];
    const follows = length - headerOf(begins);
    return bounds !== undefined && follows >= bounds[0] && follows <= bounds[1] && length <= this.#limits.longest;
  }

  #giveBack(): void {
    this.#budget.give(this.#taken);
    this.#taken = 0;
  }

  #hangUpAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.destroy(), ms).unref();
  }
}

/** How long a packet is that begins so, its header included; `undefined` where more bytes must tell, `null` where none can. */
function lengthOf(bytes: Buffer): number | undefined | null {
  let remaining = 0;
  for (let at = 1; at <= 4; at++) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    remaining += (byte & 0x7f) * 128 ** (at - 1);
    if (byte < 0x80) return 1 + at + remaining;
  }
  return null;
}

const typeOf = (packet: Buffer): number => packet[0]! >> 4;

/** Bytes of a packet's header: its type and its length. */
const headerOf = (packet: Buffer): number => packet.findIndex((byte, at) => at > 0 && byte < 0x80) + 1;

/** What a CONNECT speaks: ours, another version of MQTT, or something else. */
function levelOf(packet: Buffer): '3.1.1' | 'other' | 'unknown' {
  const says = packet.subarray(headerOf(packet));
  const starts = (bytes: Buffer) => says.subarray(0, bytes.length).equals(bytes);
  if (starts(level4)) return '3.1.1';
  return protocolNames.some((name) => starts(name) && says.length > name.length) ? 'other' : 'unknown';
}
