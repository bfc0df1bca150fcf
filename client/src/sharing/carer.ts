/**
 * Carers: a daughter, a partner, a neighbour, who has a patient's card herself and is let read some of somebody else's chart.
 *
 * No directory lists her: a patient is nobody's to look up. She is named by the code she hands over herself, and nobody but the code
 * vouches for her card. From there on she is given the grant a doctor is given, and opens it with the same reader.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import { type Card, cardStands, decodeCard } from '@carelet/crypto/cards/card';
import { cardCode, isCardOf, readCardCode } from '@carelet/crypto/cards/code';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import { type Offering, offerHalf } from './received.ts';

/** One's own carer code, to be read out or shown. From then on whoever has it may share with one. */
export async function carerCode(offering: Offering): Promise<string> {
  await offerHalf(offering);
  return cardCode(offering.keyring.card);
}

/**
 * The card that a carer's code names, as the cloud has it: for `share` with `as: 'carer'`.
 *
 * @param code as she read it out: see `readCardCode`
 * @param now UTC seconds
 * @throws {CareletError} `invalid` for what is no code, or one's own; `missing` when nobody of this code has offered to be shared
 *   with; `tampered` for a card that is not the one the code names
 */
export async function findCarer({ keyring, cloud, now }: { keyring: Keyring; cloud: Cloud; now: number }, code: string): Promise<Card> {
  const refuse = (kind: 'invalid' | 'missing' | 'tampered', because: string) => new CareletError(kind, 'find carer', { because });
  const named = readCardCode(code);
  if (!named) throw refuse('invalid', 'this is no carer code; it has eight groups of four letters and digits');
  if (equalPublic(named.id, keyring.card.id)) throw refuse('invalid', 'this is your own code');
  const [half] = (await cloud.sharing.delegates({ doctors: [named.id] })).delegates;
  if (!half) throw refuse('missing', 'nobody has this code, or she has not looked at it herself yet');
  const card = decodeCard(half.card);
  if (card?.kind !== 'patient' || !isCardOf(named, card) || !cardStands(card, keyring.manifest, now)) {
    throw refuse('tampered', 'the card that the cloud has is not the one this code names; compare the code with her');
  }
  return card;
}
