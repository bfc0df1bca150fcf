/**
 * The attempts at a domain, or at the key servers, as one issuer remembers them.
 *
 * [Note: One attempt at a time] An issuer goes on with the attempt it began, and no carrier makes it begin another once it has shown
 * what it promised: whoever could would have keys made until one pleases him, or two of them signed. It leaves an attempt only as long
 * as it has shown nothing, or after it named a liar, or where another issuer does not go on with it: that one promised something in a later
 * attempt, or two things in this one, as one that was restored from a backup does. Numbers only grow, and it signs no attempt that it left: all three sign, so of two attempts at most one is signed by all.
 *
 * [Note: Two attempts of before] Issuers did not count attempts once. Some may use what one attempt made, and another what a second
 * did. What two use can stand in a manifest; by that the third takes it as well, and until then it keeps its share of both.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, cbor, equalPublic, uncbor } from '@carelet/crypto/algebra/bytes';
import { hashOf } from '@carelet/crypto/algebra/hash';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { IssuerTables } from './schema.ts';

/** How an attempt ended at this issuer. */
export type Outcome =
  | { readonly kind: 'made'; readonly domain: Bytes; readonly signature: Bytes }
  | { readonly kind: 'blame'; readonly issuer: number; readonly because: 'promise' | 'opening' | 'share' };

type Row = Selectable<IssuerTables['generation']>;

export type Attempt = Row & {
  readonly attempt: number;
  /** Promised; shown as well; signed by this issuer; in use, or was; over. */
  readonly state: 'begun' | 'shown' | 'signed' | 'used' | 'over';
};

/** Of nobody's domain: of the key servers. */
type Subject = Bytes | null;

export const contextOf = (town: Bytes, organisation: Subject, attempt: number): Bytes =>
  organisation ? hashOf('carelet/v1/issuer/generation', town, organisation, attempt) : hashOf('carelet/v1/kdc/generation', town, attempt);

/** How far an attempt may be beyond the last one known here: issuers that were away are not that far apart. */
const farthest = 1000;

/** All that were made at this; held until the end of a transaction that asks for that. */
export async function attemptsAt(
  within: Kysely<IssuerTables>,
  town: Bytes,
  organisation: Subject,
  { hold = false } = {},
): Promise<Attempt[]> {
  const asked = within
    .selectFrom('generation')
    .selectAll()
    .where('organisation', organisation ? '=' : 'is', organisation);
  const rows = await (hold ? asked.forUpdate() : asked).execute();
  return rows.map((row) => ({ ...row, attempt: row.attempt ?? numberOf(row, town), state: stateOf(row) }));
}

/** The number of an attempt that was begun before they were kept: it is hashed into its context. */
function numberOf({ organisation, context }: Row, town: Bytes): number {
  for (let attempt = 1; attempt <= 1000; attempt++) if (equalPublic(contextOf(town, organisation, attempt), context)) return attempt;
  return 0;
}

function stateOf({ outcome, made, promises, left_behind: left }: Row): Attempt['state'] {
  const signed = outcome !== null && readOutcome(outcome).kind === 'made';
  if (left || (outcome && !signed)) return 'over';
  if (signed) return made ? 'signed' : 'used';
  return promises ? 'shown' : 'begun';
}

const isOpen = ({ state }: Attempt): boolean => state === 'begun' || state === 'shown' || state === 'signed';
const highest = (attempts: readonly Attempt[]): number => Math.max(0, ...attempts.map(({ attempt }) => attempt));

/** Which attempt made what is in use, and with which one this issuer goes on. */
export async function standingOf(db: Kysely<IssuerTables>, town: Bytes, organisation: Subject) {
  const attempts = await attemptsAt(db, town, organisation);
  const current = await inUse(db, organisation);
  const made = current && !current.retiring && attempts.find((one) => one.state === 'used' && equalPublic(keyOf(one)!, current.key));
  return { used: made ? made.attempt : null, next: highest(attempts.filter(isOpen)) || highest(attempts) + 1 };
}

/** What is in use: its public key, and whether it ends. */
export async function inUse(within: Kysely<IssuerTables>, organisation: Subject): Promise<{ key: Bytes; retiring: boolean } | null> {
  if (!organisation) {
    const row = await within.selectFrom('key_server').select('servers').executeTakeFirst();
    return row ? { key: row.servers, retiring: false } : null;
  }
  const row = await within
    .selectFrom('domain')
    .select(['public_key', 'retiring'])
    .where('organisation', '=', organisation)
    .executeTakeFirst();
  return row ? { key: row.public_key, retiring: row.retiring === true } : null;
}

