/**
 * A domain that an issuer spoils or that is interrupted: who did it is named, and the next try makes it.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startAuthority } from '@carelet/authority/service';
import { connect, type Handler, serve } from '@carelet/care/wire';
import { claim, enrolOrganisation, firstManifest, holdsDomain, invite, retireDomain, takeWriterKeys } from '@carelet/client/enrolment';
import { type Keyring, newKeyring } from '@carelet/client/keyring/keyring';
import { connectAuthority, connectCloud } from '@carelet/client/login';
import { openDatabase } from '@carelet/ground/database';
import { secretsFile } from '@carelet/ground/secrets';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { issuer, issuerContract } from '@carelet/issuer/issuer';
import { grantsIn } from '@carelet/issuer/kdc';
import * as mathematics from '@carelet/issuer/mathematics';
import { type IssuerTables, migrations } from '@carelet/issuer/schema';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusal } from './fixture.testing.ts';

const now = Date.parse('2026-11-20T09:41:00Z');
const clock = () => now;
const folder = temporaryFolder();
let database: TestDatabase;
const tables: Kysely<IssuerTables>[] = [];
/** The first administrator, once there is one. */
let sam: Keyring | undefined;

beforeAll(async () => {
  database = await freshDatabase();
  for (const schema of ['issuer_1', 'issuer_2', 'issuer_3']) {
    tables.push(await openDatabase<IssuerTables>({ url: database.url, schema, migrations, connections: 2 }));
  }
}, 60_000);

