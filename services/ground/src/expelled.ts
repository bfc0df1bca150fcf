/**
 * Doctors whose keys an administrator ended, as a service that holds parts of keys remembers them.
 *
 * [Note: Before it serves]
 * A part of a key that is gone may come again: the doctor has what issuers sealed for the service, and a database may have
 * been restored from a backup. So nothing of a role is served before the authority was asked, once since the start, whom
 * it knows to be expelled; and it is asked again every minute, for whoever could not be told.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { authorityContract } from '@carelet/care/wire/contract/authority';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { verifyExpulsion } from '@carelet/crypto/cards/approval';
import { type Card, cardStands, decodeCard } from '@carelet/crypto/cards/card';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Town } from './town.ts';

export type ExpelledTables = { expelled: { doctor: Bytes } };

/** Makes the table, in a migration of the service's own. */
export async function makeExpelled(db: Kysely<unknown>): Promise<void> {
  await sql`create table expelled (doctor bytea primary key)`.execute(db);
}

/** What an administrator signed. */
export type Expulsion = { readonly doctor: Bytes; readonly administrator: Bytes; readonly signature: Bytes };

export type Expelled = {
  /** Refuses for a doctor who was expelled, and for everybody as long as it is not known who was. */
  refuse(doctor: Bytes, op: string): Promise<void>;
  /** Takes an administrator's word, and takes away what is kept of that doctor. */
  take(expulsion: Expulsion): Promise<void>;
  /** Asks the authority for those that were missed. */
  hear(): Promise<void>;
};

/**
 * @param told the authority's list
 * @param forget takes away what the service keeps of a doctor's keys; called again after a start, as it may have come back
 * @param clock UTC milliseconds
 */
export function expelledIn({
  db,
  town,
  told,
  forget,
  clock,
}: {
  db: Kysely<ExpelledTables>;
  town: Town;
  told: RoleOf<typeof authorityContract>['enrolment']['expelled'];
  forget: (doctor: Bytes) => Promise<void>;
  clock: () => number;
}): Expelled {
  const known = new Set<string>();
  let heard = false;

  const administratorIn = async (bytes: Bytes): Promise<Card | null> => {
    const card = decodeCard(bytes);
    if (card?.kind !== 'administrator') return null;
    const now = Math.floor(clock() / 1000);
    return cardStands(card, await town.manifest(), now) || cardStands(card, await town.refresh(), now) ? card : null;
  };

  /** First noted, then forgotten: whoever comes in between is refused. */
  const note = async (doctor: Bytes): Promise<void> => {
    if (known.has(hex(doctor))) return;
    await db
      .insertInto('expelled')
      .values({ doctor })
      .onConflict((c) => c.doNothing())
      .execute();
    await forget(doctor);
    known.add(hex(doctor));
  };

  return {
    async refuse(doctor, op) {
      if (!heard) {
        await hear().catch((cause: unknown) => {
          throw new CareletError('unavailable', op, { because: 'the authority has to say first whose keys have ended', cause });
        });
      }
      const row =
        known.has(hex(doctor)) || (await db.selectFrom('expelled').select('doctor').where('doctor', '=', doctor).executeTakeFirst());
      if (row) throw new CareletError('denied', op, { because: 'an administrator ended these keys' });
    },

    async take({ doctor, administrator, signature }) {
      const card = await administratorIn(administrator);
      if (!card || !verifyExpulsion(card.edVk, doctor, signature)) {
        throw new CareletError('denied', 'end keys', { because: 'no administrator of this town signed that' });
      }
      await note(doctor);
    },

    hear,
  };

  async function hear(): Promise<void> {
    for (const { doctor } of heard ? [] : await db.selectFrom('expelled').select('doctor').execute()) await note(doctor);
    const { administrators, expelled } = await told();
    const cards = new Map<string, Card>();
    for (const bytes of administrators) {
      const card = await administratorIn(bytes);
      if (card) cards.set(hex(card.id), card);
    }
    for (const { doctor, by, signature } of expelled) {
      const card = cards.get(hex(by));
      if (card && verifyExpulsion(card.edVk, doctor, signature)) await note(doctor);
    }
    heard = true;
  }
}
