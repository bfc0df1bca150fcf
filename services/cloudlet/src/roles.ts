/**
 * Roles: this cloudlet's part of doctors' keys, as a mediator of the town (kp-abe.md §4).
 *
 * Two issuers each sealed a factor to it. It applies them for their doctor alone, as long as her key lasts and nobody ended it,
 * and only in the form of a login: with a number drawn for that login and forgotten when she leaves, so that what a session held
 * is of no use in another.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, equalPublic, hex, wipe } from '@carelet/crypto/algebra/bytes';
import { hashOf } from '@carelet/crypto/algebra/hash';
import { systemRandom } from '@carelet/crypto/algebra/random';
import type { KeyEnd } from '@carelet/crypto/cards/approval';
import { encodeCard } from '@carelet/crypto/cards/card';
import { openForMediator } from '@carelet/crypto/cards/issued';
import { foundingHash, type Manifest } from '@carelet/crypto/cards/manifest';
import { encodeServiceKey } from '@carelet/crypto/cards/service';
import { domainOfFactor, forLogin } from '@carelet/crypto/kp-abe/mediator';
import { decodeBreakGlass, verifyBreakGlass, verifyNoted } from '@carelet/crypto/ma-kp-abe/break-glass';
import { sealTo } from '@carelet/crypto/ntru/hybrid';
import { type Domains, type DomainToday, isForEmergencies } from '@carelet/ground/domains';
import type { EndedKeys } from '@carelet/ground/ended-keys';
import type { KnownCaller } from '@carelet/ground/login';
import { type SealedFiles, sealedFiles } from '@carelet/ground/sealed-files';
import type { Secrets } from '@carelet/ground/secrets';
import type { ServiceKeys } from '@carelet/ground/service-key';
import type { Town } from '@carelet/ground/town';
import type { RoleMath } from './mathematics.ts';
import type { Organisation } from './organisation.ts';
import type { Receipts } from './receipts.ts';

type Sharing = RoleOf<typeof cloudletContract>['sharing'];
/** All of `sharing` that is about roles. */
type Roles = Pick<Sharing, 'mediator' | 'keep' | 'enter' | 'answer' | 'leave'>;
type Brought = Parameters<Sharing['enter']>[0]['factors'];

/** The factors of a doctor's key for an organisation, in the order of the issuers' places. */
type Kept = {
  readonly doctor: Bytes;
  readonly organisation: Bytes;
  readonly issued: number;
  readonly notAfter: number;
  readonly factors: readonly Bytes[];
};

/** What this mediator keeps of doctors' keys. */
export type RoleFactors = SealedFiles<Kept>;

export const roleFactorsIn = (folder: string, secrets: Secrets): Promise<RoleFactors> =>
  sealedFiles<Kept>(
    { folder, secrets, place: 'cloudlet/role-factor' },
    {
      write: ({ doctor, organisation, issued, notAfter, factors }) => [doctor, organisation, issued, notAfter, factors],
      read: (content) => {
        const [doctor, organisation, issued, notAfter, factors] = content as [Bytes, Bytes, number, number, Bytes[]];
        return { doctor, organisation, issued, notAfter, factors };
      },
    },
  );

type Login = Omit<Kept, 'notAfter'> & { readonly until: number };

/** Logins, in memory alone: a cloudlet that starts anew knows none. */
export type Logins = Map<string, Login>;

type BrokenGlass = Parameters<Sharing['enter']>[0]['breakGlass'];

/** How far a doctor's clock may be ahead, seconds. */
const skew = 300;
/** How long a login lasts whose doctor never leaves, seconds. */
const longestLogin = 12 * 3600;
/** Logins of one doctor at one organisation; the oldest gives way. */
const loginsEach = 8;

const numberOf = (doctor: Bytes, organisation: Bytes): Bytes => hashOf('carelet/v1/cloudlet/role', doctor, organisation).slice(0, 16);

/** Takes away what this mediator keeps of keys that an administrator ended, and their logins. */
export async function forgetKeys(kept: RoleFactors, logins: Logins, { doctor, of }: KeyEnd): Promise<void> {
  const over = (key: Pick<Kept, 'doctor' | 'organisation' | 'issued'>) =>
    equalPublic(key.doctor, doctor) && (!of || (equalPublic(key.organisation, of.organisation) && key.issued < of.before));
  end(logins, over);
  await kept.dropWhere(over);
}

