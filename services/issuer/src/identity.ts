/**
 * Who an issuer is, and of which town: keys of its own, made at its first start, and a manifest that it signs.
 *
 * [Note: What an issuer takes on trust]
 * Once, when a town is founded: which other two issuers it has, and who its first administrator is. After that it believes
 * signatures only. Whoever stands a town up compares what the three say they are.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { issuerContract } from '@carelet/care/wire/contract/issuer';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { type NamedKey, signingKey } from '@carelet/crypto/algebra/sign';
import { cardStands, decodeCard } from '@carelet/crypto/cards/card';
import { encodeIssuerKeys, type IssuerKeys, readIssuerKeys } from '@carelet/crypto/cards/issuer';
import { decodeManifest, encodeManifest, follows, type Manifest, manifestHash, signBody } from '@carelet/crypto/cards/manifest';
import { verifyWitness, witnessName } from '@carelet/crypto/cards/witness';
import { hybridKeygen } from '@carelet/crypto/ntru/hybrid';
import { transaction } from '@carelet/ground/database';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely } from 'kysely';
import { forgetOthers, withOthers } from './attempts.ts';
import { domainsHere, withoutEmergency } from './domains.ts';
import { emergenciesStand } from './emergency-domain.ts';
import type { IssuerMath } from './mathematics.ts';
import type { IssuerTables } from './schema.ts';

/** An issuer's own keys. */
export type Identity = { readonly keys: Bytes; readonly edSk: Bytes; readonly hybridSk: Bytes };

/** The town an issuer belongs to. */
export type Founded = {
  readonly town: string;
  readonly issuers: readonly IssuerKeys[];
  /** Its own place among them, from 0. */
  readonly place: number;
  /** The last manifest it signed. */
  readonly manifest: Manifest;
};

/** The keys this issuer has, made when there are none. */
export async function identityIn(db: Kysely<IssuerTables>, secrets: Secrets): Promise<Identity> {
  const row = await transaction(db, async (within) => {
    const known = await within.selectFrom('identity').select(['keys', 'secret']).executeTakeFirst();
    if (known) return known;
    const [signing, hybrid] = [signingKey(), hybridKeygen()];
    const keys = encodeIssuerKeys({ edVk: signing.public, hybridPk: hybrid.publicKey }, signing.secret);
    const made = { one: 1, keys, secret: sealIdentity(secrets, { edSk: signing.secret, hybridSk: hybrid.secretKey }) };
    return within.insertInto('identity').values(made).returning(['keys', 'secret']).executeTakeFirstOrThrow();
  });
  const [edSk, hybridSk] = uncbor(secrets.open(place, row.secret)) as [Bytes, Bytes];
  return { keys: row.keys, edSk, hybridSk };
}

const place = 'issuer/identity';

/** An issuer's secrets as they lie in its table. */
export const sealIdentity = (secrets: Secrets, { edSk, hybridSk }: Pick<Identity, 'edSk' | 'hybridSk'>): Bytes =>
  secrets.seal(place, cbor([edSk, hybridSk]));

/** The town, once it is founded. */
export async function foundedTown(db: Kysely<IssuerTables>, op: string): Promise<Founded> {
  const row = await db.selectFrom('town').selectAll().executeTakeFirst();
  if (!row) throw new CareletError('unavailable', op, { because: 'this issuer belongs to no town yet' });
  const issuers = (uncbor(row.issuers) as Bytes[]).map((keys) => readIssuerKeys(keys)!);
  return { town: row.town, issuers, place: row.place, manifest: decodeManifest(row.last)! };
}

type Town = RoleOf<typeof issuerContract>['town'];

/**
 * @param title what people call this issuer
 * @param now UTC seconds
 */
