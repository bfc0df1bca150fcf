/**
 * The security domains of emergencies that a manifest names: whether they are of the two issuers who have them.
 *
 * @module
 */
import type { issuerContract } from '@carelet/care/wire/contract/issuer';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import { emergencySignedBy } from '@carelet/crypto/cards/issuer';
import type { Domain, Manifest } from '@carelet/crypto/cards/manifest';
import { authoritiesIn, idOfDomain } from '@carelet/crypto/ma-kp-abe/security-domain';
import type { Kysely } from 'kysely';
import type { IssuerMath } from './mathematics.ts';
import type { IssuerTables } from './schema.ts';

type Offered = Parameters<RoleOf<typeof issuerContract>['town']['sign']>[0]['emergencies'];

/**
 * Whether every security domain that a manifest newly names for emergencies is of the two issuers' authorities, and of this one's
 * own where it has one.
 */
export async function emergenciesStand(
  { db, mathematics }: { readonly db: Kysely<IssuerTables>; readonly mathematics: IssuerMath },
  { before, domains, offered }: { readonly before: Manifest; readonly domains: readonly Domain[]; readonly offered: Offered },
): Promise<boolean> {
  for (const { organisation, emergency: id } of domains) {
    const last = before.domains.find((one) => equalPublic(one.organisation, organisation))?.emergency;
    if (!id || (last && equalPublic(last, id))) continue;
    const said = offered.find((one) => equalPublic(one.organisation, organisation));
    const named = said && idOfDomain(said.domain);
    if (!said || !named || !equalPublic(named, id)) return false;
    const authorities = authoritiesIn(said.domain);
    if (authorities.length !== 2) return false;
    // Each issuer signed one of them, and none both.
    const signers = authorities.map((authority) =>
      said.words.findIndex((word, place) => emergencySignedBy(before.issuers[place]!, organisation, authority, word)),
    );
    if (signers.toSorted(compareNumbers).join() !== '0,1') return false;
    const own = await db.selectFrom('emergency').select('authority').where('organisation', '=', organisation).executeTakeFirst();
    if (own && !authorities.some((authority) => equalPublic(authority, own.authority))) return false;
    if (!(await mathematics.provesDomain(said.domain))) return false;
  }
  return true;
}

const compareNumbers = (a: number, b: number): number => a - b;
