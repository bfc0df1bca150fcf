/**
 * The cloudlet's tables. Keys of the hop lie sealed under the key file; strips lie as they came, sealed for
 * somebody else.
 *
 * @module
 */
import type { Bucket } from '@carelet/care/rules/relay/bucket';
import { type EndedKeyTables, makeEndedKeys } from '@carelet/ground/ended-keys';
import { type LogNodeTable, makeLogNodes } from '@carelet/ground/log-store';
import { type CardTables, cardMigrations } from '@carelet/ground/login';
import { type Generated, type Kysely, type Migration, sql } from 'kysely';

type Bytes = Uint8Array;

export type CloudletTables = CardTables &
  EndedKeyTables & {
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
      /** By lane, the number of the last strip that is on disk or in the cloud; null where none is. */
      kept: Generated<(number | null)[]>;
      /** How many emergencies it may call; null until it called one. */
      bucket: Bucket | null;
      /** Emergencies it called that were one too many, and went as monitoring. */
      demoted: Generated<number>;
      last_seen: string | null;
      /** What it said of itself with its last strip: how many waited, per cent of battery. */
      waiting: number | null;
      battery: number | null;
      /** Of its last strip: when it came and how urgent it was. */
      last_strip: string | null;
      last_urgency: number | null;
      /** When it was taken out; it is not heard any more. */
      ended: string | null;
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
      /** In which lane it came, 0 to 2, and how urgent it counts: 1 emergency, 2 monitoring, 3 routine. */
      lane: number;
      urgency: number;
      /** The sealed row and its links, as the device sent them. */
      body: Bytes;
      arrived: string;
      /** Why the cloud will not have it, however often it is asked; it stays here then. */
      refused: Generated<string | null>;
    };
    /** The stream on the bus where strips wait, one row; none where they wait in `strip`. */
    bus: { one: number; stream: string; made: boolean };
    tally: { one: number; forwarded: number; last_forward: string | null };
    /** Strips that went to the cloud lately, by the two minutes in which they came in, counted from 1970. */
    passed: { span: number; count: number };
    /** Times in which the cloud could not be reached; open while it cannot. */
    outage: { began: string; ended: string | null };
    /** Of each receipts log, by its key: the last checkpoint this cloudlet signed, and the proof that the log was forked. */
    witnessed: { origin: string; note: Bytes | null; fork: Bytes | null };
    /** What the mediator did; `named` is the cloud's receipt it goes with, if any, `patient` is whose grant it was, `place` where its log holds the line. */
    act: { commitment: Bytes; body: Bytes; named: Bytes | null; patient: Bytes | null; place: number | null };
    /** Its log as it stands, one row: whoever writes locks it. */
    act_log: { one: boolean; size: number; roots: Bytes[] };
    act_node: LogNodeTable;
    /** What the cloud promised with postings it took, as it came; null where it promised nothing; and since when it is known to be broken. */
    promised: { id: Generated<string>; promise: Bytes | null; broken: string | null };
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
  '0004 urgency': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`alter table device add column kept bigint[] not null default '{null,null,null}', add column bucket jsonb,
          add column demoted bigint not null default 0, add column waiting bigint, add column battery smallint,
          add column last_strip text, add column last_urgency smallint, add column ended text`,
        // What came before there were lanes was routine.
        sql`update device set kept = array[null, null, next - 1] where next > 0`,
        sql`alter table device drop column next`,
        sql`alter table strip add column lane smallint not null default 2, add column urgency smallint not null default 3`,
        sql`alter table strip alter column lane drop default, alter column urgency drop default`,
        sql`create index strip_next on strip (urgency, arrived) where refused is null`,
        sql`create table outage (began timestamptz primary key, ended timestamptz)`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0005 mqtt': {
    async up(db: Kysely<unknown>) {
      await sql`alter table device
        add column mqtt_user text unique, add column mqtt_topic text unique, add column mqtt_password bytea`.execute(db);
    },
  },
  '0006 bus': {
    async up(db: Kysely<unknown>) {
      await sql`create table bus (one integer primary key, stream text not null, made boolean not null)`.execute(db);
    },
  },
  '0006 passed': {
    async up(db: Kysely<unknown>) {
      await sql`create table passed (span bigint primary key, count bigint not null)`.execute(db);
    },
  },
  '0007 witness': {
    async up(db: Kysely<unknown>) {
      await sql`create table witnessed (origin text primary key, note bytea, fork bytea)`.execute(db);
    },
  },
  '0008 ended keys': {
    async up(db: Kysely<unknown>) {
      await makeEndedKeys(db);
    },
  },
  '0009 promises': {
    async up(db: Kysely<unknown>) {
      await sql`create table promised (
        id bigint primary key generated always as identity, promise bytea, broken timestamptz)`.execute(db);
      await sql`create index promised_due on promised (id) where broken is null`.execute(db);
    },
  },
  '0011 acts': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table act (commitment bytea primary key, body bytea not null, named bytea not null, patient bytea, place bigint)`,
        sql`create index act_waits on act (commitment) where place is null`,
        sql`create index act_patient on act (patient, place) where patient is not null`,
        sql`create index act_named on act (named)`,
        sql`create table act_log (one boolean primary key check (one), size bigint not null, roots bytea[] not null)`,
        sql`insert into act_log values (true, 0, '{}')`,
      ]) {
        await statement.execute(db);
      }
      await makeLogNodes(db, 'act_node');
    },
  },
  '0012 acts that name nothing': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`alter table act alter column named drop not null`,
        // Whoever asked for nothing was shown who gave and took back what.
        sql`update act set named = null where named = decode(repeat('00', 32), 'hex')`,
        sql`drop index act_named`,
        sql`create index act_named on act (named, place) where named is not null`,
      ]) {
        await statement.execute(db);
      }
    },
  },
};
