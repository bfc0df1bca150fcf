/**
 * The cloud's tables. Every primary key begins with the patient's pseudonym, so that a sharded PostgreSQL can
 * distribute by it; rows know no time and no order of arrival. The receipts log is the exception: there is one of it, for all
 * patients, and its order is the point of it.
 *
 * @module
 */
import { inspect } from '@carelet/crypto/kp-abe/cloud';
import type { Verdict } from '@carelet/crypto/ma-kp-abe/break-glass';
import { type EndedKeyTables, makeEndedKeys } from '@carelet/ground/ended-keys';
import { type LogNodeTable, makeLogNodes } from '@carelet/ground/log-store';
import { type CardTables, cardMigrations } from '@carelet/ground/login';
import { type Kysely, type Migration, sql } from 'kysely';
import { makeCardReceipts } from './receipts/cards.ts';

type Bytes = Uint8Array;

/** One shelf: sealed parts of one kind. */
export type ShelfTable = {
  pat: Bytes;
  row_id: Bytes;
  version: number;
  node_id: Bytes;
  kc: Bytes;
  mark: Bytes;
  ct: Bytes;
  /** SHA-256, so that what a node holds is counted without reading it. */
  ct_hash: Bytes;
  posting_id: Bytes;
};

export type CloudTables = CardTables &
  EndedKeyTables & {
    chart: { pat: Bytes; writer: Bytes; owner: Bytes; deed: Bytes };
    shelf_eid: ShelfTable;
    shelf_qid: ShelfTable;
    shelf_mi: ShelfTable;
    node: { pat: Bytes; node_id: Bytes; parent: Bytes; part: string };
    wrap: {
      pat: Bytes;
      node_id: Bytes;
      kind: string;
      domain: Bytes;
      part: string;
      gen: number;
      labels: string[];
      body: Bytes;
      maker: Bytes;
      signature: Bytes;
      /** The id of the KP-ABE domain a policy wrap is sealed for; `null` for others. */
      sealed_for: Bytes | null;
    };
    posting: {
      pat: Bytes;
      posting_id: Bytes;
      part: string;
      writer: Bytes;
      root: Bytes;
      node_count: number;
      links: Bytes;
      signature: Bytes;
    };
    posting_node: { pat: Bytes; posting_id: Bytes; node_id: Bytes; count: number; leaf: Bytes };
    /** Doctors' halves of the keys they are given by consent. */
    delegate: { doctor: Bytes; body: Bytes };
    /** What patients published of their scopes: by chart and category, in the order the states follow one another. */
    scope_state: { pat: Bytes; category: string; position: number; body: Bytes };
    /** A patient's K_pq for her chart's writer, sealed to it. */
    writer_letter: { pat: Bytes; body: Bytes };
    /** Grants as their patients signed them; the letter is sealed to the doctor. */
    consent: {
      pat: Bytes;
      grant_id: Bytes;
      owner: Bytes;
      doctor: Bytes;
      not_after: number;
      body: Bytes;
      letter: Bytes;
      /** The end its patient signed; its re-encryption keys are gone then. Of a grant that never came this is all there is (`unseen`). */
      ended: Bytes | null;
    };
    /** Grants through the key distribution servers, as `consent` has those that a clinic mediates; their locks are gone once they ended. */
    shared_grant: {
      pat: Bytes;
      grant_id: Bytes;
      owner: Bytes;
      reader: Bytes;
      not_after: number;
      body: Bytes;
      letter: Bytes;
      ended: Bytes | null;
    };
    rekey: { pat: Bytes; grant_id: Bytes; scope: Bytes; body: Bytes };
    /**
     * What doctors ask of patients; both copies are sealed. Who answered or took back leaves the number behind until its time is
     * over, so that it is not asked again.
     */
    request: {
      pat: Bytes;
      doctor: Bytes;
      request_id: Bytes;
      /** The patient: one asks a person, by one chart of hers. */
      owner: Bytes;
      /** UTC seconds. */
      asked: number;
      state: 'waits' | 'granted' | 'declined' | 'withdrawn';
      /** To the patient, as long as it waits. */
      sealed: Bytes | null;
      /** To the doctor, until she takes it back. */
      own: Bytes | null;
      /** The patient's signature of her answer. */
      answer: Bytes | null;
    };
    /** Whose glass is broken: doctors' words, why sealed to two, the cloud's own signature under each, and the hospital's review. */
    break_glass: {
      pat: Bytes;
      number: Bytes;
      doctor: Bytes;
      parts: string[];
      /** UTC seconds. */
      since: number;
      until: number;
      word: Bytes;
      owner_reason: Bytes;
      hospital_reason: Bytes;
      /** Of its receipt, for whoever lost the first answer. */
      promise: Bytes;
      /** The same to administrators who sign for the hospital: their numbers and what is sealed to each, in CBOR. */
      administrator_reasons: Bytes;
      verdict: Verdict | null;
      review: Bytes | null;
      /** When it was said, UTC seconds, and by which administrator, her card and the issuers' words in CBOR: without, the hospital itself. */
      reviewed: number | null;
      reviewer: Bytes | null;
    };
    /** The newest of what owners limit, and the writer's signed word that it follows that. */
    limits: { pat: Bytes; seq: number; by_name: boolean; since: number; body: Bytes; followed: Bytes | null };
    /** The newest that owners said to their devices. */
    device_word: { pat: Bytes; body: Bytes };
    /** Whom it denies, one by one. */
    denied: { pat: Bytes; doctor: Bytes };
    entitlement: { doctor: Bytes; organisation: Bytes; formula: string; issued: number; not_after: number };
    /** The cloud's part of a doctor's key, sealed under a file; `base` is what the doctor checks it by. */
    transform_key: { doctor: Bytes; organisation: Bytes; issuer: number; base: Bytes; body: Bytes };
    /** Teams of doctors, as their organisations laid them down; of none the name. */
    team: {
      team: Bytes;
      organisation: Bytes;
      /** Id of the KP-ABE domain its labels are of. */
      domain: Bytes;
      follows: Bytes | null;
      /** UTC seconds; a later notice takes the place of an earlier one. */
      issued: number;
      labels: string[];
      card: Bytes;
      notice: Bytes;
      delegate: Bytes;
      /** Its secret, sealed to its members. */
      members: Bytes;
    };
    /** Who is a member by which entitlement: without that very one this counts for nothing. */
    team_member: { team: Bytes; doctor: Bytes; organisation: Bytes; issued: number };
    /** Organisations' domains by their ids, as the town named them one after the other; `retired` is none again. */
    served_domain: { organisation: Bytes; domain: Bytes; retired: boolean };
    /** Receipts, sealed to the chart's owner; `place` is where the log holds its leaf, `null` as long as it waits. */
    receipt: { pat: Bytes; commitment: Bytes; time: number; sealed: Bytes; posting_id: Bytes | null; place: number | null };
    /** Receipts of cards, which are shown with the cards; `place` as above. */
    card_receipt: { card_id: Bytes; serial: number; commitment: Bytes; body: Bytes; place: number | null };
    /** Of each patient the newest checkpoint that a device of hers signed, its key, and her card's word for that. */
    device_witness: { owner: Bytes; size: number; time: number; note: Bytes; key: Bytes; voucher: Bytes };
    /** Postings whose rows the map does not count yet. */
    unmapped: { pat: Bytes; posting_id: Bytes };
    log_node: LogNodeTable;
    /** `replaced`: since when the newest map has it no more, UTC seconds. */
    map_node: { hash: Bytes; body: Bytes; replaced: number | null };
    /** The log as it stands, one row: whoever writes locks it. */
    log: { one: boolean; size: number; roots: Bytes[]; map: Bytes; time: number; note: Bytes; witnessed: Bytes | null };
  };

