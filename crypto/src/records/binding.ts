/**
 * What holds the parts of one record together, and to its author.
 *
 * Each part carries the record's rid, a salt of its own and the three part hashes. Parts of different records
 * put together do not agree and fail as tampered; the salts keep a reader of one part from testing guesses
 * about another. The author signs once per batch: a Merkle root over the records' commitments, each record
 * carrying its path.
 *
 * ```
 * h_X = SHA-256(cbor(["carelet/v1/records/part", X, salt_X, part_X]))     32 zero bytes where there is no part X
 * com = SHA-256(cbor(["carelet/v1/records/bind", rid, version, h_E, h_Q, h_M]))
 * ```
 *
 * @module
 */
import { type Bytes, cbor } from '../algebra/bytes.ts';
import { hashOf, sha256 } from '../algebra/hash.ts';

/** The order in which part hashes are bound. */
export const order = ['EID', 'QID', 'MI'] as const;
export type PartName = (typeof order)[number];

/** A record before sealing: up to three bodies, each already encoded by the caller. */
export type Unbound = { readonly rid: Bytes; readonly version: number; readonly bodies: { readonly [X in PartName]?: Bytes } };

/** Who wrote a record: one signature over a batch, and this record's place in it. */
export type Authorship = {
  readonly author: Bytes;
  readonly signature: Bytes;
  readonly index: number;
  readonly count: number;
  readonly path: readonly Bytes[];
};

/** One part's content as it is sealed. */
export type Bound = {
  readonly rid: Bytes;
  readonly version: number;
  readonly salt: Bytes;
  readonly hashes: readonly [Bytes, Bytes, Bytes];
  readonly authorship: Authorship;
  readonly body: Bytes;
};

/** The hash that stands for a part a record does not have. */
export const absent = new Uint8Array(32);

export const partHash = (part: PartName, salt: Bytes, body: Bytes): Bytes => sha256(partBytes(part, salt, body));

/** What a part's hash is over. */
export const partBytes = (part: PartName, salt: Bytes, body: Bytes): Bytes => cbor(['carelet/v1/records/part', part, salt, body]);

/** What ties the parts of one version of one record together. */
export const commitment = (rid: Bytes, version: number, hashes: readonly Bytes[]): Bytes =>
  hashOf('carelet/v1/records/bind', rid, version, ...hashes);
