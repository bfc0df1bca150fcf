/**
 * Enrolment from the person's side: registering, approving, and taking the keys that follow.
 *
 * Keys are believed for what they are, not for who hands them over: a domain must stand in the town manifest
 * that this keyring pinned (or a successor its issuers signed), and a doctor's key must pass KeyCheck.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { type Bytes, cbor, equal, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { signApproval } from '@carelet/crypto/cards/approval';
import { type Card, cardNumber, cardStands, decodeCard, encodeCard, sameCard, selfSigned } from '@carelet/crypto/cards/card';
import { decodeManifest, foundingHash, type Manifest, manifestHash, signedByTwo, successor } from '@carelet/crypto/cards/manifest';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import type { DoctorKey, Keyring } from './keyring/keyring.ts';
import type { Authority } from './login.ts';
import type { Mathematics } from './mathematics.ts';

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
export async function claim(authority: Authority, keyring: Keyring, code: string, organisation: string): Promise<void> {
  const { card } = await authority.enrolment.claim({ code, name: keyring.title, organisation, card: encodeCard(keyring.card) });
  keyring.card = vouched(keyring, card);
}

/** An administrator enrols an organisation, whose card comes back vouched for; then it takes what it seals with. */
export async function enrolOrganisation(asAdministrator: Authority, asOrganisation: () => Authority, keyring: Keyring): Promise<void> {
  const { card } = await asAdministrator.enrolment.organisation({ name: keyring.title, card: encodeCard(keyring.card) });
  keyring.card = vouched(keyring, card);
  await takeWriterKeys(asOrganisation(), keyring);
}

export async function takeWriterKeys(authority: Authority, keyring: Keyring): Promise<void> {
  await renewManifest(authority, keyring);
  const { sealed } = await authority.keys.writer();
  const content = openWith(keyring.secrets.hybridSk, cbor(['carelet/v1/enrolment/writer', keyring.card.id]), sealed);
  if (!content) throw new CareletError('cannot-open', 'take writer keys', { because: 'they are not sealed to this card' });
  const [domain, orgKey, pq] = uncbor(content) as [Bytes, Bytes, Bytes];
  requireDomain(keyring, keyring.card.id, domain, 'take writer keys');
  keyring.writer = { domain, orgKey, pq };
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
): Promise<{ state: string; approvals: number; needed: number }> {
  const signature = signApproval(administrator.secrets.edSk, doctor, policyText(policy));
  const { parts, kinds, confidentiality, sensitivity, patients, unit, from, until } = policy;
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
    },
    signature,
  });
}

/** What came of asking for keys. */
export type TakenKeys =
  | { readonly kind: 'taken'; readonly keys: number; readonly fresh: number }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'rejected'; readonly reason: string };

/** A doctor takes her keys, once she is approved. */
export async function takeDoctorKeys(authority: () => Authority, keyring: Keyring, mathematics: Mathematics): Promise<TakenKeys> {
  const standing = await authority().enrolment.standing({ doctor: keyring.card.id });
  if (standing.state === 'pending') return { kind: 'waiting' };
  if (standing.state === 'rejected') return { kind: 'rejected', reason: standing.reason ?? 'no reason was given' };
  await renewManifest(authority(), keyring);
  if (standing.card) keyring.card = vouched(keyring, standing.card);
  const { keys } = await authority().keys.issue();
  let fresh = 0;
  const taken: DoctorKey[] = [];
  for (const { organisation, sealed, entitlement, words } of keys) {
    const content = openWith(keyring.secrets.hybridSk, cbor(['carelet/v1/enrolment/key', keyring.card.id, organisation]), sealed);
    if (!content) throw new CareletError('cannot-open', 'take keys', { because: 'a key is not sealed to this card' });
    const [domain, key, pq, notAfter] = uncbor(content) as [Bytes, Bytes, Bytes, number];
    requireDomain(keyring, organisation, domain, 'take keys');
    const known = keyring.doctorKeys.find((one) => equalPublic(one.organisation, organisation));
    if (!known || !equal(known.key, key)) {
      if (!(await mathematics.checkKey(domain, key))) {
        throw new CareletError('tampered', 'take keys', { because: 'a key is not what its domain should have issued' });
      }
      fresh++;
    }
    taken.push({ organisation, domain, key, pq, notAfter, entitlement, words });
  }
  keyring.doctorKeys = taken;
  return { kind: 'taken', keys: taken.length, fresh };
}

function requireDomain(keyring: Keyring, organisation: Bytes, domain: Bytes, op: string): void {
  const known = keyring.manifest.domains.find((one) => equalPublic(one.organisation, organisation));
  if (!known || !equalPublic(known.publicKey, domain)) {
    throw new CareletError('tampered', op, { because: 'the town manifest names another key for this organisation' });
  }
}

/** One's own card with the issuers' words on it; anything else is refused. */
function vouched(keyring: Keyring, bytes: Bytes): Card {
  const card = decodeCard(bytes);
  if (!card || !sameCard(card, keyring.card) || !cardStands(card, keyring.manifest, Math.floor(Date.now() / 1000))) {
    throw new CareletError('tampered', 'take card', { because: 'the card that came back is not this one with two issuers’ words' });
  }
  return card;
}
