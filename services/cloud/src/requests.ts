/**
 * Requests for access: what doctors ask of patients, sealed, until they are answered, taken back or over.
 *
 * The cloud learns which doctor wrote to the owner of which chart, when, and what became of it. A doctor asks by a chart of which
 * something opens to her; of any other she gets the answer of one that does not exist.
 *
 * [Note: Why a request leaves its number behind]
 * What was declined could be asked again and again with the same bytes, and nobody could tell it from a lost answer. So its number
 * stays for the thirty days it could have waited, and counts: three may wait for one patient, and ten be asked in that time.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { requestDays } from '@carelet/care/rules/sharing/requests';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equal, equalPublic } from '@carelet/crypto/algebra/bytes';
import { type RequestAnswer, verifyAnswer } from '@carelet/crypto/pre/requests';
import { transaction } from '@carelet/ground/database';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import { type Kysely, sql, type Transaction } from 'kysely';
import { reachable } from './access.ts';
import type { Changes } from './changes.ts';
import { notDenied } from './limits/denied.ts';
import type { CloudTables } from './schema.ts';

type Requests = RoleOf<typeof cloudContract>['requests'];

/** How many requests of one doctor may wait for one patient, be asked of her in the time one waits, and be asked of everybody. */
export const requestLimits = { waiting: 3, ofPatient: 10, ofAll: 300 } as const;

/** The most that one patient is shown at once. */
const shown = 200;

const lifetime = requestDays * 86_400;

export function requests(
  { db, cards, now, changes }: { db: Kysely<CloudTables>; cards: Cards; now: () => number; changes: Changes },
  caller: KnownCaller,
): Requests {
  return {
    async ask({ pat, request, sealed, own }) {
      const owner = await askedOf(pat);
      const asked = await transaction(db, async (within) => {
        // Her card's row is the lock: what one doctor asks is counted one after the other.
        await within.selectFrom('card').select('card_id').where('card_id', '=', caller.id).forUpdate().execute();
        const made = await within
          .selectFrom('request')
          .select(['pat', 'request_id', 'owner', 'state', 'sealed', 'own'])
          .where('doctor', '=', caller.id)
          .where('asked', '>', now() - lifetime)
          .execute();
        const before = made.find((one) => equalPublic(one.pat, pat) && equalPublic(one.request_id, request));
        // Asked again after a lost answer, the very same waits already.
        if (before?.sealed && before.own && equal(before.sealed, sealed) && equal(before.own, own)) return false;
        if (before) throw usedBefore();
        const ofPatient = made.filter((one) => equalPublic(one.owner, owner));
        if (ofPatient.filter(({ state }) => state === 'waits').length >= requestLimits.waiting)
          throw tooMany('some of yours still wait for this patient');
        if (ofPatient.length >= requestLimits.ofPatient) throw tooMany('this patient was asked often enough for now');
        if (made.length >= requestLimits.ofAll) throw tooMany('you asked too many patients in thirty days');
        const laid = await within
          .insertInto('request')
          .values({ pat, doctor: caller.id, request_id: request, owner, asked: now(), state: 'waits', sealed, own, answer: null })
          .onConflict((c) => c.columns(['pat', 'doctor', 'request_id']).doNothing())
          .returning('pat')
          .executeTakeFirst();
        // One that is over and not forgotten yet.
        if (!laid) throw usedBefore();
        return true;
      });
      if (asked) changes.tell({ pat, part: null, nodes: [], wraps: [], between: [owner, caller.id] });
    },

    async withdraw({ pat, request }) {
      const taken = await db
        .updateTable('request')
        .set({ state: 'withdrawn', sealed: null, own: null })
        .where('pat', '=', pat)
        .where('doctor', '=', caller.id)
        .where('request_id', '=', request)
        .where('state', 'in', ['waits', 'withdrawn'])
        .where('asked', '>', now() - lifetime)
        .where(notDenied(sql.ref('request.pat'), caller.id))
        .returning('owner')
        .executeTakeFirst();
      if (!taken) throw noneWaits('take a request back');
      changes.tell({ pat, part: null, nodes: [], wraps: [], between: [taken.owner, caller.id] });
    },

    async list() {
      const since = now() - lifetime;
      const received = await db
        .selectFrom('request')
        .select(['pat', 'request_id', 'doctor', 'sealed'])
        .where('owner', '=', caller.id)
        .where('state', '=', 'waits')
        .where('asked', '>', since)
        .orderBy('asked', 'desc')
        .orderBy('request_id')
        .limit(shown)
        .execute();
      const made = await db
        .selectFrom('request')
        .select(['pat', 'owner', 'request_id', 'own', 'state', 'answer'])
        .where('doctor', '=', caller.id)
        .where('state', '!=', 'withdrawn')
        .where('asked', '>', since)
        .where(notDenied(sql.ref('request.pat'), caller.id))
        .orderBy('asked', 'desc')
        .orderBy('request_id')
        .execute();
      return {
        received: received.flatMap(({ sealed, request_id: request, pat, doctor }) => (sealed ? [{ pat, request, doctor, sealed }] : [])),
        made: made.flatMap(({ own, state, answer, request_id: request, pat, owner }) =>
          own ? [{ pat, owner, request, own, answer: answer && isAnswer(state) ? { word: state, signature: answer } : null }] : [],
        ),
      };
    },

    async decline({ pat, doctor, request, signature }) {
      await transaction(db, (within) => answerRequest(within, caller, { pat, doctor, request, word: 'declined', signature }, now()));
      changes.tell({ pat, part: null, nodes: [], wraps: [], between: [caller.id, doctor] });
    },
  };

  /** The patient one asks by a chart; one question to the tables, whether there is such a chart or not. */
  async function askedOf(pat: Bytes): Promise<Bytes> {
    const unseen = () => new CareletError('denied', 'ask for access', { because: 'nothing of this chart opens to you' });
    const wraps = caller.kind === 'doctor' ? await reachable(db, caller, now()) : null;
    if (!wraps) throw unseen();
    const chart = await db
      .selectFrom('chart')
      .select('owner')
      .where('pat', '=', pat)
      .where(sql<boolean>`exists (select 1 from wrap where wrap.pat = chart.pat and ${wraps})`)
      .executeTakeFirst();
    if (!chart) throw unseen();
    const [card] = await cards.byId([chart.owner]);
    if (card?.kind !== 'patient')
      throw new CareletError('missing', 'ask for access', { because: 'this patient has no keyring yet, so nobody could answer' });
    return chart.owner;
  }
}

