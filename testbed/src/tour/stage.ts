/**
 * What the tour walks through: a small settled town, Ada's watch, and what the walk has gathered so far.
 *
 * @module
 */
import { join } from 'node:path';
import { CareletError, type VitalReading } from '@carelet/care/model';
import { cloudletsOf } from '@carelet/client/cloudlets';
import type { KeyringFile } from '@carelet/client/keyring/file';
import { openLockedFile } from '@carelet/client/keyring/locked-file';
import { type Cloud, type Cloudlet, connectCloud, connectCloudlet } from '@carelet/client/login';
import type { Mathematics } from '@carelet/client/mathematics';
import { importRecords } from '@carelet/client/records/import';
import { type OpenedChart, reader } from '@carelet/client/records/reader';
import { writer } from '@carelet/client/records/writer';
import { type Sender, sender } from '@carelet/client/session/send';
import { decodeWearable, encodeWearable, type Wearable } from '@carelet/client/session/wearable';
import { equalPublic, utf8 } from '@carelet/crypto/algebra/bytes';
import type { Strip } from '@carelet/wearable/strips';
import { type Planted, print, words } from '../days/index.ts';
import { type Keyrings, keyrings as keyringsIn } from '../keyrings.ts';
import { settle } from '../settle.ts';
import { cloudletPlaces, openTown, type Town } from '../town.ts';

/** One step of the tour: what it says, a line or two of at most 62 letters, and whether it held. */
export type TourStep = { readonly title: string; readonly says: readonly string[]; readonly holds: boolean };

/** What went over the hop, measured at the watch. */
export type Meter = { initBytes: number; ackBytes: number; handshakeMs: number; frameMs: number };

/** What the walk gathers for later steps. */
export type Gathered = { reading?: VitalReading; strip?: Strip; opened?: OpenedChart; forwardedFrom?: number };

export type Stage = AsyncDisposable & {
  readonly town: Town;
  readonly clock: () => number;
  readonly mathematics: Mathematics;
  readonly planted: readonly Planted[];
  readonly watch: Wearable;
  readonly sender: Sender;
  readonly meter: Meter;
  readonly gathered: Gathered;
  /** The clinic's cloudlet, as anybody may ask it. */
  readonly cloudlet: Cloudlet;
  person(name: string): Promise<KeyringFile>;
  cloudAs(name: string): Promise<Cloud>;
  /** Opens Ada's chart as somebody; `null` when there is none in sight. */
  openAda(name: string): Promise<OpenedChart | null>;
};

export type StageOptions = {
  /** An empty folder. */
  readonly folder: string;
  readonly mathematics: Mathematics;
  /** Words to plant in the cloud at least. */
  readonly words?: number;
  readonly durable?: boolean;
  readonly clock?: () => number;
};

const settlers = { organisations: ['harbour'], patients: ['ada', 'ben'], doctors: ['dr-chen', 'dr-diaz'] } as const;

/** Stands the town up and settles it. */
export async function stageFor(options: StageOptions): Promise<Stage> {
  const { folder, mathematics, words: wanted = 100, durable = true, clock = Date.now } = options;
  const town = await openTown({ folder, durable, clock });
  try {
    const keyrings = keyringsIn(join(folder, 'keyrings'), town.manifest, clock);
    await settle({ town, keyrings, mathematics, clock, seed: 'town', tell: () => {}, only: settlers });
    const planted = await plant(town, keyrings, mathematics, clock, wanted);
    const file = await openLockedFile(join(folder, 'wearables', 'ada-watch.wearable'), keyrings.passphrase);
    const watch = decodeWearable(file.content);
    const meter: Meter = { initBytes: 0, ackBytes: 0, handshakeMs: 0, frameMs: 0 };
    const cloudlet = connectCloudlet(watch.relays[0]!.address, null, clock);
    const save = () => file.write(encodeWearable(watch));
    const person = (name: string) => keyrings.of('doctor', name, name);
    const cloudAs = async (name: string) => connectCloud(town.addresses.cloud, (await person(name)).keyring, clock);
    return {
      town,
      clock,
      mathematics,
      planted,
      watch,
      sender: sender({ wearable: watch, save, cloudlet: metered(cloudlet, meter), clock }),
      meter,
      gathered: {},
      cloudlet,
      person,
      cloudAs,
      async openAda(name) {
        const { keyring } = await person(name);
        const cloudletOf = cloudletsOf(cloudletPlaces(town.addresses), keyring, clock);
        const charts = reader({ keyring, cloud: await cloudAs(name), cloudletOf, mathematics, clock });
        const chart = (await charts.charts()).find(({ pat }) => equalPublic(pat, watch.pat));
        return chart ? charts.open(chart) : null;
      },
      [Symbol.asyncDispose]: () => town.close(),
    };
  } catch (thrown) {
    await town.close();
    throw thrown;
  }
}

/** The clinic imports people nobody ever heard of, so that their names can be looked for. */
async function plant(
  town: Town,
  keyrings: Keyrings,
  mathematics: Mathematics,
  clock: () => number,
  wanted: number,
): Promise<readonly Planted[]> {
  const { keyring, save } = await keyrings.of('organisation', 'harbour', 'Harbour Clinic');
  const { planted, bundle } = words(wanted, 'tour');
  const text = utf8(print(bundle));
  const source = {
    name: 'planted words',
    async *read() {
      yield text;
    },
  };
  const cloud = connectCloud(town.addresses.cloud, keyring, clock);
  const { stored } = await importRecords([source], { writer: writer({ keyring, save, cloud, mathematics, clock }) });
  if (stored !== bundle.entry.length) throw new CareletError('internal', 'plant words', { because: 'not all records were stored' });
  return planted;
}

/** The same cloudlet, with what goes over the hop counted. */
function metered(cloudlet: Cloudlet, meter: Meter): Cloudlet {
  let began = 0;
  const sessions: Cloudlet['sessions'] = {
    ...cloudlet.sessions,
    async announcement(...given) {
      began = performance.now();
      return cloudlet.sessions.announcement(...given);
    },
    async init(input) {
      const answer = await cloudlet.sessions.init(input);
      Object.assign(meter, { initBytes: input.init.length, ackBytes: answer.ack.length, handshakeMs: performance.now() - began });
      return answer;
    },
    async frame(input) {
      const sent = performance.now();
      const answer = await cloudlet.sessions.frame(input);
      meter.frameMs = performance.now() - sent;
      return answer;
    },
  };
  return { ...cloudlet, sessions };
}