/**
 * Refuses to begin an attempt while this issuer has to go on with another: see [Note: One attempt at a time].
 *
 * @param isLeft whether it is known that another issuer does not go on with one that this issuer has shown something in
 */
export function mayLeaveEarlier(attempts: readonly Attempt[], attempt: number, isLeft: (one: Attempt) => boolean): void {
  const others = attempts.filter((one) => one.attempt !== attempt);
  const last = highest(others);
  if (last > attempt) throw conflict('this issuer is past that attempt');
  if (attempt > last + farthest) throw conflict('no issuer is so far ahead');
  mustGoOnAlone(
    others.filter((one) => !isLeft(one)),
    attempt,
    ['shown', 'signed'],
  );
}

/** Leaves what was begun before an attempt that begins now. */
export async function leaveEarlier(within: Transaction<IssuerTables>, attempts: readonly Attempt[], attempt: number): Promise<void> {
  for (const one of attempts.filter((one) => isOpen(one) && one.attempt !== attempt)) {
    if (one.state === 'begun') {
      await within.deleteFrom('generation').where('context', '=', one.context).execute();
      continue;
    }
    // What it signed it may still take into use, as long as it signs no later one: who left may have signed as well.
    const gone = one.state === 'shown' ? { dealt: null, shown: null } : {};
    await within
      .updateTable('generation')
      .set({ ...gone, left_behind: true })
      .where('context', '=', one.context)
      .execute();
  }
}

/** Refuses a step of an attempt while another one is at that step or further, and open. */
export function mustGoOnAlone(attempts: readonly Attempt[], attempt: number, at: readonly Attempt['state'][]): void {
  const other = attempts.find((one) => one.attempt !== attempt && at.includes(one.state));
  if (other) throw conflict(`attempt ${other.attempt} goes on`);
}

/** Erases what is left of attempts before one that is signed now. */
export async function forgetLeft(within: Transaction<IssuerTables>, attempts: readonly Attempt[], attempt: number): Promise<void> {
  for (const one of attempts.filter(({ state, attempt: number }) => state === 'over' && number < attempt)) await erase(within, one.context);
}

/** Erases what is left of attempts that were never signed here, once there is something in use. */
export async function forgetUnsigned(within: Transaction<IssuerTables>, attempts: readonly Attempt[]): Promise<void> {
  for (const one of attempts.filter(({ state }) => state === 'begun' || state === 'shown')) await erase(within, one.context);
}

/** Erases what is left of every attempt but the one in use, once that one stands in a manifest for good. */
export async function forgetOthers(within: Transaction<IssuerTables>, organisation: Subject): Promise<void> {
  const current = await inUse(within, organisation);
  // While a domain ends, the attempts are at the next one.
  if (!current || current.retiring) return;
  const rows = await within
    .selectFrom('generation')
    .select(['context', 'outcome'])
    .where('organisation', organisation ? '=' : 'is', organisation)
    .execute();
  for (const row of rows) {
    const key = keyOf(row);
    if (!key || !equalPublic(key, current.key)) await erase(within, row.context);
  }
}

/** Of which there are attempts that may keep something they need no more. */
export async function withOthers(within: Kysely<IssuerTables>): Promise<readonly Subject[]> {
  const rows = await within
    .selectFrom('generation')
    .select('organisation')
    .distinct()
    .where(({ or, eb }) => or([eb('dealt', 'is not', null), eb('made', 'is not', null), eb('outcome', 'is', null)]))
    .execute();
  return rows.map(({ organisation }) => organisation);
}

const erase = (within: Transaction<IssuerTables>, context: Bytes) =>
  within
    .updateTable('generation')
    .set({ dealt: null, shown: null, made: null, left_behind: true })
    .where('context', '=', context)
    .execute();

/** The public key that an attempt made, if it made one. */
export function keyOf({ outcome }: Pick<Row, 'outcome'>): Bytes | null {
  const read = outcome && readOutcome(outcome);
  return read?.kind === 'made' ? read.domain : null;
}

const conflict = (because: string) => new CareletError('conflict', 'make a domain', { because });

export const encodeOutcome = (outcome: Outcome): Bytes =>
  outcome.kind === 'made' ? cbor(['made', outcome.domain, outcome.signature]) : cbor(['blame', outcome.issuer, outcome.because]);

export function readOutcome(bytes: Bytes): Outcome {
  const fields = uncbor(bytes) as ['made', Bytes, Bytes] | ['blame', number, 'promise' | 'opening' | 'share'];
  return fields[0] === 'made'
    ? { kind: 'made', domain: fields[1], signature: fields[2] }
    : { kind: 'blame', issuer: fields[1], because: fields[2] };
}
