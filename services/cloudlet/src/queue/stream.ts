/**
 * A stream on the bus (NATS JetStream) that keeps strips: on disk, on as many servers as it was told, until they are removed.
 *
 * Whoever runs the bus sees of a strip what its subject and its headers say: how urgent, pseudonyms of chart and device, number,
 * part, lane, when it came; and how large it is. The strip itself is sealed for somebody else.
 *
 * We use no message ids. Servers of some versions that are asked the same again answer "duplicate" also while the first is not
 * yet on the majority's disks, and that is no answer to let a device forget by. What lies here twice is told apart by its number, and by
 * the cloud's primary key.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CareletError } from '@carelet/care/model';
import { type Bytes, hex, plain, unhex } from '@carelet/crypto/algebra/bytes';
import { event, type Log, traceOf } from '@carelet/ground/log';
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from '@nats-io/jetstream';
import { connect, errors, headers, type NatsConnection } from '@nats-io/transport-node';
import { busAddress } from './address.ts';
import { urgencyNumber, urgencyOfNumber, type WaitingStrip } from './queue.ts';

/** A strip on the bus, without its body. */
export type Label = Omit<WaitingStrip, 'body'> & { readonly seq: number; readonly bytes: number };

export type Stream = AsyncDisposable & {
  /** Adds a strip; resolves with its place when the majority of the servers that keep it have it. */
  add(strip: WaitingStrip): Promise<number>;
  /** The body at a place; `null` where nothing lies any more. */
  body(seq: number): Promise<Bytes | null>;
  /** Removes what lies at a place, if anything does. */
  remove(seq: number): Promise<void>;
  /** How many messages lie here. */
  count(): Promise<number>;
  /** Everything that lies here, in the order in which it was laid; `null` stands for what is no strip. */
  labels(): AsyncIterable<Label | null>;
  /** Removes the stream and all that lies in it. */
  destroy(): Promise<void>;
};

export type StreamOptions = {
  /** As `busAddress` reads it. */
  readonly url: string;
  readonly name: string;
  /** It was made before; where it is not there, this is another bus, or it was lost. Nothing is made then. */
  readonly isThere?: boolean;
  /** On how many servers; as many as a cluster usually has, three, and one where there is no cluster, unless told. */
  readonly replicas?: number | undefined;
  /** The most it may hold; what is one too many is refused. As much as the server has unless told. */
  readonly maxBytes?: number | undefined;
  readonly log: Log;
  /** How long to wait for a bus that is away when opening, in ms; default 30 000. */
  readonly patience?: number;
};

/** The largest message that the server has to take: a strip in the longest frame. */
const largestMessage = 4 * 1024 * 1024 + 4096;
const answerMs = 3_000;
const headersAtOnce = 2_000;

/**
 * Opens a stream, and makes it where it is not there.
 *
 * @throws {CareletError} `unavailable` when the bus stays away, `invalid` when it cannot take what we would lay, `conflict`
 *   when the stream should be there and is not
 */
export async function openStream({ url, name, isThere = false, log, patience = 30_000, ...wish }: StreamOptions): Promise<Stream> {
  const connection = await connected(url, patience);
  try {
    const largest = connection.info?.max_payload ?? 0;
    if (largest < largestMessage) {
      const because = `its servers take messages of up to ${largest} bytes, and a strip may have 4 MB: set max_payload to 8MB there`;
      throw new CareletError('invalid', 'open the bus', { subject: 'BUS_URL', because });
    }
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: answerMs });
    const replicas = wish.replicas ?? (connection.info?.cluster === undefined ? 1 : 3);
    const info = await untilIn(patience, () => ensured(manager, { name, isThere, replicas, maxBytes: wish.maxBytes ?? -1 }));
    return streamOf(connection, manager, info, log);
  } catch (thrown) {
    await connection.close();
    throw asBusError(thrown);
  }
}

function streamOf(connection: NatsConnection, manager: JetStreamManager, { config: { name } }: StreamInfo, log: Log): Stream {
  const client = jetstream(connection, { timeout: answerMs });
  let here = true;
  void watch();

  return {
    async add(strip) {
      // What is sent while the bus is away would be kept back by the client and laid later, when nobody waits for it.
      if (!here) throw new CareletError('unavailable', 'use the bus', { because: away });
      return asked(async () => {
        const { seq } = await client.publish(subjectOf(name, strip), strip.body, { headers: headersOf(strip) });
        return seq;
      });
    },

    body: (seq) =>
      asked(async () => {
        const message = await manager.streams.getMessage(name, { seq });
        if (message) return plain(message.data);
        // A server that leads only just now may not know yet what it will know in a moment.
        const { state } = await manager.streams.info(name);
        if (state.last_seq < seq) throw new CareletError('unavailable', 'use the bus', { because: away });
        return null;
      }),

    remove: (seq) =>
      asked(async () => {
        await manager.streams.deleteMessage(name, seq, false).catch((thrown: unknown) => {
          if (!(thrown instanceof JetStreamApiError) || thrown.code !== codes.noMessage) throw thrown;
        });
      }),

    count: () => asked(async () => (await manager.streams.info(name)).state.messages),

    async *labels() {
      if ((await this.count()) === 0) return;
      const consumer = await asked(() => client.consumers.get(name, { headers_only: true }));
      try {
        for (let left = 1; left > 0; ) {
          const messages = await asked(() => consumer.fetch({ max_messages: headersAtOnce, expires: answerMs }));
          let read = 0;
          for await (const message of messages) {
            read++;
            left = message.info.pending;
            yield labelOf(message);
            if (left === 0) break;
          }
          if (read === 0) throw new CareletError('unavailable', 'use the bus', { because: away });
        }
      } finally {
        await consumer.delete().catch(() => {});
      }
    },

    destroy: () => asked(async () => void (await manager.streams.delete(name))),

    [Symbol.asyncDispose]: () => connection.close(),
  };

  async function watch(): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') event(log, 'bus.away', {}, 'warn');
      if (type === 'reconnect') event(log, 'bus.back');
      if (type === 'disconnect' || type === 'reconnect') here = type === 'reconnect';
    }
    here = false;
    const thrown = await connection.closed();
    if (thrown) event(log, 'bus.closed', traceOf(thrown), 'error');
  }
}

