/**
 * How a town that was made before its issuers ran apart comes to have three that do.
 *
 * Until then one process had their signing keys and every domain's master. It deals each master into shares, seals to each issuer
 * its signing key and its shares, and in the same step erases what it had: afterwards there is no place where two shares lie
 * together. What was sealed stays readable; what was issued whole is issued no more and ends within a quarter.
 *
 * [Note: What was known once] Whoever copied database and key file of the old authority still has the masters of the domains
 * it made. Domains made since were never known to anybody.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { issuerContract } from '@carelet/care/wire/contract/issuer';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { decodeCard } from '@carelet/crypto/cards/card';
import { encodeIssuerKeys, readIssuerKeys, signOffice } from '@carelet/crypto/cards/issuer';
import { decodeManifest } from '@carelet/crypto/cards/manifest';
import { shareOut } from '@carelet/crypto/kp-abe/authority';
import { sealTo } from '@carelet/crypto/ntru/hybrid';
import { transaction } from '@carelet/ground/database';
import type { Secrets } from '@carelet/ground/secrets';
import type { Kysely, Transaction } from 'kysely';
import type { AuthorityTables } from './schema.ts';

export type IssuerRole = RoleOf<typeof issuerContract>;

/** What the authority of an old town kept under its key file. */
export type Held = {
  open(): Promise<Secrets>;
  /** Takes the key file away: what it sealed may still lie in the database's free space or in a backup. */
  forget(): Promise<void>;
};

const op = 'hand the issuers their keys';

/** Hands over what an old town still has here; nothing in any other. Interrupted, it goes on at the next start. */
export async function handOver(db: Kysely<AuthorityTables>, roles: readonly IssuerRole[], held: Held): Promise<void> {
  if (await db.selectFrom('issuer').select('issuer').executeTakeFirst()) {
    const secrets = await held.open();
    const hybridPks = await Promise.all(
      roles.map(async (role) => {
        const keys = readIssuerKeys((await role.town.keys()).keys);
        if (!keys) throw new CareletError('tampered', op, { because: 'an issuer shows keys that are none' });
        return keys.hybridPk;
      }),
    );
    await transaction(db, (within) => divide(within, secrets, hybridPks));
  }
  await held.forget();
  for (const { issuer, sealed } of await db.selectFrom('handover').selectAll().orderBy('issuer').execute()) {
    await roles[issuer]!.town.takeOver({ sealed });
    await db.deleteFrom('handover').where('issuer', '=', issuer).execute();
  }
}

/** Divides everything among the issuers and erases it here, all or nothing. */
async function divide(within: Transaction<AuthorityTables>, secrets: Secrets, hybridPks: readonly Bytes[]): Promise<void> {
  const rows = await within.selectFrom('issuer').selectAll().orderBy('issuer').forUpdate().execute();
  if (rows.length === 0) return;
  const signing = rows.map(({ issuer, secret }) => secrets.open(`issuer/${issuer}`, secret));
  const { body } = await within.selectFrom('manifest').select('body').orderBy('serial', 'desc').limit(1).executeTakeFirstOrThrow();
  const keys = decodeManifest(body)!.issuers.map((edVk, i) => encodeIssuerKeys({ edVk, hybridPk: hybridPks[i]! }, signing[i]!));
  const group = await loadGroup('mcl');
  const domains = (await within.selectFrom('domain').selectAll().where('secret', 'is not', null).execute()).map((row) => {
    const [master, orgKey, pq] = uncbor(secrets.open(`domain/${hex(row.organisation)}`, row.secret!)) as [Bytes, Bytes, Bytes];
    const { issuers, shares } = shareOut(group, row.public_key, master, { issuers: 3, needed: 2 });
    return { ...row, issuers, shares, orgKey, pq };
  });
  const administrators = await within.selectFrom('administrator').selectAll().orderBy('administrator').execute();
  const rejected = await within.selectFrom('doctor').select('doctor').where('state', '=', 'rejected').orderBy('doctor').execute();
  for (const [issuer, hybridPk] of hybridPks.entries()) {
    const content = cbor([
      body,
      keys,
      signing[issuer]!,
      domains.map((one) => [one.organisation, one.name, one.public_key, one.issuers, one.shares[issuer]!, one.orgKey, one.pq]),
      administrators[0]?.administrator ?? null,
      [...new Set(administrators.map(({ organisation }) => organisation))],
      rejected.map(({ doctor }) => doctor),
    ]);
    const sealed = sealTo(hybridPk, cbor(['carelet/v1/issuer/handover', issuer]), content);
    await within.insertInto('handover').values({ issuer, sealed }).execute();
  }
  // Until now the authority alone knew for whom an administrator signs.
  for (const { administrator, organisation } of administrators) {
    const { body: bytes } = await within.selectFrom('card').select('body').where('card_id', '=', administrator).executeTakeFirstOrThrow();
    const card = decodeCard(bytes)!;
    const office = cbor(signing.slice(0, 2).map((secret, issuer) => [issuer, signOffice(secret, card, organisation)]));
    await within.updateTable('administrator').set({ office }).where('administrator', '=', administrator).execute();
  }
  await within.deleteFrom('issuer').execute();
  await within.updateTable('domain').set({ secret: null }).execute();
}
