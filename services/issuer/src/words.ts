/**
 * Whose word an issuer takes: administrators', for what they signed, once two issuers said that they may.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { addDays, dayOf, longestKey } from '@carelet/care/rules/records/calendar';
import { type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { type Bytes, equalPublic, unhex, utf8 } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { verifyApproval } from '@carelet/crypto/cards/approval';
import { type Card, cardNumber, cardStands, decodeCard, selfSigned } from '@carelet/crypto/cards/card';
import { type IssuerWord, officeStands } from '@carelet/crypto/cards/issuer';
import type { Kysely } from 'kysely';
import type { Founded } from './identity.ts';
import type { IssuerTables } from './schema.ts';

/** By how much the clocks of those who issue and sign may differ, in seconds. */
export const tolerance = 300;

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

/** An approval, with when it was signed. */
export type ApprovalWord = AdministratorWord & { readonly time: number };

/**
 * A doctor and a policy that administrators of enough organisations approved for these very keys; anything else is refused.
 *
 * [Note: The later policy]
 * Of a doctor and an organisation one policy counts. Another takes its place with approvals that were signed after it counted, and what was
 * signed before makes none again, whoever keeps it and shows it. Of one second both are as good: administrators take longer.
 */
export async function approvedDoctor(
  { db, founded, needed, now, op }: { db: Kysely<IssuerTables>; founded: Founded; needed: number; now: number; op: string },
  { card: bytes, policy, approvals }: { card: Bytes; policy: Policy; approvals: readonly ApprovalWord[] },
): Promise<{ readonly card: Card; readonly organisation: Bytes }> {
  const refuse = (because: string) => new CareletError('denied', op, { because });
  const card = ownCard(bytes, 'doctor', now, op);
  const text = policyText(policy);
  const organisation = unhex(policy.unit.slice(0, 32));
  const hash = sha256(utf8(text));
  const before = await countsAt(db, card.id, organisation);
  const others = before !== null && !equalPublic(before.policy, hash) ? before : null;
  const signed = approvals.filter((word) => {
    const approver = administratorOf(founded, word, now);
    const stands = approver && verifyApproval(approver.edVk, { doctor: card, policy: text, time: word.time }, word.signature);
    return stands && word.time <= now + tolerance && word.time >= (others?.time ?? 0);
  });
  if (new Set(signed.map((word) => word.organisation)).size < needed) {
    const since = others ? ' after the one that counts now' : '';
    throw refuse(`administrators of ${needed} organisations have to approve it${since}`);
  }
  const today = dayOf(now * 1000);
  if (policy.until < today) throw refuse(`the policy ended on ${policy.until}`);
  if (policy.until > addDays(today, longestKey)) throw refuse('a key lasts at most a quarter');
  if (await db.selectFrom('rejected').select('doctor').where('doctor', '=', card.id).executeTakeFirst()) {
    throw refuse('an administrator turned her down');
  }
  if (before === null || others) {
    await count(db, { doctor: card.id, organisation, policy: hash, time: countsSince(signed, needed) }, refuse);
  }
  return { card, organisation };
}

/** When the last of those signed who make a policy count; who signs it after them makes it no later. */
function countsSince(signed: readonly ApprovalWord[], needed: number): number {
  const first = new Map<string, number>();
  for (const { organisation, time } of signed) first.set(organisation, Math.min(time, first.get(organisation) ?? time));
  return [...first.values()].sort((a, b) => a - b)[needed - 1]!;
}

/** The policy that counts for a doctor at an organisation. */
async function countsAt(db: Kysely<IssuerTables>, doctor: Bytes, organisation: Bytes): Promise<{ policy: Bytes; time: number } | null> {
  const row = await db
    .selectFrom('approved')
    .select(['policy', 'time'])
    .where('doctor', '=', doctor)
    .where('organisation', '=', organisation)
    .executeTakeFirst();
  return row ? { policy: row.policy, time: Number(row.time) } : null;
}

/** From now on this policy counts, unless a later one came meanwhile. */
async function count(
  db: Kysely<IssuerTables>,
  approved: IssuerTables['approved'],
  refuse: (because: string) => CareletError,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('approved')
    .values(approved)
    .onConflict((c) =>
      c
        .columns(['doctor', 'organisation'])
        .doUpdateSet({ policy: approved.policy, time: approved.time })
        .where('approved.time', '<=', approved.time),
    )
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw refuse('a later policy took its place');
}
