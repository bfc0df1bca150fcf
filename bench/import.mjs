// How many records a second a clinic imports: read, parted, sealed, wrapped, posted, on disk.
//
// `theirs` goes the same way with rows of glass and without wraps. Each round brings people nobody has seen before.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { lives, many, print } from '@carelet/testbed/days/index';
import { data, figure, interleaved, size } from './kit.mjs';
import { bundleText, importInto, sourceOf, withStage } from './stage.mjs';

export const says = 'records a second from a FHIR bundle to the cloud’s disk, against the same way unsealed';

const to = new Date('2026-11-20T09:41:00Z');

export const run = () =>
  withStage(async function* (stage) {
    const rounds = size(3, 1);
    const perSecond = async (name, sourcesOf) => {
      let number = 0;
      const contender = (unsealed) => async () => {
        const sources = sourcesOf(number++);
        const began = performance.now();
        const { stored } = await importInto(stage, sources, { unsealed });
        return (1000 * stored) / (performance.now() - began);
      };
      const { ours, theirs } = await interleaved({ ours: contender(false), theirs: contender(true) }, rounds);
      return figure(name, 'records/s', ours, theirs, '>= 150');
    };
    const n = size(2000, 20);
    yield await perSecond('two people with 1,000 readings each', (i) => [
      sourceOf('many', bundleText(many(n, `bench/import/${i}`, { perPatient: n / 2, to }))),
    ]);
    yield await perSecond("the town's lives, a year each", (i) =>
      [...lives({ seed: `bench/import/${i}`, to })]
        .slice(0, size(100, 1))
        .map(({ patient, organisation, bundle }) => sourceOf(`${patient} at ${organisation}`, anew(print(bundle), i))),
    );
    const bundles = synthea();
    if (bundles.length > 0)
      yield await perSecond('people of Synthea', (i) => bundles.map((text, j) => sourceOf(`person ${j}`, anew(text, i))));
  });

/** The same people under other ids. */
function anew(text, round) {
  const hex = round.toString(16).padStart(4, '0');
  return text.replaceAll(/\b([0-9a-f]{8})-[0-9a-f]{4}-([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/g, `$1-${hex}-$2`);
}

/** A few whole lives of the Synthea pack, where it is. */
function synthea() {
  const folder = join(data, '01-fhir-synthea/gsd-r4');
  if (!existsSync(folder)) {
    console.error('The Synthea bundles are not here (CARELET_DATA names the folder of recorded inputs): left out.');
    return [];
  }
  const files = readdirSync(folder, { recursive: true })
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .sort();
  return files.slice(0, size(3, 1)).map((name) => {
    const bytes = readFileSync(join(folder, name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  });
}
