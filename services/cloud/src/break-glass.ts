/**
 * Breaking the glass: a doctor's word that it is an emergency, noted before anything is opened by it, and told to whom it concerns.
 *
 * The cloud learns which doctor broke the glass of which chart, of which parts and for how long; why, it cannot read. It does its part
 * of her key for emergencies for that chart alone, and signs that it noted her word: a mediator does its part for nobody
 * who cannot show that.
 *
 * @module
 */
import { CareletError, parts as knownParts } from '@carelet/care/model';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, equalPublic, uncbor } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { encodeCard } from '@carelet/crypto/cards/card';
import { type IssuerWord, signsFor } from '@carelet/crypto/cards/issuer';
import { foundingHash, type Manifest } from '@carelet/crypto/cards/manifest';
import {
  decodeBreakGlass,
  hashOfReasons,
  type SignedBreakGlass,
  signNoted,
  verifyBreakGlass,
  verifyReview,
} from '@carelet/crypto/ma-kp-abe/break-glass';
import { transaction } from '@carelet/ground/database';
import type { EndedKeys } from '@carelet/ground/ended-keys';
import type { KnownCaller } from '@carelet/ground/login';
import type { Town } from '@carelet/ground/town';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Changes } from './changes.ts';
import type { CloudKeys } from './keys.ts';
import { notDenied } from './limits/denied.ts';
import type { Book } from './receipts/book.ts';
import type { CloudTables } from './schema.ts';

type BreakGlass = RoleOf<typeof cloudContract>['breakGlass'];

/** How many glasses of one doctor may be broken at a time, and within a day. */
export const breakGlassLimits = { atOnce: 5, ofDay: 20 } as const;

/** How far a doctor's clock may be from the cloud's, seconds. */
const skew = 300;
/** How long it is told of, seconds; its receipt stays. */
const kept = 400 * 86_400;
/** The most that anybody is shown at once. */
const shown = 200;

/** What holds of a wrap for emergencies of whose chart this doctor has broken the glass. */
export const broken = (doctor: Bytes, now: number): RawBuilder<boolean> =>
  sql<boolean>`exists (select 1 from break_glass where break_glass.pat = wrap.pat and break_glass.doctor = ${doctor}
    and break_glass.until > ${now} and wrap.part = any (break_glass.parts))`;

