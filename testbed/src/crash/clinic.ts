/**
 * A clinic whose cloud and cloudlet are processes of their own, over a real PostgreSQL that really writes.
 *
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startAuthority } from '@carelet/authority/service';
import { claim, enrolOrganisation, firstManifest } from '@carelet/client/enrolment';
import { type Keyring, newKeyring } from '@carelet/client/keyring/keyring';
import { connectAuthority, connectCloud, connectCloudlet } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { pairDevice } from '@carelet/client/session/pair';
import type { Wearable } from '@carelet/client/session/wearable';
import { logKey, printLogKey } from '@carelet/cloud/receipts/key';
import { installOrganisation } from '@carelet/cloudlet/organisation';
import { type Postgres, startPostgres } from '@carelet/ground/postgres';
import { freePorts } from '@carelet/ground/test-ports';
import { startIssuer } from '@carelet/issuer/service';
import { issuerHouses } from '../town.ts';
import type { Order } from './part.ts';
import { type Part, startPart } from './parts.ts';
import { until as answers } from './until.ts';

export type CloudletOrder = Extract<Order, { role: 'cloudlet' }>;

export type Clinic = AsyncDisposable & {
  readonly postgres: Postgres;
  readonly cloud: Part;
  readonly cloudlet: Part;
  readonly cloudletOrder: CloudletOrder;
  readonly urls: { readonly cloud: string; readonly cloudlet: string };
  /** The clinic's own keyring. */
  readonly harbour: Keyring;
  /** Somebody new, whom nobody needs to vouch for. */
  patient(name: string): Keyring;
  /** A watch of hers, paired. */
  pair(of: Keyring, name: string): Promise<Wearable>;
};

export type ClinicOptions = {
  /** Everything it keeps: tables, keys, logs. */
  readonly folder: string;
  /** The broker for devices in the cloudlet: its port. */
  readonly mqttPort?: number;
  /** A Mosquitto beside it: its address with user and password, and the folder of its files. */
  readonly mosquitto?: { readonly address: string; readonly folder: string } | undefined;
  /** Where strips wait; the database unless told. */
  readonly bus?: { readonly url: string } | undefined;
};

const year = 365 * 86_400;

const schema = 'cloudlet_harbour';

/** Stands up PostgreSQL, authority, cloud and cloudlet, and waits until both parts answer. */
export async function openClinic({ folder, mqttPort, mosquitto, bus }: ClinicOptions): Promise<Clinic> {
  const opened: AsyncDisposable[] = [];
  const use = <T extends AsyncDisposable>(thing: T): T => {
    opened.unshift(thing);
    return thing;
  };
  const close = async () => {
    for (const thing of opened.splice(0)) await thing[Symbol.asyncDispose]();
  };
  try {
    const postgres = use(await startPostgres({ dataDir: join(folder, 'postgres') }));
    const databaseUrl = postgres.url();
    const keys = join(folder, 'harbour');
    mkdirSync(keys);
    const service = { databaseUrl, host: '127.0.0.1', port: 0, nextFree: true, cors: [], logLevel: 'silent' as const };
    const issuers: string[] = [];
    for (const { schema, title } of issuerHouses) {
      issuers.push(use(await startIssuer({ ...service, schema, keys: join(folder, schema), title, needed: 2 })).url);
    }
    const cloudKeys = join(folder, 'cloud-keys');
    const log = printLogKey(await logKey(cloudKeys));
    const authority = use(await startAuthority({ ...service, townName: 'crash', issuers, needed: 2, log }));
    const as = (keyring: Keyring | null) => connectAuthority(authority.url, keyring);
    const manifest = async () => firstManifest(as(null));
    const before = await manifest();
    const validUntil = Math.floor(Date.now() / 1000) + year;
    const [sam, harbour] = [
      newKeyring('administrator', 'sam', 'sam', before, validUntil),
      newKeyring('organisation', 'harbour', 'harbour', before, validUntil),
    ];
    await claim(as(null), sam, (await authority.firstInvitation())!, 'Harbour Clinic');
    await enrolOrganisation({ authority: as(sam), keyring: sam }, () => as(harbour), harbour);
    await installOrganisation(keys, { card: harbour.card, edSk: harbour.secrets.edSk, ...harbour.writer! });

    const ports = await freePorts(2);
    const [cloudPort, cloudletPort] = [ports[0]!, ports[1]!];
    const urls = { cloud: `http://127.0.0.1:${cloudPort}`, cloudlet: `http://127.0.0.1:${cloudletPort}` };
    const cloudOrder = { role: 'cloud', databaseUrl, port: cloudPort, authority: authority.url, keys: cloudKeys } as const;
    const cloud = use(startPart(cloudOrder, join(folder, 'cloud.log')));
    const cloudletOrder: CloudletOrder = {
      ...{ role: 'cloudlet', databaseUrl, port: cloudletPort, authority: authority.url, cloud: urls.cloud, keys, schema, skew: 0 },
      ...(mqttPort !== undefined && { mqtt: { port: mqttPort } }),
      ...(bus && { bus }),
      ...(mosquitto && { mqttBroker: mosquitto.address, mosquitto: mosquitto.folder }),
    };
    const cloudlet = use(startPart(cloudletOrder, join(folder, 'cloudlet.log')));
    const asClinic = connectCloudlet(urls.cloudlet, harbour);
    await answers('the cloudlet answers', async () => (await asClinic.town.state()).devices === 0);
    await answers('the cloud answers', async () => (await connectCloud(urls.cloud, null).town.state()).charts === 0);
    const now = await manifest();

    return {
      postgres,
      cloud,
      cloudlet,
      cloudletOrder,
      urls,
      harbour,
      patient: (name) => newKeyring('patient', name, name, now, validUntil),
      async pair(of, name) {
        const { code } = await asClinic.sessions.pair();
        const [above, here] = [connectCloud(urls.cloud, of), connectCloudlet(urls.cloudlet, of)];
        return pairDevice(
          { keyring: of, cloud: above, cloudlet: here, mathematics: mathematicsHere },
          { name, code, address: urls.cloudlet },
        );
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
