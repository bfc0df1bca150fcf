/**
 * A town that was made when one process had everybody's keys: its issuers take over, and what it knew opens as before.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AuthorityTables, migrations } from '@carelet/authority/schema';
import { startAuthority } from '@carelet/authority/service';
import { type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { connect } from '@carelet/care/wire';
import { issuerContract } from '@carelet/care/wire/contract/issuer';
import { enrolOrganisation, invite, takeWriterKeys } from '@carelet/client/enrolment';
import { type Keyring, newKeyring } from '@carelet/client/keyring/keyring';
import { connectAuthority } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { takeDoctorKeys } from '@carelet/client/sharing/roles';
import { cbor, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { signApproval } from '@carelet/crypto/cards/approval';
import { type CardKind, encodeCard, vouch } from '@carelet/crypto/cards/card';
import { encodeIssuerKeys, readIssuerKeys } from '@carelet/crypto/cards/issuer';
import { labelOf } from '@carelet/crypto/cards/label';
import { decodeManifest, encodeManifest, signManifest, successor } from '@carelet/crypto/cards/manifest';
import { setup } from '@carelet/crypto/kp-abe/authority';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { sealTo } from '@carelet/crypto/ntru/hybrid';
import { openDatabase } from '@carelet/ground/database';
import { secretsFile } from '@carelet/ground/secrets';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { startIssuer } from '@carelet/issuer/service';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusal } from './fixture.testing.ts';
import { holders } from './holders.testing.ts';
import { issuerHouses } from './town.ts';

const now = Date.parse('2026-11-20T09:41:00Z');
const clock = () => now;
const years = 10 * 365 * 86_400;
const context = utf8('a node of Ada');
const folder = temporaryFolder();
const keyFile = join(folder, 'authority.key');
const [orgKey, pq] = [systemRandom(32), systemRandom(32)];
let database: TestDatabase;
let tables: pg.Client;

/** The town as it stood: everything that an authority of before had written, under its key file. */
async function oldTown() {
  const { '0001 cards': cards, '0002 enrolment': enrolment } = migrations;
  const made = { '0001 cards': cards!, '0002 enrolment': enrolment! };
  await (await openDatabase<AuthorityTables>({ url: database.url, schema: 'authority', migrations: made })).destroy();
  const put = async (table: string, row: Readonly<Record<string, unknown>>) => {
    const places = Object.keys(row).map((_, i) => `$${i + 1}`);
    await tables.query(`insert into ${table} (${Object.keys(row).join()}) values (${places.join()})`, Object.values(row));
  };
  const secrets = await secretsFile(keyFile);
  const signing = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey() }));
  const two = signing.slice(0, 2);
  const body = { town: 'an old town', serial: 1, issuers: signing.map((key) => key.public), domains: [] };
  const founding = signManifest(body, two);
  const member = (kind: CardKind, name: string): Keyring => {
    const keyring = newKeyring(kind, name, name, founding, now / 1000 + years);
    for (const { issuer, secret } of two) keyring.card = vouch(keyring.card, issuer, secret);
    return keyring;
  };
  const sam = member('administrator', 'sam');
  const mara = member('administrator', 'mara');
  const northgate = member('organisation', 'Northgate Hospital');
  const chen = member('doctor', 'Dr Chen');
  const group = await loadGroup('mcl');
  const { master, domain } = setup(group, 'an old domain');
  const organisation = northgate.card.id;
  const policy: Policy = {
    ...{ parts: ['MI'], kinds: ['laboratory'], confidentiality: ['N'], sensitivity: ['none'], patients: 'everyone' },
    ...{ unit: hex(organisation), from: 'beginning', until: '2026-12-31' },
  };
  const text = policyText(policy);
  for (const { issuer, secret, public: public_key } of signing) {
    await put('issuer', { issuer, public_key, secret: secrets.seal(`issuer/${issuer}`, secret) });
  }
  for (const { card } of [sam, mara, northgate, chen]) {
    await put('card', { card_id: card.id, serial: 1, kind: card.kind, body: encodeCard(card) });
  }
  await put('manifest', { serial: 1, body: encodeManifest(founding) });
  const joined = [{ organisation, name: 'Northgate Hospital', publicKey: domain }];
  const manifest = encodeManifest(signManifest({ ...body, serial: 2, domains: joined }, two));
  await put('manifest', { serial: 2, body: manifest });
  const secret = secrets.seal(`domain/${hex(organisation)}`, cbor([master, orgKey, pq]));
  await put('domain', { organisation, name: 'Northgate Hospital', public_key: domain, secret });
  const registration = { certificate: 'C 31 877', specialty: 'cardiology', organisation: 'Northgate Hospital', registered: '2026-11-01' };
  await put('doctor', { doctor: chen.card.id, name: 'Dr Chen', state: 'approved', card: encodeCard(chen.card), ...registration });
  const lind = member('doctor', 'Dr Lind');
  await put('doctor', { doctor: lind.card.id, name: 'Dr Lind', state: 'rejected', card: encodeCard(lind.card), ...registration });
  for (const [office, { card, secrets: own }] of [
    ['Harbour Clinic', sam],
    ['Medical Board', mara],
  ] as const) {
    const administrator = card.id;
    await put('administrator', { administrator, name: 'somebody', organisation: office });
    const signature = signApproval(own.edSk, { doctor: chen.card, policy: text, time: 0 });
    const approver = { administrator, approver: 'somebody', from_organisation: office };
    await put('approval', { doctor: chen.card.id, organisation, policy: text, ...approver, signature });
  }
  const attributes: readonly (readonly [string, string])[] = [
    ...([
      ['part', 'MI'],
      ['kind', 'laboratory'],
      ['conf', 'N'],
      ['sens', 'none'],
    ] as const),
    ...([
      ['org', hex(organisation)],
      ['t', 'always'],
    ] as const),
  ];
  const labels = attributes.map(([name, value]) => labelOf(orgKey, name, value));
  const sealed = seal(group, [{ domain, pq }], labels, context, utf8('a node key'));
  return { sam, northgate, chen, lind, domain, manifest, sealed };
}

