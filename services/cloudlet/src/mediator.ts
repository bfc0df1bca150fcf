/**
 * The mediator: this cloudlet's factor in what patients let others read, and the second of two places where a grant ends. Whoever
 * is let read is called the doctor of a grant, a carer with a patient's card as well, and a team.
 *
 * Of a grant to a team it judges by itself, each time, whether who asks is a member: by what two issuers entitled her to, by whom the
 * team's organisation says it is, by whose keys have ended, and by whom the patient denies her chart. What a cloud says of it does not count.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { longestGrantSeconds } from '@carelet/care/rules/records/calendar';
import type { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { type Card, decodeCard, mayBeLetRead, organisationOf, selfSigned, voucherStands } from '@carelet/crypto/cards/card';
import { readEntitlement } from '@carelet/crypto/cards/entitlement';
import { makesMember, readNotice } from '@carelet/crypto/cards/team';
import { verifyEnd } from '@carelet/crypto/pre/grant';
import { verifyDeed } from '@carelet/crypto/records/chart';
import type { Domains } from '@carelet/ground/domains';
import type { EndedKeys, KeyName } from '@carelet/ground/ended-keys';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import type { PerHour } from '@carelet/ground/per-hour';
import { type SealedFiles, sealedFiles } from '@carelet/ground/sealed-files';
import type { Secrets } from '@carelet/ground/secrets';
import type { Town } from '@carelet/ground/town';
import type { Denied } from './limits.ts';
import type { FactorMath } from './mathematics.ts';
import type { Organisation } from './organisation.ts';
import type { Receipts } from './receipts.ts';

type Sharing = RoleOf<typeof cloudletContract>['sharing'];
type Mediating = Pick<Sharing, 'factor' | 'mediate' | 'end' | 'limits'>;
type Membership = Parameters<Sharing['mediate']>[0]['membership'];
type Chart = Parameters<Sharing['factor']>[0]['chart'];

/** A factor and what it is kept for. */
type Kept = {
  readonly patient: Bytes;
  readonly pat: Bytes;
  readonly doctor: Bytes;
  readonly notAfter: number;
  readonly secret: Bytes;
  /** Of a team: the number of its organisation; then `doctor` is the team. */
  readonly organisation?: Bytes | undefined;
};

/** Factors by their grants. */
export type Factors = SealedFiles<Kept>;

/** Grants of one patient in an hour: all of hers once more for many charts and doctors, as when a generation is raised. */
export const mostGiven = 500;

/** Factors in the files of a folder, sealed under the cloudlet's key file. */
export const factorsIn = (folder: string, secrets: Secrets): Promise<Factors> =>
  sealedFiles<Kept>(
    { folder, secrets, place: 'cloudlet/factor' },
    {
      write: ({ patient, pat, doctor, notAfter, secret, organisation }) => [
        ...[patient, pat, doctor, notAfter, secret],
        ...(organisation ? [organisation] : []),
      ],
      read: (content) => {
        const [patient, pat, doctor, notAfter, secret, organisation] = content as [Bytes, Bytes, Bytes, number, Bytes, Bytes?];
        return { patient, pat, doctor, notAfter, secret, ...(organisation && { organisation }) };
      },
    },
  );

