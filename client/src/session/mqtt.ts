/**
 * A device's way to its cloudlet over a message broker, MQTT 3.1.1: the same three questions as over HTTP.
 *
 * It connects when something is asked, and stays. A connection that ends fails what was asked in it, at once; the next
 * question connects anew, but not sooner than a pause that doubles each time. It keeps nothing by itself: what is not
 * acknowledged by the cloudlet's own frame is still in the device's buffer, and the sender asks again.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { encodeAsk, type Hop, type HopWord, hopTopics, outcomeOf, readAnswer } from '@carelet/care/wire/hop';
import type { BrokerNames } from '@carelet/crypto/session/pairing';
import { connectAsync, type MqttClient } from 'mqtt';

export type MqttHopOptions = {
  /** `mqtt://host:port` or `mqtts://host:port` */
  readonly url: string;
  readonly names: BrokerNames;
  /** PEM of who vouches for the broker's certificate, where the system does not know them. */
  readonly ca?: string;
  readonly patience?: Partial<typeof usualPatience>;
};

/** In milliseconds. */
const usualPatience = {
  /** For the broker to take us in. */
  connectMs: 10_000,
  /** For an answer. */
  answerMs: 30_000,
  /** Between two attempts to connect: from this, doubling, to that. */
  pauseMs: 500,
  longestPauseMs: 60_000,
};

/** A hop that holds a connection; `await using` ends it. */
export type MqttHop = Hop & AsyncDisposable;

const keepaliveSeconds = 60;
/** CONNACK's return codes that say it is us the broker does not want (MQTT 3.1.1, table 3.1). */
const notUs = [2, 4, 5];

/**
 * A hop over a broker; it connects when it is first asked.
 *
 * What is asked throws `unavailable` while the broker or the cloudlet behind it is away, `denied` where the broker does
 * not know this device, and otherwise what the cloudlet says.
 *
 * @throws {CareletError} `invalid` for an address that is none of a broker
 */
export function mqttHop({ url, names, ca, patience }: MqttHopOptions): MqttHop {
  if (!URL.canParse(url) || !/^mqtts?:$/.test(new URL(url).protocol)) {
    throw new CareletError('invalid', 'find the broker', { subject: url, because: 'its address begins with mqtt:// or mqtts://' });
  }
  const { connectMs, answerMs, pauseMs, longestPauseMs } = { ...usualPatience, ...patience };
  const { up, down } = hopTopics(names.topic);
  type Waiting = { readonly done: (answer: unknown) => void; readonly fail: (reason: CareletError) => void };
  const waiting = new Map<number, Waiting>();
  let line: Promise<MqttClient> | null = null;
  let failures = 0;
  let notBefore = 0;
  // Begins anywhere: an answer to what was asked before a restart is to no question of ours.
  let number = Math.floor(Math.random() * 2 ** 32);

  const away = (because: string, cause?: unknown) => new CareletError('unavailable', 'reach the broker', { because, cause });

  function connected(): Promise<MqttClient> {
    if (!line) {
      if (performance.now() < notBefore) return Promise.reject(away('it was away a moment ago'));
      line = connect();
      line.catch(lost);
    }
    return line;
  }

  /** The connection is no more, or never was; an answer ends the count of such. */
  function lost(): void {
    line = null;
    notBefore = performance.now() + Math.min(longestPauseMs, pauseMs * 2 ** Math.min(failures++, 20));
  }

  async function connect(): Promise<MqttClient> {
    const { user, password } = names;
    const client = await connectAsync(
      url,
      {
        protocolVersion: 4,
        clean: true,
        clientId: user.slice(0, 23),
        username: user,
        password,
        keepalive: keepaliveSeconds,
        connectTimeout: connectMs,
        reconnectPeriod: 0,
        queueQoSZero: false,
        ...(ca !== undefined && { ca }),
      },
      false,
    ).catch((cause) => {
      if (notUs.includes((cause as { code?: number }).code ?? 0)) {
        throw new CareletError('denied', 'reach the broker', { because: 'it does not know this device', cause });
      }
      throw away('it does not answer', cause);
    });
    client.on('error', () => {});
    client.on('message', (_, message) => {
      const read = readAnswer(message);
      if (!read) return;
      failures = 0;
      waiting.get(read.number)?.done(read.answer);
    });
    const over = new Promise<never>((_, fail) => {
      client.once('close', () => {
        const reason = away('the connection ended before the answer');
        lost();
        for (const one of waiting.values()) one.fail(reason);
        client.end(true);
        fail(reason);
      });
    });
    over.catch(() => {});
    try {
      await Promise.race([client.subscribeAsync(down, { qos: 1 }), over]);
    } catch (cause) {
      client.end(true);
      throw away('it does not let this device listen', cause);
    }
    return client;
  }

  async function ask(word: HopWord, input: unknown): Promise<unknown> {
    const client = await connected();
    number = (number + 1) >>> 0;
    const mine = number;
    let late: NodeJS.Timeout | undefined;
    try {
      const answer = await new Promise<unknown>((done, fail) => {
        waiting.set(mine, { done, fail });
        late = setTimeout(() => fail(away('the cloudlet does not answer')), answerMs);
        client.publish(up, Buffer.from(encodeAsk(mine, word, input)), { qos: 1 }, (cause) => {
          if (cause) fail(away('the question did not leave', cause));
        });
      });
      return outcomeOf(word, answer);
    } finally {
      clearTimeout(late);
      waiting.delete(mine);
    }
  }

  const sessions = {
    announcement: () => ask('announcement', {}),
    init: (input: unknown) => ask('init', input),
    frame: (input: unknown) => ask('frame', input),
  };
  return {
    sessions: sessions as Hop['sessions'],
    async [Symbol.asyncDispose]() {
      const client = await line?.catch(() => null);
      line = null;
      await client?.endAsync(true);
    },
  };
}
