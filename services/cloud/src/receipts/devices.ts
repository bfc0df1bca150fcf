/**
 * What patients' devices signed of the log: of each patient the newest, for those who read her charts.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { NamedKey } from '@carelet/crypto/algebra/sign';
import { freshness } from '@carelet/crypto/receipts/checkpoint';
import { type DeviceSigned, deviceSaw } from '@carelet/crypto/receipts/patient-witness';
import type { KnownCaller } from '@carelet/ground/login';
import type { Kysely } from 'kysely';
import type { CloudTables } from '../schema.ts';

/**
 * Keeps what a patient's device signed, unless there is something newer.
 *
 * @param now UTC seconds
 */
export async function keepSigned(
  db: Kysely<CloudTables>,
  caller: KnownCaller,
  log: NamedKey,
  { note, key, voucher }: DeviceSigned,
  now: number,
): Promise<void> {
  const saw = caller.kind === 'patient' ? deviceSaw(caller.card, log, { note, key, voucher }) : null;
  if (!saw || saw.time > now + freshness.ahead) {
    throw new CareletError('denied', 'take a device’s signature', { because: 'no patient signed this log with a key of hers' });
  }
  const { size } = saw.checkpoint;
  const state = { size, time: saw.time, note, key, voucher };
  await db
    .insertInto('device_witness')
    .values({ owner: caller.id, ...state })
    .onConflict((conflict) =>
      conflict.column('owner').doUpdateSet(state).where('device_witness.size', '<=', size).where('device_witness.time', '<=', saw.time),
    )
    .execute();
}

/** What the device of a chart's owner signed last, and how long the log was then. */
export async function signedByOwner(
  db: Kysely<CloudTables>,
  pat: Bytes,
): Promise<{ readonly by: DeviceSigned; readonly size: number } | null> {
  const row = await db
    .selectFrom('chart')
    .innerJoin('device_witness', 'device_witness.owner', 'chart.owner')
    .select(['device_witness.size', 'device_witness.note', 'device_witness.key', 'device_witness.voucher'])
    .where('chart.pat', '=', pat)
    .executeTakeFirst();
  return row ? { by: { note: row.note, key: row.key, voucher: row.voucher }, size: row.size } : null;
}
