/**
 * Whose word an issuer takes: administrators', for what they signed, once two issuers said that they may.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { addDays, dayOf, longestKey } from '@carelet/care/rules/records/calendar';
import { type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { type Bytes, equalPublic, unhex } from '@carelet/crypto/algebra/bytes';
import { verifyApproval } from '@carelet/crypto/cards/approval';
import { type Card, cardNumber, cardStands, decodeCard, selfSigned } from '@carelet/crypto/cards/card';
import { type IssuerWord, officeStands } from '@carelet/crypto/cards/issuer';
import type { Kysely } from 'kysely';
import type { Founded } from './identity.ts';
import type { IssuerTables } from './schema.ts';

/** As it comes over the wire. */
export type AdministratorWord = {
  readonly card: Bytes;
  readonly organisation: string;
  readonly office: readonly IssuerWord[];
  readonly signature: Bytes;
};

/** The administrator's card; `null` unless two issuers vouch for it and for what she signs for. */
export function administratorOf({ manifest, issuers }: Founded, word: AdministratorWord, now: number): Card | null {
  const card = decodeCard(word.card);
  if (card?.kind !== 'administrator' || !cardStands(card, manifest, now)) return null;
  const keys = issuers.map(({ edVk }) => edVk);
  return officeStands(keys, card, word.organisation, word.office) ? card : null;
}

/** A card of this kind that belongs to its number, signed by its own keys. */
export function ownCard(bytes: Bytes, kind: Card['kind'], now: number, op: string): Card {
  const card = decodeCard(bytes);
  if (card?.kind !== kind || !selfSigned(card, now) || !(card.serial === 1 && equalPublic(card.id, cardNumber(card)))) {
    throw new CareletError('invalid', op, { because: `these bytes are no ${kind}'s card` });
  }
  return card;
}

/** A doctor and a policy that administrators of enough organisations approved for these very keys; anything else is refused. */
export async function approvedDoctor(
  { db, founded, needed, now, op }: { db: Kysely<IssuerTables>; founded: Founded; needed: number; now: number; op: string },
  { card: bytes, policy, approvals }: { card: Bytes; policy: Policy; approvals: readonly AdministratorWord[] },
): Promise<{ readonly card: Card; readonly organisation: Bytes }> {
  const refuse = (because: string) => new CareletError('denied', op, { because });
  const card = ownCard(bytes, 'doctor', now, op);
  const text = policyText(policy);
  const offices = new Set<string>();
  for (const word of approvals) {
    const approver = administratorOf(founded, word, now);
    if (approver && verifyApproval(approver.edVk, card, text, word.signature)) offices.add(word.organisation);
  }
  if (offices.size < needed) throw refuse(`administrators of ${needed} organisations have to approve it`);
  const today = dayOf(now * 1000);
  if (policy.until < today) throw refuse(`the policy ended on ${policy.until}`);
  if (policy.until > addDays(today, longestKey)) throw refuse('a key lasts at most a quarter');
  if (await db.selectFrom('rejected').select('doctor').where('doctor', '=', card.id).executeTakeFirst()) {
    throw refuse('an administrator turned her down');
  }
  return { card, organisation: unhex(policy.unit.slice(0, 32)) };
}
