/**
 * Enrolment, as one issuer sees it: whom it vouches for, and whom nothing is issued to.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { issuerContract } from '@carelet/care/wire/contract/issuer';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { verifyAdmission, verifyRejection, verifyRetirement } from '@carelet/crypto/cards/approval';
import { cardHash, voucherFor } from '@carelet/crypto/cards/card';
import { verifyAcceptance, verifyInvitation } from '@carelet/crypto/cards/invitation';
import { signOffice } from '@carelet/crypto/cards/issuer';
import { transaction } from '@carelet/ground/database';
import type { Kysely } from 'kysely';
import { retiredKeys } from './domains.ts';
import { foundedTown, type Identity } from './identity.ts';
import type { IssuerTables } from './schema.ts';
import { administratorOf, approvedDoctor, ownCard } from './words.ts';

type Enrolment = RoleOf<typeof issuerContract>['enrolment'];

export function enrolment({
  db,
  identity,
  needed,
  now,
}: {
  db: Kysely<IssuerTables>;
  identity: () => Identity;
  /** Approvals of different organisations that a policy wants. */
  needed: number;
  /** UTC seconds. */
  now: () => number;
}): Enrolment {
  const voucher = (card: Parameters<typeof voucherFor>[0], place: number): Bytes => voucherFor(card, place, identity().edSk).signature;

  return {
    async administrator({ card: bytes, organisation, invitation: { key, acceptance, by } }) {
      const op = 'vouch for an administrator';
      const denied = (because: string) => new CareletError('denied', op, { because });
      const founded = await foundedTown(db, op);
      const card = ownCard(bytes, 'administrator', now(), op);
      if (!verifyAcceptance(key, card, organisation, acceptance)) throw denied('whoever has the code did not sign this card');
      const inviters = by.filter((word) => {
        const inviter = administratorOf(founded, word, now());
        return inviter && verifyInvitation(inviter.edVk, key, word.signature);
      });
      await transaction(db, async (within) => {
        // The town's row is the lock: of two new offices one comes after the other.
        const { first_administrator: first } = await within
          .selectFrom('town')
          .select('first_administrator')
          .forUpdate()
          .executeTakeFirstOrThrow();
        const spent = await within.selectFrom('invitation').select('card').where('invitation', '=', key).executeTakeFirst();
        if (spent) {
          if (!equalPublic(spent.card, cardHash(card))) throw denied('this code is unknown or was used already');
          return;
        }
        if (!first) await within.updateTable('town').set({ first_administrator: card.id }).execute();
        else {
          const offices = (await within.selectFrom('office').select('organisation').execute()).map((office) => office.organisation);
          const why = whyNot(organisation, new Set(inviters.map((word) => word.organisation)), offices);
          if (why !== null) throw denied(why);
        }
        await within
          .insertInto('office')
          .values({ organisation })
          .onConflict((c) => c.doNothing())
          .execute();
        await within
          .insertInto('invitation')
          .values({ invitation: key, card: cardHash(card) })
          .execute();
      });
      return { voucher: voucher(card, founded.place), office: signOffice(identity().edSk, card, organisation) };
    },

    async organisation({ card: bytes, name, by }) {
      const op = 'vouch for an organisation';
      const founded = await foundedTown(db, op);
      const card = ownCard(bytes, 'organisation', now(), op);
      const administrator = administratorOf(founded, by, now());
      if (!administrator || !verifyAdmission(administrator.edVk, card, name, by.signature)) {
        throw new CareletError('denied', op, { because: 'no administrator admitted it' });
      }
      await db
        .insertInto('organisation')
        .values({ organisation: card.id, name })
        .onConflict((c) => c.doNothing())
        .execute();
      const row = await db.selectFrom('organisation').select('name').where('organisation', '=', card.id).executeTakeFirst();
      if (row?.name !== name) {
        throw new CareletError('conflict', op, { subject: name, because: 'an organisation of this name is enrolled' });
      }
      return { voucher: voucher(card, founded.place) };
    },

    async retire({ organisation, publicKey, by }) {
      const op = 'retire a domain';
      const founded = await foundedTown(db, op);
      const offices = by.filter((word) => {
        const administrator = administratorOf(founded, word, now());
        return administrator && verifyRetirement(administrator.edVk, organisation, publicKey, word.signature);
      });
      if (new Set(offices.map((word) => word.organisation)).size < needed) {
        throw new CareletError('denied', op, { because: `administrators of ${needed} organisations have to sign that it ends` });
      }
      const noted = await db
        .updateTable('domain')
        .set({ retiring: true })
        .where('organisation', '=', organisation)
        .where('public_key', '=', publicKey)
        .returning('organisation')
        .executeTakeFirst();
      const over = (await retiredKeys(db, organisation)).some((key) => equalPublic(key, publicKey));
      if (!noted && !over) throw new CareletError('missing', op, { because: 'no organisation has this domain' });
    },

    async doctor(asked) {
      const op = 'vouch for a doctor';
      const founded = await foundedTown(db, op);
      const { card } = await approvedDoctor({ db, founded, needed, now: now(), op }, asked);
      return { voucher: voucher(card, founded.place) };
    },

    async reject({ doctor, reason, by }) {
      const op = 'reject a doctor';
      const administrator = administratorOf(await foundedTown(db, op), by, now());
      if (!administrator || !verifyRejection(administrator.edVk, doctor, reason, by.signature)) {
        throw new CareletError('denied', op, { because: 'no administrator turned her down' });
      }
      await db
        .insertInto('rejected')
        .values({ doctor })
        .onConflict((c) => c.doNothing())
        .execute();
    },
  };
}

/**
 * Why those who invited somebody may not; `null` when they may.
 *
 * [Note: Who opens an office] Approvals count by organisation, so nobody may invent one: an administrator invites into her own, and
 * into a new one together with somebody of another. The first administrator opens the second office alone: there is nobody else.
 */
function whyNot(organisation: string, inviters: ReadonlySet<string>, offices: readonly string[]): string | null {
  if (inviters.size === 0) return 'no administrator invited her';
  if (offices.includes(organisation))
    return inviters.has(organisation) ? null : 'an administrator of her own organisation has to invite her';
  if (offices.length < 2 || inviters.size >= 2) return null;
  return 'her organisation has no administrator yet, so two of two other organisations have to invite her';
}
