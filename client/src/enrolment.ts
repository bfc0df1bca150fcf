/**
 * Enrolment from the person's side: registering, approving, and taking the keys that follow.
 *
 * Keys are believed for what they are, not for who hands them over: a domain must stand in the town manifest
 * that this keyring pinned (or a successor its issuers signed). What two issuers say alike is said by one of them truly, as long as
 * one is honest. A doctor's keys are taken in `sharing/roles`.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { checkNamed, type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { type Bytes, cbor, equal, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { type KeyEnd, signAdmission, signApproval, signKeyEnd, signRejection, signRetirement } from '@carelet/crypto/cards/approval';
import { type Card, cardNumber, cardStands, decodeCard, encodeCard, sameCard, selfSigned } from '@carelet/crypto/cards/card';
import { invitationKey, newCode, signAcceptance, signInvitation } from '@carelet/crypto/cards/invitation';
import {
  type Domain,
  decodeManifest,
  encodeManifest,
  foundingHash,
  type Manifest,
  manifestHash,
  signedByTwo,
  successor,
} from '@carelet/crypto/cards/manifest';
import { readServiceKey, sealDomain } from '@carelet/crypto/cards/service';
import { idOfDomain } from '@carelet/crypto/ma-kp-abe/security-domain';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import type { Keyring, WriterKeys } from './keyring/keyring.ts';
import { newNumber, numberAt, numbersOf } from './keyring/numbers.ts';
import type { Authority, Cloud, Cloudlet } from './login.ts';

/**
 * The town manifest for a new keyring.
 *
 * @param pin hex hash of the town's first manifest, or of this very one, where one was handed over at install;
 * without it the manifest is taken on first use
 */
export async function firstManifest(authority: Authority, pin?: string): Promise<Manifest> {
  const offered = decodeManifest((await authority.town.manifest()).manifest);
  const known = (manifest: Manifest) =>
    pin === undefined || [foundingHash(manifest), manifestHash(manifest)].some((hash) => hex(hash) === pin);
  if (!offered || !signedByTwo(offered) || !known(offered)) {
    throw new CareletError('tampered', 'read town manifest', { because: 'it is not the one this town is known by' });
  }
  return offered;
}

/** Brings a keyring's manifest up to date; refuses one that does not follow from it. */
export async function renewManifest(authority: Authority, keyring: Keyring): Promise<void> {
  const offered = decodeManifest((await authority.town.manifest()).manifest);
  if (!offered || !successor(keyring.manifest, offered)) {
    throw new CareletError('tampered', 'read town manifest', { because: 'it does not follow from the one pinned in this keyring' });
  }
  for (const number of numbersOf(keyring)) number.manifest = offered;
}

/** Becomes an administrator with a one-time code. */
export async function claim(authority: Authority, keyring: Keyring, code: string, office: string): Promise<void> {
  const organisation = office.trim();
  const { public: invitation, secret } = invitationKey(code);
  const acceptance = signAcceptance(secret, keyring.card, organisation);
  const asked = { invitation, acceptance, name: keyring.title, organisation, card: encodeCard(keyring.card) };
  const { card } = await authority.enrolment.claim(asked);
  keyring.card = vouched(keyring, card);
}

/**
 * A one-time code for another administrator. It is told to nobody but her.
 *
 * @param code another administrator's, to be signed as well: an organisation that has no administrator yet wants two
 */
export async function invite(authority: Authority, { secrets }: Keyring, code = newCode()): Promise<{ code: string }> {
  const { public: invitation } = invitationKey(code);
  await authority.enrolment.invite({ invitation, signature: signInvitation(secrets.edSk, invitation) });
  return { code };
}

/** An administrator and the authority she asks. */
export type Office = { readonly authority: Authority; readonly keyring: Keyring };

/** An administrator enrols an organisation, whose card comes back vouched for; then it takes what it seals with. */
export async function enrolOrganisation(administrator: Office, asOrganisation: () => Authority, keyring: Keyring): Promise<void> {
  const [name, own] = [keyring.title.trim(), keyring.card];
  const signature = signAdmission(administrator.keyring.secrets.edSk, own, name);
  const { card } = await administrator.authority.enrolment.organisation({ name, card: encodeCard(own), signature });
  keyring.card = vouched(keyring, card);
  await takeWriterKeys(asOrganisation(), keyring);
}