async function connected(url: string, patience: number): Promise<NatsConnection> {
  const { servers, tls, ...names } = busAddress(url);
  return untilIn(patience, () =>
    connect({
      servers: [...servers],
      ...names,
      ...(tls && { tls: {} }),
      name: 'carelet-cloudlet',
      timeout: answerMs,
      pingInterval: 10_000,
      reconnectTimeWait: 500,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
    }),
  );
}

/** Tries until it succeeds or the time is over; who is not let in is not let in later. */
async function untilIn<T>(patience: number, attempt: () => Promise<T>): Promise<T> {
  for (const giveUp = performance.now() + patience; ; await sleep(250)) {
    try {
      return await attempt();
    } catch (thrown) {
      if (thrown instanceof errors.AuthorizationError || performance.now() > giveUp) throw asBusError(thrown);
    }
  }
}

type Wish = { readonly name: string; readonly isThere: boolean; readonly replicas: number; readonly maxBytes: number };

async function ensured({ streams }: JetStreamManager, { name, isThere, replicas, maxBytes }: Wish): Promise<StreamInfo> {
  const config = { num_replicas: replicas, max_bytes: maxBytes };
  const info = await streams.info(name).catch((thrown: unknown) => {
    if (thrown instanceof JetStreamApiError && thrown.code === codes.noStream) return null;
    throw thrown;
  });
  if (!info) {
    if (isThere) {
      const because = `strips were laid on a stream ${name}, and there is none; where it is lost for good, empty the table "bus"`;
      throw new CareletError('conflict', 'open the bus', { subject: 'BUS_URL', because });
    }
    return streams.add({
      ...config,
      name,
      subjects: [`${name}.>`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
    });
  }
  const { num_replicas, max_bytes } = info.config;
  return num_replicas === replicas && max_bytes === maxBytes ? info : streams.update(name, { ...info.config, ...config });
}

const names = { number: 'Strip-Number', part: 'Strip-Part', lane: 'Strip-Lane', arrived: 'Strip-Arrived' };

const subjectOf = (name: string, { urgency, pat, device }: WaitingStrip): string =>
  `${name}.${urgencyNumber(urgency)}.${hex(pat)}.${hex(device)}`;

function headersOf({ number, part, lane, arrived }: WaitingStrip) {
  const said = headers();
  for (const [key, value] of Object.entries({ number, part, lane, arrived })) said.set(names[key as keyof typeof names], String(value));
  return said;
}

function labelOf({ subject, headers: said, seq }: JsMsg): Label | null {
  const [, urgency, pat, device] = /\.([123])\.([0-9a-f]{2,64})\.([0-9a-f]{2,64})$/.exec(subject) ?? [];
  const number = (name: string): number => {
    const text = said?.get(name) ?? '';
    return /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  };
  const part = said?.get(names.part) ?? '';
  const numbers = {
    number: number(names.number),
    lane: number(names.lane),
    arrived: number(names.arrived),
    bytes: number('Nats-Msg-Size'),
  };
  if (!urgency || part === '' || !Object.values(numbers).every(Number.isSafeInteger)) return null;
  return { seq, urgency: urgencyOfNumber(Number(urgency)), pat: unhex(pat!), device: unhex(device!), part, ...numbers };
}

const away = 'the bus does not answer; it may be starting';
const codes = { noMessage: 10037, noStream: 10059 };

/** What the bus says to us, by its code. */
const verdicts: Readonly<Record<number, string>> = {
  10077: 'the bus is full',
  10047: 'the bus is full',
  10023: 'the bus is full',
  10005: 'the bus has fewer servers than are to keep each strip; see CARELET_BUS_REPLICAS',
  10074: 'the bus has fewer servers than are to keep each strip; see CARELET_BUS_REPLICAS',
  10059: 'the stream is not there any more',
};

async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    throw asBusError(thrown);
  }
}

/** Whether an error of ours says that the bus does not answer now, and may later. */
export const isBusAway = (thrown: unknown): boolean =>
  thrown instanceof CareletError && thrown.op === 'use the bus' && thrown.because === away;

/** Whatever the client threw: nobody is told that he may forget anything. */
function asBusError(thrown: unknown): CareletError {
  if (thrown instanceof CareletError) return thrown;
  const refused = thrown instanceof errors.AuthorizationError;
  const code = thrown instanceof JetStreamApiError ? thrown.code : 0;
  const because = refused ? 'the bus does not let us in; check BUS_URL' : (verdicts[code] ?? away);
  return new CareletError('unavailable', 'use the bus', { because, cause: thrown });
}
