/**
 * The authority's tables. Keys lie sealed under the key file; nothing here is a record of a patient.
 *
 * @module
 */
import { type CardTables, cardMigrations } from '@carelet/ground/login';
import { type Kysely, type Migration, sql } from 'kysely';

type Bytes = Uint8Array;

export type AuthorityTables = CardTables & {
  /** The three issuers' signing secrets, sealed. */
  issuer: { issuer: number; public_key: Bytes; secret: Bytes };
  manifest: { serial: number; body: Bytes };
  /** An organisation's domain: KP-ABE master, label key and K_pq, sealed. */
  domain: { organisation: Bytes; name: string; public_key: Bytes; secret: Bytes };
  administrator: { administrator: Bytes; name: string; organisation: string };
  /** Hashes of one-time codes that make administrators. */
  invitation: { code: Bytes };
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
  };
  issued: { doctor: Bytes; organisation: Bytes; policy: string; sealed: Bytes; entitlement: Bytes; words: string; not_after: number };
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
};
