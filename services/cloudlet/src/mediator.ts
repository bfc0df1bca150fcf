/**
 * The mediator: this cloudlet's factor in what patients let doctors read, and the second of two places where a grant ends.
 *
 * A factor lies in a file of its own beside the cloudlet's key file and in no table: a database that is restored from a backup
 * brings none back. It is taken away for good by taking the file away.
 *
 * @module
 */
import { mkdir, open as openFile, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { longestGrant } from '@carelet/care/rules/records/calendar';
import type { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, equalPublic, hex, plain, uncbor, unhex } from '@carelet/crypto/algebra/bytes';
import { decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { verifyEnd } from '@carelet/crypto/pre/grant';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import type { Secrets } from '@carelet/ground/secrets';
import type { FactorMath } from './mathematics.ts';
import type { Organisation } from './organisation.ts';

type Sharing = RoleOf<typeof cloudletContract>['sharing'];
type Mediating = Omit<Sharing, 'labels'>;

/** A factor and what it is kept for. */
type Kept = { readonly patient: Bytes; readonly pat: Bytes; readonly doctor: Bytes; readonly notAfter: number; readonly secret: Bytes };

export type Factors = {
  /** Keeps a factor; `false` where there is one of this grant. It is on disk when this returns. */
  keep(grant: Bytes, kept: Kept): Promise<boolean>;
  get(grant: Bytes): Promise<Kept | null>;
  /** Takes a factor away for good. */
  drop(grant: Bytes): Promise<void>;
  /** Takes away what has ended. */
  sweep(now: number): Promise<void>;
};

/** A day more than a grant may last. */
const longestSeconds = (longestGrant + 1) * 86_400;

const place = (grant: Bytes): string => `cloudlet/factor/${hex(grant)}`;

/** Factors in the files of a folder, sealed under the cloudlet's key file. */
export async function factorsIn(folder: string, secrets: Secrets): Promise<Factors> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Nobody was given what was not whole when the cloudlet fell.
  for (const name of await readdir(folder)) if (name.endsWith('.new')) await rm(join(folder, name), { force: true });
  const pathOf = (grant: Bytes) => join(folder, hex(grant));
  const toDisk = async () => {
    await using directory = await openFile(folder, 'r');
    await directory.sync();
  };

  const get = async (grant: Bytes): Promise<Kept | null> => {
    let sealed: Bytes;
    try {
      sealed = plain(await readFile(pathOf(grant)));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw thrown;
    }
    const [patient, pat, doctor, notAfter, secret] = uncbor(secrets.open(place(grant), sealed)) as [Bytes, Bytes, Bytes, number, Bytes];
    return { patient, pat, doctor, notAfter, secret };
  };

  const drop = async (grant: Bytes): Promise<void> => {
    await rm(pathOf(grant), { force: true });
    await toDisk();
  };

  return {
    get,
    drop,

    async keep(grant, { patient, pat, doctor, notAfter, secret }) {
      const beside = `${pathOf(grant)}.new`;
      if (await get(grant)) return false;
      {
        await using file = await openFile(beside, 'w', 0o600);
        await file.writeFile(secrets.seal(place(grant), cbor([patient, pat, doctor, notAfter, secret])));
        await file.sync();
      }
      await rename(beside, pathOf(grant));
      await toDisk();
      return true;
    },

    async sweep(now) {
      for (const name of await readdir(folder)) {
        if (!/^[0-9a-f]{32}$/.test(name)) continue;
        const grant = unhex(name);
        // One file that cannot be read keeps no other.
        const kept = await get(grant).catch(() => null);
        if (kept && kept.notAfter <= now) await drop(grant);
      }
    },
  };
}

/** The mediator as one caller may use it. */
export function mediator(
  {
    factors,
    cards,
    mathematics,
    organisation,
    now,
  }: {
    factors: Factors;
    cards: Pick<Cards, 'present'>;
    mathematics: FactorMath;
    organisation: () => Promise<Organisation>;
    /** UTC seconds. */
    now: () => number;
  },
  caller: KnownCaller | null,
): Mediating {
  // One answer for a grant there never was, one that ended, and one that is somebody else's.
  const none = (op: string) => new CareletError('denied', op, { because: 'no grant to you holds here' });

  return {
    async mediator() {
      const { card } = await organisation();
      return { organisation: encodeCard(card) };
    },

    async factor({ grant, pat, delegate, doctor: doctorBytes, notAfter }) {
      const refuse = (because: string) => new CareletError('invalid', 'give a factor', { because });
      if (caller?.kind !== 'patient') throw new CareletError('denied', 'give a factor', { because: 'only a patient asks for one' });
      if (notAfter <= now()) throw refuse('the grant has ended already');
      if (notAfter > now() + longestSeconds) throw refuse('no grant lasts that long');
      const doctor = decodeCard(doctorBytes);
      if (doctor?.kind !== 'doctor') throw refuse('these bytes are no doctor’s card');
      await cards.present(doctorBytes, []);
      const { edSk } = await organisation();
      const made = await mathematics.newFactor(grant, delegate, { id: doctor.id, edVk: doctor.edVk }, edSk);
      if (!made) throw refuse('the half is not this doctor’s');
      const kept = await factors.keep(grant, { patient: caller.id, pat, doctor: doctor.id, notAfter, secret: made.secret });
      if (!kept) throw new CareletError('conflict', 'give a factor', { because: 'a grant of this number was made before' });
      return { factor: made.factor };
    },

    async mediate({ grant, turned }) {
      const kept = await factors.get(grant);
      if (!caller || !kept || !equalPublic(kept.doctor, caller.id) || kept.notAfter <= now()) throw none('mediate');
      // Nothing is what a lying or mistaken cloud turned gets back: the doctor is told which of them.
      return { answers: (await mathematics.applyFactor(kept.secret, turned)).map((answer) => answer ?? new Uint8Array()) };
    },

    async end({ grant, pat, end }) {
      if (!caller || !verifyEnd(caller.card.edVk, { grant, pat }, end)) throw none('take a grant back');
      const kept = await factors.get(grant);
      if (!kept) return;
      if (!equalPublic(kept.patient, caller.id) || !equalPublic(kept.pat, pat)) throw none('take a grant back');
      await factors.drop(grant);
    },
  };
}
