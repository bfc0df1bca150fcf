/**
 * One row of one shelf: a part of a record, sealed under the node it hangs on (records.md "Rows").
 *
 * AES-GCM alone does not commit to its key, so the row carries `kc`; a row the cloud invented carries no
 * `mark`, which only a holder of the node key can make.
 *
 * @module
 */
import { type Bytes, cbor } from '../algebra/bytes.ts';
import { hmac, kdf, type Mac, macUnder } from '../algebra/hash.ts';

/** What lies on a shelf and travels; nothing in it can be read without the node key. */
export type Row = {
  /** 16 bytes, `HMAC(K_rid, …)`: two parts of one record do not look related. */
  readonly rowId: Bytes;
  /** From 1, by one with each change. */
  readonly version: number;
  /** 16 bytes: the node whose key opens this row. */
  readonly nodeId: Bytes;
  /** 32 bytes: commitment to the row's key, compared before decryption. */
  readonly kc: Bytes;
  /** 32 bytes: only a holder of the node key can make it. */
  readonly mark: Bytes;
  /** 12-byte nonce ‖ ciphertext ‖ 16-byte tag; the plaintext is padded to a size class. */
  readonly ct: Bytes;
};

const layout = 1;

/** `HMAC(K_rid, cbor([type, id]))[0..16)`: the same record gets the same rid at a second import. */
export function recordId(ridKey: Bytes, type: string, id: string | Bytes): Bytes {
  return hmac(ridKey, cbor([type, id])).slice(0, 16);
}

/** `HMAC(K_rid, cbor([X, rid]))[0..16)` */
export function rowIdOf(ridKey: Bytes, part: string, rid: Bytes): Bytes {
  return hmac(ridKey, cbor([part, rid])).slice(0, 16);
}

/** What only a holder of the node key can make: `HMAC(kdf(K_node, …/mark), cbor([rowId, version, SHA-256(ct)]))`. */
export type Mark = (at: { readonly rowId: Bytes; readonly version: number }, ctHash: Bytes) => Bytes;

/** Makes a node's marks; the key they are made with is derived once. */
export function marksOf(nodeKey: Bytes | Mac): Mark {
  const mac = macUnder(kdf(nodeKey, 'carelet/v1/records/mark'));
  return ({ rowId, version }, ctHash) => mac(cbor([rowId, version, ctHash]));
}

/** What a row's ciphertext is bound to. */
export function rowContext(at: { part: string; rowId: Bytes; version: number; nodeId: Bytes }, kc: Bytes): Bytes {
  return cbor(['carelet/v1/records/row', at.part, at.rowId, at.version, at.nodeId, layout, kc]);
}
