/**
 * The cloudlet's tables. Keys of the hop lie sealed under the key file; strips lie as they came, sealed for
 * somebody else.
 *
 * @module
 */
import { type CardTables, cardMigrations } from '@carelet/ground/login';
import { type Generated, type Kysely, type Migration, sql } from 'kysely';

type Bytes = Uint8Array;

export type CloudletTables = CardTables & {
  /** The cloudlet's own keys, one row. */
  own: { one: number; secret: Bytes };
  epoch: { epoch_id: Bytes; until: number; announcement: Bytes; secret: Bytes };
  device: {
    device: Bytes;
    /** `DeviceRecord`, sealed. */
    record: Bytes;
    /** The psk of the pairing code, sealed, until the device greets for the first time. */
    pairing: Bytes | null;
    /** UTC seconds after which an unused pairing is void; null once adopted. */
    expires: number | null;
    pat: Bytes | null;
    owner: Bytes | null;
    card: Bytes | null;
    /** Strips below this number are on disk or in the cloud. */
    next: number;
    last_seen: string | null;
    /** Its names at the broker, the password sealed; null for a device paired before there was one. */
    mqtt_user: string | null;
    mqtt_topic: string | null;
    mqtt_password: Bytes | null;
  };
  session: { connection: number; device: Bytes; secret: Bytes };
  strip: {
    device: Bytes;
    number: number;
    pat: Bytes;
    part: string;
    /** The sealed row and its links, as the device sent them. */
    body: Bytes;
    arrived: Generated<string>;
    /** Why the cloud will not have it, however often it is asked; it stays here then. */
    refused: Generated<string | null>;
  };
  tally: { one: number; forwarded: number; last_forward: string | null };
};

export const migrations: Record<string, Migration> = {
  ...cardMigrations,
  '0002 sessions': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table own (one integer primary key, secret bytea not null)`,
        sql`create table epoch (epoch_id bytea primary key, until bigint not null, announcement bytea not null, secret bytea not null)`,
        sql`create table device (
          device bytea primary key, record bytea not null, pairing bytea, expires bigint, pat bytea, owner bytea, card bytea,
          next bigint not null default 0, last_seen text)`,
        sql`create table session (connection integer primary key, device bytea not null references device, secret bytea not null)`,
        sql`create index session_device on session (device)`,
        sql`create table strip (
          device bytea not null references device, number bigint not null, pat bytea not null, part text not null, body bytea not null,
          arrived timestamptz not null default now(), primary key (device, number))`,
        sql`alter table strip alter column body set storage external`,
        sql`create table tally (one integer primary key, forwarded bigint not null, last_forward text)`,
        sql`insert into tally values (1, 0, null)`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0003 refused strips': {
    async up(db: Kysely<unknown>) {
      await sql`alter table strip add column refused text`.execute(db);
    },
  },
  '0010 mqtt': {
    async up(db: Kysely<unknown>) {
      await sql`alter table device
        add column mqtt_user text unique, add column mqtt_topic text unique, add column mqtt_password bytea`.execute(db);
    },
  },
};
