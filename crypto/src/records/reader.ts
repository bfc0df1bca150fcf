/**
 * What a reader does: open a row, and check that parts belong together and to their author.
 *
 * @module
 */
import { open } from '../algebra/aead.ts';
import { type Bytes, type Cbor, equal, equalPublic, hex, uncbor } from '../algebra/bytes.ts';
import { ascend, type MerkleStep, merkleLeaf } from '../algebra/merkle.ts';
import { verify } from '../algebra/sign.ts';
import { absent, type Bound, commitment, order, type PartName, partHash } from './binding.ts';
import { unpad } from './padding.ts';
import { markOf, type Row, rowContext } from './row.ts';
import { recordKeys } from './tree.ts';

export type OpenedRow = { kind: 'opened'; content: Bytes } | { kind: 'cannot-open' } | { kind: 'tampered' };

/**
 * Opens a row with its node's key.
 *
 * `cannot-open`: this key is not the row's (kc differs). `tampered`: it is, but mark, ciphertext or padding
 * were changed.
 */
export function openRow(nodeKey: Bytes, part: string, row: Row): OpenedRow {
  const { key, kc } = recordKeys(nodeKey, row.rowId, row.version);
  if (!equal(kc, row.kc)) return { kind: 'cannot-open' };
  if (row.ct.length < 12 || !equal(markOf(nodeKey, row, row.ct), row.mark)) return { kind: 'tampered' };
  const padded = open('aes-256-gcm', key, row.ct.subarray(0, 12), rowContext({ part, ...row }, kc), row.ct.subarray(12));
  const content = padded && unpad(padded);
  return content ? { kind: 'opened', content } : { kind: 'tampered' };
}

/** Reads one part's content and checks it against its own hash; `null` when it is not what `bind` made for this part. */
export function unbind(part: PartName, content: Bytes): Bound | null {
  const bound = parse(content);
  if (!bound) return null;
  return equalPublic(bound.hashes[order.indexOf(part)]!, partHash(part, bound.salt, bound.body)) ? bound : null;
}

/** Whether parts belong to one version of one record. */
export function sameRecord(a: Bound, b: Bound): boolean {
  return a === b || equalPublic(commitment(a.rid, a.version, a.hashes), commitment(b.rid, b.version, b.hashes));
}

/** Which parts the record has, also those one cannot open. */
export function partsOf(bound: Bound): PartName[] {
  return order.filter((_, i) => !equalPublic(bound.hashes[i]!, absent));
}

/**
 * Checks authorship for many records, verifying each batch signature once and hashing each node of its tree once.
 *
 * @param verificationKey the author's Ed25519 key by card id; `null` when nobody vouches for that card
 */
export function authorshipCheck(verificationKey: (author: Bytes) => Bytes | null): (bound: Bound) => boolean {
  /** By author, signature and size of a batch: nodes that were found under the root the author signed. */
  const batches = new Map<string, Map<string, Bytes>>();
  const refused = new Set<string>();
  return ({ rid, version, hashes, authorship }) => {
    const { author, signature, index, count, path } = authorship;
    const name = hex(author) + hex(signature) + count;
    const signed = batches.get(name) ?? new Map<string, Bytes>();
    batches.set(name, signed);
    const passed: MerkleStep[] = [];
    for (const step of ascend(merkleLeaf(commitment(rid, version, hashes)), index, count, path)) {
      const known = signed.get(step.place);
      if (known && equalPublic(known, step.hash)) return keep();
      passed.push(step);
    }
    const root = passed.at(-1)?.hash;
    if (!root || refused.has(name + hex(root))) return false;
    const key = verificationKey(author);
    if (key !== null && verify(key, 'carelet/v1/records/author', [author, root], signature)) return keep();
    refused.add(name + hex(root));
    return false;

    function keep(): true {
      for (const { place, hash } of passed) signed.set(place, hash);
      return true;
    }
  };
}

function parse(content: Bytes): Bound | null {
  try {
    const [rid, version, salt, hashes, written, body, ...rest] = uncbor(content) as [Bytes, number, Bytes, Bytes[], Cbor[], Bytes];
    const [author, signature, index, count, path] = written as [Bytes, Bytes, number, number, Bytes[]];
    const bytes = (value: unknown, length?: number) => value instanceof Uint8Array && (length === undefined || value.length === length);
    const sound =
      rest.length === 0 &&
      bytes(rid, 16) &&
      Number.isSafeInteger(version) &&
      bytes(salt, 32) &&
      hashes.length === 3 &&
      hashes.every((hash) => bytes(hash, 32)) &&
      written.length === 5 &&
      bytes(author, 16) &&
      bytes(signature, 64) &&
      Number.isSafeInteger(index) &&
      Number.isSafeInteger(count) &&
      path.length <= 31 &&
      path.every((hash) => bytes(hash, 32)) &&
      bytes(body);
    if (!sound) return null;
    return { rid, version, salt, hashes: hashes as [Bytes, Bytes, Bytes], authorship: { author, signature, index, count, path }, body };
  } catch {
    return null;
  }
}
