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
import { settle, settled } from './settle.ts';
import { openTown } from './town.ts';

export type Started = AsyncDisposable & { readonly url: string };

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
  const town = await openTown({ folder: place, databaseUrl, firstPort, logLevel: 'warn', tell });
  try {
    if (!(await settled(town))) {
      await using mathematics = mathematicsInThreads();
      const rings = keyrings(join(place, 'keyrings'), town.manifest, Date.now);
      await settle({ town, keyrings: rings, mathematics, clock: Date.now, seed: 'town', tell });
    }
    const portal = await startPortal({
      host: '127.0.0.1',
      port: firstPort,
      nextFree: true,
      town: town.addresses,
      people,
      logLevel: 'warn',
    });
    const close = async () => {
      await portal.close();
      await town.close();
    };
    return { url: portal.url, [Symbol.asyncDispose]: close };
  } catch (thrown) {
    await town.close();
    throw thrown;
  }
}

async function main(): Promise<void> {
  const began = performance.now();
  const started = await start((line) => console.log(`  ${line}`));
  console.log(`
Carelet's demo town is up (${((performance.now() - began) / 1000).toFixed(1)} s). Nothing of it leaves this machine.

  the town's page      ${started.url}
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
