/**
 * The cloudlet as a service: its tables, its key file, its worker thread, its relay, its port.
 *
 * @module
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { connect, serve } from '@carelet/care/wire';
import { authorityContract } from '@carelet/care/wire/contract/authority';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { flag, maybe, readConfiguration, setting, text, whole } from '@carelet/ground/config';
import { openDatabase, patiently } from '@carelet/ground/database';
import { domainsIn } from '@carelet/ground/domains';
import { endedKeysIn } from '@carelet/ground/ended-keys';
import { hourly } from '@carelet/ground/hourly';
import { event, type Log, traceOf } from '@carelet/ground/log';
import { cards as cardsIn, type KnownCaller } from '@carelet/ground/login';
import { perHour } from '@carelet/ground/per-hour';
import { asServiceConfig, type Running, run, type ServiceConfig, serviceLog, serviceSettings, townAt } from '@carelet/ground/service';
import { serviceKeys } from '@carelet/ground/service-key';
import { workers } from '@carelet/ground/workers';
import { anewAt } from './anew.ts';
import { cloudlet, cloudletContract } from './cloudlet.ts';
import type { CloudletWorker } from './cloudlet.worker.ts';
import { frames } from './frames.ts';
import { inquiriesAt } from './inquiries.ts';
import { deniedIn, saidLimitsIn } from './limits.ts';
import { factorsIn, mostGiven } from './mediator.ts';
import { accounts as accountsIn } from './mqtt/accounts.ts';
import { startBridge } from './mqtt/bridge.ts';
import { type Broker, startBroker } from './mqtt/broker.ts';
import { keepNames } from './mqtt/names.ts';
import { cloudletSecrets, installedOrganisation, installOrganisation, type Organisation } from './organisation.ts';
import { promises } from './promises.ts';
import { busAddress } from './queue/address.ts';
import { type BusConfig, openQueue } from './queue/open.ts';
import { isBusAway } from './queue/stream.ts';
import { receiptsIn } from './receipts.ts';
import { relay as relayOf } from './relay.ts';
import { forgetKeys, forgetKeysOfOthers, type Logins, roleFactorsIn } from './roles.ts';
import { type CloudletTables, migrations } from './schema.ts';
import { sessions as sessionsOf } from './sessions.ts';
import { type CloudRole, uplink } from './uplink.ts';
import { lookAsWitness } from './witness.ts';

export type CloudletConfig = ServiceConfig & {
  /** Its schema in the database, so that several cloudlets share one PostgreSQL. */
  readonly schema: string;
  /** Folder of the key file and the installed organisation. */
  readonly keys: string;
  readonly authority: string;
  readonly cloud: string;
  readonly manifestPin?: string | undefined;
  readonly clock?: () => number;
  /** The broker for devices in this process; none where it is not told. */
  readonly mqtt?: MqttConfig | undefined;
  /** The address of a broker elsewhere, with user and password; none where it is not told. */
  readonly mqttBroker?: string | undefined;
  /** A NATS JetStream where strips wait for the cloud; the database where it is not told. */
  readonly bus?: BusConfig | undefined;
  /** The folder of that broker, where it is a Mosquitto whose files we keep current; not kept where it is not told. */
  readonly mosquitto?: string | undefined;
};

export type MqttConfig = {
  readonly port: number;
  /** As the service's own host where it is not told. */
  readonly host?: string | undefined;
  /** Files with PEM in them; with both it speaks TLS and nothing else. */
  readonly keyFile?: string | undefined;
  readonly certificateFile?: string | undefined;
};

export const usualPort = 4104;

