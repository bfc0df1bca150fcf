/**
 * The three issuers, asked by the authority: for cards, entitlements, shares of keys, domains, and the town manifest.
 *
 * [Note: The authority signs nothing]
 * Everything that is believed in the town wants two issuers' word, and each judges for itself. The authority carries what is
 * said: it can keep things back, which is noticed, and can neither make nor use a key.
 *
 * @module
 */
import { asCareletError, CareletError } from '@carelet/care/model';
import { connect } from '@carelet/care/wire';
import { issuerContract } from '@carelet/care/wire/contract/issuer';
import { type Bytes, cbor, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import type { NamedKey } from '@carelet/crypto/algebra/sign';
import { type Card, encodeCard, voucherStands } from '@carelet/crypto/cards/card';
import { emergencySignedBy, type IssuerWord, readIssuerKeys } from '@carelet/crypto/cards/issuer';
import {
  type Domain,
  decodeManifest,
  encodeManifest,
  type Manifest,
  type ManifestBody,
  signedBy,
  withNewKey,
} from '@carelet/crypto/cards/manifest';
import { isWitnessOf, verifyWitness, witnessName } from '@carelet/crypto/cards/witness';
import { idOfDomain, joinAuthorities } from '@carelet/crypto/ma-kp-abe/security-domain';
import { transaction } from '@carelet/ground/database';
import type { Kysely, Transaction } from 'kysely';
import { generate, tellMade } from './generation.ts';
import { type Held, handOver, type IssuerRole } from './handover.ts';
import type { AuthorityTables } from './schema.ts';

/** Where an issuer answers: an address, or a handler in this process. */
export type IssuerAt = string | ((request: Request) => Promise<Response>);

export type Issuers = {
  manifest(): Promise<Manifest>;
  /** What the three are called, as each says; `null` of one that has not answered yet. */
  titles(): (string | null)[];
  /** Tells the issuers that were away what the manifest names of what they made. */
  tellMade(): Promise<void>;
  /** What two of the three answer; those that are away or refuse are passed over, as long as two are left. */
  two<T>(op: string, ask: (issuer: IssuerRole, place: number) => Promise<T>): Promise<readonly { issuer: number; answer: T }[]>;
  /** What all three answer: for what one of them would otherwise take on trust later. */
  three<T>(op: string, ask: (issuer: IssuerRole, place: number) => Promise<T>): Promise<readonly { issuer: number; answer: T }[]>;
  /** The one at this place in the manifest. */
  one(place: number): IssuerRole;
  /** Two issuers vouch for a card. */
  vouch(op: string, card: Card, ask: (issuer: IssuerRole) => Promise<{ readonly voucher: Bytes }>): Promise<Card>;
  /**
   * Has the issuers make an organisation's domain, once, and puts it into the manifest.
   *
   * @param admit tells an issuer that it was admitted, and why
   */
  addDomain(organisation: Bytes, name: string, admit: (issuer: IssuerRole) => Promise<unknown>): Promise<void>;
  /**
   * Has the issuers make another domain in the place of an organisation's, and names it in the manifest. Interrupted, it goes on
   * where it was.
   *
   * @param publicKey of the domain that ends
   * @param retire tells an issuer that it ends, and who says so
   */
  renewDomain(organisation: Bytes, publicKey: Bytes, retire: (issuer: IssuerRole) => Promise<unknown>): Promise<void>;
  /** Has the first two issuers found an organisation's emergencies, once, and puts them into the manifest; gives their domain. */
  emergency(organisation: Bytes): Promise<Bytes>;
  /** Has the three become the town's key servers, once, and names them in the manifest. */
  foundKeyServers(): Promise<void>;
  /** Names who keeps the receipts log, once: readers that know one refuse a manifest with another. */
  watch(log: NamedKey): Promise<void>;
  /** Names a key of an enrolled organisation as a witness of that log, as the organisation signed. */
  addWitness(organisation: Card, key: Bytes, signature: Bytes): Promise<void>;
};

export async function issuers(db: Kysely<AuthorityTables>, at: readonly IssuerAt[], townName: string, held: Held): Promise<Issuers> {
  if (at.length !== 3) throw new CareletError('invalid', 'know the issuers', { because: 'a town has three issuers' });
  const roles = at.map((where) => connect(issuerContract, typeof where === 'string' ? { url: where } : { fetch: where }));
  await found(db, roles, townName);
  await handOver(db, roles, held);

  const two: Issuers['two'] = async (op, ask) => {
    const attempts = roles.map((role, place) => () => ask(role, place).then((answer) => ({ issuer: place, answer })));
    const settled = await Promise.allSettled(attempts.slice(0, 2).map((attempt) => attempt()));
    const good = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    if (good.length === 1) good.push(await attempts[2]!().catch((thrown: unknown) => fail(op, [...reasons(settled), thrown])));
    if (good.length < 2) fail(op, reasons(settled));
    return good;
  };

  const manifest = async (): Promise<Manifest> => {
    const row = await db
      .selectFrom('manifest')
      .select('body')
      .where('signed', '=', true)
      .orderBy('serial', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    return decodeManifest(row.body)!;
  };

  /** A manifest that follows, from the last one, to be signed; `null` where nothing changes. */
  const amend = (change: (before: Manifest, within: Transaction<AuthorityTables>) => Promise<ManifestBody | null>): Promise<void> =>
    transaction(db, async (within) => {
      const last = await within
        .selectFrom('manifest')
        .select('body')
        .orderBy('serial', 'desc')
        .limit(1)
        .forUpdate()
        .executeTakeFirstOrThrow();
      const before = decodeManifest(last.body)!;
      const changed = await change(before, within);
      if (!changed) return;
      const body = { ...changed, serial: before.serial + 1, signatures: [] };
      await within
        .insertInto('manifest')
        .values({ serial: body.serial, body: encodeManifest(body), signed: false })
        .execute();
    });

  /** Has what waits for two signatures signed: the last says all of those before, which nobody saw. */
  const signWaiting = async (): Promise<void> => {
    const waiting = await db.selectFrom('manifest').selectAll().where('signed', '=', false).orderBy('serial', 'desc').limit(1).execute();
    for (const { serial, body } of waiting) {
      const unsigned = decodeManifest(body)!;
      const witnesses = await db.selectFrom('witness').select(['card', 'signature']).execute();
      const emergencies = (await db.selectFrom('emergency').selectAll().execute()).map(({ organisation, domain, words }) => ({
        organisation,
        domain,
        words: uncbor(words) as Bytes[],
      }));
      const words = await two('sign a manifest', async (issuer, place) => {
        const { signature } = await issuer.town.sign({ manifest: body, witnesses, emergencies });
        if (!signedBy(unsigned, unsigned.issuers[place]!, signature)) throw lie('sign a manifest', place);
        return signature;
      });
      const signatures = words.map(({ issuer, answer }) => ({ issuer, signature: answer }));
      await db
        .updateTable('manifest')
        .set({ signed: true, body: encodeManifest({ ...unsigned, signatures }) })
        .where('serial', '=', serial)
        .execute();
      await db.deleteFrom('manifest').where('signed', '=', false).where('serial', '<', serial).execute();
    }
    await tellMade(db, roles, await manifest());
  };

  const three: Issuers['three'] = async (op, ask) => {
    // Where one is away nothing is begun with the others.
    const there = await Promise.allSettled(roles.map((role) => role.town.keys()));
    if (there.some(({ status }) => status === 'rejected')) fail(op, reasons(there));
    const settled = await Promise.allSettled(roles.map(async (role, issuer) => ({ issuer, answer: await ask(role, issuer) })));
    if (settled.some(({ status }) => status === 'rejected')) fail(op, reasons(settled));
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  };

  const called: (string | null)[] = roles.map(() => null);
  const titles: Issuers['titles'] = () => {
    for (const [place, role] of roles.entries()) {
      if (called[place] !== null) continue;
      role.town.keys().then(
        ({ title }) => {
          called[place] = title;
        },
        () => {},
      );
    }
    return [...called];
  };
  titles();

  return {
    manifest,
    titles,
    two,
    three,

    one: (place) => roles[place]!,

    tellMade: async () => tellMade(db, roles, await manifest()),

    async vouch(op, card, ask) {
      const { issuers: keys } = await manifest();
      const words = await two(op, async (issuer, place) => {
        const { voucher: signature } = await ask(issuer);
        if (!voucherStands(card, { by: place, signature }, keys[place]!)) throw lie(op, place);
        return { by: place, signature };
      });
      return { ...card, vouchers: [...card.vouchers, ...words.map(({ answer }) => answer)] };
    },

    async addDomain(organisation, name, admit) {
      const known = await db.selectFrom('domain').select('name').where('organisation', '=', organisation).executeTakeFirst();
      if (!known) {
        await Promise.all(roles.map(admit));
        const publicKey = await generate(db, roles, organisation);
        await amend(async (before, within) => {
          const added = await within
            .insertInto('domain')
            .values({ organisation, name, public_key: publicKey, secret: null })
            .onConflict((c) => c.doNothing())
            .returning('organisation')
            .executeTakeFirst();
          return added ? { ...before, domains: [...before.domains, { organisation, name, publicKey }] } : null;
        });
      }
      await signWaiting();
    },

    async foundKeyServers() {
      if (!(await manifest()).keyServers) {
        const keyServers = await generate(db, roles, 'key servers');
        await amend(async (before) => (before.keyServers ? null : { ...before, keyServers }));
      }
      await signWaiting();
    },

    async renewDomain(organisation, publicKey, retire) {
      const op = 'retire a domain';
      const { public_key: current } = await db
        .selectFrom('domain')
        .select('public_key')
        .where('organisation', '=', organisation)
        .executeTakeFirstOrThrow();
      if (equalPublic(current, publicKey)) {
        await three(op, retire);
        const next = await generate(db, roles, organisation);
        await amend(async (before, within) => {
          const changed = await within
            .updateTable('domain')
            .set({ public_key: next })
            .where('organisation', '=', organisation)
            .where('public_key', '=', publicKey)
            .returning('organisation')
            .executeTakeFirst();
          if (changed) await within.deleteFrom('emergency').where('organisation', '=', organisation).execute();
          const renewed = (domain: Domain) => (equalPublic(domain.organisation, organisation) ? withNewKey(domain, next) : domain);
          return changed ? { ...before, domains: before.domains.map(renewed) } : null;
        });
      }
      await signWaiting();
    },

    async emergency(organisation) {
      const op = 'found emergencies';
      const kept = () => db.selectFrom('emergency').select('domain').where('organisation', '=', organisation).executeTakeFirst();
      const row = await kept();
      if (row) {
        await signWaiting();
        return row.domain;
      }
      const { issuers: keys } = await manifest();
      const said = await Promise.all(roles.slice(0, 2).map((role) => role.town.emergency({ organisation })));
      for (const [place, { authority, signature }] of said.entries()) {
        if (!emergencySignedBy(keys[place]!, organisation, authority, signature)) throw lie(op, place);
      }
      const domain = joinAuthorities(
        `${townName}/${hex(organisation)}/emergency`,
        said.map(({ authority }) => authority),
      );
      await amend(async (before, within) => {
        const values = { organisation, domain, words: cbor(said.map(({ signature }) => signature)) };
        const added = await within
          .insertInto('emergency')
          .values(values)
          .onConflict((c) => c.doNothing())
          .returning('organisation')
          .executeTakeFirst();
        const domains = before.domains.map((one) =>
          equalPublic(one.organisation, organisation) ? { ...one, emergency: idOfDomain(domain)! } : one,
        );
        return added ? { ...before, domains } : null;
      });
      await signWaiting();
      return (await kept())!.domain;
    },

    async watch(log) {
      await amend(async (before) => {
        const { receipts } = before;
        if (receipts && equalPublic(receipts.log.key, log.key)) return null;
        if (receipts) throw new CareletError('conflict', 'name the receipts log', { because: 'the manifest names another for good' });
        return { ...before, receipts: { log: { name: log.name, key: log.key }, witnesses: [] } };
      });
      await signWaiting();
    },

    async addWitness(organisation, key, signature) {
      const refuse = (because: string) => new CareletError('denied', 'name a witness', { because });
      if (!verifyWitness(organisation, key, signature)) throw refuse('the organisation did not sign for this key');
      await amend(async (before, within) => {
        const { receipts, domains } = before;
        if (!receipts) throw new CareletError('missing', 'name a witness', { because: 'this town names no receipts log' });
        if (!domains.some((domain) => equalPublic(domain.organisation, organisation.id)))
          throw refuse('the organisation is not enrolled here');
        if ([receipts.log, ...receipts.witnesses].some((named) => equalPublic(named.key, key))) return null;
        const name = witnessName(organisation.id, key);
        const others = receipts.witnesses.filter((one) => isWitnessOf(organisation.id, one.name));
        if (others.length >= witnessesEach) throw refuse('the organisation has as many witnesses as one may have');
        await within
          .insertInto('witness')
          .values({ key, card: encodeCard(organisation), signature })
          .onConflict((c) => c.doNothing())
          .execute();
        return { ...before, receipts: { ...receipts, witnesses: [...receipts.witnesses, { name, key }] } };
      });
      await signWaiting();
    },
  };
}

/** Keys of one organisation that may watch: a note has lines for so many. */
const witnessesEach = 4;

/** Founds the town with the issuers as they present themselves, the first time. */
async function found(db: Kysely<AuthorityTables>, roles: readonly IssuerRole[], town: string): Promise<void> {
  if (await db.selectFrom('manifest').select('serial').executeTakeFirst()) return;
  const op = 'found a town';
  const introductions = await Promise.all(roles.map(async (role) => (await role.town.keys()).keys));
  const keys = introductions.map((bytes, place) => readIssuerKeys(bytes) ?? fail(op, [lie(op, place)]));
  const body: ManifestBody = { town, serial: 1, issuers: keys.map(({ edVk }) => edVk), domains: [] };
  const signatures: IssuerWord[] = [];
  for (const [place, role] of roles.entries()) {
    const { signature } = await role.town.found({ town, issuers: introductions });
    if (!signedBy(body, body.issuers[place]!, signature)) throw lie(op, place);
    if (place < 2) signatures.push({ issuer: place, signature });
  }
  await db
    .insertInto('manifest')
    .values({ serial: 1, body: encodeManifest({ ...body, signatures }), signed: true })
    .onConflict((c) => c.doNothing())
    .execute();
}

const lie = (op: string, place: number) =>
  new CareletError('tampered', op, { because: `what issuer ${place + 1} signed is not by the key it is known by` });

const reasons = (settled: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));

/** Says why, by the first issuer that refused; where none did, that they are away. */
function fail(op: string, thrown: readonly unknown[]): never {
  const errors = thrown.map((one) => asCareletError(one, op));
  const refused = errors.find(({ kind }) => kind !== 'unavailable');
  if (refused) {
    const { kind, subject, because } = refused;
    throw new CareletError(kind, op, { ...(subject !== undefined && { subject }), because, cause: refused });
  }
  throw new CareletError('unavailable', op, { because: 'too few of the three issuers answer', cause: errors[0] });
}
