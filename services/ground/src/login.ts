/**
 * Who is asking: cards a service has been shown, and requests signed by them.
 *
 * A service believes a card for what the town manifest and its vouchers say, never because it was sent. A
 * request counts once, within five minutes of our clock; a clock further off is told so and nothing else.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equal, hex } from '@carelet/crypto/algebra/bytes';
import { verify } from '@carelet/crypto/algebra/sign';
import { type Card, cardHash, cardStands, decodeCard, encodeCard, sameCard } from '@carelet/crypto/cards/card';
import { readRequestSignature, verifyRequest } from '@carelet/crypto/login/request';
import { type Kysely, type Migration, sql, type Transaction } from 'kysely';
import { transaction } from './database.ts';
import type { Town } from './town.ts';

export type CardTables = { card: { card_id: Bytes; serial: number; kind: string; body: Bytes } };

export const cardMigrations: Record<string, Migration> = {
  '0001 cards': {
    async up(db: Kysely<unknown>) {
      await sql`create table card (card_id bytea primary key, serial integer not null, kind text not null, body bytea not null)`.execute(
        db,
      );
    },
  },
};

/** A person, organisation or device whose request was signed by the card we know. */
export type KnownCaller = { readonly id: Bytes; readonly kind: Card['kind']; readonly card: Card };

/** How far a caller's clock may be off, in seconds. */
export const clockSkew = 300;

export type Cards = {
  /** Takes a card that stands; `others` may hold the card of whoever vouches for a device. */
  present(card: Bytes, others: readonly Bytes[]): Promise<void>;
  /** Cards by id, as they were presented. */
  byId(ids: readonly Bytes[]): Promise<Card[]>;
  /** Judges a request's authorization; throws `denied` or `invalid`. */
  identify(request: { op: string; body: Bytes; authorization: string | null }): Promise<KnownCaller | null>;
};

/**
 * A service's cards, kept in its own schema.
 *
 * @param audience the service's own name, as callers sign for it
 * @param clock UTC milliseconds
 * @param taken told of a card within the transaction that takes it
 */
export function cards<Tables extends CardTables>(
  all: Kysely<Tables>,
  town: Town,
  audience: string,
  clock: () => number = Date.now,
  taken?: (within: Transaction<Tables>, card: Card) => Promise<void>,
): Cards {
  const db = cardsOf(all);
  const seconds = () => Math.floor(clock() / 1000);
  const used = new Nonces();
  const known = new Map<string, Card>();

  const byId = async (ids: readonly Bytes[]): Promise<Card[]> => {
    if (ids.length === 0) return [];
    const rows = await db
      .selectFrom('card')
      .select('body')
      .where('card_id', 'in', [...ids])
      .execute();
    return rows.flatMap(({ body }) => decodeCard(body) ?? []);
  };

  const lookUp = async (id: Bytes): Promise<Card | null> => {
    const name = hex(id);
    const cached = known.get(name);
    if (cached) return cached;
    const [card] = await byId([id]);
    if (!card) return null;
    if (known.size >= 10_000) known.clear();
    known.set(name, card);
    return card;
  };

  return {
    byId,

    async present(bytes, others) {
      const card = decodeCard(bytes);
      if (!card) throw new CareletError('invalid', 'take card', { because: 'these bytes are no card' });
      const companions = others.flatMap((other) => decodeCard(other) ?? []);
      const stood = await Promise.all(
        [...companions.map(({ id }) => id), ...card.vouchers.flatMap(({ by }) => (typeof by === 'number' ? [] : [by]))].map(lookUp),
      );
      const trusted = stood.filter((kept) => kept !== null);
      const manifest = await town.manifest();
      const stands = (candidate: typeof manifest) =>
        cardStands(card, candidate, seconds(), (id) => trusted.find((kept) => equal(kept.id, id)) ?? null);
      if (!stands(manifest) && !stands(await town.refresh())) {
        throw new CareletError('denied', 'take card', { because: 'nobody who may vouch for this card did, or it has expired' });
      }
      const before = await lookUp(card.id);
      // The words on a card are not part of what was signed, so a known card keeps those it came with.
      if (before && sameCard(before, card)) return;
      if (before) mustFollow(before, card);
      const laid = await transaction(all, async (within) => {
        const there = await lay(cardsOf(within), card, before?.serial ?? 0);
        if (there) await taken?.(within, card);
        return there;
      });
      known.delete(hex(card.id));
      // Somebody else showed a card under this number at the same moment: it is judged against that one.
      const [kept] = laid ? [card] : await byId([card.id]);
      if (kept && !sameCard(kept, card)) mustFollow(kept, card);
    },

    async identify({ op, body, authorization }) {
      if (authorization === null) return null;
      const refuse = (because: string) => new CareletError('denied', 'accept request', { because });
      const signature = readRequestSignature(authorization);
      if (!signature) throw new CareletError('invalid', 'accept request', { because: 'the authorization is not one of ours' });
      const now = seconds();
      if (Math.abs(now - signature.time) > clockSkew) {
        throw refuse(
          `clock: your clock is ${Math.round(Math.abs(now - signature.time) / 60)} minutes ${signature.time > now ? 'ahead of' : 'behind'} ours`,
        );
      }
      const card = await lookUp(signature.card);
      if (!card || now >= card.expiry) throw refuse('card: this card is not known here');
      // Whoever was a member once has a team's keys.
      if (card.kind === 'team') throw refuse('a team asks for nothing; each of its members does so herself');
      if (!verifyRequest(card.edVk, { audience, op, body }, signature)) throw refuse('the signature does not fit the request');
      if (!used.take(hex(signature.nonce), now)) throw refuse('replay: this request was already made');
      return { id: card.id, kind: card.kind, card };
    },
  };
}

