/**
 * Transforming for a doctor with the cloud's part of her key: whatever it is that is in her sight, this is the one way.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, cbor, hex } from '@carelet/crypto/algebra/bytes';
import type { IssuedPlace } from '@carelet/crypto/cards/issued';
import type { Domains } from '@carelet/ground/domains';
import type { EndedKeys } from '@carelet/ground/ended-keys';
import type { KnownCaller } from '@carelet/ground/login';
import type { Kysely } from 'kysely';
import type { CloudKeys } from './keys.ts';
import type { RoleMath } from './mathematics.ts';
import type { CloudTables } from './schema.ts';

/** What it takes. */
export type Transforming = {
  readonly db: Kysely<CloudTables>;
  readonly keys: CloudKeys;
  readonly endedKeys: EndedKeys;
  readonly domains: Domains;
  readonly mathematics: RoleMath;
  /** UTC seconds. */
  readonly now: () => number;
};

/** How texts are found for the formula of a doctor's entitlement. */
export type Finding = {
  /** Nothing stands for one that is not in her sight. */
  texts(formula: string): Promise<readonly (Bytes | undefined)[]>;
  /** Whether all of them are in her sight still, without fetching them again. */
  inSight(within: Kysely<CloudTables>, formula: string): Promise<boolean>;
};

/**
 * Transforms texts for one doctor, as long as she is entitled at their organisation and her key not ended.
 *
 * @returns a function of the organisation, what is asked, and how the texts are found: where one is not in her sight, she gets the answer
 * she gets where there is none. Pairings may wait long; before anything is handed out, `mustStill` refuses for what ended meanwhile
 */
export function transformsFor({ db, keys, endedKeys, domains, mathematics, now }: Transforming, caller: KnownCaller) {
  return async (
    organisation: Bytes,
    op: string,
    { texts, inSight }: Finding,
  ): Promise<{ transformed: Bytes[]; formula: string; mustStill: (within: Kysely<CloudTables>) => Promise<void> }> => {
    const denied = () => new CareletError('denied', op, { because: 'nothing that was issued to you reaches them' });
    const find = (within: Kysely<CloudTables> = db) =>
      within
        .selectFrom('entitlement')
        .select(['formula', 'issued'])
        .where('doctor', '=', caller.id)
        .where('organisation', '=', organisation)
        .where('not_after', '>', now())
        .executeTakeFirst();
    const entitlement = await find();
    // Asked also where there is none: a cloud that does not know yet whose keys have ended tells nobody apart.
    await endedKeys.refuse({ doctor: caller.id, organisation, issued: Number(entitlement?.issued ?? 0) }, op);
    await domains.ready();
    const kept = entitlement ? await keptTransforms(db, caller.id, organisation) : [];
    if (!entitlement || kept.length < 2) throw denied();
    const sealed = (await texts(entitlement.formula)).map((text) => {
      if (!text) throw denied();
      return text;
    });
    const own = kept.map(({ issuer, body }) => keys.secrets.open(placeOf({ doctor: caller.id, organisation, issuer }), body));
    // What a writer sealed badly comes to nothing, and no other suffers.
    const transformed = (await mathematics.transform(own, sealed)).map((t) => t ?? new Uint8Array());
    const { formula, issued } = entitlement;
    const mustStill = async (within: Kysely<CloudTables>): Promise<void> => {
      const standing = await find(within);
      if (standing?.issued !== issued || !(await inSight(within, formula))) throw denied();
    };
    return { transformed, formula, mustStill };
  };
}

/** The cloud's part of a doctor's key, in the order of its issuers. */
export const keptTransforms = (db: Kysely<CloudTables>, doctor: Bytes, organisation: Bytes) =>
  db
    .selectFrom('transform_key')
    .select(['issuer', 'base', 'body'])
    .where('doctor', '=', doctor)
    .where('organisation', '=', organisation)
    .orderBy('issuer')
    .execute();

/** Where a doctor's transformation key lies, for the seal over it. */
export const placeOf = ({ doctor, organisation, issuer }: IssuedPlace): string =>
  hex(cbor(['cloud/transform', doctor, organisation, issuer]));
