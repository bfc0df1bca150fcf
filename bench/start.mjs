// Seconds until `npm start` says that the town is up: with nothing there (a database is made, people are enrolled, a
// year of their lives is sealed), and with everything there. Dependencies are installed and the house is built.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { scratch } from '@carelet/testbed/scratch';
import { figure, median, size } from './kit.mjs';
import { startTown } from './town-process.mjs';

export const says = 'seconds from npm start to a town that is up, cold and warm';

export async function* run() {
  const seconds = { cold: [], warm: [], prepare: [] };
  for (let round = 0; round < size(3, 1); round++) {
    const folder = scratch();
    try {
      for (const what of ['cold', 'warm']) {
        const town = await startTown(folder.path);
        seconds[what].push(town.seconds);
        await town.stop();
      }
    } finally {
      folder[Symbol.dispose]();
    }
    const began = performance.now();
    spawnSync(process.execPath, [join(import.meta.dirname, '../tools/prepare.mjs'), '--quiet']);
    seconds.prepare.push((performance.now() - began) / 1000);
  }
  yield figure('cold: no data yet', 's', median(seconds.cold), null, '<= 60 s');
  yield figure('warm: the data is there', 's', median(seconds.warm), null, '<= 5 s');
  yield figure('prepare, with nothing to do (before either)', 's', median(seconds.prepare));
}
