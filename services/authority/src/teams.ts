/**
 * Teams in the town's directory: what organisations call groups of their doctors with whom a patient may want to share.
 *
 * The authority carries what they signed and judges nobody's membership. A name tells a disease, so it stands here, where no chart is,
 * and not at the cloud.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Policy } from '@carelet/care/rules/sharing/policy';
import type { authorityContract } from '@carelet/care/wire/contract/authority';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equal, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { decodeCard, encodeCard, organisationOf, selfSigned, voucherStands } from '@carelet/crypto/cards/card';
import { readNotice, verifyBond, verifyTeamName } from '@carelet/crypto/cards/team';
import { transaction } from '@carelet/ground/database';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import { type Kysely, sql } from 'kysely';
import type { AuthorityTables } from './schema.ts';

type Teams = RoleOf<typeof authorityContract>['teams'];

export function teams(
  { db, cards, clock }: { db: Kysely<AuthorityTables>; cards: Cards; clock: () => number },
  caller: KnownCaller | null,
): Teams {
  const organisation = (op: string): KnownCaller => {
    if (caller?.kind !== 'organisation') throw new CareletError('denied', op, { because: 'only an organisation has teams' });
    return caller;
  };

  return {
    async name({ card: bytes, notice: said, bond, name, whole, signature }) {
      const op = 'name a team';
      const by = organisation(op);
      const refuse = (because: string) => new CareletError('invalid', op, { because });
      const card = decodeCard(bytes);
      const isOwn = card && equal(organisationOf(card) ?? new Uint8Array(), by.id);
      if (!isOwn || !selfSigned(card, clock() / 1000) || !voucherStands(card, card.vouchers[0]!, by.card.edVk))
        throw refuse('these bytes are no card of a team that you vouch for');
      const notice = readNotice(said, by.card.edVk);
      if (!notice || !equalPublic(notice.team, card.id)) throw refuse('the notice is not signed by you for this team');
      if (!verifyBond(card.edVk, { team: card.id, organisation: by.id }, bond)) throw refuse('the team does not say that it is yours');
      if (!verifyTeamName(by.card.edVk, { team: card.id, organisation: by.id, name, whole }, signature))
        throw refuse('the signature does not fit this team and name');
      const { team, follows } = notice;
      await transaction(db, async (within) => {
        // The organisation's row is the lock: no two teams get one name.
        const home = await within.selectFrom('domain').select('name').where('organisation', '=', by.id).forUpdate().executeTakeFirst();
        if (!home) throw new CareletError('missing', op, { because: 'this organisation is not enrolled yet' });
        const others = (await within.selectFrom('team').selectAll().where('organisation', '=', by.id).execute()).filter(
          (one) => !equalPublic(one.team, team),
        );
        const isSame = (one: Bytes | null) => one !== null && follows !== null && equalPublic(one, follows);
        if (follows && !others.some((one) => equalPublic(one.team, follows)))
          throw new CareletError('conflict', op, { because: 'the team it follows is none of this organisation' });
        if (others.some((one) => isSame(one.follows)))
          throw new CareletError('conflict', op, { because: 'another team followed that one' });
        const followed = new Set(others.flatMap((one) => (one.follows ? [hex(one.follows)] : [])));
        const taken = others.some((one) => one.name === name && !followed.has(hex(one.team)) && !isSame(one.team));
        if (taken && !followed.has(hex(team)))
          throw new CareletError('conflict', op, { subject: name, because: 'another team is called so' });
        const named = await within
          .insertInto('team')
          .values({ team, organisation: by.id, card: bytes, name, whole, follows, signature })
          .onConflict((c) => c.column('team').doUpdateSet({ name, whole, signature }).where('team.organisation', '=', by.id))
          .returning('team')
          .executeTakeFirst();
        if (!named) throw new CareletError('conflict', op, { because: 'this team is another organisation’s' });
      });
    },

    async list() {
      if (!caller) throw new CareletError('denied', 'list teams', { because: 'the request is not signed' });
      const rows = await db
        .selectFrom('team')
        .selectAll()
        // Of a team and the one in its place, the one in its place.
        .where(sql<boolean>`not exists (select 1 from team next where next.follows = team.team)`)
        .orderBy('name')
        .orderBy('team')
        .execute();
      const known = new Map((await cards.byId(rows.map((row) => row.organisation))).map((card) => [hex(card.id), encodeCard(card)]));
      return {
        teams: rows.flatMap(({ organisation: of, card, name, whole, signature }) => {
          const home = known.get(hex(of));
          return home ? [{ card, organisation: home, name, whole, signature }] : [];
        }),
      };
    },

    async units() {
      const by = organisation('list units');
      const rows = await db.selectFrom('approval').select('policy').distinct().where('organisation', '=', by.id).execute();
      return { units: [...new Set(rows.map(({ policy }) => (JSON.parse(policy) as Policy).unit))].sort() };
    },
  };
}
