/**
 * The breach: a cloud is carried away with everything it has, and searched for what it must not know.
 *
 * The cloud runs as a process of its own. Words are planted in it the way real ones would come, by a hospital's import
 * and from a wearable; every key in use on the trusted side is noted. Then the thief has time: he looks through every
 * file, every table, the log, the environment and the memory of every process of the cloud.
 *
 * The search must be able to find: `breach.test.ts` runs it over a cloud whose rows are of glass and finds every word.
 *
 * @module
 */
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { cloudletsOf } from '@carelet/client/cloudlets';
import { openKeyringFile } from '@carelet/client/keyring/file';
import { openLockedFile } from '@carelet/client/keyring/locked-file';
import { connectCloud, connectCloudlet } from '@carelet/client/login';
import type { Mathematics } from '@carelet/client/mathematics';
import { importRecords } from '@carelet/client/records/import';
import { reader } from '@carelet/client/records/reader';
import { type RowSeal, writer } from '@carelet/client/records/writer';
import { sender } from '@carelet/client/session/send';
import { decodeWearable, encodeWearable } from '@carelet/client/session/wearable';
import { utf8 } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { sealRow } from '@carelet/crypto/records/writer';
import { sensor } from '@carelet/wearable/sensor';
import { strips } from '@carelet/wearable/strips';
import { type CloudProcess, startCloudProcess } from './breach/cloud-process.ts';
import { checkpoint, searchTables } from './breach/dump.ts';
import { keyringKeys, noting, passphraseKey, serviceKeys, wearableKeys } from './breach/keys.ts';
import { needlesOf, type Secret } from './breach/needles.ts';
import { processTree, type Searched, searchEnvironment, searchFiles, searchMemory } from './breach/places.ts';
import { type Searcher, searcher } from './breach/search.ts';
import { print, words } from './days/index.ts';
import { type Keyrings, keyrings as keyringsIn } from './keyrings.ts';
import { settle } from './settle.ts';
import { cloudletPlaces, openTown, type Town } from './town.ts';

export type BreachOptions = {
  /** An empty folder, used for this and then worthless. */
  readonly folder: string;
  readonly mathematics: Mathematics;
  /** Words to plant at least. */
  readonly words?: number;
  readonly seed?: string;
  /** How rows are sealed; a test takes `glassRow`. */
  readonly sealRow?: RowSeal;
  /** A test hides something in the cloud before it is searched. */
  readonly hide?: (cloud: CloudProcess, secrets: readonly Secret[]) => Promise<void>;
  /** `false` trades safety against power cuts for speed: tests only. */
  readonly durable?: boolean;
  readonly clock?: () => number;
  /** Told what is being done, a line each. */
  readonly tell?: (line: string) => void;
};

/** What came of it. */
export type Breach = {
  readonly words: number;
  readonly keys: number;
  /** Shapes that words and keys were looked for in. */
  readonly needles: number;
  readonly records: number;
  readonly places: readonly BreachPlace[];
  /** Secrets that were found, by name, each with the places where. What they are is not said again. */
  readonly found: readonly { readonly name: string; readonly kind: Secret['kind']; readonly where: readonly string[] }[];
  readonly seconds: number;
};

/** One place, in figures. */
export type BreachPlace = Omit<Searched, 'found'> & {
  /** How many secrets were seen there. */
  readonly hits: number;
};

/** Who settles the town that is robbed: enough for every kind of key to be in use. */
const settlers = { organisations: ['harbour'], patients: ['ada'], doctors: ['dr-chen'] } as const;

/** Plants, steals and searches. */
export async function breach(options: BreachOptions): Promise<Breach> {
  const { folder, mathematics, words: wanted = 500, seed = 'breach', hide, durable = true, clock = Date.now, tell = () => {} } = options;
  const began = performance.now();
  const stolen = join(folder, 'cloud');
  await mkdir(stolen, { recursive: true });
  await chmod(stolen, 0o711);
  let cloud: CloudProcess | undefined;
  await using town = await openTown({
    folder: join(folder, 'trusted'),
    durable,
    clock,
    cloud: async (authority, keys) => {
      cloud = await startCloudProcess({ folder: stolen, authority, keys, durable });
      return cloud;
    },
  });
  await chmod(town.folder, 0o711);
  if (!cloud) throw new CareletError('internal', 'plant words', { because: 'the town has no cloud' });

  const passphrase = Buffer.from(systemRandom(18)).toString('base64url');
  const keyrings = keyringsIn(join(town.folder, 'keyrings'), town.manifest, clock, passphrase);
  tell('a town with a cloud of its own process, a clinic, a patient, a doctor, a watch');
  await settle({ town, keyrings, mathematics, clock, seed: 'town', tell: () => {}, only: settlers });

  tell(`planting at least ${wanted} words: a clinic imports them, a watch sends one`);
  const planted = await plant({ town, keyrings, mathematics, clock, wanted, seed, sealRow: options.sealRow ?? sealRow });
  await readIt({ town, keyrings, mathematics, clock });
  const keys = unique([...planted.keys, ...(await keysOf(town, keyrings)), passphraseKey(passphrase)]);
  const secrets = [...planted.words, ...keys];
  await hide?.(cloud, secrets);

  tell('the cloud is stolen; the thief looks');
  const needles = needlesOf(secrets);
  const places = await ransack(cloud, stolen, searcher(needles));
  const where = new Map<Secret, string[]>();
  for (const { place, found } of places) {
    for (const one of found) where.set(one.needle.of, [...(where.get(one.needle.of) ?? []), `${place}: ${one.where} (${one.needle.as})`]);
  }
  return {
    words: planted.words.length,
    keys: keys.length,
    needles: needles.length,
    records: planted.records,
    places: places.map(({ found, ...place }) => ({ ...place, hits: new Set(found.map(({ needle }) => needle.of)).size })),
    found: [...where].map(([{ name, kind }, spots]) => ({ name, kind, where: spots })),
    seconds: (performance.now() - began) / 1000,
  };
}

