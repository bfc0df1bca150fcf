// What the whole town takes of memory: our process with its threads, PostgreSQL and its backends.
//
// PSS shares out what processes have in common, so it is what the machine would get back; RSS counts it for each.
import { setTimeout as sleep } from 'node:timers/promises';
import { scratch } from '@carelet/testbed/scratch';
import { figure, size } from './kit.mjs';
import { memoryOf, startTown } from './town-process.mjs';

export const says = 'memory of the whole town, after settling and after starting again';

const aim = '<= 700 MB';

export async function* run() {
  const folder = scratch();
  try {
    for (const when of ['just settled', 'started again']) {
      const town = await startTown(folder.path);
      try {
        const before = memoryOf(town.pid);
        yield figure(`${when}, PSS of ${before.processes} processes`, 'MB', before.pss, null, aim);
        yield figure(`${when}, RSS`, 'MB', before.rss, null, aim);
        await sleep(size(15_000, 100));
        const after = memoryOf(town.pid);
        yield figure(`${when}, PSS after 15 s of rest`, 'MB', after.pss, null, aim);
      } finally {
        await town.stop();
      }
    }
  } finally {
    folder[Symbol.dispose]();
  }
}
