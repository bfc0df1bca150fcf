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
import { type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { type Bytes, cbor, equal, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { type KeyEnd, signAdmission, signApproval, signKeyEnd, signRejection } from '@carelet/crypto/cards/approval';
import { type Card, cardNumber, cardStands, decodeCard, encodeCard, sameCard, selfSigned } from '@carelet/crypto/cards/card';
import { invitationKey, newCode, signAcceptance, signInvitation } from '@carelet/crypto/cards/invitation';
import { decodeManifest, foundingHash, type Manifest, manifestHash, signedByTwo, successor } from '@carelet/crypto/cards/manifest';
import { emergencyOf } from '@carelet/crypto/ma-kp-abe/break-glass';
import { idOfDomain } from '@carelet/crypto/ma-kp-abe/security-domain';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import type { Keyring } from './keyring/keyring.ts';
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
  keyring.manifest = offered;
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
  if (emergency) requireEmergency(keyring, emergencyOf(keyring.card.id), emergency, 'take writer keys');
  keyring.writer = { domain, orgKey, pq, emergency };
}

/** What a doctor says of herself. */
export type Registration = { readonly certificate: string; readonly specialty: string; readonly organisation: string };

export async function register(authority: Authority, keyring: Keyring, registration: Registration): Promise<string> {
  const { state } = await authority.enrolment.register({ card: encodeCard(keyring.card), name: keyring.title, ...registration });
  return state;
}

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

/** An administrator signs a policy for a doctor, over the keys of the card that was looked at (see `registeredCard`). */
export async function approve(
  authority: Authority,
  administrator: Keyring,
  doctor: Card,
  policy: Policy,
): Promise<{ state: string; approvals: number; needed: number; replaces: boolean }> {
  const signature = signApproval(administrator.secrets.edSk, doctor, policyText(policy));
  const { parts, kinds, confidentiality, sensitivity, patients, unit, from, until, breakGlass } = policy;
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
    },
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
 * @param now UTC seconds
 */
export async function endReplaced(
  { authority, keyring }: Office,
  holders: Holders,
  { doctor, organisation }: { readonly doctor: Bytes; readonly organisation: Bytes },
  now: number,
): Promise<Heard> {
  const end = { doctor, of: { organisation, before: now } };
  const { heard, signature } = tellHolders(keyring, holders, end);
  await authority.enrolment.endKeys({ ...end, signature });
  return heard;
}

function tellHolders({ card, secrets }: Keyring, { cloud, cloudlets }: Holders, end: KeyEnd): { heard: Promise<Heard>; signature: Bytes } {
  const signature = signKeyEnd(secrets.edSk, end);
  const said = { ...end, administrator: encodeCard(card), signature };
  const heard = Promise.allSettled([cloud, ...cloudlets].map((holder) => holder.sharing.endKeys(said))).then((told) => {
    const [atCloud, ...atCloudlets] = told.map(({ status }) => status === 'fulfilled');
    return { cloud: atCloud!, cloudlets: atCloudlets.filter(Boolean).length };
  });
  return { heard, signature };
}

/** What different issuers say has to be the same, or one of them lies. */
export function requireAlike(said: readonly Bytes[], by: readonly { readonly issuer: number }[], op: string): void {
  const different = new Set(by.map(({ issuer }) => issuer)).size === by.length && by.length >= 2;
  if (!different || said.some((one) => !equal(one, said[0]!))) {
    throw new CareletError('tampered', op, { because: 'two issuers do not say the same' });
  }
}

export function requireDomain(keyring: Keyring, organisation: Bytes, domain: Bytes, op: string): void {
  const known = keyring.manifest.domains.find((one) => equalPublic(one.organisation, organisation));
  if (!known || !equalPublic(known.publicKey, domain)) {
    throw new CareletError('tampered', op, { because: 'the town manifest names another key for this organisation' });
  }
}

/** @param number of the organisation's emergencies */
export function requireEmergency({ manifest }: Pick<Keyring, 'manifest'>, number: Bytes, domain: Bytes, op: string): void {
  const known = manifest.domains.find(({ organisation }) => equalPublic(emergencyOf(organisation), number))?.emergency;
  const id = idOfDomain(domain);
  if (!known || !id || !equalPublic(known, id)) {
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
