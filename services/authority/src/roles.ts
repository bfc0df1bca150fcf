/**
 * How far a doctor's roles are: asked for, signed, made by which issuers.
 *
 * She asks and looks with her own signature, because nobody vouches for her before she is let in. That she has taken a key
 * the authority does not know.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import type { authorityContract } from '@carelet/care/wire/contract/authority';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { verifyAsk, verifyOwnRoles } from '@carelet/crypto/cards/approval';
import { decodeCard } from '@carelet/crypto/cards/card';
import { groupBy } from '@carelet/ground/group-by';
import { clockSkew } from '@carelet/ground/login';
import type { Kysely } from 'kysely';
import type { Issuers } from './issuers.ts';
import { refuseElsewhere } from './numbers.ts';
import type { AuthorityTables } from './schema.ts';

type Enrolment = RoleOf<typeof authorityContract>['enrolment'];
type Roles = Pick<Enrolment, 'ask' | 'roles'>;
type Making = Pick<Awaited<ReturnType<Enrolment['roles']>>['policies'][number], 'issued' | 'answers'>;
type SignedPolicy = Parameters<Enrolment['approve']>[0]['policy'];

/** How many days before its last one a role may be asked for anew. */
const renewable = 14;

export function roles({
  db,
  issuers,
  needed,
  clock,
}: {
  db: Kysely<AuthorityTables>;
  issuers: Pick<Issuers, 'titles'>;
  needed: number;
  clock: () => number;
}): Roles {
  const registered = async (doctor: Bytes, op: string) => {
    const row = await db.selectFrom('doctor').selectAll().where('doctor', '=', doctor).executeTakeFirst();
    const card = row && decodeCard(row.card);
    if (!card) throw new CareletError('missing', op, { because: 'nobody registered under this card number' });
    return { row, card };
  };
  const mustBeNow = (at: number, op: string) => {
    if (Math.abs(at - clock() / 1000) > clockSkew) throw new CareletError('denied', op, { because: 'the clocks differ' });
  };
  const policiesOf = async (doctor: Bytes) => {
    const rows = await db
      .selectFrom('approval')
      .selectAll()
      .where('doctor', '=', doctor)
      .orderBy('signed')
      .orderBy('administrator')
      .execute();
    return [...groupBy(rows, ({ organisation, policy }) => hex(organisation) + policy).values()].map((signed) => ({
      organisation: signed[0]!.organisation,
      text: signed[0]!.policy,
      signers: signed.map((one) => ({ name: one.approver, organisation: one.from_organisation })),
      counts: signed[0]!.counts,
    }));
  };

  return {
    async ask({ signature, ...asked }) {
      const op = 'ask for a role';
      const { doctor, organisation, specialty, at } = asked;
      const { row, card } = await registered(doctor, op);
      if (!verifyAsk(card.edVk, asked, signature)) {
        throw new CareletError('invalid', op, { because: 'the keys that registered did not sign this' });
      }
      mustBeNow(at, op);
      const conflict = (because: string) => new CareletError('conflict', op, { because });
      if (row.state === 'rejected') throw conflict(`you were turned down: ${row.reason ?? 'no reason was given'}`);
      const domain = await db.selectFrom('domain').select('name').where('organisation', '=', organisation).executeTakeFirst();
      if (!domain) throw new CareletError('missing', op, { because: 'no organisation has this number' });
      await refuseElsewhere(db, { doctor, organisation }, op);
      const soon = addDays(dayOf(clock()), renewable);
      const has = (await policiesOf(doctor)).find(
        (one) => one.counts && equalPublic(one.organisation, organisation) && untilOf(one.text) > soon,
      );
      if (has) throw conflict(`you have a role there until ${untilOf(has.text)}; ask in its last ${renewable} days`);
      // Whoever registered for it asked by that.
      if (row.state === 'pending' && row.organisation === domain.name) throw conflict('you asked for it when you registered');
      await db
        .insertInto('asked')
        .values({ ...asked, signature })
        .onConflict((c) => c.doNothing())
        .execute();
      const kept = await db
        .selectFrom('asked')
        .select(['at', 'specialty'])
        .where('doctor', '=', doctor)
        .where('organisation', '=', organisation)
        .executeTakeFirst();
      // Said again after a lost answer, it is asked already.
      if (Number(kept?.at) !== at || kept?.specialty !== specialty) throw conflict('you asked for it already');
    },

    async roles({ doctor, at, signature }) {
      const op = 'look at one’s roles';
      const { row, card } = await registered(doctor, op);
      if (!verifyOwnRoles(card.edVk, doctor, at, signature)) {
        throw new CareletError('denied', op, { because: 'the keys that registered did not sign this' });
      }
      mustBeNow(at, op);
      const making = await makingOf(db, doctor);
      const asked = await askedOf(db, doctor);
      return {
        state: row.state as 'pending' | 'approved' | 'rejected',
        reason: row.reason,
        certificate: row.certificate,
        specialty: row.specialty,
        organisation: row.organisation,
        registered: row.registered,
        asked: asked.map(({ organisation, specialty, at: when }) => ({ organisation, specialty, at: when })),
        policies: (await policiesOf(doctor)).map(({ organisation, text, signers }) => ({
          organisation,
          policy: JSON.parse(text) as SignedPolicy,
          signers,
          ...making({ doctor, organisation }, text),
        })),
        needed,
        offices: issuers.titles(),
      };
    },
  };
}

/** What doctors ask for, as they signed it, the oldest first: of one, or of all. */
export async function askedOf(db: Kysely<AuthorityTables>, doctor?: Bytes) {
  let query = db.selectFrom('asked').selectAll().orderBy('at').orderBy('organisation');
  if (doctor) query = query.where('doctor', '=', doctor);
  return (await query.execute()).map(({ at, ...asked }) => ({ ...asked, at: Number(at) }));
}

type OfKey = { readonly doctor: Bytes; readonly organisation: Bytes };

/** How far keys are, of one doctor or of all: gives it of an organisation and a policy's text. */
export async function makingOf(db: Kysely<AuthorityTables>, doctor?: Bytes): Promise<(key: OfKey, text: string) => Making> {
  let [issued, answers] = [
    db.selectFrom('issued').select(['doctor', 'organisation', 'policy', 'issued']),
    db.selectFrom('answer').selectAll().orderBy('issuer'),
  ];
  if (doctor) [issued, answers] = [issued.where('doctor', '=', doctor), answers.where('doctor', '=', doctor)];
  const nameOf = (key: OfKey) => hex(key.doctor) + hex(key.organisation);
  const keys = new Map((await issued.execute()).map((key) => [nameOf(key), key]));
  const said = groupBy(await answers.execute(), nameOf);
  return (key, text) => {
    const kept = keys.get(nameOf(key));
    return {
      issued: kept?.policy === text ? Number(kept.issued) : null,
      answers: (said.get(nameOf(key)) ?? []).map((one) => ({ issuer: one.issuer, said: one.said as Making['answers'][number]['said'] })),
    };
  };
}

/** Notes how an issuer answered, when it does: whoever waits for her key sees it. */
export async function noteAnswer(
  db: Kysely<AuthorityTables>,
  { doctor, organisation, issuer }: OfKey & { readonly issuer: number },
  said: Making['answers'][number]['said'],
): Promise<void> {
  await db
    .insertInto('answer')
    .values({ doctor, organisation, issuer, said })
    .onConflict((c) => c.columns(['doctor', 'organisation', 'issuer']).doUpdateSet({ said }))
    .execute();
}

const untilOf = (text: string): string => (JSON.parse(text) as SignedPolicy).until;
