/**
 * The cloudlet at somebody else's broker, Mosquitto for one: it hears the devices' questions there and answers them.
 *
 * That broker decides who may publish on which topic, by the files of `mosquitto.ts`; should it let somebody do what he
 * may not, a frame that came by another device's topic is dropped here all the same. Only so many questions are under way
 * at once. While there are that many we read nothing more, and the broker's own limits do the rest; a device with a
 * question too many loses that one, and asks again.
 *
 * @module
 */

import { CareletError } from '@carelet/care/model';
import { everyUpTopic, type Hop, hopTopics, longestHopMessage, topicOfUp } from '@carelet/care/wire/hop';
import { type Bytes, hex, plain } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { event, type Log, traceOf } from '@carelet/ground/log';
import { connect, type MqttClient } from 'mqtt';
import type { Accounts } from './accounts.ts';
import { answerTo } from './answer.ts';

export type BridgeOptions = {
  /** `mqtts://user:password@broker.example:8883` */
  readonly url: string;
  readonly accounts: Accounts;
  /** What a device may ask. */
  readonly of: (device: Bytes) => Hop['sessions'];
  readonly log: Log;
  /** Questions under way, of all devices and of one. */
  readonly atOnce?: number;
  readonly atOnceOfOne?: number;
};

export type Bridge = AsyncDisposable & {
  /** Whether it hears devices now. */
  listens(): boolean;
};

const reconnectMs = 2_000;
const keepaliveSeconds = 30;

/** User and password in a broker's address, as they are meant. */
export type BrokerAddress = { readonly url: string; readonly user: string; readonly password: string };

/**
 * Reads a broker's address.
 *
 * @throws {CareletError} `invalid` for one that is none; the message does not quote it
 */
export function brokerAddress(address: string): BrokerAddress {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !/^mqtts?:$/.test(url.protocol) || url.username === '') {
    const because = 'it has to be of the form mqtts://user:password@broker.example:8883';
    throw new CareletError('invalid', 'read the address of the broker', { subject: 'CARELET_MQTT_BROKER', because });
  }
  const { username, password } = url;
  url.username = url.password = '';
  return { url: url.href, user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/**
 * Begins to listen at a broker, and comes back to it whenever it is away.
 *
 * @throws {CareletError} as `brokerAddress`
 */
export function startBridge({ url: address, accounts, of, log, atOnce = 64, atOnceOfOne = 2 }: BridgeOptions): Bridge {
  const { url, user, password } = brokerAddress(address);
  const client = connect(url, {
    protocolVersion: 4,
    clean: true,
    clientId: `cloudlet${hex(systemRandom(7))}`,
    username: user,
    password,
    keepalive: keepaliveSeconds,
    reconnectPeriod: reconnectMs,
    queueQoSZero: false,
    resubscribe: false,
  });
  let listens = false;
  client.on('connect', () => {
    client.subscribe(everyUpTopic, { qos: 1 }, (refusal) => {
      listens = !refusal;
      if (refusal) event(log, 'mqtt.refused-us', traceOf(refusal), 'warn');
      else event(log, 'mqtt.listening', { address: new URL(url).host });
    });
  });
  client.on('close', () => {
    if (listens) event(log, 'mqtt.away', {}, 'warn');
    listens = false;
  });
  client.on('error', (thrown) => event(log, 'mqtt.error', traceOf(thrown), 'warn'));

  const underWay = new Map<string, number>();
  let all = 0;
  let freed = () => {};
  client.handleMessage = ({ topic: name, payload }, done) => {
    const topic = topicOfUp(name);
    const message = typeof payload === 'string' ? null : plain(payload);
    const ofThis = underWay.get(topic ?? '') ?? 0;
    if (topic !== null && message && message.length <= longestHopMessage && ofThis < atOnceOfOne) {
      all++;
      underWay.set(topic, ofThis + 1);
      answer(topic, message).finally(() => {
        all--;
        const left = underWay.get(topic)! - 1;
        if (left > 0) underWay.set(topic, left);
        else underWay.delete(topic);
        freed();
      });
    }
    if (all < atOnce) return done();
    // Until one is answered nothing more is read.
    freed = () => {
      freed = () => {};
      done();
    };
  };

  async function answer(topic: string, message: Bytes): Promise<void> {
    try {
      const account = await accounts.ofTopic(topic);
      const said = account && (await answerTo(of(account.device), message, log));
      if (said && client.connected) client.publish(hopTopics(topic).down, Buffer.from(said), { qos: 0 });
    } catch (thrown) {
      event(log, 'mqtt.unanswered', traceOf(thrown), 'warn');
    }
  }

  return { listens: () => listens, [Symbol.asyncDispose]: () => end(client) };
}

const end = (client: MqttClient): Promise<void> => client.endAsync(true);
