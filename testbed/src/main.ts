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
import { maybe, port, readConfiguration, setting, words } from '@carelet/ground/config';
import { startPortal } from '@carelet/portal/service';
import { demoPassphrase, keyrings } from './keyrings.ts';
import { residents } from './residents.ts';
import { renewWearables, settle, settled } from './settle.ts';
import { openTown, type TownAddresses, townName } from './town.ts';

export type Started = AsyncDisposable & { readonly url: string; readonly addresses: TownAddresses };

const settings = {
  databaseUrl: setting('DATABASE_URL', maybe()),
  folder: setting('CARELET_DATA_FOLDER', maybe()),
  firstPort: setting('CARELET_PORT', port(4100)),
  portalOrigins: setting('CARELET_PORTAL_ORIGINS', words()),
};

/** Stands up the demo town; gives where its portal is, which answers from the beginning and shows how far the town is. */
export async function start(tell: (line: string) => void, environment: NodeJS.ProcessEnv = process.env): Promise<Started> {
  const { databaseUrl, folder = '.carelet', firstPort, portalOrigins } = readConfiguration(settings, environment);
  const place = resolve(folder);
  await mkdir(place, { recursive: true });
  // The database's own user passes through here; what is secret inside has modes of its own.
  await chmod(place, 0o711);
  // The portal's port first: the services must know its origin, and it learns their addresses once they are up.
  const addresses = { town: townName, authority: '', cloud: '', cloudlets: [], manifest: '' };
  let doing: string | null = 'beginning';
  const hear = (line: string) => {
    doing = line;
    tell(line);
  };
  const keyringFolder = join(place, 'keyrings');
  const portal = await startPortal({
    host: '127.0.0.1',
    port: firstPort,
    nextFree: true,
    town: addresses,
    doing: () => doing,
    demo: { people: residents, keyrings: keyringFolder },
    logLevel: 'warn',
  });
  const opened: AsyncDisposable[] = [portal];
  const close = async () => {
    for (const thing of opened.splice(0).reverse()) await thing[Symbol.asyncDispose]();
  };
  try {
    // The port after the portal's is where `carelet portal` goes when this one is taken.
    const origins = ['127.0.0.1', 'localhost'].flatMap((name) => [0, 1].map((more) => `http://${name}:${portal.port + more}`));
    const town = await openTown({
      folder: place,
      databaseUrl,
      firstPort,
      portalOrigins: [...origins, ...portalOrigins],
      logLevel: 'warn',
      tell: hear,
    });
    opened.push(town);
    Object.assign(addresses, town.addresses);
    const mathematics = mathematicsInThreads();
    opened.push(mathematics);
    const rings = keyrings(keyringFolder, town.manifest, Date.now);
    const demo = { town, keyrings: rings, mathematics, clock: Date.now };
    if (!(await settled(town))) {
      tell(`the portal answers already, and shows how far this is: ${portal.url}`);
      await settle({ ...demo, seed: 'town', tell: hear });
    } else renewWearables(demo).catch((thrown) => tell(asCareletError(thrown, 'renew the watches').message));
    const taken = portsElsewhere(firstPort, [
      portal.url,
      addresses.authority,
      addresses.cloud,
      ...town.addresses.cloudlets.map(({ url }) => url),
      ...town.addresses.cloudlets.flatMap(({ mqtt }) => mqtt ?? []),
    ]);
    if (taken) tell(taken);
    doing = null;
    return { url: portal.url, addresses: town.addresses, [Symbol.asyncDispose]: close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Says so where a service could not have the port it asked for. */
function portsElsewhere(firstPort: number, urls: readonly string[]): string | null {
  const wanted = [0, 2, 3, 4, 5, 6, 7].map((offset) => firstPort + offset);
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

  open this            ${started.url}   (choose a door: a patient's, a doctor's, an administrator's)
  passphrase           ${demoPassphrase}   (of everybody's keyring in this demonstration)

${services(started.addresses)}
  in a terminal        npm run carelet -- records list --as ada
                       npm run carelet -- records list --as dr-chen

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
