/**
 * What came in lately, two minutes by two minutes: how many strips went on to the cloud, and how many wait here. For whoever
 * looks after the cloudlet; told for two hours.
 *
 * A strip counts under the two minutes in which it came in, whenever it leaves: until then it waits in the queue, and when
 * the cloud has it, it is counted as it is dropped. So taking a strip from a device writes no row that all devices share.
 *
 * @module
 */
import type { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Queue } from './queue/queue.ts';
import type { CloudletTables } from './schema.ts';

type Lately = Awaited<ReturnType<RoleOf<typeof cloudletContract>['relay']['lately']>>;

const spanMs = 120_000;
const spans = 60;

const spanOf = (moment: string | number): number => Math.floor(new Date(moment).getTime() / spanMs);
const iso = (span: number): string => new Date(span * spanMs).toISOString();

/** Counts strips that leave for the cloud, and forgets what is too long ago to be told. */
export async function countPassed(within: Transaction<CloudletTables>, strips: readonly { arrived: number }[], now: number): Promise<void> {
  const counts = new Map<number, number>();
  for (const { arrived } of strips) counts.set(spanOf(arrived), (counts.get(spanOf(arrived)) ?? 0) + 1);
  const first = spanOf(now) - spans;
  const told = [...counts].filter(([span]) => span > first);
  await within.deleteFrom('passed').where('span', '<=', first).execute();
  if (told.length === 0) return;
  await within
    .insertInto('passed')
    .values(told.map(([span, count]) => ({ span, count })))
    .onConflict((c) => c.column('span').doUpdateSet({ count: sql`passed.count + excluded.count` }))
    .execute();
}

/** The last two hours, the two minutes that last among them. */
export async function lately({ db, queue }: { db: Kysely<CloudletTables>; queue: Queue }, now: number): Promise<Lately> {
  const last = spanOf(now);
  const first = last - spans + 1;
  const since = iso(first);
  // Counted first: what is forwarded in between then counts as both, never as neither.
  const here = await queue.bySpan(spanMs, first * spanMs);
  const passed = await db.selectFrom('passed').selectAll().where('span', '>=', first).execute();
  const outages = await db
    .selectFrom('outage')
    .selectAll()
    .where((where) => where.or([where('ended', 'is', null), where('ended', '>', since)]))
    .orderBy('began')
    .execute();
  const time = (moment: string) => new Date(moment).toISOString();
  const there = new Map(passed.map(({ span, count }) => [span, count]));
  return {
    spans: Array.from({ length: spans }, (_, i) => first + i).map((span) => ({
      from: iso(span),
      passed: there.get(span) ?? 0,
      waiting: here.get(span) ?? 0,
    })),
    outages: outages.map(({ began, ended }) => ({ began: time(began), ended: ended && time(ended) })),
  };
}
