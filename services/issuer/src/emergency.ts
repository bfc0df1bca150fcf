/**
 * Emergencies: of an organisation's security domain the first issuer has one authority, the hospital's, and the second the other,
 * the emergency office's (kp-abe.md §6). A doctor breaks the glass with a key of both; the third issuer has neither, and looks
 * that a manifest names no domain of anybody else's.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { issuerContract } from '@carelet/care/wire/contract/issuer';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, compare, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { emergencySignedBy, signEmergency } from '@carelet/crypto/cards/issuer';
import type { Domain, Manifest } from '@carelet/crypto/cards/manifest';
import { authoritiesIn, idOfDomain } from '@carelet/crypto/ma-kp-abe/security-domain';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely } from 'kysely';
import { foundedTown, type Identity } from './identity.ts';
import type { IssuerMath } from './mathematics.ts';
import type { IssuerTables } from './schema.ts';

type Town = RoleOf<typeof issuerContract>['town'];
type Offered = Parameters<Town['sign']>[0]['emergencies'];

/** Whose authority each of the first two issuers has. */
const offices = ['hospital', 'emergency office'] as const;

export type EmergencyAround = {
  readonly db: Kysely<IssuerTables>;
  readonly secrets: Secrets;
  readonly identity: () => Identity;
  readonly mathematics: IssuerMath;
};

/** This issuer's authority for an organisation it knows, made once. */
export const emergency =
  ({ db, secrets, identity, mathematics }: EmergencyAround): Town['emergency'] =>
  async ({ organisation }) => {
    const op = 'found an emergency authority';
    const { town, place } = await foundedTown(db, op);
    const office = offices[place];
    if (!office) throw new CareletError('missing', op, { because: 'the first two issuers have these authorities' });
    const known = await db.selectFrom('domain').select('organisation').where('organisation', '=', organisation).executeTakeFirst();
    if (!known) throw new CareletError('denied', op, { because: 'no organisation has this number' });
    const kept = () => db.selectFrom('emergency').select('authority').where('organisation', '=', organisation).executeTakeFirst();
    if (!(await kept())) {
      const { master, authority } = await mathematics.newAuthority(`${town}/${hex(organisation)}/${office}`);
      await db
        .insertInto('emergency')
        .values({ organisation, authority, secret: secrets.seal(placeOf(organisation), master) })
        .onConflict((c) => c.doNothing())
        .execute();
    }
    const { authority } = (await kept())!;
    return { authority, signature: signEmergency(identity().edSk, organisation, authority) };
  };

/** The secret of this issuer's authority for an organisation, and its public half; `null` where it has none. */
export async function authorityOf({ db, secrets }: Pick<EmergencyAround, 'db' | 'secrets'>, organisation: Bytes) {
  const row = await db.selectFrom('emergency').selectAll().where('organisation', '=', organisation).executeTakeFirst();
  return row ? { authority: row.authority, master: secrets.open(placeOf(organisation), row.secret) } : null;
}

const placeOf = (organisation: Bytes): string => `issuer/emergency/${hex(organisation)}`;

/**
 * Whether every security domain that a manifest newly names for emergencies is of the two issuers' authorities, and of this one's
 * own where it has one.
 */
export async function emergenciesStand(
  { db, mathematics }: Pick<EmergencyAround, 'db' | 'mathematics'>,
  { before, domains, offered }: { readonly before: Manifest; readonly domains: readonly Domain[]; readonly offered: Offered },
): Promise<boolean> {
  for (const { organisation, emergency: id } of domains) {
    const last = before.domains.find((one) => equalPublic(one.organisation, organisation))?.emergency;
    if (!id || (last && equalPublic(last, id))) continue;
    const said = offered.find((one) => equalPublic(one.organisation, organisation));
    const named = said && idOfDomain(said.domain);
    if (!said || !named || !equalPublic(named, id)) return false;
    const authorities = authoritiesIn(said.domain);
    if (authorities.length !== offices.length) return false;
    // Each issuer signed one of them, and none both.
    const signers = authorities.map((authority) =>
      said.words.findIndex((word, place) => emergencySignedBy(before.issuers[place]!, organisation, authority, word)),
    );
    if (signers.toSorted(compareNumbers).join() !== '0,1') return false;
    const own = await db.selectFrom('emergency').select('authority').where('organisation', '=', organisation).executeTakeFirst();
    if (own && !authorities.some((authority) => compare(authority, own.authority) === 0)) return false;
    if (!(await mathematics.provesDomain(said.domain))) return false;
  }
  return true;
}

const compareNumbers = (a: number, b: number): number => a - b;
