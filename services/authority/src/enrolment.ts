/**
 * Enrolment: who becomes an administrator, an organisation, a doctor.
 *
 * A doctor registers and waits. An administrator signs a policy together with the fingerprint of her device's
 * keys; it counts once two administrators of two organisations signed the same one. Pending, rejected and
 * expired doctors get nothing. The issuers look at every signature again, for themselves.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { addDays, dayOf, longestKey } from '@carelet/care/rules/records/calendar';
import { compile, inWords, type Labelling, type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { timesOf } from '@carelet/care/rules/sharing/window';
import type { authorityContract } from '@carelet/care/wire/contract/authority';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, equal, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';
import {
  type KeyEnd,
  verifyAdmission,
  verifyApproval,
  verifyKeyEnd,
  verifyRejection,
  verifyRetirement,
} from '@carelet/crypto/cards/approval';
import { type Card, decodeCard, encodeCard, selfSigned, voucherStands } from '@carelet/crypto/cards/card';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { invitationKey, newCode, verifyInvitation } from '@carelet/crypto/cards/invitation';
import { officeSignedBy } from '@carelet/crypto/cards/issuer';
import { mostReviewers } from '@carelet/crypto/ma-kp-abe/break-glass';
import { transaction } from '@carelet/ground/database';
import { groupBy } from '@carelet/ground/group-by';
import { type Cards, clockSkew, type KnownCaller } from '@carelet/ground/login';
import type { Kysely } from 'kysely';
import { signFor, toBeEnded } from './approvals.ts';
import type { Issuers } from './issuers.ts';
import { refuseElsewhere } from './numbers.ts';
import { heardByTwo, noteRejection, tellRejections } from './rejections.ts';
import { askedOf, makingOf } from './roles.ts';
import type { AuthorityTables } from './schema.ts';
import { wordsIn, wordsOf } from './words.ts';

type Enrolment = Omit<RoleOf<typeof authorityContract>['enrolment'], 'ask' | 'roles'>;
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
  }: {
    db: Kysely<AuthorityTables>;
    cards: Cards;
    issuers: Issuers;
    /** Approvals of different organisations that a policy wants. */
    needed: number;
    clock: () => number;
  },
  caller: KnownCaller | null,
): Enrolment {
  const administrator = async (op: string) => {
    const row = caller && (await db.selectFrom('administrator').selectAll().where('administrator', '=', caller.id).executeTakeFirst());
    if (!caller || !row) throw new CareletError('denied', op, { because: 'only an administrator does that' });
    return { ...row, card: caller.card };
  };
  const words = wordsIn(db, cards);

  return {
    async claim({ invitation, acceptance, name, organisation, card: bytes }) {
      const op = 'enrol administrator';
      const card = readCard(bytes, 'administrator', op);
      const spent = () => new CareletError('denied', op, { because: 'this code is unknown or was used already' });
      const known = await db.selectFrom('invitation').selectAll().where('invitation', '=', invitation).executeTakeFirst();
      if (!known) throw spent();
      const signed = await db
        .selectFrom('inviter')
        .select(['administrator', 'signature'])
        .where('invitation', '=', invitation)
        .orderBy('administrator')
        .limit(8)
        .execute();
      const by = await Promise.all(signed.map((one) => words.of(one.administrator, one.signature)));
      const asked = { card: encodeCard(card), organisation, invitation: { key: invitation, acceptance, by } };
      const { issuers: keys } = await issuers.manifest();
      // All three, so that none of them is free to take somebody else for the first one.
      const said = await issuers.three(op, async (issuer, place) => {
        const { voucher: signature, office } = await issuer.enrolment.administrator(asked);
        const stands =
          voucherStands(card, { by: place, signature }, keys[place]!) && officeSignedBy(keys[place], card, organisation, office);
        if (!stands) throw new CareletError('tampered', op, { because: `issuer ${place + 1} signed something else` });
        return { voucher: { by: place, signature }, office };
      });
      const vouched = encodeCard({ ...card, vouchers: said.map(({ answer }) => answer.voucher) });
      // The card first: where it is refused, the code is still good.
      await cards.present(vouched, []);
      await transaction(db, async (within) => {
        const found = await within.deleteFrom('invitation').where('invitation', '=', invitation).returning('invitation').executeTakeFirst();
        if (!found) throw spent();
        const office = cbor(said.map(({ issuer, answer }) => [issuer, answer.office]));
        await within.insertInto('administrator').values({ administrator: card.id, name, organisation, office }).execute();
      });
      return { card: vouched };
    },

    async invite({ invitation, signature }) {
      const { card } = await administrator('invite administrator');
      if (!verifyInvitation(card.edVk, invitation, signature)) {
        throw new CareletError('invalid', 'invite administrator', { because: 'the signature does not fit this code' });
      }
      await transaction(db, async (within) => {
        await within
          .insertInto('invitation')
          .values({ invitation })
          .onConflict((c) => c.doNothing())
          .execute();
        await within
          .insertInto('inviter')
          .values({ invitation, administrator: card.id, signature })
          .onConflict((c) => c.doNothing())
          .execute();
      });
    },

    async office() {
      const { organisation, office } = await administrator('ask for one’s office');
      return { organisation, words: wordsOf(office) };
    },

    async reviewers({ organisation }) {
      if (!caller) throw new CareletError('denied', 'list administrators', { because: 'the request is not signed' });
      const rows = await db
        .selectFrom('administrator')
        .innerJoin('domain', 'domain.name', 'administrator.organisation')
        .select(['administrator.administrator', 'administrator.office'])
        .where('domain.organisation', '=', organisation)
        .orderBy('administrator.administrator')
        .limit(mostReviewers)
        .execute();
      const known = await cards.byId(rows.map((row) => row.administrator));
      return {
        administrators: rows.flatMap(({ administrator: id, office }) => {
          const card = known.find((one) => equal(one.id, id));
          const said = wordsOf(office);
          return card && said.length >= 2 ? [{ card: encodeCard(card), words: said }] : [];
        }),
      };
    },

    async organisation({ name, card: bytes, signature }) {
      const op = 'enrol organisation';
      const { administrator: id, card: by } = await administrator(op);
      const card = readCard(bytes, 'organisation', op);
      if (!verifyAdmission(by.edVk, card, name, signature)) {
        throw new CareletError('invalid', op, { because: 'the signature does not fit this card and name' });
      }
      const asked = { card: bytes, name, by: await words.of(id, signature) };
      const vouched = await issuers.vouch(op, card, (issuer) => issuer.enrolment.organisation(asked));
      await cards.present(encodeCard(vouched), []);
      await issuers.addDomain(card.id, name, (issuer) => issuer.enrolment.organisation(asked));
      return { card: encodeCard(vouched) };
    },

    async retire({ organisation, publicKey, signature }) {
      const op = 'retire a domain';
      const { administrator: id, organisation: office, card: by } = await administrator(op);
      if (!verifyRetirement(by.edVk, organisation, publicKey, signature)) {
        throw new CareletError('invalid', op, { because: 'the signature does not fit this organisation and its key' });
      }
      const signed = () =>
        db
          .selectFrom('retirement')
          .select(['administrator', 'from_organisation', 'signature'])
          .where('organisation', '=', organisation)
          .where('public_key', '=', publicKey)
          .orderBy('administrator')
          .limit(16)
          .execute();
      const domain = await db.selectFrom('domain').select('public_key').where('organisation', '=', organisation).executeTakeFirst();
      if (!domain) throw new CareletError('missing', op, { because: 'no organisation has this number' });
      if (!equal(domain.public_key, publicKey) && (await signed()).length === 0) {
        throw new CareletError('conflict', op, { because: 'the organisation has another domain by now' });
      }
      await db
        .insertInto('retirement')
        .values({ organisation, public_key: publicKey, administrator: id, from_organisation: office, signature })
        .onConflict((c) => c.doNothing())
        .execute();
      const signatures = await signed();
      const approvals = new Set(signatures.map((one) => one.from_organisation)).size;
      const retired = approvals >= needed;
      if (retired) {
        const said = {
          organisation,
          publicKey,
          by: await Promise.all(signatures.map((one) => words.of(one.administrator, one.signature))),
        };
        await issuers.renewDomain(organisation, publicKey, (issuer) => issuer.enrolment.retire(said));
      }
      return { approvals, needed, retired };
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
      const approvals = await db.selectFrom('approval').selectAll().orderBy('signed').orderBy('administrator').execute();
      const [making, asked] = [await makingOf(db), await askedOf(db)];
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
                ...making(signed[0]!, signed[0]!.policy),
              };
            }),
            asked: asked.filter(({ doctor }) => equal(doctor, row.doctor)).map(({ doctor: _, ...one }) => one),
          };
        }),
        needed,
        offices: issuers.titles(),
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

    async approve({ doctor, policy, time, signature }) {
      const op = 'approve doctor';
      const refuse = (because: string) => new CareletError('invalid', op, { because });
      const conflict = (because: string) => new CareletError('conflict', op, { because });
      const approver = await administrator(op);
      const row = await doctorRow(db, doctor);
      if (!row) throw new CareletError('missing', op, { because: 'nobody registered under this card number' });
      const organisation = unhex(policy.unit.slice(0, 32));
      const domain = await db.selectFrom('domain').select('name').where('organisation', '=', organisation).executeTakeFirst();
      if (!domain) throw new CareletError('missing', op, { because: 'no organisation has this number' });
      const today = dayOf(clock());
      if (policy.until < today) throw refuse(`the policy ended on ${policy.until}`);
      if (policy.until > addDays(today, longestKey))
        throw refuse(`a key lasts at most a quarter, until ${addDays(today, longestKey)}; renew it then`);
      if (policy.from !== 'beginning' && policy.from > policy.until) throw refuse('the policy ends before it begins');
      // What cannot be compiled is found out now, not when she comes for her keys.
      compile(policy, timesOf(policy, clock()), plainly);
      const text = policyText(policy);
      const card = decodeCard(row.card)!;
      if (!verifyApproval(approver.card.edVk, { doctor: card, policy: text, time }, signature))
        throw refuse('the signature does not fit this policy and this doctor’s keys');
      if (Math.abs(time - clock() / 1000) > clockSkew) throw refuse('the clocks differ');

      const offices = await transaction(db, async (within) => {
        // The doctor's row is the lock: of two policies that begin to count one comes after the other.
        const { state } = await within
          .selectFrom('doctor')
          .select('state')
          .where('doctor', '=', doctor)
          .forUpdate()
          .executeTakeFirstOrThrow();
        if (state === 'rejected') throw conflict('she was rejected; she has to register anew');
        await refuseElsewhere(within, { doctor, organisation }, op);
        return signFor(within, needed, {
          ...{ doctor, organisation, policy: text, time, signature },
          ...{ administrator: approver.administrator, approver: approver.name, from_organisation: approver.organisation },
          signed: Math.floor(clock()),
        });
      });
      const counts = offices >= needed;
      if (!counts) return { state: row.state as State, approvals: offices, needed, replaces: null };

      // Two issuers know of it before it is said to count: from then on none of them makes a key for what was approved before.
      const asked = { card: row.card, policy: asSigned(policy), approvals: await words.approvals(doctor, organisation, text) };
      const vouched = encodeCard(await issuers.vouch(op, card, (issuer) => issuer.enrolment.doctor(asked)));
      if (row.state === 'pending') {
        const { numUpdatedRows } = await db
          .updateTable('doctor')
          .set({ state: 'approved', card: vouched })
          .where('doctor', '=', doctor)
          .where('state', '=', 'pending')
          .executeTakeFirst();
        const { state } = (await doctorRow(db, doctor))!;
        if (numUpdatedRows === 0n && state !== 'approved') throw conflict('she was rejected meanwhile; she has to register anew');
        await cards.present(vouched, []);
      }
      await db.deleteFrom('asked').where('doctor', '=', doctor).where('organisation', '=', organisation).execute();
      return { state: 'approved', approvals: offices, needed, replaces: await toBeEnded(db, doctor, organisation) };
    },

    async reject({ doctor, reason, signature, keyEnd }) {
      const { administrator: id, card: by } = await administrator('reject doctor');
      if (!verifyRejection(by.edVk, doctor, reason, signature) || !verifyKeyEnd(by.edVk, { doctor, of: null }, keyEnd)) {
        throw new CareletError('invalid', 'reject doctor', { because: 'the signature does not fit' });
      }
      await transaction(db, async (within) => {
        const changed = await within
          .updateTable('doctor')
          .set({ state: 'rejected', reason })
          .where('doctor', '=', doctor)
          .returning('doctor')
          .executeTakeFirst();
        if (!changed) throw new CareletError('missing', 'reject doctor', { because: 'nobody registered under this card number' });
        await within.deleteFrom('approval').where('doctor', '=', doctor).execute();
        for (const table of ['issued', 'replaced'] as const) await within.deleteFrom(table).where('doctor', '=', doctor).execute();
        for (const table of ['asked', 'answer'] as const) await within.deleteFrom(table).where('doctor', '=', doctor).execute();
        await keepEnd(within, { doctor, of: null }, id, keyEnd);
        await noteRejection(within, { doctor, administrator: id, reason, signature });
      });
      await tellRejections({ db, words, issuers }, doctor);
      await heardByTwo(db, doctor);
    },

    async endKeys({ doctor, of, signature }) {
      const op = 'end keys';
      const { administrator: id, card: by } = await administrator(op);
      if (!verifyKeyEnd(by.edVk, { doctor, of }, signature)) {
        throw new CareletError('invalid', op, { because: 'the signature does not fit' });
      }
      if (!(await doctorRow(db, doctor))) throw new CareletError('missing', op, { because: 'nobody registered under this card number' });
      if (of && of.before > clock() / 1000 + clockSkew) throw new CareletError('invalid', op, { because: 'the clocks differ' });
      await keepEnd(db, { doctor, of }, id, signature);
    },

    async endedKeys() {
      const rows = await db.selectFrom('key_end').selectAll().orderBy('doctor').orderBy('organisation').execute();
      const by = await cards.byId([...new Map(rows.map(({ administrator: id }) => [hex(id), id])).values()]);
      return {
        administrators: by.map(encodeCard),
        ended: rows.map(({ doctor, organisation, before, administrator: id, signature }) => ({
          doctor,
          of: organisation.length === 0 ? null : { organisation, before: Number(before) },
          by: id,
          signature,
        })),
      };
    },

    async standing({ doctor }) {
      const row = await doctorRow(db, doctor);
      if (!row) throw new CareletError('missing', 'look up doctor', { because: 'nobody registered under this card number' });
      return { state: row.state as State, card: row.state === 'approved' ? row.card : null };
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

/** Keeps an administrator's word that keys are over; the latest of each organisation. */
async function keepEnd(db: Kysely<AuthorityTables>, { doctor, of }: KeyEnd, administrator: Bytes, signature: Bytes): Promise<void> {
  const { organisation, before } = of ?? { organisation: new Uint8Array(), before: 0 };
  await db
    .insertInto('key_end')
    .values({ doctor, organisation, before, administrator, signature })
    .onConflict((c) =>
      c.columns(['doctor', 'organisation']).doUpdateSet({ before, administrator, signature }).where('key_end.before', '<', before),
    )
    .execute();
}

/** The first administrator's one-time code; its public half is kept. */
export async function makeInvitation(db: Kysely<AuthorityTables>, random: Random = systemRandom): Promise<string> {
  const code = newCode(random);
  await db
    .insertInto('invitation')
    .values({ invitation: invitationKey(code).public })
    .execute();
  return code;
}

/** A policy whose text was signed, as it goes over the wire. */
export const asSigned = (policy: Policy): SignedPolicy => JSON.parse(policyText(policy)) as SignedPolicy;

/** Attributes as they are: enough to see whether a policy can be compiled. */
const plainly: Labelling = {
  label: ({ name, value }) => `${name}:${value}`,
  sensitive: (pat, group) => `sens:${pat}/${group}`,
  blank: () => 'blank:0',
};

const doctorRow = (db: Kysely<AuthorityTables>, doctor: Bytes) =>
  db.selectFrom('doctor').selectAll().where('doctor', '=', doctor).executeTakeFirst();
