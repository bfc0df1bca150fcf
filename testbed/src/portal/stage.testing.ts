/**
 * The demo town with its portal, for days in a real browser: what `npm start` stands up, with a part of the cast, in a
 * folder and a database of its own.
 *
 * The pages have to be built: `node tools/prepare.mjs` does that, and `npm test` begins with it.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CareletError, type Reading } from '@carelet/care/model';
import { packStrip } from '@carelet/care/rules/strip/index';
import { openLockedFile } from '@carelet/client/keyring/locked-file';
import { connectCloudlet } from '@carelet/client/login';
import type { Mathematics } from '@carelet/client/mathematics';
import { sender } from '@carelet/client/session/send';
import { decodeWearable, encodeWearable } from '@carelet/client/session/wearable';
import { mathematicsInThreads } from '@carelet/client/threads';
import { freshDatabase } from '@carelet/ground/test-database';
import { startPortal } from '@carelet/portal/service';
import type { Browser } from 'playwright-core';
import { type Keyrings, keyrings } from '../keyrings.ts';
import { residents } from '../residents.ts';
import { scratch } from '../scratch.ts';
import { type Settlers, settle } from '../settle.ts';
import { openTown, type Town, townName } from '../town.ts';
import { openBrowser } from './browser.testing.ts';
import { type Visit, type VisitOptions, visit } from './visit.testing.ts';

/** Two patients, the doctors who may and may not, and the places between them. */
export const neighbours: Settlers = {
  organisations: ['northgate', 'harbour'],
  patients: ['ada', 'ben'],
  doctors: ['dr-chen', 'dr-diaz', 'dr-lind'],
};

export type PortalStageOptions = {
  /** Who lives there; `null`: nobody, and the authority waits for its first administrator. `neighbours` unless told. */
  readonly settlers?: Settlers | null;
  /** What the services take for now; the machine's clock unless told. */
  readonly clock?: () => number;
  /** Where the database lies: that of the test run, or one of the town's own where there is no test run. */
  readonly database?: 'of the test run' | 'of its own';
};

export type PortalStage = AsyncDisposable & {
  /** The portal's origin, and the cloud's: the two that a browser may ask. */
  readonly url: string;
  readonly cloud: string;
  readonly town: Town;
  readonly keyrings: Keyrings;
  readonly mathematics: Mathematics;
  readonly clock: () => number;
  /** Puts the services' clock back by so many milliseconds, from where it would be. */
  readonly putBack: (ms: number) => void;
  readonly browser: Browser;
  /** Everything the services have logged. */
  readonly logs: () => string;
  readonly visit: (options?: VisitOptions) => Promise<Visit>;
  /** Sends readings as Ada's watch does, through the cloudlet; returns when the cloud has them. */
  readonly watchSends: (readings: readonly Reading[]) => Promise<void>;
};

export async function openPortalStage(options: PortalStageOptions = {}): Promise<PortalStage> {
  const { settlers = neighbours, clock: own = Date.now, database = 'of the test run' } = options;
  let back = 0;
  const clock = () => own() - back;
  const things: AsyncDisposable[] = [];
  const use = <T extends AsyncDisposable>(thing: T): T => {
    things.unshift(thing);
    return thing;
  };
  const close = async () => {
    for (const thing of things.splice(0)) await thing[Symbol.asyncDispose]();
  };
  try {
    const place = scratch();
    use({ [Symbol.asyncDispose]: async () => place[Symbol.dispose]() });
    const folder = place.path;
    const databaseUrl = database === 'of its own' ? undefined : use(await freshDatabase()).url;
    const lines: string[] = [];
    const logTo = { write: (line: string) => void lines.push(line) };
    const keyringFolder = join(folder, 'keyrings');
    const people = residents.filter(
      ({ slug, door }) =>
        door === 'administrator' || [...(settlers?.patients ?? []), ...(settlers?.doctors ?? [])].some((one) => one === slug),
    );
    const addresses = { town: townName, authority: '', cloud: '', cloudlets: [], manifest: '' };
    const portal = use(
      await startPortal({
        host: '127.0.0.1',
        port: 0,
        nextFree: true,
        town: addresses,
        ...(settlers && { demo: { people, keyrings: keyringFolder } }),
        logLevel: 'info',
        logTo,
      }),
    );
    const url = `http://127.0.0.1:${portal.port}`;
    const town = use(await openTown({ folder, databaseUrl, durable: false, portalOrigins: [url], logLevel: 'info', logTo, clock }));
    place.also(town.postgres.folder);
    Object.assign(addresses, town.addresses);
    const mathematics = use(mathematicsInThreads());
    const rings = keyrings(keyringFolder, town.manifest, clock);
    if (settlers) await settle({ town, keyrings: rings, mathematics, clock, seed: 'town', tell: () => {}, only: settlers });
    const browser = await openBrowser();
    use({ [Symbol.asyncDispose]: () => browser.close() });
    return {
      url,
      cloud: town.cloud.url,
      town,
      keyrings: rings,
      mathematics,
      clock,
      putBack: (ms) => {
        back = ms;
      },
      browser,
      logs: () => lines.join(''),
      visit: (asked) => visit(browser, url, asked),
      watchSends: (readings) => watchSends(town, rings, clock, readings),
      [Symbol.asyncDispose]: close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function watchSends(town: Town, { folder, passphrase }: Keyrings, clock: () => number, readings: readonly Reading[]): Promise<void> {
  const path = join(folder, '..', 'wearables', 'ada-watch.wearable');
  if (!existsSync(path)) throw new CareletError('missing', 'send readings', { because: 'Ada wears nothing in this town' });
  const file = await openLockedFile(path, passphrase);
  const wearable = decodeWearable(file.content);
  const way = sender({
    wearable,
    save: () => file.write(encodeWearable(wearable)),
    cloudlet: connectCloudlet(wearable.relays[0]!.address, null, clock),
    clock,
  });
  const kind = readings[0]?.kind === 'waveform' ? 'waveforms' : 'vital-signs';
  await way.keep({ kind, from: readings[0]!.at, bytes: packStrip([...readings]) });
  await way.send();
  const cloudlet = connectCloudlet(town.cloudlets.get('harbour')!.url, null);
  for (const giveUp = performance.now() + 20_000; (await cloudlet.town.state()).waiting > 0; await sleep(20)) {
    if (performance.now() > giveUp) throw new CareletError('unavailable', 'send readings', { because: 'the cloudlet still has them' });
  }
}