type Stage = { readonly town: Town; readonly keyrings: Keyrings; readonly mathematics: Mathematics; readonly clock: () => number };

async function plant({
  town,
  keyrings,
  mathematics,
  clock,
  wanted,
  seed,
  sealRow: seal,
}: Stage & { wanted: number; seed: string; sealRow: RowSeal }): Promise<{ words: Secret[]; keys: Secret[]; records: number }> {
  const keys: Secret[] = [];
  const noted = noting(seal, keys);
  const clinic = await keyrings.of('organisation', 'harbour', 'Harbour Clinic');
  const { planted, bundle } = words(wanted, seed);
  const text = utf8(print(bundle));
  const source = {
    name: 'planted words',
    async *read() {
      yield text;
    },
  };
  const cloud = connectCloud(town.addresses.cloud, clinic.keyring, clock);
  const save = () => clinic.save();
  const summary = await importRecords([source], {
    writer: writer({ keyring: clinic.keyring, save, cloud, mathematics, clock, sealRow: noted }),
  });
  if (summary.stored !== bundle.entry.length) {
    throw new CareletError('internal', 'plant words', { because: `${summary.stored} of ${bundle.entry.length} records were stored` });
  }

  // A watch whose name is a planted word: it stands in every strip.
  const name = `WP-${Buffer.from(systemRandom(9)).toString('hex')}`;
  const file = await openLockedFile(watchPath(keyrings), keyrings.passphrase);
  const wearable = decodeWearable(file.content);
  keys.push(...wearableKeys(wearable));
  const way = sender({
    wearable,
    save: () => file.write(encodeWearable(wearable)),
    cloudlet: connectCloudlet(wearable.relays[0]!.address, null, clock),
    clock,
    sealRow: noted,
  });
  const from = clock();
  for await (const strip of strips([sensor('breach', { device: name }).between(from, from + 60_000)])) await way.keep(strip);
  await way.send();
  keys.push(...wearableKeys(wearable));
  await forwarded(town);

  const secrets = planted.map(({ text: word, what }, i): Secret => ({ name: `${what}, word ${i}`, kind: 'word', bytes: utf8(word) }));
  return { words: [...secrets, { name: 'name of the watch', kind: 'word', bytes: utf8(name) }], keys, records: summary.stored };
}

/** The cloud serves what it has to those who may read it: whatever it learns by that, it knows when it is stolen. */
async function readIt({ town, keyrings, mathematics, clock }: Stage): Promise<void> {
  for (const [kind, name] of [
    ['doctor', 'dr-chen'],
    ['patient', 'ada'],
  ] as const) {
    const { keyring } = await keyrings.of(kind, name, name);
    const cloudletOf = cloudletsOf(cloudletPlaces(town.addresses), keyring, clock);
    const charts = reader({ keyring, cloud: connectCloud(town.addresses.cloud, keyring, clock), cloudletOf, mathematics, clock });
    let opened = 0;
    for (const chart of await charts.charts()) opened += (await charts.open(chart)).records.length;
    if (opened === 0) throw new CareletError('internal', 'read planted chart', { subject: name, because: 'nothing opened' });
  }
}

async function keysOf(town: Town, keyrings: Keyrings): Promise<Secret[]> {
  const held: Secret[] = [];
  for (const name of ['sam', 'mara', 'joan', 'harbour', 'ada', 'dr-chen']) {
    held.push(...keyringKeys(await openKeyringFile(join(keyrings.folder, `${name}.keyring`), keyrings.passphrase)));
  }
  return [...held, ...(await serviceKeys(town, 'harbour'))];
}

/** Everything a thief of the cloud has before him. */
async function ransack(cloud: CloudProcess, folder: string, search: Searcher): Promise<Searched[]> {
  const pids = processTree(cloud.pid);
  const shared = new Set<string>();
  // Memory first, while it is as warm as it was in use.
  const memory = [
    searchMemory('memory of the cloud', [cloud.pid], search, shared),
    searchMemory(
      'memory of its PostgreSQL',
      pids.filter((pid) => pid !== cloud.pid),
      search,
      shared,
    ),
  ];
  const environment = searchEnvironment(pids, search);
  const dump = await searchTables(cloud.databaseUrl, search);
  await checkpoint(cloud.databaseUrl);
  // The database lies somewhere else where its user may not enter the folder.
  const written = (await readdir(folder)).map((name) => join(folder, name)).filter((path) => path !== cloud.log);
  const files = searchFiles('its files: database, journal, all else', [...new Set([...written, cloud.databaseFolder])], search);
  const log = searchFiles('its log', [cloud.log], search);
  return [files, dump, log, environment, ...memory];
}

/** Waits until the cloudlet has handed everything on. */
async function forwarded(town: Town): Promise<void> {
  const cloudlet = connectCloudlet(town.cloudlets.get('harbour')!.url, null);
  for (let waited = 0; waited < 20_000; waited += 50) {
    if ((await cloudlet.town.state()).waiting === 0) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new CareletError('unavailable', 'forward strips', { because: 'the cloudlet still has some after 20 seconds' });
}

const watchPath = (keyrings: Keyrings): string => join(keyrings.folder, '..', 'wearables', 'ada-watch.wearable');

function unique(secrets: readonly Secret[]): Secret[] {
  return [...new Map(secrets.map((secret) => [Buffer.from(secret.bytes).toString('latin1'), secret])).values()];
}
