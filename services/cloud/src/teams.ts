/**
 * Teams: groups of doctors that an organisation laid down, and who is a member of them at this moment.
 *
 * Members are found by what two issuers entitled them to and by the labels their organisation signed, when either arrives; each
 * membership hangs on the entitlement it was found by and ends with it. The cloud learns no team's name, and has no key that opens its
 * secret: a member has it transformed as what her role opens.
 *
 * [Note: Labels only grow] A mediator is shown notices by doctors, and cannot know whether there is a later one. So a later notice of
 * the same team, in the same domain, takes nobody out: for that the organisation makes another team in its place.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equal, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { attempt } from '@carelet/crypto/algebra/strict';
import { decodeCard, encodeCard, organisationOf, selfSigned, voucherStands } from '@carelet/crypto/cards/card';
import type { Entitlement } from '@carelet/crypto/cards/entitlement';
import { makesMember, readNotice, type TeamNotice, verifyBond } from '@carelet/crypto/cards/team';
import { inspect } from '@carelet/crypto/kp-abe/cloud';
import { isDelegateOf } from '@carelet/crypto/pre/vouched';
import { transaction } from '@carelet/ground/database';
import { type Cards, clockSkew, type KnownCaller } from '@carelet/ground/login';
import { type Kysely, sql, type Transaction } from 'kysely';
import { teamsOf } from './access.ts';
import type { CloudTables } from './schema.ts';
import { type Transforming, transformsFor } from './transform.ts';

type Teams = RoleOf<typeof cloudContract>['teams'];

export function teams(around: Transforming & { readonly cards: Cards }, caller: KnownCaller): Teams {
  const { db, cards, domains, now } = around;
  const transforms = transformsFor(around, caller);

  return {
    async lay({ card: bytes, notice: said, bond, delegate, members }) {
      const op = 'lay down a team';
      const refuse = (because: string) => new CareletError('invalid', op, { because });
      if (caller.kind !== 'organisation') throw new CareletError('denied', op, { because: 'only an organisation has teams' });
      const card = decodeCard(bytes);
      const isOwn = card && equal(organisationOf(card) ?? new Uint8Array(), caller.id);
      if (!isOwn || !selfSigned(card, now()) || !voucherStands(card, card.vouchers[0]!, caller.card.edVk))
        throw refuse('these bytes are no card of a team that you vouch for');
      const notice = readNotice(said, caller.card.edVk);
      if (!notice || !equalPublic(notice.team, card.id) || !equalPublic(notice.organisation, caller.id))
        throw refuse('the notice is not signed by you for this team');
      if (!verifyBond(card.edVk, notice, bond)) throw refuse('the team does not say that it is yours');
      if (notice.issued > now() + clockSkew) throw refuse('the clocks differ');
      if (!isDelegateOf(delegate, card)) throw refuse('the half is not of this card');
      if (!isSealedUnder(members, notice)) throw refuse('the secret is not sealed under the labels of the notice');
      if (!(await domains.isToday(caller.id, notice.domain))) {
        throw new CareletError('conflict', op, { because: 'the organisation has another domain by now' });
      }
      await transaction(db, async (within) => {
        // Whoever enters meanwhile waits, or is waited for: none of the two is missed.
        await within.selectFrom('served_domain').select('domain').where('organisation', '=', caller.id).forUpdate().execute();
        await follow(within, notice, op);
        const { team, organisation, domain, follows, issued, labels } = notice;
        const row = { domain, issued, labels: [...labels], notice: said, delegate, members };
        const laid = await within
          .insertInto('team')
          .values({ team, organisation, follows, card: bytes, ...row })
          .onConflict((c) => c.column('team').doUpdateSet(row).where('team.organisation', '=', organisation))
          .returning('team')
          .executeTakeFirst();
        // Another organisation came first in this very moment.
        if (!laid) throw notItsTeam(op);
        const entitled = await within
          .selectFrom('entitlement')
          .select(['doctor', 'organisation', 'formula', 'issued'])
          .where('organisation', '=', organisation)
          .execute();
        await within.deleteFrom('team_member').where('team', '=', team).execute();
        await add(
          within,
          entitled.filter((one) => makesMember(one, notice)).map((one) => ({ ...one, team })),
        );
      });
    },

    async of({ teams: asked }) {
      if (asked.length === 0) return { teams: [] };
      const rows = await db
        .selectFrom('team')
        .leftJoin('team as next', 'next.follows', 'team.team')
        .select(['team.card', 'team.organisation', 'team.notice', 'team.delegate', 'next.team as followedBy'])
        .where('team.team', 'in', asked)
        .execute();
      const known = new Map((await cards.byId(rows.map(({ organisation }) => organisation))).map((card) => [hex(card.id), card]));
      return {
        teams: rows.flatMap(({ organisation, ...rest }) => {
          const card = known.get(hex(organisation));
          return card ? [{ ...rest, organisation: encodeCard(card) }] : [];
        }),
      };
    },

    async mine() {
      if (caller.kind !== 'doctor') return { teams: [] };
      const rows = await db
        .selectFrom('team')
        .select(['card', 'notice', 'members'])
        .where(sql<boolean>`team in (${teamsOf(caller.id, now())})`)
        .orderBy('team')
        .execute();
      return { teams: rows };
    },

    async join({ team }) {
      const row = await db.selectFrom('team').select(['organisation', 'members']).where('team', '=', team).executeTakeFirst();
      // Of a team there is none of one is no member either, and is told the same.
      const isMine = async (within: Kysely<CloudTables>) => {
        const { rows } = await sql`select 1 from (${teamsOf(caller.id, now())}) mine where team = ${team}`.execute(within);
        return rows.length > 0;
      };
      const { transformed, mustStill } = await transforms(row?.organisation ?? team, 'join a team', {
        texts: async () => [(await isMine(db)) ? row?.members : undefined],
        inSight: isMine,
      });
      await mustStill(db);
      return { transformed: transformed[0]! };
    },
  };

  /** Refuses what does not come after what is here. */
  async function follow(within: Transaction<CloudTables>, notice: TeamNotice, op: string): Promise<void> {
    const refuse = (because: string) => new CareletError('conflict', op, { because });
    const { team, organisation, domain, follows, issued, labels } = notice;
    const [before] = await within.selectFrom('team').selectAll().where('team', '=', team).execute();
    if (before) {
      if (!equalPublic(before.organisation, organisation)) throw notItsTeam(op);
      if (Number(before.issued) > issued) throw refuse('a later notice of this team is here');
      if (hex(before.follows ?? new Uint8Array()) !== hex(follows ?? new Uint8Array())) throw refuse('it followed another team before');
      // [Note: Labels only grow]
      if (equalPublic(before.domain, domain) && !before.labels.every((label) => labels.includes(label)))
        throw refuse('it would take somebody out; make another team in its place');
    }
    if (!follows) return;
    const [one] = await within.selectFrom('team').select('organisation').where('team', '=', follows).execute();
    if (!one || !equalPublic(one.organisation, organisation)) throw refuse('the team it follows is none of this organisation');
    const [other] = await within.selectFrom('team').select('team').where('follows', '=', follows).where('team', '!=', team).execute();
    if (other) throw refuse('another team followed that one');
  }
}

