/**
 * The authority's tables: who is who, who agreed to what, and what the issuers sealed for others. No key lies here, and nothing
 * is a record of a patient.
 *
 * @module
 */
import { type CardTables, cardMigrations } from '@carelet/ground/login';
import { type Kysely, type Migration, sql } from 'kysely';

type Bytes = Uint8Array;

export type AuthorityTables = CardTables & {
  /** Of a town made before issuers ran apart: their signing secrets, sealed, until each has its own. */
  issuer: { issuer: number; public_key: Bytes; secret: Bytes };
  /** One that waits for the issuers' signatures is not shown yet. */
  manifest: { serial: number; body: Bytes; signed: boolean };
  /** An organisation's domain; `secret` as in `issuer`. */
  domain: { organisation: Bytes; name: string; public_key: Bytes; secret: Bytes | null };
  /** The security domain of an organisation's emergencies, and the two issuers' words for its authorities. */
  emergency: { organisation: Bytes; domain: Bytes; words: Bytes };
  /** `office`: two issuers' word for whom she signs. */
  administrator: { administrator: Bytes; name: string; organisation: string; office: Bytes };
  /** Public halves of the codes that make administrators. */
  invitation: { invitation: Bytes };
  /** Who signed a code; nobody, for the first administrator's. */
  inviter: { invitation: Bytes; administrator: Bytes; signature: Bytes };
  /** Keys of organisations that watch the receipts log, and their words for that. */
  witness: { key: Bytes; card: Bytes; signature: Bytes };
  /** What an issuer of a town made before has yet to take over, sealed to it. */
  handover: { issuer: number; sealed: Bytes };
  /** Rejections that an issuer has yet to hear of, as an administrator signed them. */
  unheard: { doctor: Bytes; issuer: number; administrator: Bytes; reason: string; signature: Bytes };
  /** Generations that ended because an issuer's words did not fit. */
  blame: { organisation: Bytes; attempt: number; issuer: number; because: string };
  /** What was made, and which issuers have yet to hear that the manifest names it; nobody's organisation for the key servers. */
  untold: { organisation: Bytes; public_key: Bytes; issuer: number; attempt: number; signatures: Bytes };
  /** Who signed the end of which domain of an organisation. */
  retirement: { organisation: Bytes; public_key: Bytes; administrator: Bytes; from_organisation: string; signature: Bytes };
  /** What organisations call teams of their doctors, and which team came in the place of which. */
  team: { team: Bytes; organisation: Bytes; card: Bytes; name: string; whole: boolean; follows: Bytes | null; signature: Bytes };
  doctor: {
    doctor: Bytes;
    name: string;
    certificate: string;
    specialty: string;
    organisation: string;
    state: string;
    reason: string | null;
    card: Bytes;
    registered: string;
  };
  approval: {
    doctor: Bytes;
    organisation: Bytes;
    policy: string;
    administrator: Bytes;
    approver: string;
    from_organisation: string;
    signature: Bytes;
    /** When it came here, UTC milliseconds: who signed first is told first. */
    signed: number;
    /** When she says she signed, UTC seconds; 0 of those before approvals told their time. */
    time: number;
    /** Whether enough of them signed the same. One policy counts at an organisation, and of each administrator another may wait. */
    counts: boolean;
  };
  /** Two issuers' parts of a key, each sealed to whom it is for: the doctor, the cloud, the mediator of this organisation. */
  issued: {
    doctor: Bytes;
    organisation: Bytes;
    /** Of the domain it was issued under. */
    public_key: Bytes;
    policy: string;
    mediator: Bytes;
    sealed: Bytes;
    entitlement: Bytes;
    words: string;
    issued: number;
    not_after: number;
  };
  /** When the last key was issued whose policy another one replaced: to be ended, by whoever signs last. */
  replaced: { doctor: Bytes; organisation: Bytes; issued: number };
  /** Roles that doctors ask for, as they signed it, until they have them or are turned down. */
  asked: { doctor: Bytes; organisation: Bytes; specialty: string; at: number; signature: Bytes };
  /** How each issuer answered when a doctor's key for an organisation was made last. */
  answer: { doctor: Bytes; organisation: Bytes; issuer: number; said: string };
  /** Keys that an administrator ended, as she signed it: those for an organisation issued before; all of them where it is nobody's. */
  key_end: { doctor: Bytes; organisation: Bytes; before: number; administrator: Bytes; signature: Bytes };
};

