/**
 * Keys: what an organisation seals with, locked to its card, and this issuer's part of what a doctor opens with: in three, of which
 * one is for her, one for the cloud and one for a mediator (kp-abe.md §4). No whole key exists anywhere.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { policyText } from '@carelet/care/rules/sharing/policy';
import { lastSecond } from '@carelet/care/rules/sharing/window';
import type { issuerContract } from '@carelet/care/wire/contract/issuer';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, uncbor, utf8 } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { cardStands, decodeCard } from '@carelet/crypto/cards/card';
import { signEntitlement } from '@carelet/crypto/cards/entitlement';
import { sealForCloud, sealForDoctor, sealForMediator } from '@carelet/crypto/cards/issued';
import { decodeManifest, signedByTwo } from '@carelet/crypto/cards/manifest';
import { readServiceKey } from '@carelet/crypto/cards/service';
import { sealTo } from '@carelet/crypto/ntru/hybrid';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely } from 'kysely';
import { domainPlace } from './domains.ts';
import { foundedTown, type Identity } from './identity.ts';
import type { IssuerMath } from './mathematics.ts';
import { formulaOf } from './policy.ts';
import type { IssuerTables } from './schema.ts';
import { approvedDoctor, ownCard } from './words.ts';

type Keys = RoleOf<typeof issuerContract>['keys'];

/** By how much the clocks of those who issue together may differ, in seconds. */
const tolerance = 300;

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

    async issue({ issued, manifest: bytes, cloud, mediator, ...asked }) {
      const op = 'issue a part of a key';
      const founded = await foundedTown(db, op);
      const { card, organisation } = await approvedDoctor({ db, founded, needed, now: now(), op }, asked);
      if (Math.abs(issued - now()) > tolerance) throw new CareletError('denied', op, { because: 'the clocks differ' });
      const domain = await domainOf(organisation, op);
      if (!domain) throw new CareletError('missing', op, { because: 'no organisation has this number' });
      const refuse = (because: string) => new CareletError('denied', op, { because });
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
      const formula = formulaOf(asked.policy, issued, domain.orgKey, card.id);
      const made = await mathematics.issue(domain.share, formula);
      const policy = sha256(utf8(policyText(asked.policy)));
      await db.insertInto('issued').values({ policy, doctor: card.id, organisation, issued, not_after: notAfter }).execute();
      const place = { doctor: card.id, organisation, issuer: founded.place };
      const { publicKey, issuers, pq } = domain;
      const entitlement = { doctor: card.id, organisation, formula, issued, notAfter };
      return {
        doctor: sealForDoctor(card.hybridPk, place, { domain: publicKey, issuers, factor: made.doctor, pq, notAfter }),
        cloud: sealForCloud(cloudPk, place, { transform: made.transform, issued }),
        mediator: sealForMediator(mediatorPk, place, { factor: made.mediator, issued, notAfter }),
        formula,
        notAfter,
        signature: signEntitlement(entitlement, identity().edSk),
      };
    },
  };
}
