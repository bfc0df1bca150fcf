/**
 * An issuer, assembled. It holds a share of every domain's secret, and of no domain the secret.
 *
 * @module
 */
import { issuerContract } from '@carelet/care/wire/contract/issuer';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely } from 'kysely';
import { emergency } from './emergency.ts';
import { enrolment } from './enrolment.ts';
import { generation } from './generation.ts';
import { identityIn, town } from './identity.ts';
import { type KeptGrants, kdc } from './kdc.ts';
import { keys } from './keys.ts';
import type { IssuerMath } from './mathematics.ts';
import type { IssuerTables } from './schema.ts';
import { takeOver } from './take-over.ts';

export { issuerContract };
export type IssuerRole = RoleOf<typeof issuerContract>;

/**
 * @param grants what it keeps as a key server
 * @param title what people call it
 * @param needed approvals of different organisations that a doctor's policy wants; two unless told
 * @param clock UTC milliseconds
 */
export async function issuer({
  db,
  secrets,
  grants,
  mathematics,
  title,
  needed = 2,
  clock = Date.now,
}: {
  db: Kysely<IssuerTables>;
  secrets: Secrets;
  grants: KeptGrants;
  mathematics: IssuerMath;
  title: string;
  needed?: number;
  clock?: () => number;
}): Promise<IssuerRole> {
  let own = await identityIn(db, secrets);
  const identity = () => own;
  const now = () => Math.floor(clock() / 1000);
  return {
    town: {
      ...town({ db, identity, mathematics, title, now }),
      emergency: emergency({ db, secrets, identity, mathematics }),
      async takeOver(asked) {
        own = await takeOver({ db, secrets, identity: own, mathematics }, asked);
      },
    },
    enrolment: enrolment({ db, identity, needed, now }),
    generation: generation({ db, secrets, identity, mathematics }),
    kdc: kdc({ db, grants, secrets, identity, mathematics, now }),
    keys: keys({ db, secrets, identity, mathematics, needed, now }),
  };
}
