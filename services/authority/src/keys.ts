/**
 * Keys: what an organisation seals with, and what an approved doctor opens with, each locked to its card.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import { compile, inWords, type Policy } from '@carelet/care/rules/sharing/policy';
import type { authorityContract } from '@carelet/care/wire/contract/authority';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor } from '@carelet/crypto/algebra/bytes';
import { decodeCard } from '@carelet/crypto/cards/card';
import { sealTo } from '@carelet/crypto/ntru/hybrid';
import type { KnownCaller } from '@carelet/ground/login';
import type { Kysely } from 'kysely';
import type { Issuers } from './issuers.ts';
import type { KeyMath } from './mathematics.ts';
import { labelling, lastSecond, timesOf } from './policy.ts';
import type { AuthorityTables } from './schema.ts';

type Keys = RoleOf<typeof authorityContract>['keys'];

export function keys(
  {
    db,
    issuers,
    mathematics,
    needed,
    clock,
  }: {
    db: Kysely<AuthorityTables>;
    issuers: Issuers;
    mathematics: KeyMath;
    needed: number;
    clock: () => number;
  },
  caller: KnownCaller | null,
): Keys {
  return {
    async writer() {
      const domain = caller?.kind === 'organisation' ? await issuers.domain(caller.id) : null;
      if (!caller || !domain)
        throw new CareletError('denied', 'hand out writer keys', { because: 'only an enrolled organisation gets them' });
      const { orgKey, pq } = domain.secret;
      const context = cbor(['carelet/v1/enrolment/writer', caller.id]);
      return { sealed: sealTo(caller.card.hybridPk, context, cbor([domain.publicKey, orgKey, pq])) };
    },

    async issue() {
      const row = caller && (await db.selectFrom('doctor').selectAll().where('doctor', '=', caller.id).executeTakeFirst());
      if (!caller || row?.state !== 'approved') throw new CareletError('denied', 'issue keys', { because: 'no approved doctor asks' });
      const now = Math.floor(clock() / 1000);
      const today = dayOf(clock());
      const approved = (await approvedPolicies(caller.id)).filter(({ text }) => (JSON.parse(text) as Policy).until >= today);
      const issued = await db.selectFrom('issued').selectAll().where('doctor', '=', caller.id).execute();
      const out = [];
      for (const { organisation, text } of approved) {
        const kept = issued.find((key) => key.policy === text && sameBytes(key.organisation, organisation));
        const key = kept ?? (await make(decodeCard(row.card)!.hybridPk, caller.id, organisation, text));
        if (key && key.not_after > now) out.push({ organisation, sealed: key.sealed, entitlement: key.entitlement, words: key.words });
      }
      return { keys: out };
    },
  };

  /** The policies of a doctor that enough organisations signed alike. */
  async function approvedPolicies(doctor: Bytes): Promise<{ organisation: Bytes; text: string }[]> {
    const rows = await db
      .selectFrom('approval')
      .select(['organisation', 'policy', (select) => select.fn.count<string>('from_organisation').distinct().as('approvals')])
      .where('doctor', '=', doctor)
      .groupBy(['organisation', 'policy'])
      .execute();
    return rows.filter(({ approvals }) => Number(approvals) >= needed).map(({ organisation, policy }) => ({ organisation, text: policy }));
  }

  async function make(hybridPk: Bytes, doctor: Bytes, organisation: Bytes, text: string) {
    const domain = await issuers.domain(organisation);
    if (!domain) return null;
    const policy = JSON.parse(text) as Policy;
    const notAfter = lastSecond(policy);
    const formula = compile(policy, timesOf(policy, clock()), labelling(domain.secret.orgKey));
    const key = await mathematics.keygen(domain.secret.master, formula);
    const words = inWords(policy);
    const context = cbor(['carelet/v1/enrolment/key', doctor, organisation]);
    const row = {
      doctor,
      organisation,
      policy: text,
      sealed: sealTo(hybridPk, context, cbor([domain.publicKey, key, domain.secret.pq, notAfter])),
      entitlement: await issuers.entitle({ doctor, organisation, formula, issued: Math.floor(clock() / 1000), notAfter }),
      words,
      not_after: notAfter,
    };
    await db
      .insertInto('issued')
      .values(row)
      .onConflict((c) => c.columns(['doctor', 'organisation']).doUpdateSet(row))
      .execute();
    return row;
  }
}

const sameBytes = (a: Bytes, b: Bytes) => a.length === b.length && a.every((byte, i) => byte === b[i]);