/** The mediator as one caller may use it. */
export function mediator(
  {
    factors,
    cards,
    mathematics,
    organisation,
    receipts,
    endedKeys,
    domains,
    town,
    given,
    denied,
    now,
  }: {
    factors: Factors;
    cards: Pick<Cards, 'present' | 'byId'>;
    mathematics: FactorMath;
    organisation: () => Promise<Organisation>;
    /** What this mediator does is written down before it is answered. */
    receipts: Pick<Receipts, 'leave'>;
    endedKeys: EndedKeys;
    domains: Domains;
    town: Town;
    /** Counts the factors a patient was given within an hour: each is a line for good. */
    given: PerHour;
    /** Whom owners deny their charts. */
    denied: Denied;
    /** UTC seconds. */
    now: () => number;
  },
  caller: KnownCaller | null,
): Mediating {
  // One answer for a grant there never was, one that ended, and one that is somebody else's.
  const none = (op: string) => new CareletError('denied', op, { because: 'no grant to you holds here' });

  return {
    async factor({ grant, pat, delegate, doctor: doctorBytes, organisation: behind, notAfter, chart, limits }) {
      const refuse = (because: string) => new CareletError('invalid', 'give a factor', { because });
      if (caller?.kind !== 'patient') throw new CareletError('denied', 'give a factor', { because: 'only a patient asks for one' });
      if (notAfter <= now()) throw refuse('the grant has ended already');
      if (notAfter > now() + longestGrantSeconds) throw refuse('no grant lasts that long');
      await mustOwn(caller, pat, chart);
      given.take(caller.id, (because) => new CareletError('conflict', 'give a factor', { because: `of grants ${because}` }));
      const doctor = decodeCard(doctorBytes);
      if (!doctor || !mayBeLetRead(doctor)) throw refuse('these bytes are no card of somebody who may be let read');
      if (equalPublic(doctor.id, caller.id)) throw refuse('nobody needs to be let read what is hers');
      const of = doctor.kind === 'team' ? await organisationBehind(doctor, behind) : undefined;
      if (of === null) throw refuse('no organisation of this town vouches for this team');
      if (!of) await cards.present(doctorBytes, []);
      const { edSk } = await organisation();
      const made = await mathematics.newFactor(grant, delegate, { id: doctor.id, edVk: doctor.edVk }, edSk);
      if (!made) throw refuse('the half is not of this card');
      // Before there is a factor, so that none is there without it.
      if (limits) await denied.take(caller, pat, limits);
      const keeping = { patient: caller.id, pat, doctor: doctor.id, notAfter, secret: made.secret, organisation: of };
      const kept = await factors.keep(grant, keeping);
      if (!kept) throw new CareletError('conflict', 'give a factor', { because: 'a grant of this number was made before' });
      await receipts.leave({ kind: 'grant', actor: caller.id, scope: hex(pat) }, caller.id);
      return { factor: made.factor };
    },

    async mediate({ grant, turned, promise, membership }) {
      const kept = await factors.get(grant);
      if (!caller || !kept || kept.notAfter <= now()) throw none('mediate');
      const { organisation: of, patient } = kept;
      const reads = of ? await isMember(caller, { team: kept.doctor, of }, membership) : equalPublic(kept.doctor, caller.id);
      if (!reads || (await denied.denies(patient, kept.pat, caller.id))) throw none('mediate');
      await receipts.leave({ kind: 'factor', actor: caller.id, scope: hex(kept.pat), turned, promise }, patient);
      const answers = await mathematics.applyFactor(kept.secret, turned);
      // Taken back while it waited or was computed, it is not handed out any more.
      const isOver = (await factors.get(grant)) === null || kept.notAfter <= now();
      if (isOver || (await denied.denies(patient, kept.pat, caller.id))) throw none('mediate');
      if (of && !(await isMember(caller, { team: kept.doctor, of }, membership))) throw none('mediate');
      // Nothing is what a lying or mistaken cloud turned gets back: the doctor is told which of them.
      return { answers: answers.map((answer) => answer ?? new Uint8Array()) };
    },

    async limits({ grant, state }) {
      const kept = await factors.get(grant);
      if (!caller || !kept || kept.notAfter <= now() || !equalPublic(kept.patient, caller.id)) throw none('take limits');
      await denied.take(caller, kept.pat, state);
    },

    async end({ grant, pat, end }) {
      if (!caller || !verifyEnd(caller.card.edVk, { grant, pat }, end)) throw none('take a grant back');
      const kept = await factors.get(grant);
      if (!kept) return;
      if (!equalPublic(kept.patient, caller.id) || !equalPublic(kept.pat, pat)) throw none('take a grant back');
      await factors.drop(grant);
      await receipts.leave({ kind: 'taking-back', actor: caller.id, scope: hex(pat) }, caller.id);
    },
  };

  /** Refuses whoever does not show that the chart is hers: its writer, for whom issuers vouch, signed that. */
  async function mustOwn(owner: KnownCaller, pat: Bytes, shown: Chart): Promise<void> {
    const refuse = (because: string) => new CareletError('denied', 'give a factor', { because });
    if (!shown) throw refuse('show whose chart it is: bring what you share with up to date');
    const writer = decodeCard(shown.writer);
    if (writer?.kind !== 'organisation') throw refuse('this chart is not yours');
    const signed = async () => {
      const [known] = await cards.byId([writer.id]);
      const deed = { pat, writer: writer.id, owner: owner.id };
      return known?.kind === 'organisation' && verifyDeed(known.edVk, deed, shown.deed);
    };
    if (await signed()) return;
    await cards.present(shown.writer, []);
    if (!(await signed())) throw refuse('this chart is not yours');
  }

  /** The number of the organisation a team is of, once issuers vouch for that and it for the team; `null` where they do not. */
  async function organisationBehind(team: Card, card: Bytes | undefined): Promise<Bytes | null> {
    const number = organisationOf(team);
    if (!number) return null;
    if (card) await cards.present(card, []);
    const [known] = await cards.byId([number]);
    const vouches = known?.kind === 'organisation' && voucherStands(team, team.vouchers[0]!, known.edVk);
    return vouches && selfSigned(team, now()) ? number : null;
  }

  /** Whether somebody is a member of a team at this moment, whatever a cloud says of it. */
  async function isMember(who: KnownCaller, { team, of }: { team: Bytes; of: Bytes }, shown: Membership): Promise<boolean> {
    const [clinic] = await cards.byId([of]);
    const notice = shown && clinic?.kind === 'organisation' ? readNotice(shown.notice, clinic.edVk) : null;
    if (who.kind !== 'doctor' || !shown || !notice) return false;
    const entitlement =
      readEntitlement(shown.entitlement, await town.manifest()) ?? readEntitlement(shown.entitlement, await town.refresh());
    const fits =
      entitlement !== null &&
      equalPublic(entitlement.doctor, who.id) &&
      equalPublic(notice.team, team) &&
      equalPublic(notice.organisation, of) &&
      entitlement.notAfter > now() &&
      makesMember(entitlement, notice) &&
      (await domains.isToday(of, notice.domain));
    return fits && (await isNotEnded(entitlement));
  }

  async function isNotEnded(key: KeyName): Promise<boolean> {
    try {
      await endedKeys.refuse(key, 'mediate');
      return true;
    } catch (thrown) {
      if (thrown instanceof CareletError && (thrown.kind === 'denied' || thrown.kind === 'conflict')) return false;
      throw thrown;
    }
  }
}