export async function takeWriterKeys(authority: Authority, keyring: Keyring): Promise<void> {
  // Asked first: an organisation's emergencies are founded when they are first asked for.
  const { sealed, emergency } = await authority.keys.writer();
  await renewManifest(authority, keyring);
  const said = sealed.map(({ issuer, sealed: bytes }) => {
    const content = openWith(keyring.secrets.hybridSk, cbor(['carelet/v1/enrolment/writer', keyring.card.id, issuer]), bytes);
    if (!content) throw new CareletError('cannot-open', 'take writer keys', { because: 'they are not sealed to this card' });
    return content;
  });
  requireAlike(said, sealed, 'take writer keys');
  const [domain, orgKey, pq] = uncbor(said[0]!) as [Bytes, Bytes, Bytes];
  requireDomain(keyring, keyring.card.id, domain, 'take writer keys');
  const number = domainOf(keyring.manifest, keyring.card.id)?.emergency;
  if (emergency) requireEmergency(keyring, number ?? new Uint8Array(), emergency, 'take writer keys');
  keyring.writer = { domain, orgKey, pq, emergency };
}

/**
 * Hands the organisation's cloudlet what the organisation seals with, sealed to it: with that it gives patients the labels of what
 * they lock for their devices.
 *
 * @throws {CareletError} `tampered` for a cloudlet whose key the organisation did not sign; `conflict` for a retired domain
 */
export async function handDomain(cloudlet: Pick<Cloudlet, 'sharing'>, keyring: Keyring): Promise<void> {
  const op = 'hand over a domain';
  mustHoldDomain(keyring, op);
  const key = readServiceKey('mediator', keyring.card.edVk, (await cloudlet.sharing.mediator()).key);
  if (!key) throw new CareletError('tampered', op, { because: 'the cloudlet shows a key that this organisation did not sign' });
  await cloudlet.sharing.domain({ sealed: sealDomain(key, keyring.card.id, keyring.writer) });
}

/**
 * Whether an organisation holds what it seals with today: of the domain that its manifest names.
 *
 * @example
 * ```ts no-run
 * import { holdsDomain, takeWriterKeys } from '@carelet/client/enrolment';
 * import type { Keyring } from '@carelet/client/keyring/keyring';
 * import type { Authority } from '@carelet/client/login';
 * declare const [authority, keyring]: [Authority, Keyring];
 * if (!holdsDomain(keyring)) await takeWriterKeys(authority, keyring);
 * ```
 */
export const holdsDomain = ({ card, manifest, writer }: Pick<Keyring, 'card' | 'manifest' | 'writer'>): boolean =>
  writer !== null && equalPublic(domainOf(manifest, card.id)?.publicKey ?? new Uint8Array(), writer.domain);

/** Refuses to seal for a domain that was retired. */
export function mustHoldDomain(keyring: Keyring, op: string): asserts keyring is Keyring & { writer: WriterKeys } {
  if (!keyring.writer) throw new CareletError('denied', op, { subject: keyring.name, because: 'this organisation is not enrolled yet' });
  if (!holdsDomain(keyring)) {
    throw new CareletError('conflict', op, {
      subject: keyring.name,
      because: 'the organisation’s domain was retired; it has to take what it seals with today',
    });
  }
}

/** How far the end of a domain is: it takes as many organisations' administrators as are `needed`. */
export type Retirement = {
  readonly approvals: number;
  readonly needed: number;
  /** Who has heard, once it is retired; whoever has not asks the authority within a minute. */
  readonly retired: Heard | null;
};

/**
 * An administrator signs that an organisation's domain ends, as the manifest names it at this moment. Once enough have, the
 * issuers make another in its place: nothing is sealed to the old one any more and no key is issued under it, and the
 * organisation makes its locks anew (`records/renew`).
 *
 * @throws {CareletError} `missing` for an organisation that the town does not know; `unavailable` while one of the three issuers
 *   is away: asked again it goes on
 */
export async function retireDomain(
  { authority, keyring }: Office,
  { cloud, cloudlets }: Holders,
  organisation: Bytes,
): Promise<Retirement> {
  await renewManifest(authority, keyring);
  const domain = domainOf(keyring.manifest, organisation);
  if (!domain) throw new CareletError('missing', 'retire a domain', { because: 'the town manifest knows no such organisation' });
  const { publicKey } = domain;
  const signature = signRetirement(keyring.secrets.edSk, organisation, publicKey);
  const { approvals, needed, retired } = await authority.enrolment.retire({ organisation, publicKey, signature });
  if (!retired) return { approvals, needed, retired: null };
  await renewManifest(authority, keyring);
  const manifest = encodeManifest(keyring.manifest);
  return { approvals, needed, retired: await heardBy(cloud, cloudlets, (holder) => holder.sharing.retired({ manifest })) };
}

