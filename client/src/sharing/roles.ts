/**
 * A doctor's keys by her roles, from her side (kp-abe.md §4).
 *
 * No key exists whole: the cloud holds a part that transforms, a mediator one that agrees, she one that finishes, each of two
 * issuers. She believes hers for what the three come to together, checked against the issuers' public keys in a domain that
 * the town manifest names; and she opens nothing by it without the other two, who can forget theirs at any moment.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, cbor, concat, equalPublic, hex, uncbor, wipe } from '@carelet/crypto/algebra/bytes';
import { decodeCard } from '@carelet/crypto/cards/card';
import { openForDoctor } from '@carelet/crypto/cards/issued';
import { inSession } from '@carelet/crypto/kp-abe/reader';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import { renewManifest, requireAlike, requireDomain, requireEmergency, vouched } from '../enrolment.ts';
import type { DoctorKey, Keyring } from '../keyring/keyring.ts';
import type { Authority, Cloud, Cloudlet } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import { ownRoles } from './own-roles.ts';
import { type Taking, type Told, taking } from './taking.ts';

/** Whom a doctor asks for her keys: the authority, and those who hold the other parts of them. */
export type Issuing = {
  readonly authority: Authority;
  readonly cloud: { readonly sharing: Pick<Cloud['sharing'], 'service' | 'enter'> };
  /** The cloudlet of an organisation; `null` where nobody knows one. */
  readonly cloudletOf: (organisation: Bytes) => Mediating | null;
  readonly clock?: () => number;
};

/** What a mediator is asked for. */
type Mediating = { readonly sharing: Pick<Cloudlet['sharing'], 'mediator' | 'keep' | 'enter' | 'answer' | 'leave'> };

/** What came of asking for keys. */
export type TakenKeys =
  | { readonly kind: 'taken'; readonly keys: number; readonly fresh: number }
  /** Approved, but none of the clinics that mediate can be reached: she keeps the keys she has, and asks again later. */
  | { readonly kind: 'unmediated' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'rejected'; readonly reason: string };

type IssuedKey = Awaited<ReturnType<Authority['keys']['issue']>>['keys'][number];

/**
 * A doctor takes her keys, once she is approved, and hands cloud and mediator their parts of them.
 *
 * @param told hears each step as it happens, and where it stops
 * @throws {CareletError} `tampered` for what does not come to a key of its domain, and as the services refuse
 */
export async function takeDoctorKeys(issuing: Issuing, keyring: Keyring, mathematics: Mathematics, told?: Told): Promise<TakenKeys> {
  const way = taking(told);
  return takeKeys(issuing, keyring, mathematics, way).catch(way.stopped);
}

async function takeKeys(issuing: Issuing, keyring: Keyring, mathematics: Mathematics, way: Taking): Promise<TakenKeys> {
  const { authority, cloud, cloudletOf } = issuing;
  const standing = await authority.enrolment.standing({ doctor: keyring.card.id });
  if (standing.state === 'pending') return { kind: 'waiting' };
  if (standing.state === 'rejected') {
    // They open nothing any more: cloud and mediator have forgotten their parts, or will when they hear of it.
    keyring.doctorKeys = [];
    keyring.emergencyKeys = [];
    // That she was is known to anybody; why is told to her alone.
    const now = Math.floor((issuing.clock ?? Date.now)() / 1000);
    const own = await ownRoles(authority, keyring, now).catch(() => null);
    return { kind: 'rejected', reason: own?.reason ?? 'no reason was given' };
  }
  await renewManifest(authority, keyring);
  if (standing.card) keyring.card = vouched(keyring, standing.card);
  const mediator = await mediatorFor(issuing, keyring);
  if (!mediator) {
    way.tell({ kind: 'stopped', at: 'clinic', because: 'unavailable' });
    return { kind: 'unmediated' };
  }
  way.waitsFor('cloud');
  const services = { cloud: (await cloud.sharing.service()).key, mediator };
  const held = [...keyring.doctorKeys, ...keyring.emergencyKeys];
  const known = new Map(held.filter(({ mediator }) => cloudletOf(mediator)).map((key) => [hex(key.entitlement), key]));
  let anew = held.filter((key) => !known.has(hex(key.entitlement))).map(({ organisation }) => organisation);
  let taken: DoctorKey[] = [];
  let urgent: DoctorKey[] = [];
  let fresh = 0;
  // Once more for what was sealed to keys that cloud or mediator have erased since.
  for (const last of [false, true]) {
    const { keys } = await way.whileIssuing(authority, keyring, () => authority.keys.issue({ ...services, anew }));
    taken = [];
    urgent = [];
    anew = [];
    for (const issued of keys) {
      const name = hex(issued.entitlement);
      const key = known.get(name) ?? (await unlessMissing(last, () => bringParts(issuing, keyring, mathematics, issued, way)));
      if (!key) {
        anew.push(issued.organisation);
        continue;
      }
      if (!known.has(name) && !issued.emergency) fresh++;
      known.set(name, key);
      (issued.emergency ? urgent : taken).push(key);
    }
    if (anew.length === 0) break;
  }
  keyring.doctorKeys = taken;
  keyring.emergencyKeys = urgent;
  return { kind: 'taken', keys: taken.length, fresh };
}

