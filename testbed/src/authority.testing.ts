/**
 * An authority, its three issuers, administrators and a hospital, for tests that ask it over HTTP and in process by turns.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuthorityRole, authorityContract } from '@carelet/authority/authority';
import type { AuthorityTables } from '@carelet/authority/schema';
import { type RunningAuthority, startAuthority } from '@carelet/authority/service';
import { addDays } from '@carelet/care/rules/records/calendar';
import { type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { connect } from '@carelet/care/wire';
import { introducing } from '@carelet/care/wire/introduce';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { sign } from '@carelet/crypto/algebra/sign';
import { signAdmission, signApproval, signKeyEnd, signRejection } from '@carelet/crypto/cards/approval';
import { type Card, type CardKind, cardLabel, cardParts, decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { invitationKey, newCode, signAcceptance, signInvitation } from '@carelet/crypto/cards/invitation';
import { newCard } from '@carelet/crypto/cards/owner';
import { signRequest } from '@carelet/crypto/login/request';
import type { Running } from '@carelet/ground/service';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import { startIssuer } from '@carelet/issuer/service';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect } from 'vitest';
import { holders } from './holders.testing.ts';

export type Person = {
  card: Card;
  readonly secrets: { readonly edSk: Bytes; readonly hybridSk: Bytes };
  readonly authority: AuthorityRole;
};

export let database: TestDatabase;
export let folder: string;
export let issuers: Running[];
export let service: RunningAuthority;
export let now = Date.parse('2026-11-20T09:41:00Z');
export const today = '2026-11-20';

/** Who holds the other parts of doctors' keys. */
export const held = holders();

export let sam: Person;
export let mara: Person;
export let northgate: Person;

export const shared = () => ({
  databaseUrl: database.url,
  host: '127.0.0.1',
  port: 0,
  nextFree: false,
  cors: [],
  logLevel: 'silent' as const,
});
export const startOne = (name: string, keys = folder) =>
  startIssuer({ ...shared(), schema: name, keys: join(keys, name), title: name, needed: 2, clock: () => now });
export const start = (at = issuers.map(({ fetch }) => fetch)) =>
  startAuthority({ ...shared(), townName: 'a town', issuers: at, needed: 2, clock: () => now, log: held.log });

/** Opens the authority and its issuers before the tests of a file, and closes them after. */
export function inAuthority(): void {
  beforeAll(async () => {
    database = await freshDatabase();
    folder = mkdtempSync(join(tmpdir(), 'carelet-authority-'));
    issuers = await Promise.all(['issuer_one', 'issuer_two', 'issuer_three'].map((name) => startOne(name)));
    service = await start();
    sam = person('administrator');
    mara = person('administrator');
    await claim(sam, (await service.firstInvitation())!, 'Harbour Clinic');
    await claim(mara, await invite(sam), 'Medical Board');
    northgate = person('organisation');
    northgate.card = decodeCard((await admit(sam, northgate.card, 'Northgate Hospital')).card)!;
  }, 60_000);

  afterAll(async () => {
    await service?.close();
    for (const issuer of issuers ?? []) await issuer.close();
    rmSync(folder, { recursive: true, force: true });
    await database?.[Symbol.asyncDispose]();
  });
}

/** It is another moment for all of them. */
export function clockTo(time: number): void {
  now = time;
}

/** Whom people meet as the authority from now on. */
export function meet(other: RunningAuthority): void {
  service = other;
}

/** Somebody with a card; over HTTP every other time, so that the twins meet the same stories. */
export let asked = 0;
export const person = (kind: CardKind): Person => asking(newCard(kind, now / 1000 + 10 * 365 * 86_400));

export function asking({ card, secrets }: Pick<Person, 'card' | 'secrets'>): Person {
  const who: { card: Card; secrets: typeof secrets; authority?: AuthorityRole } = { card, secrets };
  const role = connect(authorityContract, {
    ...(asked++ % 2 === 0 ? { url: service.url } : { fetch: service.fetch }),
    clock: () => now,
    authorize: async ({ op, body, skew }) =>
      signRequest({ id: card.id, edSk: secrets.edSk }, { audience: 'authority', op, body }, Math.floor((now + skew) / 1000)),
  });
  const present = () => role.login.present({ card: encodeCard(who.card), with: [] });
  return Object.assign(who, { authority: introducing(role, present) });
}