/** Tells cloud and cloudlets something at once, and counts who took it. */
async function heardBy(
  cloud: Holders['cloud'],
  cloudlets: Holders['cloudlets'],
  tell: (holder: Holders['cloud'] | Holders['cloudlets'][number]) => Promise<unknown>,
): Promise<Heard> {
  const [atCloud, ...atCloudlets] = (await Promise.allSettled([cloud, ...cloudlets].map(tell))).map(({ status }) => status === 'fulfilled');
  return { cloud: atCloud!, cloudlets: atCloudlets.filter(Boolean).length };
}

/** What a doctor says of herself. */
export type Registration = { readonly certificate: string; readonly specialty: string; readonly organisation: string };

/** Registers a number of a doctor's; which one, `numberToRegister` says. */
export async function register(authority: Authority, keyring: Keyring, registration: Registration): Promise<string> {
  const { state } = await authority.enrolment.register({ card: encodeCard(keyring.card), name: keyring.title, ...registration });
  keyring.at ??= placeCalled(keyring, registration.organisation)?.organisation ?? null;
  return state;
}

/**
 * The number by which a doctor registers at a place she names: hers there, one she uses nowhere yet, or a new one. Before she
 * registers by it, her keyring is to be kept.
 *
 * @example
 * ```ts no-run
 * import { numberToRegister, register } from '@carelet/client/enrolment';
 * import type { Keyring } from '@carelet/client/keyring/keyring';
 * import type { Authority } from '@carelet/client/login';
 * declare const [authority, keyring, save]: [Authority, Keyring, () => Promise<void>];
 * const registration = { certificate: 'C 31 877', specialty: 'cardiology', organisation: 'Harbour Clinic' };
 * const number = numberToRegister(keyring, registration.organisation);
 * await save();
 * await register(authority, number, registration);
 * ```
 */
export function numberToRegister(keyring: Keyring, organisation: string): Keyring {
  const place = placeCalled(keyring, organisation)?.organisation ?? null;
  return numberAt(keyring, place) ?? newNumber(keyring, place);
}

const placeCalled = ({ manifest }: Keyring, organisation: string): Domain | undefined =>
  manifest.domains.find(({ name }) => name === organisation.trim());

/** A registration as the authority tells it. */
type Registered = { readonly doctor: Bytes; readonly card: Bytes };

/**
 * The card somebody registered with; `null` unless its keys are those of the number she goes by, and it is signed by
 * them. Only then does the fingerprint that two people compare say what an approval is signed over.
 *
 * @param now UTC seconds
 */
export function registeredCard({ doctor, card: bytes }: Registered, now: number): Card | null {
  const card = decodeCard(bytes);
  const hers = card?.kind === 'doctor' && equalPublic(card.id, doctor) && equalPublic(cardNumber(card), doctor);
  return hers && selfSigned(card, now) ? card : null;
}

/** A policy as the authority lists it beside a doctor, with the offices that signed it. */
type Listed = { readonly policy: Policy; readonly signers: readonly { readonly organisation: string }[] };

/**
 * What was signed for a doctor at an organisation: the policy that counts there, or counted until it ended, and those that wait until others have
 * signed the same. It is the authority's word, for showing what a policy takes the place of; what is signed is told whole beside it.
 *
 * @param needed signatures of different organisations that a policy wants
 */
export function signedAt<One extends Listed>(
  policies: readonly One[],
  organisation: Bytes,
  needed: number,
): { readonly counting: One | undefined; readonly waiting: readonly One[] } {
  const there = policies.filter(({ policy }) => policy.unit.startsWith(hex(organisation)));
  const counts = ({ signers }: Listed) => new Set(signers.map((one) => one.organisation)).size >= needed;
  return { counting: there.find(counts), waiting: there.filter((one) => !counts(one)) };
}

/**
 * An administrator signs a policy for a doctor, over the keys of the card that was looked at (see `registeredCard`).
 *
 * @param now UTC seconds
 * @returns `replaces`: when the key was issued whose policy this one takes the place of, for `endReplaced`; `null` where it takes none's
 */
export async function approve(
  authority: Authority,
  administrator: Keyring,
  doctor: Card,
  policy: Policy,
  now: number,
): Promise<{ state: string; approvals: number; needed: number; replaces: number | null }> {
  const time = Math.floor(now);
  const signature = signApproval(administrator.secrets.edSk, { doctor, policy: policyText(policy), time });
  checkNamed(policy);
  const { parts, kinds, confidentiality, sensitivity, patients, unit, from, until, breakGlass, named } = policy;
  return authority.enrolment.approve({
    doctor: doctor.id,
    policy: {
      parts: [...parts],
      kinds: [...kinds],
      confidentiality: [...confidentiality],
      sensitivity: [...sensitivity],
      patients: patients === 'everyone' ? patients : [...patients],
      unit,
      from,
      until,
      ...(breakGlass && { breakGlass }),
      ...(named && named.length > 0 && { named }),
    },
    time,
    signature,
  });
}

