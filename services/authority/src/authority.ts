/**
 * The authority, assembled: enrolment, keys, the manifest. It holds neither keys nor ciphertext; three issuers make what it
 * hands over.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { authorityContract } from '@carelet/care/wire/contract/authority';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import type { NamedKey } from '@carelet/crypto/algebra/sign';
import { encodeManifest } from '@carelet/crypto/cards/manifest';
import { type Cards, cards as cardsIn, type KnownCaller } from '@carelet/ground/login';
import { town } from '@carelet/ground/town';
import type { Kysely } from 'kysely';
import { noteOld } from './approvals.ts';
import { enrolment, makeInvitation } from './enrolment.ts';
import type { Held } from './handover.ts';
import { type IssuerAt, issuers as issuersAt } from './issuers.ts';
import { kdc } from './kdc.ts';
import { keys } from './keys.ts';
import { tellRejections } from './rejections.ts';
import { roles } from './roles.ts';
import type { AuthorityTables } from './schema.ts';
import { teams } from './teams.ts';
import { wordsIn } from './words.ts';

export { authorityContract };
export type AuthorityRole = RoleOf<typeof authorityContract>;

export type Authority = {
  readonly cards: Cards;
  as(caller: KnownCaller | null): AuthorityRole;
  /** A one-time code for the first administrator; `null` once there is one. */
  firstInvitation(): Promise<string | null>;
  /** Tells issuers that were away whom administrators turned down meanwhile. */
  tellRejections(): Promise<void>;
  /** Tells issuers that were away what the manifest names of what they made. */
  tellMade(): Promise<void>;
};

/**
 * @param issuers where the three answer, in the order in which the town was founded with them
 * @param held what a town made before issuers ran apart keeps here, to be handed over
 * @param townName stands in the manifest for good
 * @param log who keeps the receipts log, for the manifest; without one the town has none yet
 * @param needed approvals of different organisations that a doctor's policy wants; two unless told
 * @param clock UTC milliseconds
 */
export async function authority({
  db,
  issuers: at,
  held,
  townName,
  log,
  needed = 2,
  clock = Date.now,
}: {
  db: Kysely<AuthorityTables>;
  issuers: readonly IssuerAt[];
  held: Held;
  townName: string;
  log?: NamedKey | undefined;
  needed?: number;
  clock?: () => number;
}): Promise<Authority> {
  const issuers = await issuersAt(db, at, townName, held);
  if (log) await issuers.watch(log);
  await noteOld(db, needed);
  const cards = cardsIn(
    db,
    town(async () => encodeManifest(await issuers.manifest()), undefined, clock),
    'authority',
    clock,
  );

  const as = (caller: KnownCaller | null): AuthorityRole => ({
    login: { present: ({ card, with: others }) => cards.present(card, others) },
    enrolment: { ...enrolment({ db, cards, issuers, needed, clock }, caller), ...roles({ db, issuers, needed, clock }) },
    kdc: kdc(issuers, caller),
    keys: keys({ db, cards, issuers, clock }, caller),
    teams: teams({ db, cards, clock }, caller),
    town: {
      manifest: async () => ({ manifest: encodeManifest(await issuers.manifest()) }),
      witness: async ({ key, signature }) => {
        if (caller?.kind !== 'organisation')
          throw new CareletError('denied', 'name a witness', { because: 'only an organisation of this town watches its log' });
        await issuers.addWitness(caller.card, key, signature);
      },
      state: async () => {
        const organisations = await db.selectFrom('domain').select('name').orderBy('name').execute();
        const doctors = await db.selectFrom('doctor').select('state').execute();
        const count = (state: string) => doctors.filter((doctor) => doctor.state === state).length;
        return {
          town: townName,
          organisations: organisations.map(({ name }) => name),
          doctors: { pending: count('pending'), approved: count('approved'), rejected: count('rejected') },
        };
      },
    },
  });

  return {
    cards,
    as,
    firstInvitation: async () =>
      (await db.selectFrom('administrator').select('administrator').executeTakeFirst()) ? null : makeInvitation(db),
    tellRejections: () => tellRejections({ db, words: wordsIn(db, cards), issuers }),
    tellMade: () => issuers.tellMade(),
  };
}