/** `null` for what is missing, where there is another try. */
async function unlessMissing<T>(last: boolean, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (thrown) {
    if (!last && thrown instanceof CareletError && thrown.kind === 'missing') return null;
    throw thrown;
  }
}

/** A cloudlet that mediates: one she has keys with already, else the first that answers; `null` where none does. */
async function mediatorFor({ cloudletOf }: Issuing, { manifest, doctorKeys, card }: Keyring) {
  const houses = [...doctorKeys.map(({ mediator }) => mediator), ...manifest.domains.map(({ organisation }) => organisation)];
  for (const house of new Map(houses.map((one) => [hex(one), one])).values()) {
    const said = await cloudletOf(house)
      ?.sharing.mediator()
      .catch(() => null);
    const of = said && decodeCard(said.organisation);
    if (of && equalPublic(of.id, house) && !equalPublic(of.id, card.id)) return said;
  }
  return null;
}

/** Takes her own parts of a key, hands the others over, and checks what they come to. */
async function bringParts(
  { cloud, cloudletOf }: Issuing,
  keyring: Keyring,
  mathematics: Mathematics,
  { organisation, emergency, mediator, parts, entitlement, words }: IssuedKey,
  way: Taking,
): Promise<DoctorKey> {
  const op = 'take keys';
  const doctor = keyring.card.id;
  const mediating = cloudletOf(mediator);
  if (!mediating) throw new CareletError('missing', op, { because: 'nobody knows where this key’s mediator is' });
  const of = { organisation, emergency };
  const inOrder = parts.toSorted((a, b) => a.issuer - b.issuer);
  way.tell({ kind: 'issued', issuers: inOrder.map(({ issuer }) => issuer), ...of });
  way.waitsFor('check');
  const said = inOrder.map(({ issuer, doctor: sealed }) => {
    const own = openForDoctor(keyring.secrets.hybridSk, { doctor, organisation, issuer }, sealed);
    if (!own) throw new CareletError('cannot-open', op, { because: 'a part of a key is not sealed to this card' });
    return own;
  });
  requireAlike(
    said.map(({ domain, issuers, pq, notAfter }) => cbor([domain, issuers, pq, notAfter])),
    inOrder,
    op,
  );
  const { domain, issuers, pq, notAfter } = said[0]!;
  (emergency ? requireEmergency : requireDomain)(keyring, organisation, domain, op);
  const factors = said.map(({ factor }) => factor);

  const transforms = inOrder.map(({ issuer, cloud: sealed }) => ({ issuer, sealed }));
  way.waitsFor('cloud');
  const { bases } = await cloud.sharing.enter({ entitlement, transforms });
  way.tell({ kind: 'cloud', ...of });
  way.waitsFor('clinic');
  const brought = inOrder.map(({ issuer, mediator: sealed }) => ({ issuer, sealed }));
  const key = { organisation, domain, factors, mediator, pq, notAfter, entitlement, words };
  if (emergency) {
    // Checked when the glass is broken: until then the mediator does nothing with its part.
    await mediating.sharing.keep({ organisation, factors: brought });
    way.tell({ kind: 'clinic', clinic: mediator, ...of });
    return key;
  }
  const login = await logIn(mediating, keyring, key, { brought });
  way.tell({ kind: 'clinic', clinic: mediator, ...of });
  try {
    const [answer] = (await mediating.sharing.answer({ login: login.login, transformed: [concat(...bases)] })).answers;
    way.waitsFor('check');
    const checks = login.factors.map((factor, i) => ({
      domain,
      issuers,
      factor,
      answer: (answer ?? new Uint8Array()).subarray(576 * i, 576 * (i + 1)),
    }));
    if ((await mathematics.checkFactors(checks)).includes(false)) {
      throw new CareletError('tampered', op, { because: 'a key is not what its domain should have issued' });
    }
  } finally {
    await leave(mediating, login);
  }
  way.tell({ kind: 'checked', ...of });
  return key;
}