/** Where parts of doctors' keys lie. */
export type Holders = { readonly cloud: Pick<Cloud, 'sharing'>; readonly cloudlets: readonly Pick<Cloudlet, 'sharing'>[] };

/** Who has heard that a doctor's keys ended; whoever has not asks the authority within a minute. */
export type Heard = { readonly cloud: boolean; readonly cloudlets: number };

/**
 * An administrator turns a doctor down, with the reason she is told, and ends whatever keys she has: the parts of them that
 * cloud and cloudlets hold are gone when they answer.
 */
export async function reject({ authority, keyring }: Office, holders: Holders, doctor: Bytes, reason: string): Promise<Heard> {
  const why = reason.trim();
  const { edSk } = keyring.secrets;
  // Those who hold parts first and at once: the keys are what cannot wait.
  const { heard, signature: keyEnd } = tellHolders(keyring, holders, { doctor, of: null });
  await authority.enrolment.reject({ doctor, reason: why, signature: signRejection(edSk, doctor, why), keyEnd });
  return heard;
}

/**
 * Ends the key of a doctor whose policy for an organisation another one replaced (`approve` says so): she takes the key for the
 * new one, and the one before opens nothing from now on.
 *
 * @param issued when the key that ends was issued, as `approve` says: one of the seconds to come ends too
 * @param now UTC seconds
 */
export async function endReplaced(
  { authority, keyring }: Office,
  holders: Holders,
  { doctor, organisation, issued }: { readonly doctor: Bytes; readonly organisation: Bytes; readonly issued: number },
  now: number,
): Promise<Heard> {
  const end = { doctor, of: { organisation, before: Math.max(now, issued + 1) } };
  const { heard, signature } = tellHolders(keyring, holders, end);
  await authority.enrolment.endKeys({ ...end, signature });
  return heard;
}

function tellHolders({ card, secrets }: Keyring, { cloud, cloudlets }: Holders, end: KeyEnd): { heard: Promise<Heard>; signature: Bytes } {
  const signature = signKeyEnd(secrets.edSk, end);
  const said = { ...end, administrator: encodeCard(card), signature };
  return { heard: heardBy(cloud, cloudlets, (holder) => holder.sharing.endKeys(said)), signature };
}

/** What different issuers say has to be the same, or one of them lies. */
export function requireAlike(said: readonly Bytes[], by: readonly { readonly issuer: number }[], op: string): void {
  const different = new Set(by.map(({ issuer }) => issuer)).size === by.length && by.length >= 2;
  if (!different || said.some((one) => !equal(one, said[0]!))) {
    throw new CareletError('tampered', op, { because: 'two issuers do not say the same' });
  }
}

export function requireDomain(keyring: Keyring, organisation: Bytes, domain: Bytes, op: string): void {
  const known = domainOf(keyring.manifest, organisation);
  if (!known || !equalPublic(known.publicKey, domain)) {
    throw new CareletError('tampered', op, { because: 'the town manifest names another key for this organisation' });
  }
}

/** What a manifest says of an organisation. */
export const domainOf = ({ domains }: Pick<Manifest, 'domains'>, organisation: Bytes): Domain | undefined =>
  domains.find((one) => equalPublic(one.organisation, organisation));

/** Refuses a security domain for an organisation's emergencies that the manifest does not name. */
export function requireEmergency({ manifest }: Pick<Keyring, 'manifest'>, number: Bytes, domain: Bytes, op: string): void {
  const isKnown = manifest.domains.some(({ emergency }) => emergency && equalPublic(emergency, number));
  const id = idOfDomain(domain);
  if (!isKnown || !id || !equalPublic(id, number)) {
    throw new CareletError('tampered', op, { because: 'the town manifest names other authorities for this organisation’s emergencies' });
  }
}

/** One's own card with the issuers' words on it; anything else is refused. */
export function vouched(keyring: Keyring, bytes: Bytes): Card {
  const card = decodeCard(bytes);
  if (!card || !sameCard(card, keyring.card) || !cardStands(card, keyring.manifest, Math.floor(Date.now() / 1000))) {
    throw new CareletError('tampered', 'take card', { because: 'the card that came back is not this one with two issuers’ words' });
  }
  return card;
}
