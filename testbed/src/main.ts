/**
 * `npm start`: the town stands up, settles its people the first time, and says where everything is.
 *
 * @module
 */
import { chmod, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { asCareletError } from '@carelet/care/model';
import { mathematicsInThreads } from '@carelet/client/threads';
import { maybe, port, readConfiguration, setting } from '@carelet/ground/config';
import { startPortal } from '@carelet/portal/service';
import { people } from './cast.ts';
import { demoPassphrase, keyrings } from './keyrings.ts';
import { renewWearables, settle, settled } from './settle.ts';
import { openTown, type TownAddresses, townName } from './town.ts';

export type Started = AsyncDisposable & { readonly url: string; readonly addresses: TownAddresses };

const settings = {
  databaseUrl: setting('DATABASE_URL', maybe()),
  folder: setting('CARELET_DATA_FOLDER', maybe()),
  firstPort: setting('CARELET_PORT', port(4100)),
};

/** Stands up the demo town; gives where its page is. */
export async function start(tell: (line: string) => void, environment: NodeJS.ProcessEnv = process.env): Promise<Started> {
  const { databaseUrl, folder = '.carelet', firstPort } = readConfiguration(settings, environment);
  const place = resolve(folder);
  await mkdir(place, { recursive: true });
  // The database's own user passes through here; what is secret inside has modes of its own.
  await chmod(place, 0o711);
  // The portal's port first: the services must know its origin, and it learns their addresses once they are up.
  const addresses = { town: townName, authority: '', cloud: '', cloudlets: [], manifest: '' };
  const portal = await startPortal({ host: '127.0.0.1', port: firstPort, nextFree: true, town: addresses, people, logLevel: 'warn' });
  const opened: AsyncDisposable[] = [portal];
  const close = async () => {
    for (const thing of opened.splice(0).reverse()) await thing[Symbol.asyncDispose]();
  };
  try {
    const portalOrigins = [portal.url, portal.url.replace('127.0.0.1', 'localhost')];
    const town = await openTown({ folder: place, databaseUrl, firstPort, portalOrigins, logLevel: 'warn', tell });
    opened.push(town);
    Object.assign(addresses, town.addresses);
    const mathematics = mathematicsInThreads();
    opened.push(mathematics);
    const rings = keyrings(join(place, 'keyrings'), town.manifest, Date.now);
    const demo = { town, keyrings: rings, mathematics, clock: Date.now };
    if (!(await settled(town))) await settle({ ...demo, seed: 'town', tell });
    else renewWearables(demo).catch((thrown) => tell(asCareletError(thrown, 'renew the watches').message));
    const taken = portsElsewhere(firstPort, [
      portal.url,
      addresses.authority,
      addresses.cloud,
      ...town.addresses.cloudlets.map(({ url }) => url),
    ]);
    if (taken) tell(taken);
    return { url: portal.url, addresses: town.addresses, [Symbol.asyncDispose]: close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Says so where a service could not have the port it asked for. */
function portsElsewhere(firstPort: number, urls: readonly string[]): string | null {
  const wanted = [0, 2, 3, 4, 5].map((offset) => firstPort + offset);
  const elsewhere = urls.filter((url, i) => firstPort !== 0 && Number(new URL(url).port) !== wanted[i]);
  return elsewhere.length === 0
    ? null
    : `some ports from ${firstPort} on are taken by another program; the next free ones are used (CARELET_PORT chooses others)`;
}

/** The services' addresses, a line each. */
const services = ({ authority, cloud, cloudlets }: TownAddresses): string =>
  [['authority', authority], ['cloud', cloud], ...cloudlets.map(({ organisation, url }) => [organisation, url])]
    .map(([name, url]) => `  ${name!.padEnd(20)} ${url}`)
    .join('\n');

async function main(): Promise<void> {
  const began = performance.now();
  const started = await start((line) => console.log(`  ${line}`));
  console.log(`
Carelet's demo town is up (${((performance.now() - began) / 1000).toFixed(1)} s). Nothing of it leaves this machine.

  the town's page      ${started.url}
${services(started.addresses)}
  try                  npm run carelet -- records list --as ada
                       npm run carelet -- records list --as dr-chen
  passphrase           ${demoPassphrase}   (of every keyring in this demonstration)

Ctrl-C stops it; its data stays in ${process.env.CARELET_DATA_FOLDER ?? '.carelet'}/.`);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    console.log('\nstopping');
    await started[Symbol.asyncDispose]();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  main().catch((thrown) => {
    console.error(asCareletError(thrown, 'start the town').message);
    if (process.env.CARELET_DEBUG) console.error(thrown);
    process.exit(1);
  });
}
