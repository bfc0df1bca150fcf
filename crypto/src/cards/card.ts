/**
 * Cards: whose public key this is, and who says so (keys.md §5).
 *
 * A card's number is a hash of its first keys, so nobody can put keys of his own under somebody's number, and it is
 * self-signed. A doctor's, an organisation's or an administrator's is also signed by two issuers of
 * the town manifest, a device's by the patient who paired it, a team's by the organisation it is of. No key is ever taken from the server that hands
 * it over.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, equalPublic, uncbor } from '../algebra/bytes.ts';
import { hashOf, sha256 } from '../algebra/hash.ts';
import { sign, verify } from '../algebra/sign.ts';
import type { Manifest } from './manifest.ts';

export const cardKinds = ['patient', 'cradle', 'doctor', 'organisation', 'administrator', 'device', 'team'] as const;
export type CardKind = (typeof cardKinds)[number];

/** What a card says. */
export type CardBody = {
  /** 16 bytes, the person's pseudonym towards servers. */
  readonly id: Bytes;
  readonly kind: CardKind;
  /** From 1; a later card of the same id replaces an earlier one. */
  readonly serial: number;
  /** For what is sent to this person: NTRU-HPS-821 ‖ X25519. */
  readonly hybridPk: Bytes;
  /** For what this person signs: Ed25519. */
  readonly edVk: Bytes;
  /** UTC seconds. */
  readonly expiry: number;
  /** Hash of the card it replaces, or 32 zero bytes. */
  readonly prevHash: Bytes;
};

/** The number that belongs to a first card's keys: `SHA-256(cbor(["carelet/v1/card/id", kind, hybridPk, edVk]))[0..16)`. */
export const cardNumber = ({ kind, hybridPk, edVk }: Pick<CardBody, 'kind' | 'hybridPk' | 'edVk'>): Bytes =>
  hashOf('carelet/v1/card/id', kind, hybridPk, edVk).slice(0, 16);

/** Somebody else's word for a card: an issuer by number, or another card by id. */
export type Voucher = { readonly by: number | Bytes; readonly signature: Bytes };

export type Card = CardBody & { readonly selfSignature: Bytes; readonly vouchers: readonly Voucher[] };

/** What a card's own signature and hash are labelled with. */
export const cardLabel = 'carelet/v1/card';

/** Adds somebody's word. */
export function vouch(card: Card, by: number | Bytes, secret: Bytes): Card {
  return { ...card, vouchers: [...card.vouchers, voucherFor(card, by, secret)] };
}

/** Somebody's word for a card, to be added by somebody else. */
export const voucherFor = (card: CardBody, by: number | Bytes, secret: Bytes): Voucher => ({
  by,
  signature: sign(secret, 'carelet/v1/card/voucher', [cardHash(card), by]),
});

/** Whether a voucher is by this key. */
export const voucherStands = (card: CardBody, { by, signature }: Voucher, key: Bytes): boolean =>
  verify(key, 'carelet/v1/card/voucher', [cardHash(card), by], signature);

/** Whether a card is signed by its own key and has not ended: it is a card, nobody's word for it yet. */
export const selfSigned = (card: Card, now: number): boolean =>
  now < card.expiry && verify(card.edVk, cardLabel, cardParts(card), card.selfSignature);

/** Kinds of cards that two issuers vouch for. */
const vouchedKinds: ReadonlySet<CardKind> = new Set(['doctor', 'organisation', 'administrator']);

/** Whether whoever has a card of this kind may be let read by consent: a doctor, a patient who cares for another, or a team. */
export const mayBeLetRead = ({ kind }: Pick<CardBody, 'kind'>): boolean => kind === 'doctor' || kind === 'patient' || kind === 'team';

/** The organisation a team is of: the one whose word, and no other, is on its card; `null` for every other card. */
export function organisationOf({ kind, vouchers }: Pick<Card, 'kind' | 'vouchers'>): Bytes | null {
  const [first, ...more] = kind === 'team' ? vouchers : [];
  return first && more.length === 0 && typeof first.by !== 'number' ? first.by : null;
}

