/**
 * `npm run tour`: one heartbeat's way, from Ada's wrist to Dr Chen's screen, a line a step.
 *
 * Everything is real: the keys, the database, the services on their ports. The town is a small one in a folder of its
 * own, which is gone afterwards. Each step says what it saw and whether it held.
 *
 * @module
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { asCareletError } from '@carelet/care/model';
import { mathematicsInThreads } from '@carelet/client/threads';
import { scratch } from './scratch.ts';
import { type Stage, stageFor, type TourStep } from './tour/stage.ts';
import { doctor, heldByAThief, shelves, stranger, tampered } from './tour/steps-at-rest.ts';
import { forwarded, hop, packed, sealed, session, taken } from './tour/steps-on-the-way.ts';

export type { TourStep } from './tour/stage.ts';

const way: readonly ((stage: Stage) => Promise<TourStep>)[] = [
  taken,
  packed,
  sealed,
  session,
  hop,
  forwarded,
  shelves,
  heldByAThief,
  doctor,
  stranger,
  tampered,
];

/** Walks the whole way; each step comes when it has been taken. */
export async function* tour(stage: Stage): AsyncGenerator<TourStep> {
  for (const step of way) yield await step(stage);
}

const margin = 19;

/** A step as it is printed: at most 80 columns. */
export function printed({ title, says, holds }: TourStep, number: number): string {
  const head = `${String(number).padStart(3)}  ${title}`.padEnd(margin);
  const [first, ...more] = holds ? says : [...says, 'THIS DID NOT HOLD'];
  return [`${head}${first}`, ...more.map((line) => ' '.repeat(margin) + line)].join('\n');
}

async function main(): Promise<boolean> {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  console.log("\nOne heartbeat's way, from Ada's wrist to Dr Chen's screen\n");
  using folder = scratch();
  await using mathematics = mathematicsInThreads();
  await using stage = await stageFor({ folder: folder.path, mathematics });
  folder.also(stage.town.postgres.folder);
  console.log(`     A small town stands (${seconds()}): a clinic with a cloudlet, a cloud, an authority,`);
  console.log('     Ada and Ben, Dr Chen and Dr Diaz. Its folder is its own and goes afterwards.\n');
  let number = 0;
  let held = true;
  for await (const step of tour(stage)) {
    console.log(printed(step, ++number));
    held &&= step.holds;
  }
  console.log(
    held
      ? `\nEvery step held (${seconds()}). Which file does what on the way: docs/tour.md\n`
      : '\nNot every step held: see above. Please report it with what stands there.\n',
  );
  return held;
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  main().then(
    (held) => {
      process.exitCode = held ? 0 : 1;
    },
    (thrown) => {
      console.error(`\n${asCareletError(thrown, 'walk the tour').message}`);
      if (process.env.CARELET_DEBUG) console.error(thrown);
      process.exitCode = 1;
    },
  );
}
