/**
 * An issuer's tables. Its keys lie sealed under the key file; nothing here is a record of a patient.
 *
 * @module
 */
import { type Kysely, type Migration, sql } from 'kysely';

type Bytes = Uint8Array;

export type IssuerTables = {
  /** One row: what it signs with and what is sealed to it, sealed. */
  identity: { one: number; keys: Bytes; secret: Bytes };
  /** One row, once a town is founded: its issuers, this one's place among them, and the last manifest that was signed. */
  town: { one: number; town: string; issuers: Bytes; place: number; last: Bytes; first_administrator: Bytes | null };
  /** An invitation makes one administrator. */
  invitation: { invitation: Bytes; card: Bytes };
  /** For whom administrators sign; a new one is opened by two of two others. */
  office: { organisation: string };
  organisation: { organisation: Bytes; name: string };
  /** What was said in a generation, for nobody's domain that of the key servers; `dealt` and `made` are sealed, and gone once they are not needed any more. */
  generation: {
    context: Bytes;
    organisation: Bytes | null;
    promise: Bytes;
    dealt: Bytes | null;
    promises: Bytes | null;
    shown: Bytes | null;
    outcome: Bytes | null;
    made: Bytes | null;
    /** Which attempt it is; of one made before attempts were counted here, nothing until it is found out. */
    attempt: number | null;
    /** Another attempt was begun in its place. */
    left_behind?: boolean;
  };
  /** A domain in use: this issuer's share of its secret, the label key and K_pq, sealed. `retiring` until another takes its place. */
  domain: { organisation: Bytes; public_key: Bytes; issuers: Bytes; secret: Bytes; retiring?: boolean };
  /** The public keys an organisation's domain had before, from 0; their secrets are gone. */
  retired_domain: { organisation: Bytes; position: number; public_key: Bytes };
  /** This issuer's authority for an organisation's emergencies; its secret is sealed. */
  emergency: { organisation: Bytes; authority: Bytes; secret: Bytes };
  /** One row, once there are key servers: their public keys, and this one's share, sealed. */
  key_server: { one: number; servers: Bytes; secret: Bytes };
  /** What this key server answered: by which grant, to whom, of how many nodes, when. */
  answered: { serial?: number; grant_name: Bytes; card: Bytes; nodes: number; time: number };
  rejected: { doctor: Bytes };
  /** The policy that counts for a doctor at an organisation, by its hash, and when the last of those who made it count signed, UTC seconds. */
  approved: { doctor: Bytes; organisation: Bytes; policy: Bytes; time: number };
  /** What was issued, to be looked through later. */
  issued: { serial?: number; policy: Bytes; doctor: Bytes; organisation: Bytes; issued: number; not_after: number };
};

export const migrations: Record<string, Migration> = {
  '0001 issuer': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table identity (one integer primary key check (one = 1), keys bytea not null, secret bytea not null)`,
        sql`create table town (
          one integer primary key check (one = 1), town text not null, issuers bytea not null, place integer not null, last bytea not null,
          first_administrator bytea)`,
        sql`create table invitation (invitation bytea primary key, card bytea not null)`,
        sql`create table organisation (organisation bytea primary key, name text not null unique)`,
        sql`create table generation (
          context bytea primary key, organisation bytea not null references organisation, promise bytea not null, dealt bytea, promises bytea,
          shown bytea, outcome bytea, made bytea)`,
        sql`create table domain (
          organisation bytea primary key references organisation, public_key bytea not null, issuers bytea not null, secret bytea not null)`,
        sql`create table rejected (doctor bytea primary key)`,
        sql`create table issued (
          serial bigserial primary key, policy bytea not null, doctor bytea not null, organisation bytea not null references domain,
          issued bigint not null, not_after bigint not null)`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0002 offices': {
    async up(db: Kysely<unknown>) {
      await sql`create table office (organisation text primary key)`.execute(db);
    },
  },
  '0003 retired domains': {
    async up(db: Kysely<unknown>) {
      await sql`alter table domain add column retiring boolean not null default false`.execute(db);
      await sql`create table retired_domain (
        organisation bytea not null references organisation, position integer not null, public_key bytea not null unique,
        primary key (organisation, position))`.execute(db);
    },
  },
  '0004 emergencies': {
    async up(db: Kysely<unknown>) {
      await sql`create table emergency (
        organisation bytea primary key references organisation, authority bytea not null, secret bytea not null)`.execute(db);
    },
  },
  '0006 key servers': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`alter table generation alter column organisation drop not null`,
        sql`create table key_server (one integer primary key check (one = 1), servers bytea not null, secret bytea not null)`,
        sql`create table answered (
          serial bigserial primary key, grant_name bytea not null, card bytea not null, nodes integer not null, time bigint not null)`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0007 attempts': {
    async up(db: Kysely<unknown>) {
      await sql`alter table generation add column attempt integer, add column left_behind boolean not null default false`.execute(db);
    },
  },
  '0008 approved': {
    async up(db: Kysely<unknown>) {
      await sql`create table approved (
        doctor bytea not null, organisation bytea not null, policy bytea not null, time bigint not null,
        primary key (doctor, organisation))`.execute(db);
    },
  },
};
