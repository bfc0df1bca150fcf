/**
 * Emergencies: of an organisation's security domain the first issuer has one authority, the hospital's, and the second the other,
 * the emergency office's (kp-abe.md §6). A doctor breaks the glass with a key of both; the third has neither.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { issuerContract } from '@carelet/care/wire/contract/issuer';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { signEmergency } from '@carelet/crypto/cards/issuer';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely } from 'kysely';
import { foundedTown, type Identity } from './identity.ts';
import type { IssuerMath } from './mathematics.ts';
import type { IssuerTables } from './schema.ts';

type Town = RoleOf<typeof issuerContract>['town'];

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
