/**
 * The broker in the cloudlet: MQTT 3.1.1 for devices, and for nothing else.
 *
 * It carries no message from one client to another. What a device publishes on its own topic is answered on its own
 * topic, one question at a time, and that is all there is: no other topic, no retained or last will, no session kept for
 * whoever is away. So nothing can pile up here. Answers go with QoS 0: over one connection the other kinds deliver no surer, and whoever has lost an
 * answer asks again. `docs/mqtt.md` lists what is spoken and what is refused.
 *
 * @module
 */
import type { EventEmitter } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type Hop, hopTopics, longestHopMessage } from '@carelet/care/wire/hop';
import { type Bytes, plain, utf8 } from '@carelet/crypto/algebra/bytes';
import { authority, bind } from '@carelet/ground/bind';
import { event, type Log, traceOf } from '@carelet/ground/log';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import type { Account, Accounts } from './accounts.ts';
import { answerTo } from './answer.ts';
import { budgetOf, Gate, type GateLimits } from './gate.ts';

/** What devices and strangers may cost us. */
export type BrokerLimits = GateLimits & {
  /** Connections at most, and of them such as have not shown who they are. */
  readonly connections: number;
  readonly strangers: number;
  /** Bytes of questions under way, of all devices; with more, whoever brings them is hung up on. */
  readonly bytes: number;
  /** How long a client may leave what we send unread, in milliseconds. */
  readonly unreadMs: number;
};

const usualLimits: BrokerLimits = {
  helloMs: 5_000,
  idleMs: 20 * 60_000,
  longest: longestHopMessage + 256,
  connections: 20_000,
  strangers: 256,
  bytes: 64 * 1024 * 1024,
  unreadMs: 10_000,
};

export type BrokerOptions = {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly nextFree?: boolean;
  /** PEM of key and certificate; without them it speaks no TLS. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer } | undefined;
  readonly accounts: Accounts;
  /** What a device may ask. */
  readonly of: (device: Bytes) => Hop['sessions'];
  readonly log: Log;
  readonly limits?: Partial<BrokerLimits>;
};

export type Broker = AsyncDisposable & {
  /** `mqtt://127.0.0.1:1883`, or `mqtts://…` */
  readonly url: string;
  readonly port: number;
  /** How many are connected, how many of them are devices, and how many bytes of theirs we hold. */
  counts(): { readonly connections: number; readonly devices: number; readonly held: number };
};

/** One client of the broker. */
type Line = {
  /** CONNACK's return code for what its CONNECT asks for and nobody gets; 0 where there is nothing of the kind. */
  readonly refusal: number;
  account: Account | null;
  listens: boolean;
};

/** CONNACK's return codes (MQTT 3.1.1, table 3.1). */
const codes = { identifierRejected: 2, unavailable: 3, notAuthorized: 5 } as const;