export function breakGlass(
  {
    db,
    town,
    keys,
    endedKeys,
    now,
    changes,
    book,
  }: { db: Kysely<CloudTables>; town: Town; keys: CloudKeys; endedKeys: EndedKeys; now: () => number; changes: Changes; book: Book },
  caller: KnownCaller,
): BreakGlass {
  const charts = () => db.selectFrom('break_glass').innerJoin('chart', 'chart.pat', 'break_glass.pat');

  return {
    async say({ word: bytes, reasons }) {
      const op = 'break the glass';
      const word = decodeBreakGlass(bytes);
      const hers = word && caller.kind === 'doctor' && equalPublic(word.doctor, caller.id) && verifyBreakGlass(caller.card.edVk, word);
      if (!hers || !equalPublic(hashOfReasons(reasons), word.reasons)) {
        throw new CareletError('invalid', op, { because: 'these bytes are not your word for it' });
      }
      if (!equalPublic(word.town, foundingHash(await town.manifest())))
        throw new CareletError('invalid', op, { because: 'it is for another town' });
      if (!word.parts.every((part) => knownParts.some((known) => known === part))) {
        throw new CareletError('invalid', op, { because: 'it names a part that no chart has' });
      }
      if (Math.abs(word.since - now()) > skew || word.until <= now())
        throw new CareletError('invalid', op, { because: 'it is not of now' });
      const owner = await ownerFor(word, op);
      const { promise, fresh } = await transaction(db, async (within) => {
        // Her card's row is the lock: one after the other is counted.
        await within.selectFrom('card').select('card_id').where('card_id', '=', caller.id).forUpdate().execute();
        const before = await within
          .selectFrom('break_glass')
          .select(['pat', 'number', 'word', 'until', 'promise'])
          .where('doctor', '=', caller.id)
          .where('since', '>', now() - 86_400)
          .execute();
        const same = before.find(({ pat, number }) => equalPublic(pat, word.pat) && equalPublic(number, word.number));
        // Said again after a lost answer, it is noted already.
        if (same && equalPublic(same.word, bytes)) return { fresh: false, promise: same.promise };
        const tooMany = (because: string) => new CareletError('conflict', op, { because });
        if (same) throw tooMany('another word of yours has this number');
        if (before.filter(({ until }) => Number(until) > now()).length >= breakGlassLimits.atOnce) {
          throw tooMany('the glass of as many patients as may be is broken by you');
        }
        if (before.length >= breakGlassLimits.ofDay) throw tooMany('you broke the glass too often today');
        const promise = await book.leave(within, word.pat, { kind: 'break-glass', actor: caller.id, policy: sha256(bytes) });
        await within
          .insertInto('break_glass')
          .values({
            pat: word.pat,
            number: word.number,
            doctor: caller.id,
            parts: [...word.parts],
            since: word.since,
            until: word.until,
            word: bytes,
            owner_reason: reasons.owner,
            hospital_reason: reasons.hospital,
            administrator_reasons: cbor(reasons.administrators.map((one) => [one.administrator, one.sealed])),
            promise,
            verdict: null,
            review: null,
            reviewed: null,
            reviewer: null,
          })
          .execute();
        return { fresh: true, promise };
      });
      if (fresh) changes.tell({ pat: word.pat, part: null, nodes: [], wraps: [], between: [owner, word.organisation, caller.id] });
      return { noted: signNoted(keys.log.secret, bytes), promise };
    },

    async list({ office }) {
      const own = office ? await hospitalOf(office, 'list broken glasses') : caller.id;
      const rows = await charts()
        .select([
          'chart.owner',
          'word',
          'owner_reason',
          'hospital_reason',
          'administrator_reasons',
          'verdict',
          'review',
          'reviewed',
          'reviewer',
        ])
        .where((is) => {
          const broke = is.and([is('break_glass.doctor', '=', caller.id), notDenied(sql.ref('break_glass.pat'), caller.id)]);
          const hers = [is('chart.owner', '=', caller.id), broke];
          return is.or([is('chart.writer', '=', own), ...(office ? [] : hers)]);
        })
        .where('since', '>', now() - kept)
        .orderBy('since', 'desc')
        .orderBy('number')
        .limit(shown)
        .execute();
      return {
        broken: rows.map(({ owner, word, owner_reason, hospital_reason, administrator_reasons, verdict, review, reviewed, reviewer }) => ({
          // Whose chart it is, an administrator has no need to know.
          owner: office ? null : owner,
          word,
          reasons: {
            owner: owner_reason,
            hospital: hospital_reason,
            administrators: (uncbor(administrator_reasons) as [Bytes, Bytes][]).map(([administrator, sealed]) => ({
              administrator,
              sealed,
            })),
          },
          noted: signNoted(keys.log.secret, word),
          review:
            verdict && review && reviewed !== null
              ? { verdict, at: Number(reviewed), signature: review, by: reviewer && readReviewer(reviewer) }
              : null,
        })),
      };
    },

    async review({ pat, number, signature, office: words, ...said }) {
      const op = 'review a broken glass';
      // Told alike: there is none, it is another hospital's, nobody says that she signs for this one.
      const none = () => new CareletError('denied', op, { because: 'no glass of a chart of yours was broken under this number' });
      const row = await charts()
        .select(['word', 'chart.owner', 'chart.writer', 'reviewed'])
        .where('break_glass.pat', '=', pat)
        .where('number', '=', number)
        .executeTakeFirst();
      const word = row && decodeBreakGlass(row.word);
      if (!word) throw none();
      if (words) await hospitalOf({ organisation: row.writer, words }, op, none);
      else if (!equalPublic(row.writer, caller.id)) throw none();
      if (!verifyReview(caller.card.edVk, word, said, signature)) {
        throw new CareletError('invalid', op, { because: 'the review is not signed by you' });
      }
      if (Math.abs(said.at - now()) > skew) throw new CareletError('invalid', op, { because: 'it is not of now' });
      const reviewer = words ? cbor([encodeCard(caller.card), words.map((one) => [one.issuer, one.signature])]) : null;
      const { numUpdatedRows } = await db
        .updateTable('break_glass')
        .set({ verdict: said.verdict, review: signature, reviewed: said.at, reviewer })
        .where('pat', '=', pat)
        .where('number', '=', number)
        // Of two words the later counts; the same one said again changes nothing.
        .where((is) => is.or([is('reviewed', 'is', null), is('reviewed', '<', said.at), is('review', '=', signature)]))
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw new CareletError('conflict', op, { because: 'something later was said of it' });
      changes.tell({ pat, part: null, nodes: [], wraps: [], between: [row.owner, word.doctor, row.writer] });
    },
  };

  /** The organisation for which the caller is an administrator, as two issuers say. */
  async function hospitalOf(
    { organisation, words }: { readonly organisation: Bytes; readonly words: readonly IssuerWord[] },
    op: string,
    refuse = () => new CareletError('denied', op, { because: 'two issuers do not say that you sign for it' }),
  ): Promise<Bytes> {
    const stands = (manifest: Manifest) => signsFor(manifest, caller.card, organisation, words);
    if (!stands(await town.manifest()) && !stands(await town.refresh())) throw refuse();
    return organisation;
  }

  /** The number of an organisation's emergencies, where it has any. */
  async function emergencyOf(organisation: Bytes): Promise<Bytes | undefined> {
    const named = ({ domains }: Manifest) => domains.find((domain) => equalPublic(domain.organisation, organisation))?.emergency;
    return named(await town.manifest()) ?? named(await town.refresh());
  }

  /** The owner of a chart whose glass this doctor may break; one answer for a chart there is none of and one that is not hers to break. */
  async function ownerFor({ pat, organisation }: SignedBreakGlass, op: string): Promise<Bytes> {
    const nobody = new Uint8Array(16);
    const number = (await emergencyOf(organisation)) ?? nobody;
    const entitled = await db
      .selectFrom('entitlement')
      .select('issued')
      .where('doctor', '=', caller.id)
      .where('organisation', '=', number)
      .where('not_after', '>', now())
      .executeTakeFirst();
    await endedKeys.refuse({ doctor: caller.id, organisation: number, issued: Number(entitled?.issued ?? 0) }, op);
    const chart = await db
      .selectFrom('chart')
      .select('owner')
      .where('pat', '=', pat)
      .where('writer', '=', organisation)
      .where(notDenied(sql.ref('chart.pat'), caller.id))
      .executeTakeFirst();
    if (!entitled || !chart)
      throw new CareletError('denied', op, { because: 'nothing that was issued to you opens this chart in an emergency' });
    return chart.owner;
  }
}

/** An administrator's card and the issuers' words for her, as they lie in the table. */
function readReviewer(bytes: Bytes): { card: Bytes; words: IssuerWord[] } {
  const [card, words] = uncbor(bytes) as [Bytes, [number, Bytes][]];
  return { card, words: words.map(([issuer, signature]) => ({ issuer, signature })) };
}

/**
 * Forgets glasses that were broken long ago; their receipts stay.
 *
 * @param now UTC seconds
 */
export async function forgetBreakGlass(db: Kysely<CloudTables>, now: number): Promise<void> {
  await db
    .deleteFrom('break_glass')
    .where('since', '<=', now - kept)
    .execute();
}