export function town({
  db,
  identity,
  mathematics,
  title,
  now,
}: {
  db: Kysely<IssuerTables>;
  identity: () => Identity;
  mathematics: IssuerMath;
  title: string;
  now: () => number;
}): Pick<Town, 'keys' | 'found' | 'sign'> {
  return {
    keys: async () => ({ keys: identity().keys, title }),

    async found({ town, issuers }) {
      const refuse = (kind: 'invalid' | 'conflict', because: string) => new CareletError(kind, 'found a town', { because });
      const { keys, edSk } = identity();
      const read = issuers.map(readIssuerKeys);
      const places = issuers.flatMap((one, i) => (equalPublic(one, keys) ? [i] : []));
      if (read.some((one) => one === null) || new Set(read.map((one) => hex(one!.edVk))).size < issuers.length) {
        throw refuse('invalid', 'these are not three issuers');
      }
      if (places.length !== 1) throw refuse('invalid', 'this issuer is not among them');
      const body = { town, serial: 1, issuers: read.map((one) => one!.edVk), domains: [] };
      const values = { one: 1, town, issuers: cbor([...issuers]), place: places[0]!, last: encodeManifest({ ...body, signatures: [] }) };
      await db
        .insertInto('town')
        .values(values)
        .onConflict((c) => c.doNothing())
        .execute();
      const row = await db.selectFrom('town').select(['town', 'issuers']).executeTakeFirstOrThrow();
      if (row.town !== town || !equalPublic(row.issuers, values.issuers)) throw refuse('conflict', 'it belongs to another town already');
      return { signature: signBody(body, edSk) };
    },

    async sign({ manifest: bytes, witnesses, emergencies }) {
      const refuse = (because: string) => new CareletError('denied', 'sign a manifest', { because });
      const offered = decodeManifest(bytes);
      if (!offered) throw new CareletError('invalid', 'sign a manifest', { because: 'these bytes are none' });
      const body = { ...offered, signatures: [] };
      await transaction(db, async (within) => {
        const { last } = await within.selectFrom('town').select('last').forUpdate().executeTakeFirstOrThrow();
        const before = decodeManifest(last)!;
        if (equalPublic(manifestHash(before), manifestHash(body))) return;
        if (!follows(before, body)) throw refuse('it does not follow from the last one');
        if (body.issuers.some((key, i) => !equalPublic(key, before.issuers[i]!))) throw refuse('it names other issuers');
        const ours = await domainsHere(within);
        if (!body.domains.every((domain) => ours.has(withoutEmergency(domain))))
          throw refuse('it names a domain that this issuer did not make');
        if (new Set(body.domains.map(({ name }) => name)).size < body.domains.length) throw refuse('two domains have one name');
        if (!(await emergenciesStand({ db: within, mathematics }, { before, domains: body.domains, offered: emergencies }))) {
          throw refuse('it names emergencies that are not of the two issuers who have them');
        }
        if (!(await hasTheseServers(within, body.keyServers)))
          throw refuse('it names key servers that are not this issuer and the two others');
        const watched = new Set(before.receipts?.witnesses.map(({ name, key }) => `${name} ${hex(key)}`));
        const fresh = (body.receipts?.witnesses ?? []).filter(({ name, key }) => !watched.has(`${name} ${hex(key)}`));
        const words = witnesses.flatMap(({ card: bytes, signature }) => {
          const card = decodeCard(bytes);
          return card?.kind === 'organisation' && cardStands(card, before, now()) ? [{ card, signature }] : [];
        });
        const isAskedFor = ({ name, key }: NamedKey): boolean =>
          words.some(({ card, signature }) => name === witnessName(card.id, key) && verifyWitness(card, key, signature));
        if (!fresh.every(isAskedFor)) throw refuse('it names a witness whose organisation did not ask for that');
        await within
          .updateTable('town')
          .set({ last: encodeManifest(body) })
          .execute();
        const named = new Set(body.domains.map(({ organisation }) => hex(organisation)));
        for (const of of await withOthers(within)) {
          if (of ? named.has(hex(of)) : body.keyServers) await forgetOthers(within, of);
        }
      });
      return { signature: signBody(body, identity().edSk) };
    },
  };
}

/** Whether the key servers a manifest names, if any, are those this issuer made with the two others. */
async function hasTheseServers(within: Kysely<IssuerTables>, named: Bytes | undefined): Promise<boolean> {
  const own = await within.selectFrom('key_server').select('servers').executeTakeFirst();
  return !named || (own !== undefined && equalPublic(own.servers, named));
}
