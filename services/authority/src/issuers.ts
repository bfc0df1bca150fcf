/**
 * The issuers and what they sign: cards, entitlements, the town manifest.
 *
 * [Note: Three issuers in one process]
 * The town has three issuers and everything of theirs wants two signatures. In this first domain their keys,
 * and the KP-ABE masters, lie in one process: whoever owns it can issue. The sharing scheme replaces this by
 * issuers run apart, none of whom can make a key alone; signatures and manifest keep their shape.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, cbor, equal, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { type NamedKey, signingKey } from '@carelet/crypto/algebra/sign';
import { type Card, vouch } from '@carelet/crypto/cards/card';
import { type Entitlement, issueEntitlement } from '@carelet/crypto/cards/entitlement';
import { decodeManifest, encodeManifest, type Manifest, type ManifestBody, signManifest, type Watch } from '@carelet/crypto/cards/manifest';
import { transaction } from '@carelet/ground/database';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely } from 'kysely';
import type { KeyMath } from './mathematics.ts';
import type { AuthorityTables } from './schema.ts';

/** What an organisation's domain consists of. */
export type DomainSecret = { readonly master: Bytes; readonly orgKey: Bytes; readonly pq: Bytes };

export type Issuers = {
  manifest(): Promise<Manifest>;
  /** Two issuers vouch for a card. */
  vouch(card: Card): Promise<Card>;
  entitle(entitlement: Entitlement): Promise<Bytes>;
  /** Makes an organisation's domain once, and puts it into the manifest. */
  addDomain(organisation: Bytes, name: string): Promise<void>;
  /** Names who keeps the receipts log, once: readers that know one refuse a manifest with another. */
  watch(log: NamedKey): Promise<void>;
  /** Names a key of an enrolled organisation as a witness of that log. */
  addWitness(organisation: Bytes, key: Bytes): Promise<void>;
  domain(organisation: Bytes): Promise<{ name: string; publicKey: Bytes; secret: DomainSecret } | null>;
};

export async function issuers(
  db: Kysely<AuthorityTables>,
  secrets: Secrets,
  mathematics: KeyMath,
  townName: string,
  log?: NamedKey,
): Promise<Issuers> {
  await firstStart(db, secrets, townName, log);
  const rows = await db.selectFrom('issuer').selectAll().orderBy('issuer').execute();
  const keys = rows.map(({ issuer, secret }) => ({ issuer, secret: secrets.open(`issuer/${issuer}`, secret) }));
  const two = keys.slice(0, 2);

  const manifest = async (): Promise<Manifest> => {
    const row = await db.selectFrom('manifest').select('body').orderBy('serial', 'desc').limit(1).executeTakeFirstOrThrow();
    return decodeManifest(row.body)!;
  };

  /** A manifest that follows, from the last one; `null` where nothing changes. */
  const amend = (change: (before: Manifest) => ManifestBody | null) =>
    transaction(db, async (within) => {
      const { body } = await within
        .selectFrom('manifest')
        .select('body')
        .orderBy('serial', 'desc')
        .limit(1)
        .forUpdate()
        .executeTakeFirstOrThrow();
      const before = decodeManifest(body)!;
      const after = change(before);
      if (!after) return;
      const serial = before.serial + 1;
      const signed = signManifest({ ...after, serial }, two);
      await within
        .insertInto('manifest')
        .values({ serial, body: encodeManifest(signed) })
        .execute();
    });

  return {
    manifest,
    vouch: async (card) => two.reduce((vouched, { issuer, secret }) => vouch(vouched, issuer, secret), card),
    entitle: async (entitlement) => issueEntitlement(entitlement, two),

    async addDomain(organisation, name) {
      const place = `domain/${hex(organisation)}`;
      if (await db.selectFrom('domain').select('name').where('organisation', '=', organisation).executeTakeFirst()) return;
      const { master, domain } = await mathematics.setup(`${townName}/${name}/${hex(organisation)}`);
      const secret = cbor([master, systemRandom(32), systemRandom(32)]);
      await transaction(db, async (within) => {
        const last = await within
          .selectFrom('manifest')
          .select(['serial', 'body'])
          .orderBy('serial', 'desc')
          .limit(1)
          .forUpdate()
          .executeTakeFirstOrThrow();
        const added = await within
          .insertInto('domain')
          .values({ organisation, name, public_key: domain, secret: secrets.seal(place, secret) })
          .onConflict((c) => c.doNothing())
          .returning('organisation')
          .executeTakeFirst();
        if (!added)
          throw new CareletError('conflict', 'enrol organisation', { subject: name, because: 'an organisation of this name is enrolled' });
        const before = decodeManifest(last.body)!;
        const body = { ...before, serial: before.serial + 1, domains: [...before.domains, { organisation, name, publicKey: domain }] };
        await within
          .insertInto('manifest')
          .values({ serial: body.serial, body: encodeManifest(signManifest(body, two)) })
          .execute();
      });
    },

    watch: (log) =>
      amend((before) => {
        const { receipts } = before;
        if (receipts && equal(receipts.log.key, log.key)) return null;
        if (receipts) throw new CareletError('conflict', 'name the receipts log', { because: 'the manifest names another for good' });
        return { ...before, receipts: watchOf(log) };
      }),

    addWitness: (organisation, key) =>
      amend((before) => {
        const refuse = (because: string) => new CareletError('denied', 'name a witness', { because });
        const { receipts, domains } = before;
        if (!receipts) throw new CareletError('missing', 'name a witness', { because: 'this town names no receipts log' });
        if (!domains.some((domain) => equal(domain.organisation, organisation))) throw refuse('the organisation is not enrolled here');
        if ([receipts.log, ...receipts.witnesses].some((named) => equal(named.key, key))) return null;
        const own = `${hex(organisation)}/`;
        const others = receipts.witnesses.filter(({ name }) => name.startsWith(own));
        if (others.length >= witnessesEach) throw refuse('the organisation has as many witnesses as one may have');
        const name = `${own}${hex(key.subarray(0, 8))}`;
        return { ...before, receipts: { ...receipts, witnesses: [...receipts.witnesses, { name, key }] } };
      }),

    async domain(organisation) {
      const row = await db.selectFrom('domain').selectAll().where('organisation', '=', organisation).executeTakeFirst();
      if (!row) return null;
      const [master, orgKey, pq] = uncbor(secrets.open(`domain/${hex(organisation)}`, row.secret)) as [Bytes, Bytes, Bytes];
      return { name: row.name, publicKey: row.public_key, secret: { master, orgKey, pq } };
    },
  };
}

/** Keys of one organisation that may watch: a note has lines for so many. */
const witnessesEach = 4;

const watchOf = ({ name, key }: NamedKey): Watch => ({ log: { name, key }, witnesses: [] });

async function firstStart(db: Kysely<AuthorityTables>, secrets: Secrets, town: string, log?: NamedKey): Promise<void> {
  await transaction(db, async (within) => {
    if (await within.selectFrom('issuer').select('issuer').executeTakeFirst()) return;
    const keys = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey() }));
    await within
      .insertInto('issuer')
      .values(keys.map((key) => ({ issuer: key.issuer, public_key: key.public, secret: secrets.seal(`issuer/${key.issuer}`, key.secret) })))
      .execute();
    const body = { town, serial: 1, issuers: keys.map((key) => key.public), domains: [], receipts: log && watchOf(log) };
    await within
      .insertInto('manifest')
      .values({ serial: 1, body: encodeManifest(signManifest(body, keys.slice(0, 2))) })
      .execute();
  });
}