type Entering = Parameters<Cloudlet['sharing']['enter']>[0];

/** Her word that the glass of a chart is broken, and the cloud's that it noted it. */
export type Broken = NonNullable<Entering['breakGlass']>;

/** Her factors for one login. */
export type RoleLogin = { readonly login: Bytes; readonly factors: readonly Bytes[] };

async function logIn(
  mediating: Mediating,
  { card, secrets }: Keyring,
  { organisation, factors }: Pick<DoctorKey, 'organisation' | 'factors'>,
  { brought = [], broken }: { brought?: Entering['factors']; broken?: Broken | undefined } = {},
): Promise<RoleLogin> {
  const { login, session } = await mediating.sharing.enter({ organisation, factors: brought, ...(broken && { breakGlass: broken }) });
  const content = openWith(secrets.hybridSk, cbor(['carelet/v1/sharing/login', card.id, organisation, login]), session);
  const scalars = content ? (uncbor(content) as Bytes[]) : [];
  if (scalars.length !== factors.length) {
    throw new CareletError('tampered', 'log in', { because: 'the mediator’s answer is not for this login' });
  }
  const split = factors.map((factor, i) => inSession(factor, scalars[i]!));
  wipe(...scalars);
  return { login, factors: split };
}

async function leave(mediating: Mediating, { login, factors }: RoleLogin): Promise<void> {
  await mediating.sharing.leave({ login }).catch(() => {});
  wipe(...factors);
}

/** Logins of one reader, each made when it is first wanted. */
export type RoleLogins = {
  /** Applies the mediator's factors and gives hers beside, for one login; nothing stands for what is no element of GT. */
  answer(
    key: DoctorKey,
    transformed: readonly Bytes[],
    /** What the cloud promised with them, and the glass that was broken for them. */
    of?: { readonly promise?: Bytes | undefined; readonly broken?: Broken | undefined },
  ): Promise<{ readonly answers: readonly Bytes[]; readonly factors: readonly Bytes[] }>;
  /** Logs out everywhere. */
  leave(): Promise<void>;
};

/** Takes a key away that its services have lost: it is asked for again when keys are taken. */
export function dropKey(keyring: Keyring, key: DoctorKey): void {
  keyring.doctorKeys = keyring.doctorKeys.filter((one) => one !== key);
  keyring.emergencyKeys = keyring.emergencyKeys.filter((one) => one !== key);
}

export function roleLogins(keyring: Keyring, cloudletOf: Issuing['cloudletOf']): RoleLogins {
  const logins = new Map<string, { readonly key: DoctorKey; readonly made: Promise<RoleLogin> }>();
  const nameOf = (key: DoctorKey, broken: Broken | undefined) => hex(key.entitlement) + (broken ? hex(broken.noted) : '');
  const mediatorOf = (key: DoctorKey): Mediating => {
    const mediating = cloudletOf(key.mediator);
    if (!mediating) throw new CareletError('unavailable', 'open by a role', { because: 'nobody knows where this key’s mediator is' });
    return mediating;
  };
  const loginFor = (key: DoctorKey, mediating: Mediating, broken: Broken | undefined): Promise<RoleLogin> => {
    const name = nameOf(key, broken);
    const known = logins.get(name);
    if (known) return known.made;
    const made = logIn(mediating, keyring, key, { broken });
    logins.set(name, { key, made });
    // What failed is tried again the next time; of what the mediator has lost, when keys are taken.
    made.catch((thrown: unknown) => {
      logins.delete(name);
      if (thrown instanceof CareletError && thrown.kind === 'missing') dropKey(keyring, key);
    });
    return made;
  };

  return {
    async answer(key, transformed, { promise, broken } = {}) {
      const mediating = mediatorOf(key);
      const ask = async () => {
        const { login, factors } = await loginFor(key, mediating, broken);
        return { ...(await mediating.sharing.answer({ login, transformed: [...transformed], ...(promise && { promise }) })), factors };
      };
      const name = nameOf(key, broken);
      const before = logins.get(name);
      try {
        return await ask();
      } catch (thrown) {
        // A login ends with its hours and with a restart of the mediator's: the next one tells.
        if (!before || !(thrown instanceof CareletError) || thrown.kind !== 'denied') throw thrown;
        if (logins.get(name) === before) logins.delete(name);
        return ask();
      }
    },

    async leave() {
      const all = [...logins.values()];
      logins.clear();
      await Promise.all(
        all.map(async ({ key, made }) => {
          const mediating = cloudletOf(key.mediator);
          const login = await made.catch(() => null);
          if (login && mediating) await leave(mediating, login);
        }),
      );
    },
  };
}
