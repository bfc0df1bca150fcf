/**
 * The portal's pages, made ready by whoever is about to serve them.
 *
 * `npm run carelet` prepares the command line before each command, but not the pages: most commands need none.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CareletError } from '@carelet/care/model';
import type { Io } from './io.ts';

const tool = fileURLToPath(new URL('../../../tools/prepare.mjs', import.meta.url));

/** Builds the pages where they have changed, under `npm run carelet`; run otherwise, one takes them as they are. */
export async function preparePages({ env }: Io): Promise<void> {
  if (env.npm_lifecycle_event !== 'carelet') return;
  // Its progress stands beside the results, as ours does.
  const preparing = spawn(process.execPath, [tool], { stdio: ['ignore', 2, 2] });
  const [status] = await once(preparing, 'exit');
  if (status !== 0) throw new CareletError('internal', 'build the portal', { because: 'it says above what is wrong' });
}
