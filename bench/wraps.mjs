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

const late = '2026-11-20';

export async function* run() {
  const { what, people } = whose();
  let records = 0;
  let last = '';
  const charts = [];
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
          if (period !== 'always' && daysOf(period).last > last) last = daysOf(period).last;
        }
      }
    }
    charts.push([...trees.values()].map((periods) => [...periods].filter((period) => period !== 'always')));
  }
  yield figure(
    `key trees a chart, median (${what}, ${records.toLocaleString('en')} records)`,
    'trees',
    median(charts.map(({ length }) => length)),
  );
  for (const today of [...new Set([last, late])]) {
    const counted = charts.map((trees) => count(trees, today));
    const sum = (name) => counted.reduce((total, chart) => total + chart[name], 0) / records;
    const middle = (name) => median(counted.map((chart) => chart[name]));
    yield figure(`policy wraps a record, on ${today}`, 'wraps', sum('made'), sum('madeDaily'));
    yield figure(`decapsulations for a ten-year chart, median, on ${today}`, 'wraps', middle('opened'), middle('openedDaily'));
  }
}

/** What a writer makes for a chart and what a reader of its last ten years opens; `…Daily` with one wrap for each day. */
function count(trees, today) {
  const since = `${Number(today.slice(0, 4)) - 10}${today.slice(4)}`;
  const recent = (periods) => periods.filter((period) => daysOf(period).last >= since).length;
  const chart = { made: 0, madeDaily: 0, opened: 0, openedDaily: 0 };
  for (const days of trees) {
    const wraps = wrapBudget(days, today);
    // A tree without dates has one wrap, of `always`.
    chart.made += days.length === 0 ? 1 : wraps.length;
    chart.madeDaily += Math.max(1, days.length);
    chart.opened += days.length === 0 ? 1 : recent(wraps);
    chart.openedDaily += days.length === 0 ? 1 : recent(days);
  }
  return chart;
}

/** Texts of bundles, person by person. */
function whose() {
  const folder = join(data, '01-fhir-synthea/gsd-r4');
  if (existsSync(folder)) {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json.gz'));
    return { what: 'Synthea', people: files.slice(0, size(files.length, 1)).map((name) => [gunzipSync(readFileSync(join(folder, name)))]) };
  }
  console.error('The Synthea bundles are not here (CARELET_DATA names the folder of recorded inputs): the town is counted.');
  const people = new Map();
  for (const { patient, bundle } of lives({ seed: 'town', to: new Date(`${late}T09:41:00Z`) })) {
    people.set(patient, [...(people.get(patient) ?? []), print(bundle)]);
  }
  return { what: 'the town', people: [...people.values()].slice(0, size(100, 1)) };
}
