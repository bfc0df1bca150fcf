/**
 * The devices of a clinic, as those see them who look after the cloudlet: whether they speak, never what they say.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { kdf } from '@carelet/crypto/algebra/hash';
import { sameCard } from '@carelet/crypto/cards/card';
import { transaction } from '@carelet/ground/database';
import type { KnownCaller } from '@carelet/ground/login';
import { type Kysely, sql } from 'kysely';
import type { Organisation } from './organisation.ts';
import { type Queue, urgencyOfNumber } from './queue/queue.ts';
import type { CloudletTables } from './schema.ts';

type Devices = RoleOf<typeof cloudletContract>['devices'];

/** @throws {CareletError} `denied` for anybody but the clinic and administrators */
export async function looksAfter(caller: KnownCaller | null, organisation: () => Promise<Organisation>, op: string): Promise<Organisation> {
  const clinic = await organisation();
  if (caller?.kind === 'administrator' || (caller && sameCard(caller.card, clinic.card))) return clinic;
  throw new CareletError('denied', op, { because: 'only the clinic or an administrator does that' });
}

/** Three bytes of a key of this clinic: a list of devices joins with nothing the cloud holds. */
const personLabel = (orgKey: Bytes, pat: Bytes): string => hex(kdf(orgKey, 'carelet/v1/devices/person', [pat], 3));

export function devices(
  {
    db,
    queue,
    organisation,
    clock,
  }: { db: Kysely<CloudletTables>; queue: Queue; organisation: () => Promise<Organisation>; clock: () => number },
  caller: KnownCaller | null,
): Devices {
  return {
    async list() {
      const { orgKey } = await looksAfter(caller, organisation, 'list devices');
      const rows = await db
        .selectFrom('device')
        .leftJoin('strip', 'strip.device', 'device.device')
        .selectAll('device')
        .select(sql<number>`count(*) filter (where strip.refused is not null)`.as('refused'))
        .groupBy('device.device')
        .orderBy(sql`device.last_seen desc nulls last`)
        .execute();
      const waiting = await queue.ofDevices();
      const now = clock() / 1000;
      return {
        devices: rows
          .filter(({ expires }) => expires === null || expires > now)
          .map((row) => ({
            device: hex(row.device),
            state: row.ended ? 'ended' : row.owner ? 'paired' : 'offered',
            person: row.pat && personLabel(orgKey, row.pat),
            expires: row.expires === null ? null : new Date(row.expires * 1000).toISOString(),
            lastSeen: row.last_seen,
            lastStrip: row.last_strip,
            urgency: row.last_urgency === null ? null : urgencyOfNumber(row.last_urgency),
            battery: row.battery,
            waitsThere: row.waiting && row.waiting - 1,
            waitsHere: waiting.get(hex(row.device)) ?? 0,
            refused: row.refused,
            demoted: row.demoted,
          })),
      };
    },

    async end({ device }) {
      await looksAfter(caller, organisation, 'end device');
      const id = unhex(device);
      await transaction(db, async (within) => {
        const ended = await within
          .updateTable('device')
          .set({ ended: sql<string>`coalesce(ended, ${new Date(clock()).toISOString()})`, pairing: null })
          .where('device', '=', id)
          .returning('device')
          .executeTakeFirst();
        if (!ended) throw new CareletError('missing', 'end device', { because: 'there is no such device here' });
        await within.deleteFrom('session').where('device', '=', id).execute();
      });
    },
  };
}