beforeAll(async () => {
  database = await freshDatabase();
  tables = new pg.Client({ connectionString: database.url, options: '-c search_path=authority' });
  tables.on('error', () => {});
  await tables.connect();
}, 60_000);

afterAll(async () => {
  await tables?.end();
  await database?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const shared = () => ({ databaseUrl: database.url, host: '127.0.0.1', port: 0, nextFree: false, cors: [], logLevel: 'silent' as const });
const startThree = () =>
  Promise.all(
    issuerHouses.map(({ schema, title }) => startIssuer({ ...shared(), schema, keys: join(folder, schema), title, needed: 2, clock })),
  );
type At = (request: Request) => Promise<Response>;
const start = (issuers: readonly At[], keys: string | undefined = folder) =>
  startAuthority({ ...shared(), townName: 'an old town', issuers, keys, needed: 2, clock, log: held.log });
/** Who holds the other parts of doctors' keys. */
const held = holders();

test('an old town’s keys go to three issuers and leave the authority, and what was sealed opens as before', async () => {
  const { sam, northgate, chen, lind, domain, manifest, sealed } = await oldTown();
  const before = await startThree();
  const [one, two] = before.map(({ fetch }) => fetch) as [At, At];
  // Without its key file nothing begins; with an issuer that falls in the middle, what was begun is gone on with.
  expect(
    await refusal(
      start(
        before.map(({ fetch }) => fetch),
        join(folder, 'elsewhere'),
      ),
    ),
  ).toBe('invalid');
  let asked = 0;
  const falling: At = async (request) => {
    if (asked++ > 0) throw new TypeError('fetch failed');
    return before[2]!.fetch(request);
  };
  expect(await refusal(start([one, two, falling]))).toBe('unavailable');
  const { rows: left } = await tables.query<{ issuer: number }>('select issuer from handover');
  expect(left).toEqual([{ issuer: 2 }]);
  for (const issuer of before) await issuer.close();

  const issuers = await startThree();
  const authority = await start(issuers.map(({ fetch }) => fetch));
  try {
    const { rows } = await tables.query<{ n: number }>(
      'select (select count(*) from issuer)::int + (select count(*) from domain where secret is not null)::int + (select count(*) from handover)::int as n',
    );
    expect(rows[0]!.n).toBe(0);
    expect(existsSync(keyFile)).toBe(false);

    const as = (who: Keyring) => connectAuthority(authority.fetch, who, clock);
    // It goes on from the old town's manifest, and names the log that keeps its receipts from now on.
    const goesOn = decodeManifest((await as(sam).town.manifest()).manifest)!;
    expect(successor(decodeManifest(manifest)!, goesOn)).toBe(true);
    expect(goesOn.domains).toEqual(decodeManifest(manifest)!.domains);
    await takeWriterKeys(as(northgate), northgate);
    expect(northgate.writer).toEqual({ domain, orgKey, pq, emergency: expect.any(Uint8Array) });
    const issuing = { authority: as(chen), ...held.as(chen, northgate) };
    expect(await takeDoctorKeys(issuing, chen, mathematicsHere)).toEqual({ kind: 'taken', keys: 1, fresh: 1 });
    const { parts } = (await as(chen).keys.issue({ ...held.servicesOf(northgate), anew: [] })).keys[0]!;
    const opened = parts.map((part) => held.opened(chen, northgate.card.id, part));
    expect(await held.open(opened, context, sealed)).toEqual(utf8('a node key'));

    const { rows: turnedDown } = await tables.query<{ doctor: Uint8Array }>(`select doctor from ${issuerHouses[1].schema}.rejected`);
    expect(turnedDown.map(({ doctor }) => hex(doctor))).toEqual([hex(lind.card.id)]);

    // The old administrators go on: one invites, one admits a hospital, whose domain nobody ever knew whole.
    expect((await invite(as(sam), sam)).code).toMatch(/^[0-9a-f-]+$/);
    const larkfield = newKeyring('organisation', 'larkfield', 'Larkfield Hospital', decodeManifest(manifest)!, now / 1000 + years);
    await enrolOrganisation({ authority: as(sam), keyring: sam }, () => as(larkfield), larkfield);
    expect(larkfield.manifest.domains.map(({ name }) => name)).toEqual(['Northgate Hospital', 'Larkfield Hospital']);
    expect(larkfield.manifest.issuers).toEqual(decodeManifest(manifest)!.issuers);
  } finally {
    await authority.close();
    for (const issuer of issuers) await issuer.close();
  }
}, 60_000);

test('nobody hands an issuer a place that is not its own, nor a second town', async () => {
  const issuers = await startThree();
  try {
    const roles = issuers.map(({ fetch }) => connect(issuerContract, { fetch }));
    const known = await Promise.all(roles.map(async (role) => readIssuerKeys((await role.town.keys()).keys)!));
    const signing = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey() }));
    const body = { town: 'another town', serial: 1, issuers: signing.map((key) => key.public), domains: [] };
    const keys = known.map(({ hybridPk }, i) => encodeIssuerKeys({ edVk: signing[i]!.public, hybridPk }, signing[i]!.secret));
    const handed = (place: number, signers = signing.slice(0, 2), own = signing[place]!.secret) =>
      sealTo(
        known[0]!.hybridPk,
        cbor(['carelet/v1/issuer/handover', place]),
        cbor([encodeManifest(signManifest(body, signers)), keys, own, [], null, [], []]),
      );
    const [role] = roles as [(typeof roles)[number]];
    const take = (sealed: Uint8Array) => refusal(role.town.takeOver({ sealed }));
    expect(await take(systemRandom(2000))).toBe('cannot-open');
    expect(await take(handed(1))).toBe('invalid');
    expect(await take(handed(0, signing.slice(0, 1)))).toBe('invalid');
    expect(await take(handed(0, undefined, signing[1]!.secret))).toBe('invalid');
    expect(await take(handed(0))).toBe('conflict');
    expect(readIssuerKeys((await role.town.keys()).keys)).toEqual(known[0]);
  } finally {
    for (const issuer of issuers) await issuer.close();
  }
});
