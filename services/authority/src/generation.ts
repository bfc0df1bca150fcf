/**
 * Making a domain, or the key servers, as the authority sees it: it carries the issuers' words to one another and learns nothing.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { Kysely } from 'kysely';
import type { IssuerRole } from './handover.ts';
import type { AuthorityTables } from './schema.ts';

/** Among those that ended in blame. */
const keyServers: Bytes = new Uint8Array();

/**
 * Carries the issuers' words in a generation to its end. What was said before is said again, so one that was interrupted goes
 * on; one that ended in blame is over, and the next time a new one begins.
 *
 * @param asked whose domain; nobody's for the key servers
 * @param before how many domains this organisation had
 */
export async function generate(
  db: Kysely<AuthorityTables>,
  roles: readonly IssuerRole[],
  asked: Bytes | 'key servers',
  before = 0,
): Promise<Bytes> {
  const op = asked === 'key servers' ? 'make key servers' : 'make a domain';
  const organisation = asked === 'key servers' ? keyServers : asked;
  const ended = await db.selectFrom('blame').select('attempt').where('organisation', '=', organisation).execute();
  const generation = {
    organisation: asked === 'key servers' ? null : asked,
    attempt: Math.max(0, ...ended.map(({ attempt }) => attempt)) + before + 1,
  };
  const promises = (await Promise.all(roles.map((role) => role.generation.promise(generation)))).map(({ promise }) => promise);
  const shown = await Promise.all(roles.map((role) => role.generation.reveal({ ...generation, promises })));
  const openings = shown.map(({ opening }) => opening);
  const outcomes = await Promise.all(
    roles.map((role, to) => role.generation.conclude({ ...generation, openings, shares: shown.map(({ shares }) => shares[to]!) })),
  );
  const made = outcomes.flatMap((outcome) => (outcome.kind === 'made' ? [outcome] : []));
  const blame = outcomes.find((outcome) => outcome.kind === 'blame');
  if (blame) {
    await db
      .insertInto('blame')
      .values({ organisation, attempt: generation.attempt, issuer: blame.issuer, because: blame.because })
      .onConflict((c) => c.doNothing())
      .execute();
    const { title } = await roles[blame.issuer]!.town.keys().catch(() => ({ title: 'no answer' }));
    throw new CareletError('conflict', op, {
      because: `what issuer ${blame.issuer + 1} (${title}) sent does not fit its own words (${blame.because}); find out why, then try again`,
    });
  }
  const signatures = made.map(({ signature }) => signature);
  const confirmed = await Promise.all(roles.map((role) => role.generation.confirm({ ...generation, signatures })));
  const [{ domain }] = confirmed as [{ domain: Bytes }];
  if (confirmed.some((one) => !equalPublic(one.domain, domain))) {
    throw new CareletError('tampered', op, { subject: hex(organisation), because: 'the issuers did not make one and the same' });
  }
  return domain;
}