/** What a card is known by when people compare it. */
export const cardHash = (card: CardBody): Bytes => sha256(cbor([cardLabel, ...cardParts(card)]));

/**
 * Whether a card stands: its own signature, its expiry, and whoever must vouch for its kind.
 *
 * @param now UTC seconds
 * @param voucherCard the card of whoever may vouch for a device or a team; `null` when unknown
 */
export function cardStands(card: Card, manifest: Manifest, now: number, voucherCard: (id: Bytes) => Card | null = () => null): boolean {
  if (!selfSigned(card, now)) return false;
  // A later card's number says nothing of its keys: then the issuers must.
  if (card.serial === 1 ? !equalPublic(card.id, cardNumber(card)) : !vouchedKinds.has(card.kind)) return false;
  const hash = cardHash(card);
  switch (card.kind) {
    case 'patient':
    case 'cradle':
      return true;
    case 'doctor':
    case 'organisation':
    case 'administrator': {
      const issuers = new Set<number>();
      for (const { by, signature } of card.vouchers) {
        if (typeof by !== 'number') continue;
        const key = manifest.issuers[by];
        if (key && verify(key, 'carelet/v1/card/voucher', [hash, by], signature)) issuers.add(by);
      }
      return issuers.size >= 2;
    }
    case 'device':
      return vouchedBy('patient');
    case 'team':
      return organisationOf(card) !== null && vouchedBy('organisation');
  }

  function vouchedBy(kind: CardKind): boolean {
    return card.vouchers.some(({ by, signature }) => {
      if (typeof by === 'number') return false;
      const one = voucherCard(by);
      return one?.kind === kind && equalPublic(one.id, by) && verify(one.edVk, 'carelet/v1/card/voucher', [hash, by], signature);
    });
  }
}

export function encodeCard(card: Card): Bytes {
  return cbor([...cardParts(card), card.selfSignature, card.vouchers.map(({ by, signature }) => [by, signature])]);
}

/** Reads a card's bytes strictly; `null` when they are none. Reading is not believing: see `cardStands`. */
export function decodeCard(bytes: Bytes): Card | null {
  try {
    const [id, kind, serial, hybridPk, edVk, expiry, prevHash, selfSignature, vouchers, ...rest] = uncbor(bytes) as [
      Bytes,
      CardKind,
      number,
      Bytes,
      Bytes,
      number,
      Bytes,
      Bytes,
      [number | Bytes, Bytes][],
    ];
    const is = (value: unknown, length: number) => value instanceof Uint8Array && value.length === length;
    const sound =
      rest.length === 0 &&
      is(id, 16) &&
      cardKinds.includes(kind) &&
      Number.isSafeInteger(serial) &&
      serial >= 1 &&
      is(hybridPk, 1262) &&
      is(edVk, 32) &&
      Number.isSafeInteger(expiry) &&
      is(prevHash, 32) &&
      is(selfSignature, 64) &&
      vouchers.length <= 8 &&
      vouchers.every((v) => v.length === 2 && (Number.isSafeInteger(v[0]) || is(v[0], 16)) && is(v[1], 64));
    if (!sound) return null;
    return {
      id,
      kind,
      serial,
      hybridPk,
      edVk,
      expiry,
      prevHash,
      selfSignature,
      vouchers: vouchers.map(([by, signature]) => ({ by, signature })),
    };
  } catch {
    return null;
  }
}

/** Whether two cards are of the same person and the same keys. */
export const sameCard = (a: Card, b: Card): boolean => equalPublic(cardHash(a), cardHash(b));

/** What a card's signature covers, in order. */
export const cardParts = ({ id, kind, serial, hybridPk, edVk, expiry, prevHash }: CardBody): Cbor[] => [
  id,
  kind,
  serial,
  hybridPk,
  edVk,
  expiry,
  prevHash,
];