export const migrations: Record<string, Migration> = {
  ...cardMigrations,
  '0002 enrolment': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table issuer (issuer integer primary key, public_key bytea not null, secret bytea not null)`,
        sql`create table manifest (serial integer primary key, body bytea not null)`,
        sql`create table domain (organisation bytea primary key, name text not null unique, public_key bytea not null, secret bytea not null)`,
        sql`create table administrator (administrator bytea primary key, name text not null, organisation text not null)`,
        sql`create table invitation (code bytea primary key)`,
        sql`create table doctor (
          doctor bytea primary key, name text not null, certificate text not null, specialty text not null, organisation text not null,
          state text not null, reason text, card bytea not null, registered text not null)`,
        sql`create table approval (
          doctor bytea not null references doctor, organisation bytea not null references domain, policy text not null,
          administrator bytea not null references administrator, approver text not null, from_organisation text not null,
          signature bytea not null, primary key (doctor, organisation, administrator))`,
        sql`create table issued (
          doctor bytea not null references doctor, organisation bytea not null references domain, policy text not null, sealed bytea not null,
          entitlement bytea not null, words text not null, not_after bigint not null, primary key (doctor, organisation))`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0003 issuers apart': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`alter table domain alter column secret drop not null`,
        sql`alter table manifest add column signed boolean not null default true`,
        sql`alter table administrator add column office bytea not null default '\\x80'`,
        // What was issued before is whole, and is issued no more; codes that were given out are of another kind.
        sql`delete from issued`,
        sql`drop table invitation`,
        sql`create table invitation (invitation bytea primary key, administrator bytea references administrator, signature bytea)`,
        sql`create table blame (
          organisation bytea not null, attempt integer not null, issuer integer not null, because text not null,
          primary key (organisation, attempt))`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0004 handover': {
    async up(db: Kysely<unknown>) {
      await sql`create table handover (issuer integer primary key, sealed bytea not null)`.execute(db);
    },
  },
  '0005 inviters': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table inviter (
          invitation bytea not null references invitation on delete cascade, administrator bytea not null references administrator,
          signature bytea not null, primary key (invitation, administrator))`,
        sql`insert into inviter select invitation, administrator, signature from invitation where administrator is not null`,
        sql`alter table invitation drop column administrator, drop column signature`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0006 witnesses': {
    async up(db: Kysely<unknown>) {
      await sql`create table witness (key bytea primary key, card bytea not null, signature bytea not null)`.execute(db);
    },
  },
  '0007 unheard': {
    async up(db: Kysely<unknown>) {
      await sql`create table unheard (
        doctor bytea not null references doctor, issuer integer not null, administrator bytea not null references administrator,
        reason text not null, signature bytea not null, primary key (doctor, issuer))`.execute(db);
    },
  },
  '0008 mediated roles': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        // What was issued before is whole, and is issued no more.
        sql`delete from issued`,
        sql`alter table issued add column mediator bytea not null, add column issued bigint not null`,
        sql`create table key_end (
          doctor bytea not null references doctor, organisation bytea not null, before bigint not null,
          administrator bytea not null references administrator, signature bytea not null, primary key (doctor, organisation))`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0009 retired domains': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table retirement (
          organisation bytea not null references domain, public_key bytea not null, administrator bytea not null references administrator,
          from_organisation text not null, signature bytea not null, primary key (organisation, public_key, administrator))`,
        sql`alter table issued add column public_key bytea`,
        sql`update issued set public_key = domain.public_key from domain where domain.organisation = issued.organisation`,
        sql`alter table issued alter column public_key set not null`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0010 emergencies': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table emergency (organisation bytea primary key references domain, domain bytea not null, words bytea not null)`,
        // Keys for emergencies stand under a number of their own.
        sql`alter table issued drop constraint issued_organisation_fkey`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0011 teams': {
    async up(db: Kysely<unknown>) {
      await sql`create table team (
        team bytea primary key, organisation bytea not null references domain, card bytea not null, name text not null,
        whole boolean not null, follows bytea unique, signature bytea not null)`.execute(db);
    },
  },
  '0012 asked': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table asked (
          doctor bytea not null references doctor, organisation bytea not null references domain, specialty text not null,
          at bigint not null, signature bytea not null, primary key (doctor, organisation))`,
        sql`create table answer (
          doctor bytea not null references doctor, organisation bytea not null references domain, issuer integer not null,
          said text not null, primary key (doctor, organisation, issuer))`,
        sql`alter table approval add column signed bigint not null default 0`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0013 untold': {
    async up(db: Kysely<unknown>) {
      await sql`create table untold (
        organisation bytea not null, public_key bytea not null, issuer integer not null, attempt integer not null, signatures bytea not null,
        primary key (organisation, public_key, issuer))`.execute(db);
    },
  },
  '0014 what counts': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`alter table approval add column time bigint not null default 0, add column counts boolean not null default false`,
        sql`alter table approval drop constraint approval_pkey, add primary key (doctor, organisation, administrator, counts)`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0015 replaced': {
    async up(db: Kysely<unknown>) {
      await sql`create table replaced (
        doctor bytea not null references doctor, organisation bytea not null references domain, issued bigint not null,
        primary key (doctor, organisation))`.execute(db);
    },
  },
};