export function configFrom(environment: NodeJS.ProcessEnv): CloudletConfig {
  const {
    schema,
    keys,
    authority,
    cloud,
    manifestPin,
    mqttPort,
    mqttHost,
    mqttKey,
    mqttCertificate,
    mqttBroker,
    mosquitto,
    busUrl,
    busReplicas,
    busMegabytes,
    busLeave,
    ...rest
  } = readConfiguration(
    {
      ...serviceSettings(usualPort),
      schema: setting('CARELET_SCHEMA', maybe()),
      keys: setting('CARELET_KEYS', text()),
      authority: setting('CARELET_AUTHORITY', text()),
      cloud: setting('CARELET_CLOUD', text()),
      manifestPin: setting('CARELET_MANIFEST_PIN', maybe()),
      mqttPort: setting('CARELET_MQTT_PORT', whole(0, 65_535, -1)),
      mqttHost: setting('CARELET_MQTT_HOST', maybe()),
      mqttKey: setting('CARELET_MQTT_KEY', maybe()),
      mqttCertificate: setting('CARELET_MQTT_CERTIFICATE', maybe()),
      mqttBroker: setting('CARELET_MQTT_BROKER', maybe()),
      mosquitto: setting('CARELET_MOSQUITTO', maybe()),
      busUrl: setting('BUS_URL', maybe()),
      busReplicas: setting('CARELET_BUS_REPLICAS', whole(1, 5, 0)),
      busMegabytes: setting('CARELET_BUS_MEGABYTES', whole(1, 10_000_000, 0)),
      busLeave: setting('CARELET_BUS_LEAVE', flag(false)),
    },
    environment,
  );
  if ((mqttKey === undefined) !== (mqttCertificate === undefined)) {
    const because = 'TLS wants both a key and its certificate';
    throw new CareletError('invalid', 'read configuration', { subject: 'CARELET_MQTT_KEY, CARELET_MQTT_CERTIFICATE', because });
  }
  if (mosquitto !== undefined && mqttBroker === undefined) {
    const because = 'its address and who we are there are wanted too, in CARELET_MQTT_BROKER';
    throw new CareletError('invalid', 'read configuration', { subject: 'CARELET_MOSQUITTO', because });
  }
  const mqtt = mqttPort < 0 ? undefined : { port: mqttPort, host: mqttHost, keyFile: mqttKey, certificateFile: mqttCertificate };
  const bus = busUrl === undefined ? undefined : busFrom(busUrl, busReplicas, busMegabytes, busLeave);
  return { ...asServiceConfig(rest), schema: schema ?? 'cloudlet', keys, authority, cloud, manifestPin, mqtt, mqttBroker, mosquitto, bus };
}

function busFrom(url: string, replicas: number, megabytes: number, leave: boolean): BusConfig {
  busAddress(url);
  return { url, replicas: replicas || undefined, maxBytes: megabytes * 1_000_000 || undefined, leave };
}

export type RunningCloudlet = Running & {
  /** Where devices find its broker; `null` where it has none. */
  readonly mqttUrl: string | null;
  /** Hands the clinic over; once, at install. */
  install(organisation: Organisation): Promise<void>;
  /** Looks at the cloud's receipts log, as its witness and for what was promised here, now and not in the next minute. */
  witness(): Promise<void>;
  /** Asks the authority whose keys were ended, and which domains, now and not in the next minute. */
  hearEndedKeys(): Promise<void>;
};

/** How often the authority is asked whose keys were ended, ms: for whoever could not tell this cloudlet herself. */
const hearingEvery = 60_000;
/** How often a cloudlet looks at the receipts log as its witness, ms. */
const lookingEvery = 60_000;