type Answer = {
  readonly pat: Bytes;
  readonly doctor: Bytes;
  readonly request: Bytes;
  readonly word: RequestAnswer;
  readonly signature: Bytes;
};

/**
 * Lays down the owner's answer to a request that waits, and forgets what it said; the same answer twice is one.
 *
 * @throws {CareletError} `denied` for what is not signed by the caller, `conflict` when nothing of hers waits under this number
 */
export async function answerRequest(
  within: Transaction<CloudTables>,
  caller: KnownCaller,
  { pat, doctor, request, word, signature }: Answer,
  now: number,
): Promise<void> {
  const op = 'answer a request';
  const there = await within
    .selectFrom('request')
    .select(['state', 'asked'])
    .where('pat', '=', pat)
    .where('doctor', '=', doctor)
    .where('request_id', '=', request)
    .where('owner', '=', caller.id)
    .forUpdate()
    .executeTakeFirst();
  if (!verifyAnswer(caller.card.edVk, { pat, doctor, request }, word, signature))
    throw new CareletError('denied', op, { because: 'the answer is not signed by you' });
  if (there?.state === word) return;
  if (there?.state !== 'waits' || Number(there.asked) <= now - lifetime) throw noneWaits(op);
  await within
    .updateTable('request')
    .set({ state: word, sealed: null, answer: signature })
    .where('pat', '=', pat)
    .where('doctor', '=', doctor)
    .where('request_id', '=', request)
    .execute();
}

/**
 * Forgets requests whose time is over, answered or not.
 *
 * @param now UTC seconds
 */
export async function forgetRequests(db: Kysely<CloudTables>, now: number): Promise<void> {
  await db
    .deleteFrom('request')
    .where('asked', '<=', now - lifetime)
    .execute();
}

const isAnswer = (state: string): state is RequestAnswer => state === 'granted' || state === 'declined';
const noneWaits = (op: string) => new CareletError('conflict', op, { because: 'it was answered or taken back before, or is over' });
const usedBefore = () => new CareletError('conflict', 'ask for access', { because: 'a request of this number was made before' });
const tooMany = (because: string) => new CareletError('conflict', 'ask for access', { because });