/** Takes away what this mediator keeps of keys for domains that organisations do not have any more, and their logins. */
export async function forgetKeysOfOthers(kept: RoleFactors, logins: Logins, today: readonly DomainToday[]): Promise<void> {
  const known = new Map(today.map((one) => [hex(one.organisation), one]));
  const over = ({ organisation, factors }: Pick<Kept, 'organisation' | 'factors'>) => {
    const one = known.get(hex(organisation));
    // What is for emergencies carries its authorities' ids; nothing is done with it unless the town names it.
    if (!one || isForEmergencies(one)) return false;
    return factors.some((factor) => !equalPublic(domainOfFactor(factor), one.id));
  };
  end(logins, over);
  await kept.dropWhere(over);
}

function end(logins: Logins, over: (login: Login) => boolean): void {
  for (const [name, login] of logins) {
    if (!over(login)) continue;
    logins.delete(name);
    wipe(...login.factors);
  }
}

/** Roles as one caller may use them. */
export function roles(
  {
    kept,
    logins,
    keys,
    endedKeys,
    domains,
    mathematics,
    organisation: clinic,
    town,
    receipts,
    now,
  }: {
    kept: RoleFactors;
    logins: Logins;
    keys: ServiceKeys;
    endedKeys: EndedKeys;
    domains: Domains;
    mathematics: RoleMath;
    organisation: () => Promise<Organisation>;
    town: Town;
    /** What this mediator does is written down before it is answered. */
    receipts: Pick<Receipts, 'leave'>;
    /** UTC seconds. */
    now: () => number;
  },
  caller: KnownCaller | null,
): Roles {
  const doctorFor = (op: string): KnownCaller => {
    if (caller?.kind !== 'doctor') throw new CareletError('denied', op, { because: 'only a doctor opens by a role' });
    return caller;
  };
  // One answer for a login there never was, one that is over, and one that is somebody else's.
  const none = () => new CareletError('denied', 'answer', { because: 'you are not logged in here' });

  return {
    async mediator() {
      const { card, edSk } = await clinic();
      return { organisation: encodeCard(card), key: encodeServiceKey('mediator', (await keys.current()).publicKey, edSk) };
    },

    async keep({ organisation, factors }) {
      await keyOf(doctorFor('keep'), organisation, factors, 'keep');
    },

    async enter({ organisation, factors: brought, breakGlass }) {
      const op = 'enter';
      const doctor = doctorFor(op);
      const key = await keyOf(doctor, organisation, brought, op);
      const broken =
        (await meantFor(key, op)) === 'emergency' ? await brokenUntil(doctor, organisation, breakGlass, op) : Number.POSITIVE_INFINITY;

      const split = key.factors.map((factor) => forLogin(factor));
      const login = systemRandom(16);
      const until = Math.min(now() + longestLogin, key.notAfter, broken);
      end(logins, (one) => one.until <= now());
      const others = [...logins].filter(([, one]) => equalPublic(one.doctor, doctor.id) && equalPublic(one.organisation, organisation));
      for (const [, oldest] of others.slice(0, Math.max(0, others.length + 1 - loginsEach))) end(logins, (one) => one === oldest);
      logins.set(hex(login), { doctor: doctor.id, organisation, issued: key.issued, until, factors: split.map(({ factor }) => factor) });
      const context = cbor(['carelet/v1/sharing/login', doctor.id, organisation, login]);
      const session = sealTo(doctor.card.hybridPk, context, cbor(split.map((one) => one.session)));
      wipe(...split.map((one) => one.session));
      return { login, session };
    },

    async answer({ login: name, transformed, promise }) {
      const doctor = doctorFor('answer');
      const login = logins.get(hex(name));
      if (!login || !equalPublic(login.doctor, doctor.id) || login.until <= now()) throw none();
      await endedKeys.refuse(login, 'answer');
      await meantFor(login, 'answer');
      await receipts.leave({
        kind: 'factor',
        actor: doctor.id,
        scope: hex(login.organisation),
        turned: transformed,
        promise,
      });
      const answers = await mathematics.applyRole(login.factors, transformed);
      // Ended while it waited or was computed, it is not handed out any more.
      if (logins.get(hex(name)) !== login || login.until <= now()) throw none();
      // Nothing is what a lying or mistaken cloud transformed gets back: the doctor is told which of them.
      return { answers: answers.map((answer) => answer ?? new Uint8Array()) };
    },

    async leave({ login: name }) {
      const login = logins.get(hex(name));
      if (login && caller && equalPublic(login.doctor, caller.id)) end(logins, (one) => one === login);
    },
  };

  /** A doctor's key as this mediator has it, with what she brought of it. */
  async function keyOf(doctor: KnownCaller, organisation: Bytes, brought: Brought, op: string): Promise<Kept> {
    const number = numberOf(doctor.id, organisation);
    const before = await kept.get(number);
    const fresh = brought.length > 0 ? await factorsIn(doctor.id, organisation, brought) : null;
    const named = { doctor: doctor.id, organisation, issued: (fresh ?? before)?.issued ?? 0 };
    await endedKeys.refuse(named, op);
    if (fresh ?? before) await meantFor((fresh ?? before)!, op);
    if (fresh && before && fresh.issued < before.issued) {
      throw new CareletError('conflict', op, { because: 'a later key was issued in its place' });
    }
    if (fresh && fresh.issued !== before?.issued) {
      await kept.put(number, fresh);
      end(logins, (login) => equalPublic(login.doctor, doctor.id) && equalPublic(login.organisation, organisation));
      // What was ended in this moment does not stay because it was just laid down.
      await endedKeys.refuse(named, op).catch(async (thrown: unknown) => {
        await forgetKeys(kept, logins, { doctor: doctor.id, of: { organisation, before: fresh.issued + 1 } });
        throw thrown;
      });
    }
    const key = fresh ?? before;
    if (!key) throw new CareletError('missing', op, { because: 'this mediator has no part of that key' });
    if (key.notAfter <= now()) throw new CareletError('denied', op, { because: 'the key has ended' });
    return key;
  }

  /** What a key is for; of a domain that was retired it is for nothing any more. */
  async function meantFor({ organisation, factors }: Pick<Kept, 'organisation' | 'factors'>, op: string): Promise<'role' | 'emergency'> {
    // In an emergency nobody waits for an authority that is away.
    if ((await domains.kindOf(organisation)) === 'emergency') return 'emergency';
    const today = await Promise.all(factors.map((factor) => domains.isToday(organisation, domainOfFactor(factor))));
    if (today.every(Boolean)) return 'role';
    throw new CareletError('conflict', op, { because: 'the organisation has another domain by now' });
  }

  /** Until when a login may last by the glass that was broken, UTC seconds: the doctor signed for it, and the cloud that it noted it. */
  async function brokenUntil(doctor: KnownCaller, number: Bytes, said: BrokenGlass, op: string): Promise<number> {
    const refuse = (because: string) => new CareletError('denied', op, { because });
    const word = said && decodeBreakGlass(said.word);
    if (!said || !word) throw refuse('the glass has to be broken first');
    const manifest = await named(word.organisation, number);
    const fits =
      manifest !== null &&
      equalPublic(word.doctor, doctor.id) &&
      equalPublic(word.town, foundingHash(manifest)) &&
      verifyBreakGlass(doctor.card.edVk, word);
    if (!fits) throw refuse('this is not your word that the glass is broken');
    if (!manifest.receipts || !verifyNoted(manifest.receipts.log.key, said.word, said.noted)) {
      throw refuse('the cloud of this town did not note that the glass is broken');
    }
    if (word.since > now() + skew || word.until <= now()) throw refuse('the time the glass was broken for is over');
    return word.until;
  }

  /** The manifest that names this number for the emergencies of an organisation; `null` where none does. */
  async function named(organisation: Bytes, number: Bytes): Promise<Manifest | null> {
    const names = ({ domains: all }: Manifest) =>
      all.some((one) => one.emergency && equalPublic(one.organisation, organisation) && equalPublic(one.emergency, number));
    const known = await town.manifest();
    const manifest = names(known) ? known : await town.refresh();
    return names(manifest) ? manifest : null;
  }

  /** What issuers sealed to this mediator: two factors of one key. */
  async function factorsIn(doctor: Bytes, organisation: Bytes, brought: Brought): Promise<Kept> {
    const refuse = (because: string) => new CareletError('invalid', 'enter', { because });
    if (new Set(brought.map(({ issuer }) => issuer)).size < brought.length) throw refuse('two parts of a key are one issuer’s');
    const parts: { readonly issuer: number; readonly factor: Bytes; readonly issued: number; readonly notAfter: number }[] = [];
    for (const { issuer, sealed } of brought.toSorted((a, b) => a.issuer - b.issuer)) {
      const part = await keys.open((secretKey) => openForMediator(secretKey, { doctor, organisation, issuer }, sealed));
      // Sealed to a day's key that was erased since, or to somebody else: it has to be issued anew.
      if (!part) throw new CareletError('missing', 'enter', { because: 'a part of the key is not sealed to a key this mediator has' });
      parts.push({ issuer, ...part });
    }
    const [first] = parts;
    if (parts.some(({ issued, notAfter }) => issued !== first!.issued || notAfter !== first!.notAfter)) {
      throw refuse('the parts are not of one key');
    }
    return { doctor, organisation, issued: first!.issued, notAfter: first!.notAfter, factors: parts.map(({ factor }) => factor) };
  }
}
