/**
 * For whom an administrator signs: an organisation of the town by the name it has in the manifest, as two issuers say.
 *
 * @module
 */
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { type Card, cardStands, decodeCard } from '@carelet/crypto/cards/card';
import { type IssuerWord, signsFor } from '@carelet/crypto/cards/issuer';
import type { Manifest } from '@carelet/crypto/cards/manifest';
import { mostReviewers } from '@carelet/crypto/ma-kp-abe/break-glass';
import type { Keyring } from '../keyring/keyring.ts';
import type { Authority } from '../login.ts';

/** An administrator's organisation, and the issuers' words that she signs for it. */
export type Office = { readonly organisation: Bytes; readonly words: IssuerWord[] };

/** An administrator's own office; `null` where her organisation keeps no records in this town. */
export async function ownOffice({ enrolment }: Authority, { manifest, card }: Keyring): Promise<Office | null> {
  const { organisation: name, words } = await enrolment.office();
  const domain = manifest.domains.find((one) => one.name === name);
  return domain && signsFor(manifest, card, domain.organisation, words) ? { organisation: domain.organisation, words } : null;
}

/**
 * The card of an administrator, if she is one and signs for this organisation, whoever hands it over; `null` otherwise.
 *
 * @param now UTC seconds
 */
export function reviewerOf(
  manifest: Manifest,
  organisation: Bytes,
  { card: bytes, words }: { readonly card: Bytes; readonly words: readonly IssuerWord[] },
  now: number,
): Card | null {
  const card = decodeCard(bytes);
  return card && cardStands(card, manifest, now) && signsFor(manifest, card, organisation, words) ? card : null;
}

/** How long a doctor's emergency waits for the list of administrators, in milliseconds. */
const patience = 3_000;

/** Administrators of an organisation who are believed; nobody while the authority is away: an emergency does not wait for it. */
export async function reviewersOf(authority: Authority, { manifest }: Keyring, organisation: Bytes, now: number): Promise<Card[]> {
  const late = new Promise<null>((done) => setTimeout(done, patience, null));
  const told = await Promise.race([authority.enrolment.reviewers({ organisation }).catch(() => null), late]);
  const believed = (told?.administrators ?? []).flatMap((one) => reviewerOf(manifest, organisation, one, now) ?? []);
  return believed.filter(({ id }, at) => believed.findIndex((one) => equalPublic(one.id, id)) === at).slice(0, mostReviewers);
}
