// A settled small town for benchmarks, on a real PostgreSQL that really writes.
import { join } from 'node:path';
import { connectCloud } from '@carelet/client/login';
import { importRecords } from '@carelet/client/records/import';
import { writer } from '@carelet/client/records/writer';
import { mathematicsInThreads } from '@carelet/client/threads';
import { utf8 } from '@carelet/crypto/algebra/bytes';
import { sealRow } from '@carelet/crypto/records/writer';
import { bundleOf, print } from '@carelet/testbed/days/index';
import { glassRow, withoutWraps } from '@carelet/testbed/glass';
import { keyrings as keyringsIn } from '@carelet/testbed/keyrings';
import { scratch } from '@carelet/testbed/scratch';
import { settle } from '@carelet/testbed/settle';
import { openTown } from '@carelet/testbed/town';

export const clock = Date.now;

/**
 * Runs with a town in which a clinic writes, Ada wears a watch and Dr Chen reads.
 *
 * @param now the town's clock, where it is not the machine's
 * @param only who lives there, where it is somebody else
 */
export async function* withStage(run, now = clock, only = { organisations: ['harbour'], patients: ['ada'], doctors: ['dr-chen'] }) {
  const folder = scratch();
  const mathematics = mathematicsInThreads();
  let town;
  try {
    town = await openTown({ folder: folder.path, clock: now });
    folder.also(town.postgres.folder);
    const keyrings = keyringsIn(join(folder.path, 'keyrings'), town.manifest, now);
    await settle({ town, keyrings, mathematics, clock: now, seed: 'town', tell: () => {}, only });
    const clinic = await keyrings.of('organisation', 'harbour', 'Harbour Clinic');
    const cloud = connectCloud(town.addresses.cloud, clinic.keyring, now);
    yield* run({ folder: folder.path, town, keyrings, mathematics, clinic, cloud });
  } finally {
    await town?.close();
    await mathematics[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  }
}

/** Something to import, from text that is in memory. */
export const sourceOf = (name, ...texts) => {
  const bytes = texts.map((text) => (typeof text === 'string' ? utf8(text) : text));
  return {
    name,
    async *read() {
      yield* bytes;
    },
  };
};

export const bundleText = (resources, id = 'bench') => print(bundleOf(id, [...resources]));

/**
 * Imports sources as the clinic; gives the summary.
 *
 * @param unsealed with rows of glass and without wraps: the same way, nothing locked
 */
export async function importInto({ clinic, cloud, mathematics }, sources, { unsealed = false } = {}) {
  return importRecords(sources, {
    writer: writer({
      keyring: clinic.keyring,
      save: () => clinic.save(),
      cloud: unsealed ? withoutWraps(cloud) : cloud,
      mathematics,
      clock,
      sealRow: unsealed ? glassRow : sealRow,
    }),
  });
}
