/**
 * The whole town in one process: PostgreSQL, three issuers, authority, cloud, two cloudlets, the page.
 *
 * `npm start`, the tour, the tests and the benchmarks stand up this same town. Its data lies in one folder;
 * opening it again finds the data.
 *
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startAuthority } from '@carelet/authority/service';
import type { CloudletPlace } from '@carelet/client/cloudlets';
import { firstManifest } from '@carelet/client/enrolment';
import { connectAuthority } from '@carelet/client/login';
import { logKey, printLogKey } from '@carelet/cloud/receipts/key';
import { startCloud } from '@carelet/cloud/service';
import { type RunningCloudlet, startCloudlet } from '@carelet/cloudlet/service';
import { hex } from '@carelet/crypto/algebra/bytes';
import { foundingHash, type Manifest } from '@carelet/crypto/cards/manifest';
import type { LogStream } from '@carelet/ground/log';
import { type Postgres, usePostgres } from '@carelet/ground/postgres';
import type { Running } from '@carelet/ground/service';
import { issuerThreads, startIssuer } from '@carelet/issuer/service';
import { organisations } from './cast.ts';

/** Where everything is, for whoever wants to speak with the town. */
export type TownAddresses = {
  readonly town: string;
  readonly authority: string;
  readonly cloud: string;
  readonly cloudlets: readonly {
    readonly organisation: string;
    readonly url: string;
    /** Its broker for devices, where it has one. */
    readonly mqtt?: string | undefined;
  }[];
  readonly manifest: string;
};

/** Where the town's cloudlets are, as clients look for them. */
export const cloudletPlaces = ({ cloudlets }: TownAddresses): CloudletPlace[] =>
  cloudlets.map(({ organisation, url }) => ({ organisation, where: url }));

export type TownOptions = {
  /** Everything the town keeps. */
  readonly folder: string;
  /** One's own PostgreSQL instead of the embedded one. */
  readonly databaseUrl?: string | undefined;
  /** `false` trades safety against power cuts for speed: tests only. */
  readonly durable?: boolean;
  /** The first port; services take the ones after it, and the next free one where one is taken. 0 lets the system choose. */
  readonly firstPort?: number;
  /** Origins of the portal that may ask from a browser. */
  readonly portalOrigins?: readonly string[];
  readonly logLevel?: 'silent' | 'info' | 'warn';
  /** Where the services' logs go; the standard output unless told. */
  readonly logTo?: LogStream;
  readonly clock?: () => number;
  /** Brokers elsewhere that clinics' cloudlets listen at, by slug. */
  readonly mqttBrokers?: Readonly<Record<string, string>>;
  /** Folders of those that are Mosquittos whose files the cloudlets keep current, by slug. */
  readonly mosquittos?: Readonly<Record<string, string>>;
  /** Starts the cloud somewhere else, given the authority's address and the folder of its log's key; it runs in this process unless told. */
  readonly cloud?: (authority: string, keys: string) => Promise<CloudOfTown>;
  /** Told what is being done, a line each. */
  readonly tell?: (line: string) => void;
};

/** A cloud the town speaks with, wherever it runs. */
export type CloudOfTown = AsyncDisposable & { readonly url: string; readonly fetch?: (request: Request) => Promise<Response> };

export type Town = AsyncDisposable & {
  readonly addresses: TownAddresses;
  readonly manifest: Manifest;
  readonly postgres: Postgres;
  readonly folder: string;
  /** Three, each with a key file and tables of its own. */
  readonly issuers: readonly Running[];
  readonly authority: Awaited<ReturnType<typeof startAuthority>>;
  /** Where it runs in this process, its handler answers without a port. */
  readonly cloud: CloudOfTown & { readonly fetch: (request: Request) => Promise<Response> };
  /** By the clinic's slug. */
  readonly cloudlets: ReadonlyMap<string, RunningCloudlet>;
  close(): Promise<void>;
};

/** The clinics that have a cloudlet. */
const clinics = organisations.filter(({ cloudlet }) => cloudlet !== undefined);

