/**
 * Taking one's place in a town that was made before issuers ran apart: its signing key, and a share of each domain it has.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, cbor, equalPublic, uncbor } from '@carelet/crypto/algebra/bytes';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { readIssuerKeys } from '@carelet/crypto/cards/issuer';
import { decodeManifest, encodeManifest, signedByTwo } from '@carelet/crypto/cards/manifest';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import { transaction } from '@carelet/ground/database';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely } from 'kysely';
import { domainPlace } from './domains.ts';
import { type Identity, sealIdentity } from './identity.ts';
import type { IssuerMath } from './mathematics.ts';
import type { IssuerTables } from './schema.ts';

const op = 'take one’s place in a town';

type Content = [Bytes, Bytes[], Bytes, [Bytes, string, Bytes, Bytes, Bytes, Bytes, Bytes][], Bytes | null, string[], Bytes[]];

/** Takes what was handed over, once, as long as this issuer belongs to no town; says who it is from now on. */
export async function takeOver(
  { db, secrets, identity, mathematics }: { db: Kysely<IssuerTables>; secrets: Secrets; identity: Identity; mathematics: IssuerMath },
  { sealed }: { readonly sealed: Bytes },
): Promise<Identity> {
  const { hybridSk } = identity;
  const opened = [0, 1, 2].map((place) => openWith(hybridSk, cbor(['carelet/v1/issuer/handover', place]), sealed));
  const place = opened.findIndex((content) => content !== null);
  if (place < 0) throw new CareletError('cannot-open', op, { because: 'it is not sealed to this issuer' });
  const [body, introductions, edSk, domains, first, offices, rejected] = uncbor(opened[place]!) as Content;
  const refuse = (because: string) => new CareletError('invalid', op, { because });
  const manifest = decodeManifest(body);
  const issuers = introductions.map(readIssuerKeys);
  const named = manifest && issuers.length === 3 && issuers.every((one, i) => one && equalPublic(one.edVk, manifest.issuers[i]!));
  if (!named || !signedByTwo(manifest)) throw refuse('two issuers did not sign this town’s manifest');
  const own = readIssuerKeys(identity.keys);
  const ours = own && equalPublic(issuers[place]!.hybridPk, own.hybridPk);
  if (!ours || !equalPublic(signingKey(() => edSk).public, manifest.issuers[place]!)) throw refuse('this is another issuer’s place');
  for (const [organisation, name, publicKey, keys, share] of domains) {
    const listed = manifest.domains.some(
      (one) => equalPublic(one.organisation, organisation) && one.name === name && equalPublic(one.publicKey, publicKey),
    );
    if (!listed || !(await mathematics.holdsShare(publicKey, keys, share, place))) throw refuse('a share is not this issuer’s');
  }
  const next: Identity = { keys: introductions[place]!, edSk, hybridSk };
  await transaction(db, async (within) => {
    const town = {
      one: 1,
      town: manifest.town,
      issuers: cbor(introductions),
      place,
      last: encodeManifest({ ...manifest, signatures: [] }),
    };
    const founded = await within
      .insertInto('town')
      .values({ ...town, first_administrator: first })
      .onConflict((c) => c.doNothing())
      .returning('one')
      .executeTakeFirst();
    if (!founded) {
      const known = await within.selectFrom('town').select('issuers').executeTakeFirstOrThrow();
      if (equalPublic(known.issuers, town.issuers)) return;
      throw new CareletError('conflict', op, { because: 'this issuer belongs to another town already' });
    }
    await within
      .updateTable('identity')
      .set({ keys: next.keys, secret: sealIdentity(secrets, next) })
      .execute();
    for (const doctor of rejected) await within.insertInto('rejected').values({ doctor }).execute();
    for (const organisation of offices) await within.insertInto('office').values({ organisation }).execute();
    for (const [organisation, name, public_key, keys, share, orgKey, pq] of domains) {
      await within.insertInto('organisation').values({ organisation, name }).execute();
      const secret = secrets.seal(domainPlace(organisation), cbor([share, orgKey, pq]));
      await within.insertInto('domain').values({ organisation, public_key, issuers: keys, secret }).execute();
    }
  });
  return next;
}