export async function startCloudlet(config: CloudletConfig): Promise<RunningCloudlet> {
  const { clock = Date.now } = config;
  await mkdir(config.keys, { recursive: true });
  const secrets = await cloudletSecrets(config.keys);
  const db = await openDatabase<CloudletTables>({ url: config.databaseUrl, schema: config.schema, migrations });
  const log = serviceLog('cloudlet', config);
  const queueOptions = { db, clock, schema: config.schema, bus: config.bus, secrets, log };
  const queue = await patiently(() => openQueue(queueOptions), { isAway: isBusAway }).catch(async (thrown) => {
    await db.destroy();
    throw thrown;
  });
  const mathematics = workers<CloudletWorker>(new URL('./cloudlet.worker.ts', import.meta.url), { threads: 1 });
  let installed: Organisation | null = null;
  let up: CloudRole | null = null;

  const organisation = async (): Promise<Organisation> => {
    installed ??= await installedOrganisation(config.keys);
    if (!installed) throw new CareletError('unavailable', 'work for a clinic', { because: 'no organisation is installed here yet' });
    return installed;
  };
  const cloud = async (): Promise<CloudRole> => {
    up ??= uplink(config.cloud, await organisation(), clock);
    return up;
  };

  const town = townAt(config.authority, config.manifestPin);
  const watched = townAt(config.authority, config.manifestPin, 0);
  const asWitness = { db, keys: config.keys, town: watched, authority: config.authority, organisation, cloud, log, clock };
  // Whatever keeps it from looking now, it looks again in a minute.
  const promised = promises({ db, town: watched, cloud, log, clock });
  const look = async () => {
    await lookAsWitness(asWitness).catch((thrown: unknown) => tellUnlessAway(log, 'witness.failed', thrown));
    await promised.ask().catch((thrown: unknown) => tellUnlessAway(log, 'receipts.failed', thrown));
  };
  const relay = relayOf({ db, queue, organisation, cloud, promises: promised, log, clock });
  const doors: AsyncDisposable[] = [];
  const standsOn = [
    async () => {
      for (const door of doors) await door[Symbol.asyncDispose]();
    },
    async () => relay[Symbol.asyncDispose](),
    async () => queue[Symbol.asyncDispose](),
    async () => mathematics[Symbol.asyncDispose](),
    () => db.destroy(),
  ];
  try {
    const cards = cardsIn(db, town, 'cloudlet', clock);
    const factors = await factorsIn(join(config.keys, 'factors'), secrets);
    const roleFactors = await roleFactorsIn(join(config.keys, 'role-factors'), secrets);
    const saidLimits = await saidLimitsIn(join(config.keys, 'limits'), secrets);
    const logins: Logins = new Map();
    const seconds = () => Math.floor(clock() / 1000);
    const sweep = async () => {
      const over = ({ notAfter }: { readonly notAfter: number }) => notAfter <= seconds();
      await factors.dropWhere(over);
      await roleFactors.dropWhere(over);
      await saidLimits.dropWhere(over);
    };
    doors.push(hourly('sweep-factors', sweep, log));
    const keys = serviceKeys(join(config.keys, 'service'), clock);
    const endedKeys = endedKeysIn({
      db,
      town,
      told: connect(authorityContract, { url: config.authority }).enrolment.endedKeys,
      forget: (end) => forgetKeys(roleFactors, logins, end),
      clock,
    });
    const domains = domainsIn(watched, (today) => forgetKeysOfOthers(roleFactors, logins, today));
    const hearEnded = async () => {
      await endedKeys.hear();
      await domains.hear();
    };
    doors.push(hourly('hear-ended-keys', hearEnded, log, hearingEvery));
    doors.push(hourly('witness', look, log, lookingEvery));
    const sessions = await sessionsOf({
      db,
      secrets,
      town,
      cards,
      mathematics,
      organisation,
      cloud,
      clock,
    });
    const frameFor = frames({ db, queue, secrets, relay, inquiries: inquiriesAt(cloud), anew: anewAt(cloud), log, clock });
    const install = async (handed: Organisation) => {
      await installOrganisation(config.keys, handed);
      installed = handed;
      up = null;
    };
    const receipts = receiptsIn({
      db,
      keys: config.keys,
      organisation,
      town,
      now: seconds,
    });
    const parts = {
      factors,
      roleFactors,
      logins,
      keys,
      endedKeys,
      domains,
      receipts,
      given: perHour(seconds, mostGiven),
      denied: deniedIn(saidLimits, seconds),
    };
    const rooms = { db, queue, cards, sessions, relay, organisation, install, ...parts, mathematics, town, clock };
    const handler = serve(cloudletContract, {
      role: (caller: KnownCaller | null) => cloudlet({ ...rooms, frame: frameFor() }, caller),
      identify: (asked) => cards.identify(asked),
      clock,
    });
    // What came by a device's own topic at the broker opens nothing of another's.
    const of = (device: Bytes) => ({ ...sessions.as(null, device), frame: frameFor(device) });
    const forDevices = { accounts: accountsIn(db, secrets), of, log };
    const broker = config.mqtt ? await openBroker(config, config.mqtt, forDevices) : null;
    if (broker) doors.push(broker);
    if (config.mqttBroker !== undefined) {
      doors.push(startBridge({ url: config.mqttBroker, ...forDevices }));
      if (config.mosquitto !== undefined) doors.push(keepNames(config.mosquitto, { broker: config.mqttBroker, db, secrets, log }));
    }
    const running = await run('cloudlet', config, db, handler, standsOn);
    return {
      ...running,
      mqttUrl: broker?.url ?? null,
      async install(handed) {
        await install(handed);
        relay.wake();
        await look();
      },
      witness: look,
      hearEndedKeys: hearEnded,
    };
  } catch (thrown) {
    for (const stop of standsOn) await stop();
    throw thrown;
  }
}

function tellUnlessAway(log: Log, name: string, thrown: unknown): void {
  if (!(thrown instanceof CareletError && thrown.kind === 'unavailable')) event(log, name, traceOf(thrown), 'warn');
}

async function openBroker(
  { host: own, nextFree }: CloudletConfig,
  { port, host = own, keyFile, certificateFile }: MqttConfig,
  forDevices: Pick<Parameters<typeof startBroker>[0], 'accounts' | 'of' | 'log'>,
): Promise<Broker> {
  const pem = async (path: string) => {
    try {
      return await readFile(path);
    } catch (cause) {
      throw new CareletError('invalid', 'open the broker', { subject: path, because: 'this file cannot be read', cause });
    }
  };
  const tls = keyFile && certificateFile ? { key: await pem(keyFile), cert: await pem(certificateFile) } : undefined;
  return startBroker({ host, port, nextFree, tls, ...forDevices });
}