/** Of a service's tables the one of cards: of a schema that is not known whole the compiler types no column. */
const cardsOf = <Tables extends CardTables>(db: Kysely<Tables>): Kysely<CardTables> => db as unknown as Kysely<CardTables>;

/** Lays a card down in the place of the one of serial `before`; tells whether it did. */
async function lay(within: Kysely<CardTables>, { id, kind, serial, ...card }: Card, before: number): Promise<boolean> {
  const body = encodeCard({ id, kind, serial, ...card });
  const laid = await within
    .insertInto('card')
    .values({ card_id: id, serial, kind, body })
    .onConflict((conflict) =>
      conflict.column('card_id').doUpdateSet({ serial, kind, body }).where('card.serial', '<', serial).where('card.serial', '=', before),
    )
    .returning('card_id')
    .executeTakeFirst();
  return laid !== undefined;
}

/**
 * Refuses a card that does not follow the one known under its number: later, of the same kind, naming the card it
 * replaces, and vouched for with that one's key. A number alone is no secret, so whoever knows it could otherwise
 * put a card of his own in its place.
 */
function mustFollow(before: Card, card: Card): void {
  if (before.serial >= card.serial) {
    throw new CareletError('conflict', 'take card', { because: 'another card with this number, as late or later, is known' });
  }
  const replaced = card.vouchers.some(
    ({ by, signature }) =>
      typeof by !== 'number' && equal(by, card.id) && verify(before.edVk, 'carelet/v1/card/voucher', [cardHash(card), by], signature),
  );
  if (before.kind !== card.kind || !equal(card.prevHash, cardHash(before)) || !replaced) {
    throw new CareletError('denied', 'take card', { because: 'the card it replaces does not vouch for it' });
  }
}

/**
 * Nonces seen within twice the allowed skew. They live in memory: after a restart a request could be repeated
 * for five minutes, and every operation that changes something gives the same outcome the second time.
 */
export class Nonces {
  #recent = new Set<string>();
  #older = new Set<string>();
  #turned = 0;

  take(nonce: string, now: number): boolean {
    if (now - this.#turned > 2 * clockSkew) {
      this.#older = now - this.#turned > 4 * clockSkew ? new Set() : this.#recent;
      this.#recent = new Set();
      this.#turned = now;
    }
    if (this.#recent.has(nonce) || this.#older.has(nonce)) return false;
    this.#recent.add(nonce);
    return true;
  }
}
