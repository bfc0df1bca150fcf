/**
 * Making one's own card. Only its owner does: no service carries this code.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { sign, signingKey } from '../algebra/sign.ts';
import { hybridKeygen } from '../ntru/hybrid.ts';
import { type Card, type CardBody, type CardKind, cardLabel, cardNumber, cardParts } from './card.ts';

/** The secrets behind a card. They stay in a keyring. */
export type CardSecrets = { readonly hybridSk: Bytes; readonly edSk: Bytes };

/**
 * Makes a person's first card.
 *
 * @param expiry UTC seconds
 */
export function newCard(kind: CardKind, expiry: number, random: Random = systemRandom): { card: Card; secrets: CardSecrets } {
  const hybrid = hybridKeygen(random);
  const signing = signingKey(random);
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
