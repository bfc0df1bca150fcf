// How long a reader waits: fetch, check and open a chart, against fetching and looking at the same chart in the clear.
//
// The reader is the chart's owner. `theirs` checks no signature, no batch, no author: it only decodes.
import { reader } from '@carelet/client/records/reader';
import { hex } from '@carelet/crypto/algebra/bytes';
import { many } from '@carelet/testbed/days/index';
import { lookAt } from '@carelet/testbed/glass';
import { figure, interleaved, size } from './kit.mjs';
import { bundleText, clock, importInto, sourceOf, withStage } from './stage.mjs';

export const says = 'fetch-and-open of 1,000 and 10,000 rows, against the same rows in the clear';

const to = new Date('2026-11-20T09:41:00Z');

export const run = () =>
  withStage(async function* (stage) {
    const { clinic, cloud, mathematics } = stage;
    const mine = reader({ keyring: clinic.keyring, cloud, mathematics, clock });
    const chartsNow = async () => (await mine.charts()).map(({ pat }) => hex(pat));

    /** A chart of so many readings, whole resources each. */
    const chartOf = async (n, unsealed) => {
      const before = new Set(await chartsNow());
      const text = bundleText(many(n + 1, `bench/fetch/${n}/${unsealed}`, { perPatient: n + 1, to }));
      await importInto(stage, [sourceOf('many', text)], { unsealed });
      return (await mine.charts()).find(({ pat }) => !before.has(hex(pat)));
    };

    for (const n of [size(1000, 30), size(10_000, 60)]) {
      const sealed = await chartOf(n, false);
      const clear = await chartOf(n, true);
      const opened = await mine.open(sealed);
      if (opened.problems.length > 0 || opened.records.length < n) throw new Error(`the chart is not whole: ${opened.problems[0]?.what}`);
      const { ours, theirs } = await interleaved(
        {
          ours: async () => void (await mine.open(sealed)),
          theirs: async () => {
            for (const part of ['EID', 'QID', 'MI']) await lookAt(cloud, clear, part);
          },
        },
        size(5, 1),
      );
      const rows = opened.records.reduce((sum, { rows: { length } }) => sum + length, 0);
      const name = `${n.toLocaleString('en')} readings, a FHIR record each (${rows.toLocaleString('en')} rows)`;
      yield figure(name, 'ms', ours, theirs, n === 10_000 ? '<= 1000 ms' : undefined);
    }
  });
