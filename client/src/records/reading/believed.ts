/**
 * Cards as the cloud hands them over, and which of them are believed: those that the manifest or a patient's card
 * vouches for.
 *
 * @module
 */
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { type Card, cardStands, decodeCard } from '@carelet/crypto/cards/card';
import type { Keyring } from '../../keyring/keyring.ts';
import type { Cloud } from '../../login.ts';

export type BelievedCards = {
  /** The card of this number, if it was learned and is believed. */
  of(id: Bytes): Card | null;
  /** Asks for cards that were not asked for yet. */
  learn(ids: readonly Bytes[]): Promise<void>;
  /** Forgets what was not believed and what has ended since: it may be another when it is asked for again. */
  review(): void;
};

/** Cards in one request. */
const atOnce = 500;

/** Begins with one's own card, the one card nobody needs to vouch for, least of all the cloud. */
export function believedCards(keyring: Keyring, cloud: Cloud, now: () => number): BelievedCards {
  const cards = new Map<string, Card | null>();
  const of = (id: Bytes) => (equalPublic(id, keyring.card.id) ? keyring.card : (cards.get(hex(id)) ?? null));

  const learn = async (ids: readonly Bytes[], vouching = true): Promise<void> => {
    const strange = new Map(ids.map((id) => [hex(id), id]));
    const unknown = [...strange].filter(([name, id]) => !cards.has(name) && !equalPublic(id, keyring.card.id)).map(([, id]) => id);
    for (let at = 0; at < unknown.length; at += atOnce) {
      const some = unknown.slice(at, at + atOnce);
      const answer = await cloud.login.cards({ ids: some });
      const offered = answer.cards.flatMap((bytes) => decodeCard(bytes) ?? []);
      const vouchers = offered.flatMap(({ vouchers: words }) => words.flatMap(({ by }) => (typeof by === 'number' ? [] : [by])));
      // A device is vouched for by a person, and a person by nobody or by issuers: one step is enough.
      if (vouching && vouchers.length > 0) await learn(vouchers, false);
      for (const id of some) {
        const card = offered.find((one) => equalPublic(one.id, id));
        cards.set(hex(id), card && cardStands(card, keyring.manifest, now(), of) ? card : null);
      }
    }
  };

  return {
    of,
    learn: (ids) => learn(ids),
    review() {
      for (const [name, card] of cards) if (!card || card.expiry <= now()) cards.delete(name);
    },
  };
}

/** A device whose owner vouched for it; `cardStands` has checked the voucher. */
export const isDeviceOf = (card: Card | null, owner: Bytes): boolean =>
  card?.kind === 'device' && card.vouchers.some(({ by }) => typeof by !== 'number' && equalPublic(by, owner));
