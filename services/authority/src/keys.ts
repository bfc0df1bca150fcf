/**
 * Keys: what an organisation seals with, and what an approved doctor opens with. Two issuers make each, locked to whom it is for;
 * what passes through here opens for nobody else.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import { inEmergency, inWords, type Policy } from '@carelet/care/rules/sharing/policy';
import type { authorityContract } from '@carelet/care/wire/contract/authority';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { encodeEntitlement, entitlementSignedBy } from '@carelet/crypto/cards/entitlement';
import { encodeManifest } from '@carelet/crypto/cards/manifest';
import { idOfDomain } from '@carelet/crypto/ma-kp-abe/security-domain';
import { transaction } from '@carelet/ground/database';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import type { Kysely } from 'kysely';
import { policiesOf, stillCounts } from './approvals.ts';
import { asSigned } from './enrolment.ts';
import type { IssuerRole } from './handover.ts';
import type { Issuers } from './issuers.ts';
import { noteAnswer } from './roles.ts';
import type { AuthorityTables } from './schema.ts';
import { wordsIn } from './words.ts';

/** How far ahead of now a key may be issued that is asked for anew, in seconds. */
const mostAhead = 5;

type Keys = RoleOf<typeof authorityContract>['keys'];
/** To whom the issuers seal the parts that are not the doctor's. */
type Services = Omit<Parameters<Keys['issue']>[0], 'anew'>;

