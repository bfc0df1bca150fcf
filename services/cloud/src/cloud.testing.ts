/**
 * What the stories of the cloud are told with: a world, people in it, postings nobody can open.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import type { NamedKey } from '@carelet/crypto/algebra/sign';
import type { KeyEnd } from '@carelet/crypto/cards/approval';
import type { Card, CardKind } from '@carelet/crypto/cards/card';
import type { Entitlement } from '@carelet/crypto/cards/entitlement';
import type { CardSecrets } from '@carelet/crypto/cards/owner';
import { signDeed } from '@carelet/crypto/records/chart';
import { type NodeLink, signPosting } from '@carelet/crypto/records/posting';
import type { Row } from '@carelet/crypto/records/row';
import { signWrap } from '@carelet/crypto/records/wrap';
import { expect } from 'vitest';
import type { ChangeLimits } from './changes.ts';
import type { Cloud, CloudRole } from './cloud.ts';

/** Somebody, and the cloud as it meets him. */
export type Person = { readonly card: Card; readonly secrets: CardSecrets; readonly cloud: CloudRole };

/** A cloud with a town around it. */
export type World = AsyncDisposable & {
  /** UTC milliseconds; a test may set it. */
  clock: { now: number };
  /** Who keeps the receipts log. */
  readonly log: NamedKey;
  /** Another cloud over the same tables, as a second process would be. */
  beside(): Cloud;
  /** A person whose card stands, for so many seconds; `clockOff` is how many milliseconds his clock is ahead. */
  person(kind: CardKind, options?: { clockOff?: number; lasts?: number }): Person;
  /** Whose keys administrators ended, as the authority tells; `away` while it does not answer; `shows` another manifest than its newest. */
  readonly authority: { administrators: Bytes[]; ended: (KeyEnd & { by: Bytes; signature: Bytes })[]; away: boolean; shows: Bytes | null };
  /** Ends every organisation's domain; what is sealed and issued from then on is of another: its id, and the manifests before and since. */
  retire(): Promise<{ id: Bytes; before: Bytes; manifest: Bytes }>;
  /** What happens once while the cloud turns or transforms next, before that is answered. */
  meanwhile: (() => Promise<unknown>) | null;
  /** A policy wrap's body under these labels. */
  sealed(labels: readonly string[]): Promise<Bytes>;
  /** An entitlement signed by issuers of these numbers. */
  entitle(entitlement: Entitlement, issuers?: readonly number[]): Bytes;
  /** The cloud's parts of a key, as two issuers make and seal them. */
  transforms(entitlement: Entitlement): Promise<{ issuer: number; sealed: Bytes }[]>;
  /** A doctor enters with what the issuers gave her. */
  enters(doctor: Person, entitlement: Entitlement): Promise<void>;
  /** A request as it is. */
  raw(request: { op: string; body: Bytes; authorization?: string }): Promise<Response>;
  sql<T extends object>(text: string, values?: readonly unknown[]): Promise<T[]>;
  /** The cloud as it is after it was stopped and started again: over the same tables, with nothing in its memory. */
  restart(): Promise<void>;
};

/** Opens a world, whose cloud may remember little. */
export type OpenWorld = (limits?: ChangeLimits) => Promise<World>;

export type Post = Parameters<CloudRole['records']['post']>[0];
export type Wrap = Post['wraps'][number];

export const none = new Uint8Array();
export const id = () => systemRandom(16);

/** A row nobody can open: the cloud cannot tell it from any other. */
export const anyRow = (nodeId: Bytes, more: Partial<Row & { base: number }> = {}): Row & { base: number } => ({
  rowId: id(),
  version: 1,
  nodeId,
  kc: systemRandom(32),
  mark: systemRandom(32),
  ct: systemRandom(1052),
  base: 0,
  ...more,
});

/** The tools of a story: postings by a hospital into a chart. */
export type Tools = ReturnType<typeof toolsOf>;

export function toolsOf(world: World, writer: Person, pat: Bytes) {
  return { posting, wrapBy, contents, refused };

  function posting(
    rows: (Row & { base: number })[],
    links: NodeLink[] = [],
    { by = writer, of = pat, part = 'MI', wraps = [] }: { by?: Person; of?: Bytes; part?: Part; wraps?: Wrap[] } = {},
  ): Post {
    const seal = signPosting(by.secrets.edSk, { writer: by.card.id, pat: of, part }, rows, links);
    return { posting: { ...seal, part }, rows, links: links.map((link) => ({ ...link })), wraps };
  }

  function wrapBy(maker: Person, nodeId: Bytes, more: Partial<Wrap> = {}, of = pat, part: Part = 'MI'): Wrap {
    const wrap = { nodeId, kind: 'owner' as const, gen: 0, domain: none, body: systemRandom(100), maker: maker.card.id, ...more };
    return { ...wrap, signature: more.signature ?? signWrap(maker.secrets.edSk, { ...wrap, pat: of, part }, wrap.body) };
  }

  /** What tells one state of the tables from another: which rows there are, and which transaction wrote each. */
  async function contents(): Promise<string> {
    const tables = ['chart', 'shelf_eid', 'shelf_qid', 'shelf_mi', 'node', 'wrap', 'posting', 'posting_node', 'entitlement', 'receipt'];
    const one = (table: string) => `select '${table}' as of, count(*), sum(xmin::text::numeric), max(ctid::text) from ${table}`;
    return JSON.stringify(await world.sql(tables.map(one).join(' union all ')));
  }

  /** Expects a refusal of this kind, and that nothing at all was written. */
  async function refused(kind: string, ask: () => Promise<unknown>, because?: RegExp): Promise<void> {
    const before = await contents();
    const error = await ask().then(
      () => expect.unreachable('it was not refused'),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CareletError);
    expect((error as CareletError).kind).toBe(kind);
    if (because) expect((error as CareletError).because).toMatch(because);
    expect(await contents()).toBe(before);
  }
}

/** Opens a chart for an owner whose card the cloud knows. */
export async function chartFor(writer: Person, owner: Person): Promise<Bytes> {
  const pat = id();
  const deed = signDeed(writer.secrets.edSk, { pat, writer: writer.card.id, owner: owner.card.id });
  await writer.cloud.records.openChart({ pat, owner: owner.card.id, deed });
  return pat;
}
