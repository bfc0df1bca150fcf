/**
 * What a writer does: bind the parts of records to each other and to their author, and seal each as a row.
 *
 * @module
 */
import { seal } from '../algebra/aead.ts';
import { type Bytes, type Cbor, cbor, concat } from '../algebra/bytes.ts';
import { sha256 } from '../algebra/hash.ts';
import { merkleLeaf, merklePaths, merkleRoot } from '../algebra/merkle.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { sign } from '../algebra/sign.ts';
import { absent, commitment, order, type PartName, partHash, type Unbound } from './binding.ts';
import { pad } from './padding.ts';
import { marksOf, type Row, rowContext } from './row.ts';
import { recordKeys } from './tree.ts';

/**
 * Binds a batch of records and signs it as their author: for each record, the contents to seal.
 *
 * @param author the author's card id and signing secret
 */
export function bind(
  records: readonly Unbound[],
  author: { id: Bytes; secret: Bytes },
  random: Random = systemRandom,
): { readonly [X in PartName]?: Bytes }[] {
  const prepared = records.map((record) => {
    const salts = order.map(() => random(32));
    const hashes = order.map((part, i) => {
      const body = record.bodies[part];
      return body ? partHash(part, salts[i]!, body) : absent;
    }) as [Bytes, Bytes, Bytes];
    return { record, salts, hashes, leaf: merkleLeaf(commitment(record.rid, record.version, hashes)) };
  });
  const leaves = prepared.map(({ leaf }) => leaf);
  const signature = sign(author.secret, 'carelet/v1/records/author', [author.id, merkleRoot(leaves)]);
  const paths = merklePaths(leaves);
  return prepared.map(({ record, salts, hashes }, index) => {
    const written: Cbor = [author.id, signature, index, leaves.length, paths[index]!];
    const contents: { [X in PartName]?: Bytes } = {};
    order.forEach((part, i) => {
      const body = record.bodies[part];
      if (body) contents[part] = cbor([record.rid, record.version, salts[i]!, hashes, written, body]);
    });
    return contents;
  });
}

/** Seals a content as a row of part X on a node. */
export function sealRow(
  nodeKey: Bytes,
  at: { part: string; rowId: Bytes; version: number; nodeId: Bytes },
  content: Bytes,
  random: Random = systemRandom,
): Row {
  const { key, kc } = recordKeys(nodeKey, at.rowId, at.version);
  const nonce = random(12);
  const ct = concat(nonce, seal('aes-256-gcm', key, nonce, rowContext(at, kc), pad(content)));
  const { rowId, version, nodeId } = at;
  return { rowId, version, nodeId, kc, mark: marksOf(nodeKey)(at, sha256(ct)), ct };
}