export function keys(
  {
    db,
    cards,
    issuers,
    clock,
  }: {
    db: Kysely<AuthorityTables>;
    cards: Cards;
    issuers: Issuers;
    clock: () => number;
  },
  caller: KnownCaller | null,
): Keys {
  const words = wordsIn(db, cards);

  return {
    async writer() {
      const op = 'hand out writer keys';
      if (caller?.kind !== 'organisation') throw new CareletError('denied', op, { because: 'only an enrolled organisation gets them' });
      const card = encodeCard(caller.card);
      const said = await issuers.two(op, async (issuer) => (await issuer.keys.writer({ card })).sealed);
      // A town whose first two issuers are not both there has its emergencies from another day on.
      const emergency = await issuers.emergency(caller.id).catch(unlessAway);
      return { sealed: said.map(({ issuer, answer }) => ({ issuer, sealed: answer })), emergency };
    },

    async issue({ anew, ...services }) {
      const row = caller && (await db.selectFrom('doctor').selectAll().where('doctor', '=', caller.id).executeTakeFirst());
      if (!caller || row?.state !== 'approved') throw new CareletError('denied', 'issue keys', { because: 'no approved doctor asks' });
      const now = Math.floor(clock() / 1000);
      const today = dayOf(clock());
      const domains = new Map(
        (await db.selectFrom('domain').select(['organisation', 'public_key']).execute()).map((one) => [
          hex(one.organisation),
          one.public_key,
        ]),
      );
      const approved = (await policiesOf(db, caller.id)).filter(({ text }) => (JSON.parse(text) as Policy).until >= today);
      const issued = await db.selectFrom('issued').selectAll().where('doctor', '=', caller.id).execute();
      const ends = await db.selectFrom('key_end').select(['organisation', 'before']).where('doctor', '=', caller.id).execute();
      const ended = new Map(ends.map(({ organisation, before }) => [hex(organisation), Number(before)]));
      const out = [];
      for (const { organisation, text } of approved) {
        const publicKey = domains.get(hex(organisation))!;
        const mayBreak = (JSON.parse(text) as Policy).breakGlass === true;
        // Whoever has no key for emergencies today still has the one for every day.
        const joint = mayBreak ? await issuers.emergency(organisation).catch(unlessAway) : null;
        for (const emergency of joint ? [null, joint] : [null]) {
          const number = emergency ? idOfDomain(emergency)! : organisation;
          const wanted = anew.some((one) => equalPublic(one, number));
          const isKept = (key: (typeof issued)[number]) =>
            key.policy === text &&
            equalPublic(key.organisation, number) &&
            equalPublic(key.public_key, publicKey) &&
            // One that was ended is none any more.
            Number(key.issued) >= (ended.get(hex(organisation)) ?? 0);
          const making =
            (wanted ? undefined : issued.find(isKept)) ??
            make({ card: row.card, doctor: caller.id, organisation, publicKey, text, emergency, wanted }, services);
          const key = await (emergency ? Promise.resolve(making).catch(unlessAway) : making);
          if (!key || key.not_after <= now) continue;
          const parts = (uncbor(key.sealed) as [number, Bytes, Bytes, Bytes][]).map(([issuer, doctor, cloud, mediator]) => ({
            issuer,
            doctor,
            cloud,
            mediator,
          }));
          const { mediator, entitlement, words: said } = key;
          out.push({ organisation: number, emergency: emergency !== null, mediator, parts, entitlement, words: said });
        }
      }
      return { keys: out };
    },
  };

  async function make(
    {
      card,
      doctor,
      organisation,
      publicKey,
      text,
      emergency,
      wanted,
    }: { card: Bytes; doctor: Bytes; organisation: Bytes; publicKey: Bytes; text: string; emergency: Bytes | null; wanted: boolean },
    services: Services,
  ) {
    const op = 'issue keys';
    const number = emergency ? idOfDomain(emergency)! : organisation;
    const policy = JSON.parse(text) as Policy;
    const house = decodeCard(services.mediator.organisation);
    if (!house) throw new CareletError('invalid', op, { because: 'the mediator’s card is none' });
    const before = await db
      .selectFrom('issued')
      .select('issued')
      .where('doctor', '=', doctor)
      .where('organisation', '=', number)
      .executeTakeFirst();
    const replaced = await db
      .selectFrom('replaced')
      .select('issued')
      .where('doctor', '=', doctor)
      .where('organisation', '=', organisation)
      .executeTakeFirst();
    const ended = await db
      .selectFrom('key_end')
      .select('before')
      .where('doctor', '=', doctor)
      .where('organisation', '=', organisation)
      .executeTakeFirst();
    // One that is always asked for anew would be of a time to come, and outlast the end of all that are issued by now.
    if (wanted && Number(before?.issued ?? 0) >= Math.floor(clock() / 1000) + mostAhead) {
      throw new CareletError('unavailable', op, { because: 'this key was made anew a moment ago; ask again in a few seconds' });
    }
    // Of two keys the cloud keeps the later one, so no two are of one second; and none is of before the last one ended.
    const issued = Math.max(
      Math.floor(clock() / 1000),
      before ? Number(before.issued) + 1 : 0,
      replaced ? Number(replaced.issued) + 1 : 0,
      Number(ended?.before ?? 0),
    );
    const approvals = await words.approvals(doctor, organisation, text);
    const manifest = await issuers.manifest();
    const { issuers: keys } = manifest;
    const askOne = async (issuer: IssuerRole, place: number) => {
      const asked = { card, policy: asSigned(policy), approvals, issued, manifest: encodeManifest(manifest), ...services };
      const { formula, notAfter, signature, ...parts } = emergency
        ? await issuer.keys.emergency({ ...asked, domain: emergency })
        : await issuer.keys.issue(asked);
      const entitlement = { doctor, organisation: number, formula, issued, notAfter };
      if (!entitlementSignedBy(entitlement, keys[place]!, signature)) {
        throw new CareletError('tampered', op, { because: `issuer ${place + 1} signed something else` });
      }
      return { parts, entitlement, signature };
    };
    if (!emergency) await db.deleteFrom('answer').where('doctor', '=', doctor).where('organisation', '=', organisation).execute();
    const ask = async (issuer: IssuerRole, place: number) => {
      const note = (said: Parameters<typeof noteAnswer>[2]) =>
        emergency ? Promise.resolve() : noteAnswer(db, { doctor, organisation, issuer: place }, said);
      try {
        const answer = await askOne(issuer, place);
        await note('made');
        return answer;
      } catch (thrown) {
        await note(thrown instanceof CareletError && thrown.kind === 'unavailable' ? 'away' : 'refused');
        throw thrown;
      }
    };
    // The authorities of emergencies are the first two issuers'; of a role's key any two will do.
    const said = emergency
      ? await Promise.all([0, 1].map(async (issuer) => ({ issuer, answer: await ask(issuers.one(issuer), issuer) })))
      : await issuers.two(op, ask);
    const [first, second] = said.map(({ answer }) => answer.entitlement);
    if (first!.formula !== second!.formula || first!.notAfter !== second!.notAfter) {
      throw new CareletError('conflict', op, { because: 'two issuers do not mean the same by this policy' });
    }
    const signatures = said.map(({ issuer, answer }) => ({ issuer, signature: answer.signature }));
    const row = {
      doctor,
      organisation: number,
      public_key: publicKey,
      policy: text,
      mediator: house.id,
      sealed: cbor(said.map(({ issuer, answer: { parts } }) => [issuer, parts.doctor, parts.cloud, parts.mediator])),
      issued,
      entitlement: encodeEntitlement(first!, signatures),
      words: emergency ? `in an emergency: ${inWords(inEmergency(policy))}` : inWords(policy),
      not_after: first!.notAfter,
    };
    await transaction(db, async (within) => {
      // Another policy may count by now, or none: then what was made for this one is nobody's.
      if (!(await stillCounts(within, doctor, organisation, text))) {
        throw new CareletError('conflict', op, { because: 'another policy was approved meanwhile' });
      }
      await within
        .insertInto('issued')
        .values(row)
        .onConflict((c) => c.columns(['doctor', 'organisation']).doUpdateSet(row))
        .execute();
    });
    return row;
  }
}

/** `null` for what too few answer just now. */
function unlessAway(thrown: unknown): null {
  if (thrown instanceof CareletError && thrown.kind === 'unavailable') return null;
  throw thrown;
}
