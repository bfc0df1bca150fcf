/**
 * Making a domain, or the key servers, as the authority sees it: it carries the issuers' words to one another and learns nothing.
 *
 * [Note: The issuers count] Which attempt goes on the issuers say, so an authority that forgot, was restored or runs twice goes on with the
 * same one as before. It cannot have them begin another while they are at one.
 *
 * @module
 */
import { asCareletError, CareletError } from '@carelet/care/model';
import { type Bytes, cbor, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { encodeManifest, type Manifest } from '@carelet/crypto/cards/manifest';
import type { Kysely } from 'kysely';
import type { IssuerRole } from './handover.ts';
import type { AuthorityTables } from './schema.ts';

/** In the tables, in the place of an organisation. */
const keyServers: Bytes = new Uint8Array();

type Generation = { readonly organisation: Bytes | null; readonly attempt: number };

/**
 * Carries the issuers' words in a generation to its end. What was said before is said again, so one that was interrupted goes
 * on; one that ended in blame is over, and the next time a new one begins.
 *
 * @param asked whose domain; nobody's for the key servers
 */
export async function generate(db: Kysely<AuthorityTables>, roles: readonly IssuerRole[], asked: Bytes | 'key servers'): Promise<Bytes> {
  const op = asked === 'key servers' ? 'make key servers' : 'make a domain';
  const subject = asked === 'key servers' ? keyServers : asked;
  const organisation = asked === 'key servers' ? null : asked;
  const standings = await Promise.all(roles.map((role) => role.generation.standing({ organisation })));
  const { generation, shown } = await begun(roles, { organisation, attempt: nextOf(standings) });
  const openings = shown.map(({ opening }) => opening);
  const outcomes = await Promise.all(
    roles.map((role, to) => role.generation.conclude({ ...generation, openings, shares: shown.map(({ shares }) => shares[to]!) })),
  );
  const made = outcomes.flatMap((outcome) => (outcome.kind === 'made' ? [outcome] : []));
  const blame = outcomes.find((outcome) => outcome.kind === 'blame');
  if (blame) {
    await db
      .insertInto('blame')
      .values({ organisation: subject, attempt: generation.attempt, issuer: blame.issuer, because: blame.because })
      .onConflict((c) => c.doNothing())
      .execute();
    const { title } = await roles[blame.issuer]!.town.keys().catch(() => ({ title: 'no answer' }));
    throw new CareletError('conflict', op, {
      because: `what issuer ${blame.issuer + 1} (${title}) sent does not fit its own words (${blame.because}); find out why, then try again`,
    });
  }
  const signatures = made.map(({ signature }) => signature);
  const settled = await Promise.allSettled(roles.map((role) => role.generation.confirm({ ...generation, signatures })));
  const confirmed = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  // One that uses what another attempt made takes this once two others had it signed: see [Note: Two attempts of before].
  const waits = refused.filter((thrown) => asCareletError(thrown, op).kind === 'conflict').length === 1;
  if (refused.length > 0 && !(refused.length === 1 && waits)) throw refused[0];
  const [{ domain }] = confirmed as [{ domain: Bytes }];
  if (confirmed.some((one) => !equalPublic(one.domain, domain))) {
    throw new CareletError('tampered', op, { subject: hex(subject), because: 'the issuers did not make one and the same' });
  }
  await db
    .insertInto('untold')
    .values(
      roles.map((_, issuer) => ({
        ...{ organisation: subject, public_key: domain, issuer, attempt: generation.attempt },
        signatures: cbor(signatures),
      })),
    )
    .onConflict((c) => c.doNothing())
    .execute();
  return domain;
}

type Standing = Awaited<ReturnType<IssuerRole['generation']['standing']>>;

/** The attempt to go on with: what most of them use, the first of such; else the last that one of them began. */
function nextOf(standings: readonly Standing[]): number {
  const used = standings.flatMap((one) => (one.used === null ? [] : [one.used]));
  const times = (attempt: number) => used.filter((one) => one === attempt).length;
  const [most] = [...used].sort((a, b) => times(b) - times(a) || a - b);
  return most ?? Math.max(...standings.map(({ next }) => next));
}

/**
 * The first two steps. Where an issuer has forgotten what it promised, as after a backup, the others cannot go on with it: they hear both
 * of its promises, and a later attempt begins.
 */
async function begun(roles: readonly IssuerRole[], asked: Generation) {
  const attempted = async (generation: Generation, before: readonly Bytes[] = []) => {
    const promises = await promised(roles, generation, before);
    const shown = await Promise.allSettled(roles.map((role) => role.generation.reveal({ ...generation, promises })));
    return { generation, promises, shown };
  };
  const first = await attempted(asked);
  const differs = first.shown.find((one) => one.status === 'rejected' && asCareletError(one.reason, 'make a domain').kind === 'conflict');
  const last = differs ? await attempted({ ...asked, attempt: asked.attempt + 1 }, first.promises).catch(() => first) : first;
  const shown = last.shown.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  return { generation: last.generation, shown };
}

/** What all promise. Who has to go on with another attempt hears what others promised in this one, or before. */
async function promised(roles: readonly IssuerRole[], generation: Generation, before: readonly Bytes[]): Promise<Bytes[]> {
  let promises: Bytes[] = [];
  for (;;) {
    const heard = [...before, ...promises];
    const said = await Promise.allSettled(
      roles.map((role) => role.generation.promise({ ...generation, ...(heard.length > 0 && { heard }) })),
    );
    const known = promises.length;
    promises = said.flatMap((one) => (one.status === 'fulfilled' ? [one.value.promise] : []));
    if (promises.length === roles.length) return promises;
    // Each may be freed by what another says; where nobody was, it does not begin.
    const [refused] = said.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    if (promises.length <= known) throw refused;
  }
}

/**
 * Tells the issuers what a manifest names, as far as they answer: each erases what it has of other attempts, and one that uses what
 * another made takes this instead.
 */
export async function tellMade(db: Kysely<AuthorityTables>, roles: readonly IssuerRole[], manifest: Manifest): Promise<void> {
  const telling = (await db.selectFrom('untold').selectAll().execute()).map(async ({ organisation: of, public_key: key, ...row }) => {
    const organisation = of.length > 0 ? of : null;
    const told = () =>
      db.deleteFrom('untold').where('organisation', '=', of).where('public_key', '=', key).where('issuer', '=', row.issuer).execute();
    const domain = organisation && manifest.domains.find((one) => equalPublic(one.organisation, organisation));
    const named = organisation ? domain?.publicKey : manifest.keyServers;
    if (domain?.retired?.some((hash) => equalPublic(hash, sha256(key)))) await told();
    if (!named || !equalPublic(named, key)) return;
    const { issuer, attempt } = row;
    const signatures = uncbor(row.signatures) as Bytes[];
    await roles[issuer]!.generation.confirm({ organisation, attempt, signatures, manifest: encodeManifest(manifest) });
    await told();
  });
  await Promise.allSettled(telling);
}
