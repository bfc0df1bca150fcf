/**
 * Enrolment: who becomes an administrator, an organisation, a doctor.
 *
 * A doctor registers and waits. An administrator signs a policy together with the fingerprint of her device's
 * keys; it counts once two administrators of two organisations signed the same one. Pending, rejected and
 * expired doctors get nothing.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { addDays, dayOf, longestKey } from '@carelet/care/rules/records/calendar';
import { compile, inWords, policyText } from '@carelet/care/rules/sharing/policy';
import type { authorityContract } from '@carelet/care/wire/contract/authority';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equal, hex, unhex, utf8 } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';
import { verifyApproval } from '@carelet/crypto/cards/approval';
import { type Card, decodeCard, encodeCard, fingerprint, selfSigned } from '@carelet/crypto/cards/card';
import { transaction } from '@carelet/ground/database';
import { groupBy } from '@carelet/ground/group-by';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import type { Kysely } from 'kysely';
import type { Issuers } from './issuers.ts';
import { labelling, timesOf } from './policy.ts';
import type { AuthorityTables } from './schema.ts';

type Enrolment = RoleOf<typeof authorityContract>['enrolment'];
type State = 'pending' | 'approved' | 'rejected';
/** A policy as it came over the wire; its text is kept, and says all of it. */
type SignedPolicy = Parameters<Enrolment['approve']>[0]['policy'];

