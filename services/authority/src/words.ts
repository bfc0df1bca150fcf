/**
 * What administrators signed, as the issuers want to see it: with the card it is by, and two issuers' word for the office.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { encodeCard } from '@carelet/crypto/cards/card';
import type { Cards } from '@carelet/ground/login';
import type { Kysely } from 'kysely';
import type { IssuerRole } from './handover.ts';
import type { AuthorityTables } from './schema.ts';

type Word = Parameters<IssuerRole['enrolment']['organisation']>[0]['by'];
type ApprovalWord = Parameters<IssuerRole['enrolment']['doctor']>[0]['approvals'][number];

export type Words = {
  /** A signature of this administrator's. */
  of(administrator: Bytes, signature: Bytes): Promise<Word>;
  /** Everybody's approval of one policy of a doctor. */
  approvals(doctor: Bytes, organisation: Bytes, policy: string): Promise<ApprovalWord[]>;
};

export function wordsIn(db: Kysely<AuthorityTables>, cards: Pick<Cards, 'byId'>): Words {
  const of: Words['of'] = async (administrator, signature) => {
    const row = await db
      .selectFrom('administrator')
      .select(['organisation', 'office'])
      .where('administrator', '=', administrator)
      .executeTakeFirst();
    const [card] = await cards.byId([administrator]);
    if (!row || !card) {
      throw new CareletError('missing', 'show what an administrator signed', {
        subject: hex(administrator),
        because: 'nobody has this number',
      });
    }
    return { card: encodeCard(card), organisation: row.organisation, office: wordsOf(row.office), signature };
  };

  return {
    of,
    async approvals(doctor, organisation, policy) {
      const rows = await db
        .selectFrom('approval')
        // One word of each organisation says it, its latest; more than that is nobody's business.
        .distinctOn('from_organisation')
        .select(['administrator', 'signature', 'time'])
        .where('doctor', '=', doctor)
        .where('organisation', '=', organisation)
        .where('policy', '=', policy)
        .orderBy('from_organisation')
        .orderBy('time', 'desc')
        .orderBy('administrator')
        .limit(16)
        .execute();
      return Promise.all(
        rows.map(async ({ administrator, signature, time }) => ({ ...(await of(administrator, signature)), time: Number(time) })),
      );
    },
  };
}

/** The issuers' words for an office, as they lie in the table. */
export const wordsOf = (office: Bytes): { issuer: number; signature: Bytes }[] =>
  (uncbor(office) as [number, Bytes][]).map(([issuer, signature]) => ({ issuer, signature }));
