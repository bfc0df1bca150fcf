/**
 * Making one's own card. Only its owner does: no service carries this code.
 *
 * @module
 */
import { type Bytes, equalPublic } from '../algebra/bytes.ts';
import { kdf } from '../algebra/hash.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { type Label, type SigningKey, sign, signingKey } from '../algebra/sign.ts';
import { type HybridKeyPair, hybridKeygen } from '../ntru/hybrid.ts';
import { type Card, type CardBody, type CardKind, cardLabel, cardNumber, cardParts } from './card.ts';

/** The secrets behind a card. They stay in a keyring. */
export type CardSecrets = { readonly hybridSk: Bytes; readonly edSk: Bytes };

/**
 * Makes a person's first card.
 *
 * @param expiry UTC seconds
 */
export function newCard(kind: CardKind, expiry: number, random: Random = systemRandom): { card: Card; secrets: CardSecrets } {
  return cardOf(kind, expiry, { hybrid: hybridKeygen(random), signing: signingKey(random) });
}

/** Bytes of a team's secret. */
export const teamSecretLength = 32;

/**
 * Makes the card of a team, all of whose secrets come from one. Every member has it: it opens what is sealed to the team and makes
 * its half of every key it is given, and lets nobody ask a service for anything.
 *
 * @param secret 32 bytes, drawn anew for each team
 * @param expiry UTC seconds
 */
export const newTeamCard = (secret: Bytes, expiry: number): { card: Card; secrets: CardSecrets } =>
  cardOf('team', expiry, keysOfTeam(secret));

/** The secrets behind a team's card; `null` unless they come from this secret. */
export function teamSecrets(secret: Bytes, card: Card): CardSecrets | null {
  if (card.kind !== 'team' || secret.length !== teamSecretLength) return null;
  const { hybrid, signing } = keysOfTeam(secret);
  const number = cardNumber({ kind: 'team', hybridPk: hybrid.publicKey, edVk: signing.public });
  return equalPublic(number, card.id) ? { hybridSk: hybrid.secretKey, edSk: signing.secret } : null;
}

type Keys = { readonly hybrid: HybridKeyPair; readonly signing: SigningKey };

function keysOfTeam(secret: Bytes): Keys {
  if (secret.length !== teamSecretLength) throw new TypeError(`a team's secret has ${teamSecretLength} bytes`);
  const under = (label: Label): Random => {
    let at = 0;
    return (length) => kdf(secret, label, [at++], length);
  };
  return { hybrid: hybridKeygen(under('carelet/v1/team/hybrid')), signing: signingKey(under('carelet/v1/team/signing')) };
}

function cardOf(kind: CardKind, expiry: number, { hybrid, signing }: Keys): { card: Card; secrets: CardSecrets } {
  const body: CardBody = {
    id: cardNumber({ kind, hybridPk: hybrid.publicKey, edVk: signing.public }),
    kind,
    serial: 1,
    hybridPk: hybrid.publicKey,
    edVk: signing.public,
    expiry,
    prevHash: new Uint8Array(32),
  };
  const card = { ...body, selfSignature: sign(signing.secret, cardLabel, cardParts(body)), vouchers: [] };
  return { card, secrets: { hybridSk: hybrid.secretKey, edSk: signing.secret } };
}