export function enrolment(
  {
    db,
    cards,
    issuers,
    needed,
    clock,
    random = systemRandom,
  }: {
    db: Kysely<AuthorityTables>;
    cards: Cards;
    issuers: Issuers;
    /** Approvals of different organisations that a policy wants. */
    needed: number;
    clock: () => number;
    random?: Random;
  },
  caller: KnownCaller | null,
): Enrolment {
  const administrator = async (op: string) => {
    const row = caller && (await db.selectFrom('administrator').selectAll().where('administrator', '=', caller.id).executeTakeFirst());
    if (!caller || !row) throw new CareletError('denied', op, { because: 'only an administrator does that' });
    return { ...row, card: caller.card };
  };

  return {
    async claim({ code, name, organisation, card: bytes }) {
      const card = readCard(bytes, 'administrator', 'enrol administrator');
      const vouched = await issuers.vouch(card);
      const spent = () => new CareletError('denied', 'enrol administrator', { because: 'this code is unknown or was used already' });
      if (!(await db.selectFrom('invitation').select('code').where('code', '=', codeHash(code)).executeTakeFirst())) throw spent();
      // The card first: under a number somebody else has already it is refused, and the code is still good.
      await cards.present(encodeCard(vouched), []);
      await transaction(db, async (within) => {
        const found = await within.deleteFrom('invitation').where('code', '=', codeHash(code)).returning('code').executeTakeFirst();
        if (!found) throw spent();
        await within.insertInto('administrator').values({ administrator: card.id, name, organisation }).execute();
      });
      return { card: encodeCard(vouched) };
    },

    async invite() {
      await administrator('invite administrator');
      return { code: await makeInvitation(db, random) };
    },

    async office() {
      const { organisation } = await administrator('ask for one’s office');
      return { organisation };
    },

    async organisation({ name, card: bytes }) {
      await administrator('enrol organisation');
      const card = readCard(bytes, 'organisation', 'enrol organisation');
      const vouched = await issuers.vouch(card);
      await cards.present(encodeCard(vouched), []);
      await issuers.addDomain(card.id, name);
      return { card: encodeCard(vouched) };
    },

    async register({ card: bytes, name, certificate, specialty, organisation }) {
      const card = readCard(bytes, 'doctor', 'register');
      const registered = new Date(clock()).toISOString();
      await db
        .insertInto('doctor')
        .values({ doctor: card.id, name, certificate, specialty, organisation, state: 'pending', reason: null, card: bytes, registered })
        .onConflict((c) => c.doNothing())
        .execute();
      const row = await doctorRow(db, card.id);
      if (!row || !equal(decodeCard(row.card)?.edVk ?? new Uint8Array(), card.edVk)) {
        throw new CareletError('conflict', 'register', { because: 'somebody else registered under this card number' });
      }
      return { state: row.state as State };
    },

    async doctors({ state }) {
      await administrator('list doctors');
      let query = db.selectFrom('doctor').selectAll().orderBy('registered').orderBy('name');
      if (state) query = query.where('state', '=', state);
      const rows = await query.execute();
      const approvals = await db.selectFrom('approval').selectAll().execute();
      const domains = new Map(
        (await db.selectFrom('domain').select(['organisation', 'name']).execute()).map((row) => [hex(row.organisation), row.name]),
      );
      return {
        doctors: rows.map((row) => {
          const own = approvals.filter(({ doctor }) => equal(doctor, row.doctor));
          const byPolicy = groupBy(own, ({ organisation, policy }) => hex(organisation) + policy);
          const card = decodeCard(row.card)!;
          return {
            doctor: row.doctor,
            name: row.name,
            certificate: row.certificate,
            specialty: row.specialty,
            organisation: row.organisation,
            state: row.state as State,
            reason: row.reason,
            registered: row.registered,
            fingerprint: fingerprint(card),
            card: row.card,
            policies: [...byPolicy.values()].map((signed) => {
              const policy = JSON.parse(signed[0]!.policy) as SignedPolicy;
              return {
                organisation: domains.get(hex(signed[0]!.organisation)) ?? 'unknown',
                policy,
                words: inWords(policy),
                until: policy.until,
                approvals: signed.map(({ approver }) => approver),
                signers: signed.map((one) => ({ administrator: hex(one.administrator), organisation: one.from_organisation })),
              };
            }),
          };
        }),
        needed,
      };
    },

    async directory() {
      if (!caller) throw new CareletError('denied', 'list doctors', { because: 'the request is not signed' });
      const rows = await db.selectFrom('doctor').selectAll().where('state', '=', 'approved').orderBy('name').orderBy('doctor').execute();
      return {
        doctors: rows.map(({ doctor, name, specialty, organisation, card }) => ({
          doctor,
          name,
          specialty,
          organisation,
          fingerprint: fingerprint(decodeCard(card)!),
        })),
      };
    },

    async approve({ doctor, policy, signature }) {
      const refuse = (because: string) => new CareletError('invalid', 'approve doctor', { because });
      const approver = await administrator('approve doctor');
      const row = await doctorRow(db, doctor);
      if (!row) throw new CareletError('missing', 'approve doctor', { because: 'nobody registered under this card number' });
      if (row.state === 'rejected')
        throw new CareletError('conflict', 'approve doctor', { because: 'she was rejected; she has to register anew' });
      const organisation = unhex(policy.unit.slice(0, 32));
      const domain = await db.selectFrom('domain').select('name').where('organisation', '=', organisation).executeTakeFirst();
      if (!domain) throw new CareletError('missing', 'approve doctor', { because: 'no organisation has this number' });
      const today = dayOf(clock());
      if (policy.until < today) throw refuse(`the policy ended on ${policy.until}`);
      if (policy.until > addDays(today, longestKey))
        throw refuse(`a key lasts at most a quarter, until ${addDays(today, longestKey)}; renew it then`);
      if (policy.from !== 'beginning' && policy.from > policy.until) throw refuse('the policy ends before it begins');
      // What cannot be compiled is found out now, not when she comes for her keys.
      compile(policy, timesOf(policy, clock()), labelling(new Uint8Array(32)));
      const text = policyText(policy);
      const card = decodeCard(row.card)!;
      if (!verifyApproval(approver.card.edVk, card, text, signature))
        throw refuse('the signature does not fit this policy and this doctor’s keys');

      await db
        .insertInto('approval')
        .values({
          doctor,
          organisation,
          policy: text,
          administrator: approver.administrator,
          approver: approver.name,
          from_organisation: approver.organisation,
          signature,
        })
        .onConflict((c) => c.columns(['doctor', 'organisation', 'administrator']).doUpdateSet({ policy: text, signature }))
        .execute();
      const same = await db
        .selectFrom('approval')
        .select('from_organisation')
        .distinct()
        .where('doctor', '=', doctor)
        .where('organisation', '=', organisation)
        .where('policy', '=', text)
        .execute();
      if (same.length >= needed && row.state === 'pending') {
        const vouched = encodeCard(await issuers.vouch(card));
        await db.updateTable('doctor').set({ state: 'approved', card: vouched }).where('doctor', '=', doctor).execute();
        await cards.present(vouched, []);
      }
      return { state: same.length >= needed ? 'approved' : (row.state as State), approvals: same.length, needed };
    },

    async reject({ doctor, reason }) {
      await administrator('reject doctor');
      const changed = await db
        .updateTable('doctor')
        .set({ state: 'rejected', reason })
        .where('doctor', '=', doctor)
        .returning('doctor')
        .executeTakeFirst();
      if (!changed) throw new CareletError('missing', 'reject doctor', { because: 'nobody registered under this card number' });
      await db.deleteFrom('approval').where('doctor', '=', doctor).execute();
      await db.deleteFrom('issued').where('doctor', '=', doctor).execute();
    },

    async standing({ doctor }) {
      const row = await doctorRow(db, doctor);
      if (!row) throw new CareletError('missing', 'look up doctor', { because: 'nobody registered under this card number' });
      return { state: row.state as State, reason: row.reason, card: row.state === 'approved' ? row.card : null };
    },
  };

  function readCard(bytes: Bytes, kind: Card['kind'], op: string): Card {
    const card = decodeCard(bytes);
    if (!card || card.kind !== kind) throw new CareletError('invalid', op, { because: `these bytes are no ${kind}'s card` });
    if (!selfSigned(card, clock() / 1000))
      throw new CareletError('invalid', op, { because: 'the card has expired or is not signed by its own key' });
    return card;
  }
}

/** A one-time code, kept as its hash. */
export async function makeInvitation(db: Kysely<AuthorityTables>, random: Random = systemRandom): Promise<string> {
  const code = hex(random(16)).replace(/(.{4})(?=.)/g, '$1-');
  await db
    .insertInto('invitation')
    .values({ code: codeHash(code) })
    .execute();
  return code;
}

const codeHash = (code: string): Bytes => sha256(utf8(`carelet/v1/enrolment/invitation|${code.trim()}`));

const doctorRow = (db: Kysely<AuthorityTables>, doctor: Bytes) =>
  db.selectFrom('doctor').selectAll().where('doctor', '=', doctor).executeTakeFirst();
