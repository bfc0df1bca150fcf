/**
 * The mediator: this cloudlet's factor in what patients let others read, and the second of two places where a grant ends. Whoever
 * is let read is called the doctor of a grant, a carer with a patient's card as well.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { longestGrant } from '@carelet/care/rules/records/calendar';
import type { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { decodeCard, mayBeLetRead } from '@carelet/crypto/cards/card';
import { verifyEnd } from '@carelet/crypto/pre/grant';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import { type SealedFiles, sealedFiles } from '@carelet/ground/sealed-files';
import type { Secrets } from '@carelet/ground/secrets';
import { type Acts, receiptIn } from './acts.ts';
import type { FactorMath } from './mathematics.ts';
import type { Organisation } from './organisation.ts';

type Sharing = RoleOf<typeof cloudletContract>['sharing'];
type Mediating = Pick<Sharing, 'factor' | 'mediate' | 'end'>;

/** A factor and what it is kept for. */
type Kept = { readonly patient: Bytes; readonly pat: Bytes; readonly doctor: Bytes; readonly notAfter: number; readonly secret: Bytes };

/** Factors by their grants. */
export type Factors = SealedFiles<Kept>;

/** A day more than a grant may last. */
const longestSeconds = (longestGrant + 1) * 86_400;

/** Factors in the files of a folder, sealed under the cloudlet's key file. */
export const factorsIn = (folder: string, secrets: Secrets): Promise<Factors> =>
  sealedFiles<Kept>(
    { folder, secrets, place: 'cloudlet/factor' },
    {
      write: ({ patient, pat, doctor, notAfter, secret }) => [patient, pat, doctor, notAfter, secret],
      read: (content) => {
        const [patient, pat, doctor, notAfter, secret] = content as [Bytes, Bytes, Bytes, number, Bytes];
        return { patient, pat, doctor, notAfter, secret };
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
    acts,
    now,
  }: {
    factors: Factors;
    cards: Pick<Cards, 'present'>;
    mathematics: FactorMath;
    organisation: () => Promise<Organisation>;
    /** What this mediator does is written down before it is answered. */
    acts: Pick<Acts, 'leave'>;
    /** UTC seconds. */
    now: () => number;
  },
  caller: KnownCaller | null,
): Mediating {
  // One answer for a grant there never was, one that ended, and one that is somebody else's.
  const none = (op: string) => new CareletError('denied', op, { because: 'no grant to you holds here' });

  return {
    async factor({ grant, pat, delegate, doctor: doctorBytes, notAfter }) {
      const refuse = (because: string) => new CareletError('invalid', 'give a factor', { because });
      if (caller?.kind !== 'patient') throw new CareletError('denied', 'give a factor', { because: 'only a patient asks for one' });
      if (notAfter <= now()) throw refuse('the grant has ended already');
      if (notAfter > now() + longestSeconds) throw refuse('no grant lasts that long');
      const doctor = decodeCard(doctorBytes);
      if (!doctor || !mayBeLetRead(doctor)) throw refuse('these bytes are neither a doctor’s card nor a patient’s');
      if (equalPublic(doctor.id, caller.id)) throw refuse('nobody needs to be let read what is hers');
      await cards.present(doctorBytes, []);
      const { edSk } = await organisation();
      const made = await mathematics.newFactor(grant, delegate, { id: doctor.id, edVk: doctor.edVk }, edSk);
      if (!made) throw refuse('the half is not of this card');
      const kept = await factors.keep(grant, { patient: caller.id, pat, doctor: doctor.id, notAfter, secret: made.secret });
      if (!kept) throw new CareletError('conflict', 'give a factor', { because: 'a grant of this number was made before' });
      await acts.leave({ kind: 'grant', actor: caller.id, scope: hex(pat) }, caller.id);
      return { factor: made.factor };
    },

    async mediate({ grant, turned, promise }) {
      const kept = await factors.get(grant);
      if (!caller || !kept || !equalPublic(kept.doctor, caller.id) || kept.notAfter <= now()) throw none('mediate');
      await acts.leave({ kind: 'factor', actor: caller.id, scope: hex(kept.pat), receipt: receiptIn(promise), turned }, kept.patient);
      // Nothing is what a lying or mistaken cloud turned gets back: the doctor is told which of them.
      return { answers: (await mathematics.applyFactor(kept.secret, turned)).map((answer) => answer ?? new Uint8Array()) };
    },

    async end({ grant, pat, end }) {
      if (!caller || !verifyEnd(caller.card.edVk, { grant, pat }, end)) throw none('take a grant back');
      const kept = await factors.get(grant);
      if (!kept) return;
      if (!equalPublic(kept.patient, caller.id) || !equalPublic(kept.pat, pat)) throw none('take a grant back');
      await factors.drop(grant);
      await acts.leave({ kind: 'taking-back', actor: caller.id, scope: hex(pat) }, caller.id);
    },
  };
}
