/**
 * Keys: what an organisation seals with, locked to its card, and this issuer's part of what a doctor opens with: in three, of which
 * one is for her, one for the cloud and one for a mediator (kp-abe.md §4). No whole key exists anywhere.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { inEmergency, policyText } from '@carelet/care/rules/sharing/policy';
import { lastSecond } from '@carelet/care/rules/sharing/window';
import type { issuerContract } from '@carelet/care/wire/contract/issuer';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, equalPublic, uncbor, utf8 } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { type Card, cardStands, decodeCard } from '@carelet/crypto/cards/card';
import { signEntitlement } from '@carelet/crypto/cards/entitlement';
import { type ForDoctor, sealForCloud, sealForDoctor, sealForMediator } from '@carelet/crypto/cards/issued';
import { decodeManifest, type Manifest, signedByTwo } from '@carelet/crypto/cards/manifest';
import { readServiceKey } from '@carelet/crypto/cards/service';
import type { IssuedKey } from '@carelet/crypto/kp-abe/issuer';
import { emergencyPq } from '@carelet/crypto/ma-kp-abe/break-glass';
import { idOfDomain } from '@carelet/crypto/ma-kp-abe/security-domain';
import { sealTo } from '@carelet/crypto/ntru/hybrid';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely } from 'kysely';
import { domainPlace } from './domains.ts';
import { authorityOf } from './emergency.ts';
import { type Founded, foundedTown, type Identity } from './identity.ts';
import type { IssuerMath } from './mathematics.ts';
import { formulaOf } from './policy.ts';
import type { IssuerTables } from './schema.ts';
import { approvedDoctor, ownCard, tolerance } from './words.ts';

type Keys = RoleOf<typeof issuerContract>['keys'];

export function keys({
  db,
  secrets,
  identity,
  mathematics,
  needed,
  now,
}: {
  db: Kysely<IssuerTables>;
  secrets: Secrets;
  identity: () => Identity;
  mathematics: IssuerMath;
  needed: number;
  now: () => number;
}): Keys {
  const domainOf = async (organisation: Bytes, op: string) => {
    const row = await db.selectFrom('domain').selectAll().where('organisation', '=', organisation).executeTakeFirst();
    if (!row) return null;
    if (row.retiring) throw new CareletError('unavailable', op, { because: 'another domain is being made for this organisation' });
    const [share, orgKey, pq] = uncbor(secrets.open(domainPlace(organisation), row.secret)) as [Bytes, Bytes, Bytes];
    return { publicKey: row.public_key, issuers: row.issuers, share, orgKey, pq };
  };

  return {
    async writer({ card: bytes }) {
      const op = 'hand out writer keys';
      const { manifest, place } = await foundedTown(db, op);
      const card = ownCard(bytes, 'organisation', now(), op);
      const domain = cardStands(card, manifest, now()) ? await domainOf(card.id, op) : null;
      if (!domain) throw new CareletError('denied', op, { because: 'only an enrolled organisation gets them' });
      const context = cbor(['carelet/v1/enrolment/writer', card.id, place]);
      return { sealed: sealTo(card.hybridPk, context, cbor([domain.publicKey, domain.orgKey, domain.pq])) };
    },

    issue: (asked) =>
      issueFor('issue a part of a key', asked, async ({ card, founded, domain, issued }) => {
        const formula = formulaOf(asked.policy, issued, domain.orgKey, card.id);
        const { publicKey, issuers, pq } = domain;
        return {
          formula,
          made: await mathematics.issue(domain.share, formula),
          own: { domain: publicKey, issuers, pq },
          number: founded.organisation,
        };
      }),

    emergency: ({ domain: joint, ...asked }) =>
      issueFor('issue a part of a key for emergencies', asked, async ({ card, founded, domain, issued, manifest, refuse }) => {
        const { organisation } = founded;
        const own = await authorityOf({ db, secrets }, organisation);
        const named = manifest.domains.find((one) => equalPublic(one.organisation, organisation))?.emergency;
        const id = idOfDomain(joint);
        if (!own || !named || !id || !equalPublic(named, id)) throw refuse('the manifest names no emergency authority of this issuer’s');
        if (!asked.policy.breakGlass) throw refuse('the policy does not let her break the glass');
        const formula = formulaOf(inEmergency(asked.policy), issued, domain.orgKey, card.id);
        return {
          formula,
          made: await mathematics.issueEmergency(own.master, card.id, formula),
          own: { domain: joint, issuers: new Uint8Array(), pq: emergencyPq(domain.pq) },
          number: id,
        };
      }),
  };

  /** What both have in common: who asks, by whose leave, and to whom the parts are sealed. */
  async function issueFor(
    op: string,
    { issued, manifest: bytes, cloud, mediator, ...asked }: Parameters<Keys['issue']>[0],
    make: (about: {
      readonly card: Card;
      readonly founded: Founded & { readonly organisation: Bytes };
      readonly domain: NonNullable<Awaited<ReturnType<typeof domainOf>>>;
      readonly issued: number;
      readonly manifest: Manifest;
      readonly refuse: (because: string) => CareletError;
    }) => Promise<{
      readonly formula: string;
      readonly made: IssuedKey;
      readonly own: Pick<ForDoctor, 'domain' | 'issuers' | 'pq'>;
      /** Under which number the key is kept. */
      readonly number: Bytes;
    }>,
  ): ReturnType<Keys['issue']> {
    const founded = await foundedTown(db, op);
    const { card, organisation } = await approvedDoctor({ db, founded, needed, now: now(), op }, asked);
    const refuse = (because: string) => new CareletError('denied', op, { because });
    if (Math.abs(issued - now()) > tolerance) throw refuse('the clocks differ');
    const domain = await domainOf(organisation, op);
    if (!domain) throw new CareletError('missing', op, { because: 'no organisation has this number' });
    const manifest = decodeManifest(bytes);
    const own = founded.issuers.map(({ edVk }) => edVk);
    if (!manifest || !signedByTwo(manifest, own)) throw refuse('two issuers of this town did not sign this manifest');
    const { receipts } = manifest;
    const cloudPk = receipts && readServiceKey('cloud', receipts.log.key, cloud);
    if (!cloudPk) throw refuse('the cloud of this town did not sign this key');
    const house = decodeCard(mediator.organisation);
    const stands = house?.kind === 'organisation' && cardStands(house, { ...manifest, issuers: own }, now());
    const mediatorPk = stands && readServiceKey('mediator', house.edVk, mediator.key);
    if (!mediatorPk) throw refuse('no organisation of this town signed the mediator’s key');
    const notAfter = lastSecond(asked.policy);
    const {
      formula,
      made,
      own: hers,
      number,
    } = await make({ card, founded: { ...founded, organisation }, domain, issued, manifest, refuse });
    const policy = sha256(utf8(policyText(asked.policy)));
    await db.insertInto('issued').values({ policy, doctor: card.id, organisation, issued, not_after: notAfter }).execute();
    const place = { doctor: card.id, organisation: number, issuer: founded.place };
    const entitlement = { doctor: card.id, organisation: number, formula, issued, notAfter };
    return {
      doctor: sealForDoctor(card.hybridPk, place, { ...hers, factor: made.doctor, notAfter }),
      cloud: sealForCloud(cloudPk, place, { transform: made.transform, issued }),
      mediator: sealForMediator(mediatorPk, place, { factor: made.mediator, issued, notAfter }),
      formula,
      notAfter,
      signature: signEntitlement(entitlement, identity().edSk),
    };
  }
}
