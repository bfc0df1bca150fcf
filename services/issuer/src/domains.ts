/**
 * The domains an issuer has a share of, and those it had before: of a retired one only its public key is left.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, cbor, hex } from '@carelet/crypto/algebra/bytes';
import { type Domain, domainParts, type Manifest, withNewKey } from '@carelet/crypto/cards/manifest';
import type { Kysely, Transaction } from 'kysely';
import type { IssuerTables } from './schema.ts';

/** Where a domain's secrets lie under the key file. */
export const domainPlace = (organisation: Bytes): string => `issuer/domain/${hex(organisation)}`;

export const hasItsDomain = () => new CareletError('conflict', 'make a domain', { because: 'this organisation has its domain' });

/** Puts a domain where there is none yet, or in the place of one that was retired: the share of that one is gone with this. */
export async function takeIntoUse(
  within: Transaction<IssuerTables>,
  organisation: Bytes,
  made: Pick<IssuerTables['domain'], 'public_key' | 'issuers' | 'secret'>,
): Promise<void> {
  const added = await within
    .insertInto('domain')
    .values({ organisation, ...made })
    .onConflict((c) => c.doNothing())
    .returning('organisation')
    .executeTakeFirst();
  if (added) return;
  const before = await within
    .selectFrom('domain')
    .select(['public_key', 'retiring'])
    .where('organisation', '=', organisation)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (!before.retiring) throw hasItsDomain();
  const { length: position } = await retiredKeys(within, organisation);
  // Its emergencies are founded anew as well: who knew the one secret may have known the other.
  await within.deleteFrom('emergency').where('organisation', '=', organisation).execute();
  await within.insertInto('retired_domain').values({ organisation, position, public_key: before.public_key }).execute();
  await within
    .updateTable('domain')
    .set({ ...made, retiring: false })
    .where('organisation', '=', organisation)
    .execute();
}

/** Puts a domain in the place of one that never stood in a manifest: the share of that one is gone with this. */
export async function takeInstead(
  within: Transaction<IssuerTables>,
  organisation: Bytes,
  made: Pick<IssuerTables['domain'], 'public_key' | 'issuers' | 'secret'>,
): Promise<void> {
  await within.updateTable('domain').set(made).where('organisation', '=', organisation).execute();
}

/** The public keys an organisation's domain had before, the oldest first. */
export async function retiredKeys(db: Kysely<IssuerTables>, organisation: Bytes): Promise<Bytes[]> {
  const rows = await db
    .selectFrom('retired_domain')
    .select('public_key')
    .where('organisation', '=', organisation)
    .orderBy('position')
    .execute();
  return rows.map(({ public_key }) => public_key);
}

/** The domains this issuer made, as a manifest names them. */
export async function domainsHere(within: Kysely<IssuerTables>): Promise<ReadonlySet<string>> {
  const rows = await within
    .selectFrom('domain')
    .innerJoin('organisation', 'organisation.organisation', 'domain.organisation')
    .select(['domain.organisation', 'organisation.name', 'domain.public_key'])
    .execute();
  const named = rows.map(async ({ organisation, name, public_key }) =>
    withoutEmergency(domainOf(organisation, name, [...(await retiredKeys(within, organisation)), public_key])),
  );
  return new Set(await Promise.all(named));
}

/** Whether a manifest names this key as an organisation's, after those it had before here. */
export async function namesKey(within: Kysely<IssuerTables>, { domains }: Manifest, organisation: Bytes, key: Bytes): Promise<boolean> {
  const { name } = await within
    .selectFrom('organisation')
    .select('name')
    .where('organisation', '=', organisation)
    .executeTakeFirstOrThrow();
  const expected = withoutEmergency(domainOf(organisation, name, [...(await retiredKeys(within, organisation)), key]));
  return domains.some((domain) => withoutEmergency(domain) === expected);
}

function domainOf(organisation: Bytes, name: string, [first, ...later]: readonly Bytes[]): Domain {
  return later.reduce<Domain>(withNewKey, { organisation, name, publicKey: first! });
}

/** A domain as a manifest holds it, but for its emergencies, which are founded later. */
export const withoutEmergency = (domain: Domain): string => hex(cbor(domainParts({ ...domain, emergency: undefined })));