const notItsTeam = (op: string) => new CareletError('conflict', op, { because: 'this team is another organisation’s' });

/** Whether a text is for the domain and under the very labels of a notice. */
function isSealedUnder(text: Bytes, { domain, labels }: TeamNotice): boolean {
  const read = attempt(() => inspect(text));
  if (!read) return false;
  const [only, ...others] = read.domains;
  const held = new Set(read.attributes);
  return others.length === 0 && equalPublic(only!, domain) && held.size === labels.length && labels.every((label) => held.has(label));
}

/**
 * Finds the teams that a doctor is a member of by what she is entitled to now; those by what she was entitled to before are over.
 *
 * @param domain the id of the domain her key is of
 */
export async function enterTeams(within: Transaction<CloudTables>, entitlement: Entitlement, domain: Bytes): Promise<void> {
  const { doctor, organisation, issued } = entitlement;
  await within.deleteFrom('team_member').where('doctor', '=', doctor).where('organisation', '=', organisation).execute();
  const there = await within
    .selectFrom('team')
    .select(['team', 'organisation', 'labels'])
    .where('organisation', '=', organisation)
    .where('domain', '=', domain)
    .execute();
  const mine = there.filter((team) => makesMember(entitlement, team));
  await add(
    within,
    mine.map(({ team }) => ({ team, doctor, organisation, issued })),
  );
}

async function add(within: Transaction<CloudTables>, members: readonly CloudTables['team_member'][]): Promise<void> {
  const rows = members.map(({ team, doctor, organisation, issued }) => ({ team, doctor, organisation, issued }));
  for (let at = 0; at < rows.length; at += atOnce) {
    await within
      .insertInto('team_member')
      .values(rows.slice(at, at + atOnce))
      .execute();
  }
}

/** Rows in one statement: PostgreSQL takes 65,535 values. */
const atOnce = 1000;