export async function claim(who: Person, code: string, organisation: string): Promise<void> {
  const { public: invitation, secret } = invitationKey(code);
  const acceptance = signAcceptance(secret, who.card, organisation);
  const asked = { invitation, acceptance, name: 'somebody', organisation, card: encodeCard(who.card) };
  who.card = decodeCard((await who.authority.enrolment.claim(asked)).card)!;
}

export async function invite(by: Person): Promise<string> {
  const code = newCode();
  const { public: invitation } = invitationKey(code);
  await by.authority.enrolment.invite({ invitation, signature: signInvitation(by.secrets.edSk, invitation) });
  return code;
}

export const admit = (by: Person, card: Card, name: string) =>
  by.authority.enrolment.organisation({ name, card: encodeCard(card), signature: signAdmission(by.secrets.edSk, card, name) });

export const reject = (by: Person, doctor: Bytes, reason: string) =>
  by.authority.enrolment.reject({
    doctor,
    reason,
    signature: signRejection(by.secrets.edSk, doctor, reason),
    keyEnd: signKeyEnd(by.secrets.edSk, { doctor, of: null }),
  });

export const registration = { name: 'Dr Mei Chen', certificate: 'C 31 877', specialty: 'cardiology', organisation: 'Northgate Hospital' };

export async function registered(): Promise<Person> {
  const doctor = person('doctor');
  expect(await doctor.authority.enrolment.register({ card: encodeCard(doctor.card), ...registration })).toEqual({ state: 'pending' });
  return doctor;
}

export const policyAt = (more: Partial<Policy> = {}): Policy => ({
  parts: ['MI'],
  kinds: ['laboratory'],
  confidentiality: ['N'],
  sensitivity: ['none'],
  patients: 'everyone',
  unit: hex(northgate.card.id),
  from: 'beginning',
  until: addDays(today, 60),
  ...more,
});

export const asInput = (policy: Policy) => ({
  ...policy,
  parts: [...policy.parts],
  kinds: [...policy.kinds],
  confidentiality: [...policy.confidentiality],
  sensitivity: [...policy.sensitivity],
  patients: policy.patients === 'everyone' ? policy.patients : [...policy.patients],
});

export const approve = (
  by: Person,
  doctor: Person,
  policy = policyAt(),
  signature = approvalOf(by, doctor, policy),
  time = Math.floor(now / 1000),
) => by.authority.enrolment.approve({ doctor: doctor.card.id, policy: asInput(policy), time, signature });

export const approvalOf = (by: Person, doctor: Person, policy = policyAt(), time = Math.floor(now / 1000)) =>
  signApproval(by.secrets.edSk, { doctor: doctor.card, policy: policyText(policy), time });

export const standing = (doctor: Person) => doctor.authority.enrolment.standing({ doctor: doctor.card.id });

export async function keysOf(doctor: Person) {
  const { card } = await standing(doctor);
  if (card) doctor.card = decodeCard(card)!;
  return (await issue(doctor)).keys;
}

export const issue = (doctor: Person, anew: readonly Bytes[] = []) =>
  doctor.authority.keys.issue({ ...held.servicesOf(northgate), anew: [...anew] });

/** The policies that count for a doctor with a card vouched for. */
export async function approved(policy = policyAt()): Promise<Person> {
  const doctor = await registered();
  await approve(sam, doctor, policy);
  await approve(mara, doctor, policy);
  return doctor;
}

/** A card that somebody makes under another's number: rightly signed, with keys of his own. */
export function under({ id, expiry }: Card, kind: CardKind, serial: number): Card {
  const { card, secrets } = newCard(kind, expiry);
  const body = { ...card, id, serial };
  return { ...body, selfSignature: sign(secrets.edSk, cardLabel, cardParts(body)) };
}

/** Every row of the authority's and the issuers' tables. */
export async function everything(db: Kysely<AuthorityTables>): Promise<string> {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_schema = 'authority' or table_schema like 'issuer%'`.execute(db);
  const texts = await Promise.all(
    tables.map(({ schema, name }) => sql<{ row: string }>`select t::text as row from ${sql.table(`${schema}.${name}`)} t`.execute(db)),
  );
  return texts.flatMap(({ rows }) => rows.map(({ row }) => row)).join('\n');
}