afterAll(async () => {
  for (const db of tables) await db.destroy();
  await database?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** An issuer in this process, as it is after a start, with this mathematics. */
async function issuerAt(place: number, math: mathematics.IssuerMath = mathematics): Promise<Handler> {
  const secrets = await secretsFile(join(folder, `${place}.key`));
  const grants = await grantsIn(join(folder, `grants-${place}`), secrets);
  const role = await issuer({ db: tables[place]!, secrets, grants, mathematics: math, title: `House ${place + 1}`, clock });
  return serve(issuerContract, { role: () => role, identify: async () => null, clock });
}

test('a domain that was interrupted is gone on with, and one that an issuer spoils names it and begins anew', async () => {
  const honest = await Promise.all([0, 1, 2].map((place) => issuerAt(place)));
  const start = (issuers: readonly Handler[]) =>
    startAuthority({
      ...{ databaseUrl: database.url, host: '127.0.0.1', port: 0, nextFree: false, cors: [], logLevel: 'silent' },
      ...{ townName: 'a town', issuers, needed: 2, clock },
    });
  const years = 10 * 365 * 86_400;
  let manifest: Keyring['manifest'] | undefined;
  /** Enrols an organisation at an authority that meets these issuers. */
  const enrolled = async (keyring: Keyring, issuers: readonly Handler[]): Promise<void> => {
    await using authority = await start(issuers);
    const as = (who: Keyring | null) => connectAuthority(authority.fetch, who, clock);
    await enrolOrganisation({ authority: as(sam!), keyring: sam! }, () => as(keyring), keyring);
  };
  const fresh = (name: string) => newKeyring('organisation', name, name, manifest!, now / 1000 + years);
  {
    await using authority = await start(honest);
    const anyone = connectAuthority(authority.fetch, null, clock);
    manifest = await firstManifest(anyone);
    sam = newKeyring('administrator', 'sam', 'sam', manifest, now / 1000 + years);
    await claim(anyone, sam, (await authority.firstInvitation())!, 'Harbour Clinic');
  }

  // The line to the third is cut at each step in turn.
  const northgate = fresh('Northgate Hospital');
  for (const step of ['promise', 'reveal', 'conclude', 'confirm', 'town/sign']) {
    const cut = async (request: Request) => {
      if (request.url.includes(step)) throw new TypeError('fetch failed');
      return honest[2]!(request);
    };
    const outcome = await refusal(
      enrolled(fresh(`Cut At ${step}`), [honest[0]!, honest[1]!, Object.assign(cut, { contract: issuerContract })]),
    );
    // Two of three sign a manifest.
    expect(outcome).toBe(step === 'town/sign' ? 'ok' : 'unavailable');
  }
  const cutAtTheEnd = async (request: Request) => {
    if (request.url.includes('confirm')) throw new TypeError('fetch failed');
    return honest[2]!(request);
  };
  const broken = [honest[0]!, honest[1]!, Object.assign(cutAtTheEnd, { contract: issuerContract })];
  expect(await refusal(enrolled(northgate, broken))).toBe('unavailable');
  await enrolled(northgate, honest);
  expect(northgate.writer).not.toBeNull();

  // The second deals a share that does not fit, once.
  const liar = await issuerAt(1, {
    ...mathematics,
    async deal(context, place) {
      const dealt = await mathematics.deal(context, place);
      return { ...dealt, shares: [dealt.shares[1]!, dealt.shares[1]!, dealt.shares[2]!] };
    },
  });
  const larkfield = fresh('Larkfield Hospital');
  await expect(enrolled(larkfield, [honest[0]!, liar, honest[2]!])).rejects.toMatchObject({
    kind: 'conflict',
    because: expect.stringContaining('issuer 2 (House 2)'),
  });
  expect(larkfield.writer).toBeNull();
  await enrolled(larkfield, honest);
  expect(larkfield.manifest.domains.map(({ name }) => name)).toContain('Larkfield Hospital');

  // Its domain ends, and the line to the third is cut at each step of making another.
  const mara = newKeyring('administrator', 'mara', 'mara', manifest, now / 1000 + years);
  const retired = async (by: Keyring, issuers: readonly Handler[]) => {
    await using authority = await start(issuers);
    const office = { authority: connectAuthority(authority.fetch, by, clock), keyring: by };
    return await retireDomain(office, { cloud: connectCloud(authority.fetch, by), cloudlets: [] }, larkfield.card.id);
  };
  {
    await using authority = await start(honest);
    const as = (who: Keyring | null) => connectAuthority(authority.fetch, who, clock);
    await claim(as(null), mara, (await invite(as(sam), sam)).code, 'Medical Board');
  }
  expect(await retired(sam, honest)).toMatchObject({ retired: null });
  for (const step of ['retire', 'promise', 'reveal', 'conclude', 'confirm']) {
    const cut = async (request: Request) => {
      if (request.url.includes(step)) throw new TypeError('fetch failed');
      return honest[2]!(request);
    };
    expect(await refusal(retired(mara, [honest[0]!, honest[1]!, Object.assign(cut, { contract: issuerContract })]))).toBe('unavailable');
  }
  expect(await retired(mara, honest)).toMatchObject({ retired: { cloud: false, cloudlets: 0 } });
  await using authority = await start(honest);
  const own = connectAuthority(authority.fetch, larkfield, clock);
  const before = larkfield.writer!;
  await takeWriterKeys(own, larkfield);
  expect(holdsDomain(larkfield)).toBe(true);
  expect(larkfield.writer!.domain).not.toEqual(before.domain);
  // Of three domains the second was spoiled: each attempt had a number of its own.
  const { rows } = await sql<{ n: string }>`select count(*) as n from generation where organisation = ${larkfield.card.id}`.execute(
    tables[0]!,
  );
  expect(Number(rows[0]!.n)).toBe(3);
}, 120_000);

test('a domain that two issuers confirmed in one attempt and the third in another is one and the same in the end', async () => {
  const honest = await Promise.all([0, 1, 2].map((place) => issuerAt(place)));
  const roles = honest.map((fetch) => connect(issuerContract, { fetch }));
  const start = (issuers: readonly Handler[]) =>
    startAuthority({
      ...{ databaseUrl: database.url, host: '127.0.0.1', port: 0, nextFree: false, cors: [], logLevel: 'silent' },
      ...{ townName: 'a town', issuers, needed: 2, clock },
    });
  const joan = await joined(start, honest);
  const torn = newKeyring('organisation', 'torn', 'Torn Hospital', joan.manifest, now / 1000 + 10 * 365 * 86_400);
  const enrolled = async (issuers: readonly Handler[]): Promise<void> => {
    await using authority = await start(issuers);
    const as = (who: Keyring | null) => connectAuthority(authority.fetch, who, clock);
    await enrolOrganisation({ authority: as(joan), keyring: joan }, () => as(torn), torn);
  };
  // All three know it, and nothing was promised yet.
  const cut = Object.assign(
    async (request: Request) => {
      if (request.url.includes('promise')) throw new TypeError('fetch failed');
      return honest[2]!(request);
    },
    { contract: issuerContract },
  );
  expect(await refusal(enrolled([honest[0]!, honest[1]!, cut]))).toBe('unavailable');
  const organisation = torn.card.id;
  for (const db of tables) await db.deleteFrom('generation').where('organisation', '=', organisation).execute();

  // As issuers left it that did not count attempts: both signed by all.
  const signed = async (attempt: number) => {
    const asked = { organisation, attempt };
    const promises = (await Promise.all(roles.map((role) => role.generation.promise(asked)))).map(({ promise }) => promise);
    const shown = await Promise.all(roles.map((role) => role.generation.reveal({ ...asked, promises })));
    const openings = shown.map(({ opening }) => opening);
    const outcomes = await Promise.all(
      roles.map((role, to) => role.generation.conclude({ ...asked, openings, shares: shown.map(({ shares }) => shares[to]!) })),
    );
    return { ...asked, signatures: outcomes.flatMap((outcome) => (outcome.kind === 'made' ? [outcome.signature] : [])) };
  };
  const rowsOf = (db: Kysely<IssuerTables>) => db.selectFrom('generation').selectAll().where('organisation', '=', organisation).execute();
  const first = await signed(1);
  const aside = await Promise.all(tables.map(rowsOf));
  for (const db of tables) await db.deleteFrom('generation').where('organisation', '=', organisation).execute();
  const second = await signed(2);
  for (const [place, db] of tables.entries()) {
    await db.insertInto('generation').values(aside[place]!).execute();
    await db.updateTable('generation').set({ attempt: null }).where('organisation', '=', organisation).execute();
  }
  for (const place of [0, 1]) await roles[place]!.generation.confirm(first);
  await roles[2]!.generation.confirm(second);

  // The third falls before it hears what the manifest names; it hears it later.
  let away = true;
  const falls = Object.assign(
    async (request: Request) => {
      if (away && request.url.includes('confirm') && (await untold()) > 0) throw new TypeError('fetch failed');
      return honest[2]!(request);
    },
    { contract: issuerContract },
  );
  const untold = async () => {
    const { rows } = await sql`select 1 from authority.untold where organisation = ${organisation}`.execute(tables[0]!);
    return rows.length;
  };
  await enrolled([honest[0]!, honest[1]!, falls]);
  expect(torn.writer).not.toBeNull();
  expect(await untold()).toBe(1);
  away = false;
  {
    await using _authority = await start([honest[0]!, honest[1]!, falls]);
    await expect.poll(untold).toBe(0);
  }
  const { publicKey } = torn.manifest.domains.find(({ name }) => name === 'Torn Hospital')!;
  for (const db of tables) {
    const domain = await db.selectFrom('domain').select('public_key').where('organisation', '=', organisation).executeTakeFirstOrThrow();
    expect(domain.public_key).toEqual(publicKey);
    expect((await rowsOf(db)).flatMap(({ dealt, made }) => [dealt, made])).toEqual([null, null, null, null]);
  }
}, 120_000);

test('where an issuer forgot what it promised, an attempt that goes on comes after', async () => {
  const honest = await Promise.all([0, 1, 2].map((place) => issuerAt(place)));
  const start = (issuers: readonly Handler[]) =>
    startAuthority({
      ...{ databaseUrl: database.url, host: '127.0.0.1', port: 0, nextFree: false, cors: [], logLevel: 'silent' },
      ...{ townName: 'a town', issuers, needed: 2, clock },
    });
  const joan = await joined(start, honest);
  const restored = newKeyring('organisation', 'restored', 'Restored Hospital', joan.manifest, now / 1000 + 10 * 365 * 86_400);
  const enrolled = async (issuers: readonly Handler[]): Promise<void> => {
    await using authority = await start(issuers);
    const as = (who: Keyring | null) => connectAuthority(authority.fetch, who, clock);
    await enrolOrganisation({ authority: as(joan), keyring: joan }, () => as(restored), restored);
  };
  const cut = Object.assign(
    async (request: Request) => {
      if (request.url.includes('conclude')) throw new TypeError('fetch failed');
      return honest[2]!(request);
    },
    { contract: issuerContract },
  );
  expect(await refusal(enrolled([honest[0]!, honest[1]!, cut]))).toBe('unavailable');
  await tables[2]!.deleteFrom('generation').where('organisation', '=', restored.card.id).execute();
  await enrolled(honest);
  expect(restored.writer).not.toBeNull();
}, 120_000);

/** An administrator of a town that stands. */
async function joined(start: (issuers: readonly Handler[]) => ReturnType<typeof startAuthority>, honest: readonly Handler[]) {
  await using authority = await start(honest);
  const as = (who: Keyring | null) => connectAuthority(authority.fetch, who, clock);
  const joan = newKeyring('administrator', 'joan', 'joan', await firstManifest(as(null)), now / 1000 + 10 * 365 * 86_400);
  await claim(as(null), joan, (await invite(as(sam!), sam!)).code, 'Harbour Clinic');
  return joan;
}