/**
 * Opens a port for devices.
 *
 * @throws {CareletError} as `bind`
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { host, port, nextFree = false, tls, accounts, of, log } = options;
  const limits = { ...usualLimits, ...options.limits };
  const budget = budgetOf(limits.bytes);
  const lines = new WeakMap<Client, Line>();
  const aedes = await Aedes.createBroker({ drainTimeout: limits.unreadMs });

  aedes.preConnect = (client, { will, clientId, clean }, done) => {
    const refusal = will ? codes.notAuthorized : clientId === '' && !clean ? codes.identifierRejected : 0;
    lines.set(client, { refusal, account: null, listens: false });
    done(null, true);
  };

  aedes.authenticate = async (client, user, password, done) => {
    const line = lines.get(client)!;
    if (line.refusal !== 0) return done(refused(line.refusal), false);
    try {
      line.account = await accounts.login(user ?? '', password ? plain(password) : new Uint8Array());
    } catch (thrown) {
      event(log, 'mqtt.login', traceOf(thrown), 'warn');
      return done(refused(codes.unavailable), false);
    }
    if (!line.account) return done(refused(codes.notAuthorized), false);
    // Gone while we looked him up: nobody's connection ends for one who is not there.
    if (client.closed) return done(refused(codes.unavailable), false);
    admit(client, line.account);
    done(null, true);
  };

  // A device has one connection, whatever it calls itself, and no name of another's ends that one's: so we see to it. To
  // the library each connection is a client of its own.
  const devices = new Map<string, Gate>();
  let admitted = 0;
  function admit(client: Client, { user }: Account): void {
    const gate = client.conn as Gate;
    client.id = `${user}/${++admitted}`;
    client.clean = true;
    devices.get(user)?.destroy();
    devices.set(user, gate);
    gate.once('close', () => {
      if (devices.get(user) === gate) devices.delete(user);
    });
    gate.admit();
  }
  (aedes as EventEmitter).on('error', (thrown) => event(log, 'mqtt.broken', traceOf(thrown), 'error'));
  // One that went while it was being let in would stay in the library's list.
  aedes.on('client', (client) => {
    if (client.closed) (aedes as Aedes & { unregisterClient(client: Client): void }).unregisterClient(client);
  });

  aedes.authorizeSubscribe = (client, subscription, done) => {
    const line = lines.get(client);
    if (!line?.account || subscription.topic !== hopTopics(line.account.topic).down) return done(null, null);
    line.listens = true;
    done(null, subscription);
  };

  aedes.on('unsubscribe', (topics, client) => {
    const line = lines.get(client);
    if (line?.account && topics.includes(hopTopics(line.account.topic).down)) line.listens = false;
  });

  aedes.authorizePublish = (client, { topic, retain, qos, messageId = 0, payload }, done) => {
    const line = client ? lines.get(client) : undefined;
    if (!client || !line?.account || topic !== hopTopics(line.account.topic).up) return done(new Error('not a topic of this device'));
    if (retain || qos > 1) return done(new Error('a device retains nothing and asks with QoS 0 or 1'));
    if (qos > 0 && messageId < 1) return done(new Error('no number to acknowledge it by'));
    const message = typeof payload === 'string' ? utf8(payload) : plain(payload);
    answer(client, line, line.account, message).then(() => done(null), done);
  };

  async function answer(client: Client, line: Line, { device, topic }: Account, message: Bytes): Promise<void> {
    try {
      const said = await answerTo(of(device), message, log);
      if (said && line.listens && !client.closed) await publish(client, hopTopics(topic).down, said);
    } finally {
      (client.conn as Gate).answered();
    }
  }

  const sockets = new Set<Socket>();
  const take = (socket: Socket) => {
    socket.setNoDelay(true);
    aedes.handle(new Gate(socket, limits, budget));
  };
  const server: Server = tls
    ? createTlsServer({ key: tls.key, cert: tls.cert, handshakeTimeout: limits.helloMs }, take).on('tlsClientError', (_, socket) =>
        socket.destroy(),
      )
    : createServer();
  server.on('connection', (socket: Socket) => {
    if (sockets.size >= limits.connections || sockets.size - devices.size >= limits.strangers) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    if (!tls) take(socket);
  });
  const taken = await bind(server, { host, port, nextFree, name: 'broker' });
  event(log, 'mqtt.listening', { address: authority(host, taken) });

  let closed: Promise<void> | undefined;
  const close = async () => {
    const over = new Promise<void>((done) => server.close(() => done()));
    await new Promise<void>((done) => aedes.close(done));
    for (const socket of sockets) socket.destroy();
    await over;
  };
  return {
    url: `${tls ? 'mqtts' : 'mqtt'}://${authority(host, taken)}`,
    port: taken,
    counts: () => ({ connections: sockets.size, devices: devices.size, held: budget.held }),
    [Symbol.asyncDispose]() {
      closed ??= close();
      return closed;
    },
  };
}

const refused = (returnCode: number): AuthenticateError => Object.assign(new Error('refused'), { returnCode });

const publish = (client: Client, topic: string, payload: Bytes): Promise<void> =>
  new Promise((done) => {
    const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 0, retain: false, dup: false } as const;
    client.publish(packet, () => done());
  });
