import { expect, test } from 'vitest';
import { wrapBudget } from './calendar.ts';
import { categoryOf } from './kind.ts';
import { bundle, bundleNames, present } from './pack.testing.ts';
import { faultsOf } from './travel.testing.ts';
import { periodOf } from './when.ts';

/** Tests on recorded resources; where these are absent, one line at the end says so. */
const recorded = present ? test : (): void => {};

const pat = 'ffeeddccbbaa99887766554433221100';

recorded('all of Synthea comes back digit for digit, and says no name outside of EID', () => {
  let resources = 0;
  for (const name of bundleNames()) {
    const entries = bundle(name);
    resources += entries.length;
    expect(faultsOf(entries, pat), name).toEqual([]);
  }
  expect(resources).toBe(29_699);
});

recorded('a record costs about half a policy wrap, and a chart opens with some dozens', () => {
  const now = '2021-10-06';
  let records = 0;
  let wraps = 0;
  const perChart: number[] = [];
  for (const name of bundleNames().filter((name) => !name.includes('/_'))) {
    const trees = new Map<string, Set<string>>();
    for (const { resource } of bundle(name)) {
      const { kind, conf, sens } = categoryOf(resource);
      if (kind === 'directory') continue;
      records++;
      const { period } = periodOf(resource);
      const tree = `${kind}|${conf}|${sens}|${period === 'always'}`;
      trees.set(tree, (trees.get(tree) ?? new Set()).add(period));
    }
    let needed = 0;
    for (const periods of trees.values()) {
      const wrapped = wrapBudget(periods, now);
      wraps += wrapped.length;
      // Whoever may see all opens the coarsest wrap of each.
      needed += wrapped.filter(
        (period) => period === 'always' || !wrapped.some((other) => other !== period && period.startsWith(other)),
      ).length;
    }
    perChart.push(needed);
  }
  const median = perChart.sort((a, b) => a - b)[perChart.length >> 1]!;
  console.log(
    `${records} records, ${wraps} policy wraps (${(wraps / records).toFixed(2)} a record), a whole chart opens with ${median} (median)`,
  );
  expect(wraps / records).toBeLessThan(0.6);
  expect(median).toBeLessThan(60);
});

if (!present) test.skip('the Synthea bundles are not here (CARELET_DATA)', () => {});