export const shelves = { EID: 'shelf_eid', QID: 'shelf_qid', MI: 'shelf_mi' } as const;

export const migrations: Record<string, Migration> = {
  ...cardMigrations,
  '0002 records': {
    async up(db: Kysely<unknown>) {
      await sql`create table chart (pat bytea primary key, writer bytea not null, owner bytea not null, deed bytea not null)`.execute(db);
      await sql`create index chart_owner on chart (owner)`.execute(db);
      await sql`create index chart_writer on chart (writer)`.execute(db);
      for (const shelf of Object.values(shelves)) {
        await sql`create table ${sql.table(shelf)} (
          pat bytea not null, row_id bytea not null, version integer not null, node_id bytea not null, kc bytea not null,
          mark bytea not null, ct bytea not null, posting_id bytea not null, primary key (pat, row_id, version))`.execute(db);
        // Ciphertext does not compress: trying to costs time and saves nothing.
        await sql`alter table ${sql.table(shelf)} alter column ct set storage external`.execute(db);
        await sql`create index ${sql.id(`${shelf}_node`)} on ${sql.table(shelf)} (pat, node_id, row_id, version)`.execute(db);
      }
      await sql`create table node (pat bytea not null, node_id bytea not null, parent bytea not null, part text not null, primary key (pat, node_id))`.execute(
        db,
      );
      await sql`create index node_parent on node (pat, parent)`.execute(db);
      await sql`create table wrap (
        pat bytea not null, node_id bytea not null, kind text not null, domain bytea not null, part text not null, gen integer not null,
        labels text[] not null, body bytea not null, maker bytea not null, signature bytea not null,
        primary key (pat, node_id, kind, domain))`.execute(db);
      await sql`create index wrap_labels on wrap using gin (labels)`.execute(db);
      await sql`create table posting (
        pat bytea not null, posting_id bytea not null, part text not null, writer bytea not null, root bytea not null,
        node_count integer not null, links bytea not null, signature bytea not null, primary key (pat, posting_id))`.execute(db);
      await sql`create table posting_node (
        pat bytea not null, posting_id bytea not null, node_id bytea not null, count integer not null, leaf bytea not null,
        primary key (pat, posting_id, node_id))`.execute(db);
      await sql`create index posting_node_node on posting_node (pat, node_id)`.execute(db);
    },
  },
  '0003 sharing': {
    async up(db: Kysely<unknown>) {
      await sql`create table entitlement (
        doctor bytea not null, organisation bytea not null, formula text not null, issued bigint not null, not_after bigint not null,
        primary key (doctor, organisation))`.execute(db);
    },
  },
  '0004 consent': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table delegate (doctor bytea primary key, body bytea not null)`,
        sql`create table scope_state (
          pat bytea not null, category text not null, position integer not null, body bytea not null,
          primary key (pat, category, position))`,
        sql`create table writer_letter (pat bytea primary key, body bytea not null)`,
        sql`create table consent (
          pat bytea not null, grant_id bytea not null, owner bytea not null, doctor bytea not null, not_after bigint not null,
          body bytea not null, letter bytea not null, ended bytea, primary key (pat, grant_id))`,
        sql`create index consent_doctor on consent (doctor)`,
        sql`create table rekey (
          pat bytea not null, grant_id bytea not null, scope bytea not null, body bytea not null, primary key (pat, grant_id, scope))`,
        sql`create index rekey_scope on rekey (pat, scope)`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0005 receipts': {
    async up(db: Kysely<unknown>) {
      for (const shelf of Object.values(shelves)) {
        await sql`alter table ${sql.table(shelf)} add column ct_hash bytea`.execute(db);
        await sql`update ${sql.table(shelf)} set ct_hash = sha256(ct)`.execute(db);
        await sql`alter table ${sql.table(shelf)} alter column ct_hash set not null`.execute(db);
      }
      for (const statement of [
        sql`create table receipt (
          pat bytea not null, commitment bytea not null, time bigint not null, sealed bytea not null, posting_id bytea, place bigint,
          primary key (pat, commitment))`,
        sql`create index receipt_waits on receipt (commitment) where place is null`,
        sql`create index receipt_place on receipt (pat, place)`,
        sql`create index receipt_commitment on receipt (commitment)`,
        sql`create index receipt_posting on receipt (pat, posting_id) where posting_id is not null`,
        sql`create table unmapped (pat bytea not null, posting_id bytea not null, primary key (pat, posting_id))`,
        // What was posted before there was a log has no receipt, but is counted.
        sql`insert into unmapped select pat, posting_id from posting`,
        sql`create table map_node (hash bytea primary key, body bytea not null, replaced bigint)`,
        sql`create index map_node_replaced on map_node (replaced) where replaced is not null`,
        sql`create table log (
          one boolean primary key check (one), size bigint not null, roots bytea[] not null, map bytea not null, time bigint not null,
          note bytea not null, witnessed bytea)`,
      ]) {
        await statement.execute(db);
      }
      await makeLogNodes(db);
    },
  },
  '0006 pseudonymous scopes': {
    async up(db: Kysely<unknown>) {
      // What was published before named kinds and times: it goes, and what was shared is shared again.
      for (const table of ['scope_state', 'writer_letter', 'rekey', 'consent']) await sql`delete from ${sql.table(table)}`.execute(db);
      await sql`delete from wrap where kind = 'consent'`.execute(db);
    },
  },
  '0007 mediated roles': {
    async up(db: Kysely<unknown>) {
      await makeEndedKeys(db);
      await sql`create table transform_key (
        doctor bytea not null, organisation bytea not null, issuer integer not null, base bytea not null,
        body bytea not null, primary key (doctor, organisation, issuer))`.execute(db);
      // Keys were whole before, and are served no more: their doctors enter again with what is issued now.
      await sql`delete from entitlement`.execute(db);
    },
  },
  '0008 requests': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table request (
          pat bytea not null, doctor bytea not null, request_id bytea not null, owner bytea not null, asked bigint not null,
          state text not null, sealed bytea, own bytea, answer bytea, primary key (pat, doctor, request_id))`,
        sql`create index request_doctor on request (doctor)`,
        sql`create index request_owner on request (owner)`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0009 break glass': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table break_glass (
          pat bytea not null, number bytea not null, doctor bytea not null, parts text[] not null, since bigint not null,
          until bigint not null, word bytea not null, owner_reason bytea not null, hospital_reason bytea not null, promise bytea not null,
          verdict text, review bytea, primary key (pat, number))`,
        sql`create index break_glass_doctor on break_glass (doctor, until)`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0011 retired domains': {
    async up(db: Kysely<unknown>) {
      await sql`create table served_domain (
        organisation bytea not null, domain bytea not null, retired boolean not null, primary key (organisation, domain))`.execute(db);
      await sql`alter table wrap add column sealed_for bytea`.execute(db);
      await noteWhatIsSealedFor(db);
    },
  },
  '0012 teams': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table team (
          team bytea primary key, organisation bytea not null, domain bytea not null, follows bytea unique, issued bigint not null,
          labels text[] not null, card bytea not null, notice bytea not null, delegate bytea not null, members bytea not null)`,
        sql`create index team_organisation on team (organisation)`,
        sql`create table team_member (
          team bytea not null references team on delete cascade, doctor bytea not null, organisation bytea not null, issued bigint not null,
          primary key (team, doctor))`,
        sql`create index team_member_doctor on team_member (doctor, organisation)`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0013 shared grants': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`create table shared_grant (
          pat bytea not null, grant_id bytea not null, owner bytea not null, reader bytea not null, not_after bigint not null,
          body bytea not null, letter bytea not null, ended bytea, primary key (pat, grant_id))`,
        sql`create index shared_grant_reader on shared_grant (reader)`,
        sql`create index shared_grant_owner on shared_grant (owner)`,
        sql`create index wrap_shared on wrap (pat, domain) where kind = 'shared'`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0014 cards in the log': {
    async up(db: Kysely<unknown>) {
      await makeCardReceipts(db);
      await sql`create table device_witness (
        owner bytea primary key, size bigint not null, time bigint not null, note bytea not null, key bytea not null,
        voucher bytea not null)`.execute(db);
    },
  },
  '0015 limits': {
    async up(db: Kysely<unknown>) {
      await sql`create table limits (
        pat bytea primary key, seq integer not null, by_name boolean not null, since bigint not null, body bytea not null,
        followed bytea)`.execute(db);
      await sql`create table denied (pat bytea not null, doctor bytea not null, primary key (pat, doctor))`.execute(db);
    },
  },
  '0016 reviewers': {
    async up(db: Kysely<unknown>) {
      for (const statement of [
        sql`alter table break_glass add column administrator_reasons bytea not null default '\\x80', add column reviewed bigint,
          add column reviewer bytea`,
        // What was said without its time is said anew.
        sql`update break_glass set verdict = null, review = null`,
      ]) {
        await statement.execute(db);
      }
    },
  },
  '0017 ends of grants that never came': {
    async up(db: Kysely<unknown>) {
      await sql`create index consent_owner on consent (owner)`.execute(db);
    },
  },
  '0018 words to devices': {
    async up(db: Kysely<unknown>) {
      await sql`create table device_word (pat bytea primary key, body bytea not null)`.execute(db);
    },
  },
};

/** Writes beside each policy wrap what it says inside, a thousand at a time. */
async function noteWhatIsSealedFor(db: Kysely<unknown>): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ pat: Bytes; node_id: Bytes; domain: Bytes; body: Bytes }>`
      select pat, node_id, domain, body from wrap where kind = 'policy' and sealed_for is null limit 1000`.execute(db);
    if (rows.length === 0) return;
    const ids = rows.map(({ body }) => inspect(body).domains[0]!);
    await sql`update wrap set sealed_for = noted.id from unnest(
        ${rows.map(({ pat }) => pat)}::bytea[], ${rows.map(({ node_id }) => node_id)}::bytea[],
        ${rows.map(({ domain }) => domain)}::bytea[], ${ids}::bytea[]) as noted(pat, node_id, domain, id)
      where wrap.kind = 'policy' and wrap.pat = noted.pat and wrap.node_id = noted.node_id and wrap.domain = noted.domain`.execute(db);
  }
}
