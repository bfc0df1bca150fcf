/**
 * What came in lately, at all clinics together.
 *
 * @module
 */
import { connectCloudlet } from '@carelet/client/login';
import type { Lately } from '../house/admin.ts';
import type { Person } from './person.ts';
import type { TownMap } from './surroundings.ts';

type Told = Awaited<ReturnType<ReturnType<typeof connectCloudlet>['relay']['lately']>>;

/** Asks every clinic's box; one that gives no counts is named, and spoils no other's. */
export async function latelyIn({ cloudlets }: TownMap, { keyring }: Person, clock: () => number): Promise<Lately> {
  const answers = await Promise.all(
    cloudlets.map(({ where }) =>
      connectCloudlet(where, keyring, clock)
        .relay.lately()
        .catch(() => null),
    ),
  );
  const silent = cloudlets.filter((_, i) => answers[i] === null).map(({ organisation }) => organisation);
  return { ...together(answers.flatMap((answer) => answer ?? [])), silent };
}

/** Two minutes begin at the same moments everywhere, so what several clinics count adds up. What is no time is left out. */
export function together(told: readonly Told[]): Omit<Lately, 'silent'> {
  const counts = new Map<number, { passed: number; waiting: number }>();
  for (const { from, passed, waiting } of told.flatMap(({ spans }) => spans)) {
    const before = counts.get(Date.parse(from)) ?? { passed: 0, waiting: 0 };
    counts.set(Date.parse(from), { passed: before.passed + passed, waiting: before.waiting + waiting });
  }
  return {
    spans: [...counts]
      .map(([from, count]) => ({ from, ...count }))
      .filter(({ from }) => !Number.isNaN(from))
      .sort((a, b) => a.from - b.from),
    outages: told
      .flatMap(({ outages }) => outages)
      .map(({ began, ended }) => ({ from: Date.parse(began), to: ended === null ? null : Date.parse(ended) }))
      .filter(({ from, to }) => !Number.isNaN(from) && !Number.isNaN(to)),
  };
}
