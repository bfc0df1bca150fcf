// How many policy wraps a record costs, and how many a reader of a whole chart opens (keys.md §3): counted, not timed.
//
// The records are those of the Synthea pack where it is, else the town's lives. `theirs` is one wrap for each day of
// each tree. A chart is a patient's last ten years; records without a date hang in trees of their own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parts } from '@carelet/care/model';
import { daysOf, wrapBudget } from '@carelet/care/rules/records/calendar';
import { entries } from '@carelet/client/records/bundle';
import { draftOf } from '@carelet/client/records/fhir';
import { treeName, treeOf } from '@carelet/client/records/trees';
import { lives, print } from '@carelet/testbed/days/index';
import { data, figure, median, size } from './kit.mjs';
import { sourceOf } from './stage.mjs';

export const says = 'policy wraps a record and decapsulations a chart, counted';

const today = '2026-11-20';
const tenYearsAgo = '2016-11-20';

export async function* run() {
  const { what, people } = whose();
  let records = 0;
  const total = { ours: 0, theirs: 0 };
  const charts = { ours: [], theirs: [] };
  for (const texts of people) {
    const trees = new Map();
    for (const text of texts) {
      for await (const item of entries(sourceOf('a person', text).read())) {
        if ('refused' in item) continue;
        records++;
        const { draft } = draftOf(item.entry, { pat: new Uint8Array(16), references: [], words: [] });
        for (const part of parts) {
          if (!draft.bodies[part]) continue;
          const { period, ...of } = treeOf(part, draft.category, draft.period);
          const name = treeName(of, 0);
          trees.set(name, (trees.get(name) ?? new Set()).add(period));
        }
      }
    }
    const chart = { ours: 0, theirs: 0 };
    for (const periods of trees.values()) {
      const dated = [...periods].filter((period) => period !== 'always');
      const wraps = dated.length === 0 ? ['always'] : wrapBudget(dated, today);
      total.ours += wraps.length;
      total.theirs += Math.max(1, dated.length);
      chart.ours += wraps.filter((period) => inTenYears(period)).length;
      chart.theirs += Math.max(1, dated.filter((period) => inTenYears(period)).length);
    }
    charts.ours.push(chart.ours);
    charts.theirs.push(chart.theirs);
  }
  yield figure(
    `policy wraps a record (${what}, ${records.toLocaleString('en')} records)`,
    'wraps',
    total.ours / records,
    total.theirs / records,
  );
  yield figure(`decapsulations for a ten-year chart, median of ${charts.ours.length}`, 'wraps', median(charts.ours), median(charts.theirs));
  yield figure('decapsulations for a ten-year chart, most', 'wraps', Math.max(...charts.ours), Math.max(...charts.theirs));
}

const inTenYears = (period) => period === 'always' || daysOf(period).last >= tenYearsAgo;

/** Texts of bundles, person by person. */
function whose() {
  const folder = join(data, '01-fhir-synthea/gsd-r4');
  if (existsSync(folder)) {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json.gz'));
    return { what: 'Synthea', people: files.slice(0, size(files.length, 1)).map((name) => [gunzipSync(readFileSync(join(folder, name)))]) };
  }
  console.error('The Synthea bundles are not here (CARELET_DATA names the folder of recorded inputs): the town is counted.');
  const people = new Map();
  for (const { patient, bundle } of lives({ seed: 'town', to: new Date(`${today}T09:41:00Z`) })) {
    people.set(patient, [...(people.get(patient) ?? []), print(bundle)]);
  }
  return { what: 'the town', people: [...people.values()].slice(0, size(100, 1)) };
}
