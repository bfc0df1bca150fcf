/**
 * Doctors' keys that administrators ended, as a service that holds parts of keys remembers them.
 *
 * [Note: Before it serves]
 * A part of a key that is gone may come again: the doctor may have kept what issuers sealed for the service, and a database may
 * have been restored from a backup. So nothing of a role is served before the authority was asked, once since the start, which
 * keys have ended; and it is asked again every minute, for whoever could not be told.
 *
 * [Note: Words outlast cards]
 * Who says to a service itself that keys end shows a card that stands today. What the authority kept was said when its administrator's
 * card stood, and holds when that has expired since: a service that comes from a backup hears it perhaps years later.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { authorityContract } from '@carelet/care/wire/contract/authority';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { type KeyEnd, verifyKeyEnd } from '@carelet/crypto/cards/approval';
import { type Card, cardStands, decodeCard } from '@carelet/crypto/cards/card';
import type { Domain } from '@carelet/crypto/cards/manifest';
import { type Kysely, type QueryExecutorProvider, sql } from 'kysely';
import { clockSkew } from './login.ts';
import type { Town } from './town.ts';

/** `before` in UTC seconds: keys for this organisation that were issued earlier have ended; for nobody's in particular, all have. */
type Row = { readonly doctor: Bytes; readonly organisation: Bytes; readonly before: number | string };

/** The table among a service's. */
export type EndedKeyTables = { ended_key: Row };

/** Makes the table, in a migration of the service's own. */
export async function makeEndedKeys(db: Kysely<unknown>): Promise<void> {
  await sql`create table ended_key (
    doctor bytea not null, organisation bytea not null, before bigint not null, primary key (doctor, organisation))`.execute(db);
}

/** A key, by what tells it from others. */
export type KeyName = { readonly doctor: Bytes; readonly organisation: Bytes; readonly issued: number };

export type EndedKeys = {
  /** Refuses for a key that was ended, and for every key as long as it is not known which were. */
  refuse(key: KeyName, op: string): Promise<void>;
  /** Takes an administrator's word, and takes away what is kept of the keys it is about. */
  take(said: Parameters<RoleOf<typeof cloudContract>['sharing']['endKeys']>[0]): Promise<void>;
  /** Asks the authority for those that were missed. */
  hear(): Promise<void>;
};

/** For all organisations, in the table. */
const everywhere: Bytes = new Uint8Array();
const always = Number.MAX_SAFE_INTEGER;

/**
 * @param told the authority's list
 * @param forget takes away what the service keeps of the keys that are over; called again after a start, as it may have come back
 * @param clock UTC milliseconds
 */
export function endedKeysIn({
  db,
  town,
  told,
  forget,
  clock,
}: {
  /** The service's own, in whose schema the table is. */
  db: QueryExecutorProvider;
  town: Town;
  told: RoleOf<typeof authorityContract>['enrolment']['endedKeys'];
  forget: (end: KeyEnd) => Promise<void>;
  clock: () => number;
}): EndedKeys {
  /** Until when keys have ended, by doctor and organisation in hex. */
  const known = new Map<string, number>();
  /** The organisation whose emergencies have this number; nobody's for the number of an organisation itself. */
  const homeOf = async (number: Bytes): Promise<Bytes | undefined> => {
    const { domains } = await town.manifest();
    if (domains.some(({ organisation }) => equalPublic(organisation, number))) return undefined;
    const named = (all: readonly Domain[]) => all.find(({ emergency }) => emergency && equalPublic(emergency, number))?.organisation;
    return named(domains) ?? named((await town.refresh()).domains);
  };
  const nameOf = (doctor: Bytes, organisation: Bytes) => `${hex(doctor)} ${hex(organisation)}`;
  let heard = false;

  /** @param at UTC seconds; without, whenever it stood. */
  const administratorIn = async (bytes: Bytes, at?: number): Promise<Card | null> => {
    const card = decodeCard(bytes);
    if (card?.kind !== 'administrator') return null;
    const when = at ?? card.expiry - 1;
    return cardStands(card, await town.manifest(), when) || cardStands(card, await town.refresh(), when) ? card : null;
  };

  /** First noted, then forgotten: whoever comes in between is refused. */
  const note = async (end: KeyEnd): Promise<void> => {
    const { doctor, of } = end;
    const { organisation, before } = of ?? { organisation: everywhere, before: always };
    const name = nameOf(doctor, organisation);
    if ((known.get(name) ?? 0) >= before) return;
    await sql`insert into ended_key values (${doctor}, ${organisation}, ${before})
      on conflict (doctor, organisation) do update set before = ${before} where ended_key.before < ${before}`.execute(db);
    known.set(name, before);
    await forget(end);
    // A key for emergencies ends with the one for every day.
    const emergency = of && (await town.manifest()).domains.find((domain) => equalPublic(domain.organisation, of.organisation))?.emergency;
    if (of && emergency) await forget({ doctor, of: { ...of, organisation: emergency } });
  };

  return {
    async refuse({ doctor, organisation, issued }, op) {
      if (!heard) {
        await hear().catch((cause: unknown) => {
          throw new CareletError('unavailable', op, { because: 'the authority has to say first whose keys have ended', cause });
        });
      }
      // A key for emergencies stands under a number of its own, and is ended by its organisation's.
      const home = await homeOf(organisation);
      const names = [organisation, everywhere, ...(home ? [home] : [])];
      const { rows } = await sql<Pick<Row, 'before'>>`
        select before from ended_key where doctor = ${doctor} and organisation = any (${names}::bytea[])`.execute(db);
      const ends = rows.map(({ before }) => Number(before));
      const last = Math.max(0, ...ends, ...names.map((one) => known.get(nameOf(doctor, one)) ?? 0));
      if (last === always) throw new CareletError('denied', op, { because: 'an administrator ended these keys' });
      if (issued < last) throw new CareletError('conflict', op, { because: 'another policy was approved in its place' });
    },

    async take({ doctor, of, administrator, signature }) {
      const card = await administratorIn(administrator, Math.floor(clock() / 1000));
      if (!card || !verifyKeyEnd(card.edVk, { doctor, of }, signature)) {
        throw new CareletError('denied', 'end keys', { because: 'no administrator of this town signed that' });
      }
      await note({ doctor, of });
    },

    hear,
  };

  async function hear(): Promise<void> {
    const { rows } = await sql<Row>`select doctor, organisation, before from ended_key`.execute(db);
    for (const { doctor, organisation, before } of heard ? [] : rows) {
      await note({ doctor, of: organisation.length === 0 ? null : { organisation, before: Number(before) } });
    }
    const { administrators, ended } = await told();
    const cards = new Map<string, Card>();
    for (const bytes of administrators) {
      const card = await administratorIn(bytes);
      if (card) cards.set(hex(card.id), card);
    }
    for (const { doctor, of, by, signature } of ended) {
      const card = cards.get(hex(by));
      // [Note: Words outlast cards] An end that says its time was said while the card stood.
      const wasInTime = card && (!of || of.before <= card.expiry + clockSkew);
      if (wasInTime && verifyKeyEnd(card.edVk, { doctor, of }, signature)) await note({ doctor, of });
    }
    heard = true;
  }
}