/** Who the town's three issuers are: three houses that have to agree two by two. */
export const issuerHouses = [
  { schema: 'issuer_hospitals', title: 'North Harbour Hospitals' },
  { schema: 'issuer_board', title: 'Medical Board' },
  { schema: 'issuer_patients', title: 'Patients’ Council' },
] as const;

export const townName = 'Carelet demo town';

export async function openTown(options: TownOptions): Promise<Town> {
  const { folder, databaseUrl, durable = true, firstPort = 0, logLevel = 'silent', clock = Date.now, tell = () => {} } = options;
  await mkdir(folder, { recursive: true });
  const opened: AsyncDisposable[] = [];
  const use = <T extends AsyncDisposable>(thing: T): T => {
    opened.unshift(thing);
    return thing;
  };
  const close = async () => {
    for (const thing of opened.splice(0)) await thing[Symbol.asyncDispose]();
  };
  try {
    tell('starting PostgreSQL');
    const postgres = use(await usePostgres({ url: databaseUrl, dataDir: join(folder, 'postgres'), durable, log: tell }));
    const service = (offset: number) => ({
      databaseUrl: postgres.url(),
      host: '127.0.0.1',
      port: firstPort === 0 ? 0 : firstPort + offset,
      nextFree: true,
      cors: options.portalOrigins ?? [],
      logLevel,
      ...(options.logTo && { logTo: options.logTo }),
      clock,
    });
    const keys = join(folder, 'keys');
    // Three in one process, so also in one set of threads; each takes its turn.
    const mathematics = use(issuerThreads(Math.min(issuerHouses.length, Math.max(1, availableParallelism() - 1))));
    const issuers: Running[] = [];
    for (const { schema, title } of issuerHouses) {
      // They speak with the authority in this process; their ports are whatever is free.
      const place = { schema, keys: join(keys, schema), title, needed: 2 };
      issuers.push(use(await startIssuer({ ...service(0), port: 0, cors: [], ...place, mathematics })));
    }
    const cloudKeys = join(keys, 'cloud');
    const log = printLogKey(await logKey(cloudKeys));
    const authority = use(
      await startAuthority({ ...service(2), townName, issuers: issuers.map(({ fetch }) => fetch), keys, needed: 2, log }),
    );
    const startHere = (where: string, own: string) => startCloud({ ...service(3), authority: where, keys: own });
    const cloud = use(await (options.cloud ?? startHere)(authority.url, cloudKeys));
    const cloudlets = new Map<string, RunningCloudlet>();
    for (const [i, { slug }] of clinics.entries()) {
      const place = { schema: `cloudlet_${slug}`, keys: join(keys, slug), authority: authority.url, cloud: cloud.url };
      const mqtt = { port: firstPort === 0 ? 0 : firstPort + 4 + clinics.length + i };
      const elsewhere = { mqttBroker: options.mqttBrokers?.[slug], mosquitto: options.mosquittos?.[slug] };
      cloudlets.set(slug, use(await startCloudlet({ ...service(4 + i), ...place, mqtt, ...elsewhere })));
    }
    const manifest = await firstManifest(connectAuthority(authority.url, null));
    const addresses: TownAddresses = {
      town: townName,
      authority: authority.url,
      cloud: cloud.url,
      cloudlets: clinics.map(({ slug, name }) => {
        const { url, mqttUrl } = cloudlets.get(slug)!;
        return { organisation: name, url, mqtt: mqttUrl ?? undefined };
      }),
      manifest: hex(foundingHash(manifest)),
    };
    // `demo` tells the command line that this town's passphrase is everybody's.
    await writeFile(join(folder, 'town.json'), `${JSON.stringify({ ...addresses, demo: true }, null, 2)}\n`);
    const here = { ...cloud, fetch: cloud.fetch ?? globalThis.fetch };
    return { addresses, manifest, postgres, folder, issuers, authority, cloud: here, cloudlets, close, [Symbol.asyncDispose]: close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
