/**
 * What a reader does: open a row, and check that parts belong together and to their author.
 *
 * @module
 */
import { nonceLength, open } from '../algebra/aead.ts';
import { openEach, type SealedOne, type SignedOne, sha256Each, verifyEach } from '../algebra/batch.ts';
import { type Bytes, type Cbor, equal, equalPublic, hex, uncbor } from '../algebra/bytes.ts';
import { type Mac, macUnder, sha256 } from '../algebra/hash.ts';
import { ascend, type MerkleStep, merkleLeaf } from '../algebra/merkle.ts';
import { absent, type Bound, commitment, order, type PartName, partBytes, partHash } from './binding.ts';
import { unpad } from './padding.ts';
import { type Mark, marksOf, type Row, rowContext } from './row.ts';
import { recordKeys } from './tree.ts';

export type OpenedRow = { kind: 'opened'; content: Bytes } | { kind: 'cannot-open' } | { kind: 'tampered' };

/**
 * Opens a row with its node's key.
 *
 * `cannot-open`: this key is not the row's (kc differs). `tampered`: it is, but mark, ciphertext or padding
 * were changed.
 */
export function openRow(nodeKey: Bytes, part: string, row: Row): OpenedRow {
  const found = unlock(readyNode(nodeKey), part, row, sha256(row.ct));
  if ('kind' in found) return found;
  return unpadded(open('aes-256-gcm', found.key, found.nonce, found.context, found.sealed));
}

/** A node's key made ready for its rows; as secret as the key. */
export type ReadyNode = { readonly record: Mac; readonly mark: Mark };

/** Makes a node's key ready to open many rows. */
export function readyNode(nodeKey: Bytes): ReadyNode {
  const record = macUnder(nodeKey);
  return { record, mark: marksOf(record) };
}

/** A row to be read: the node it hangs on, and SHA-256 of its `ct`, which its posting is over as well. */
export type RowToRead = { readonly node: ReadyNode; readonly row: Row; readonly ctHash: Bytes };

export type ReadRow = { kind: 'read'; bound: Bound } | { kind: 'cannot-open' } | { kind: 'tampered' };

/**
 * Opens many rows of one shelf and reads what `bind` put into them: `openRow` and `unbind` for each, in the same
 * order, and much faster in a browser. Content that is none, or of another version than its row, is `tampered`.
 *
 * @example
 * ```ts
 * import { sha256Each } from '@carelet/crypto/algebra/batch';
 * import { seededRandom } from '@carelet/crypto/algebra/random';
 * import { signingKey } from '@carelet/crypto/algebra/sign';
 * import { readRows, readyNode } from '@carelet/crypto/records/reader';
 * import { bind, sealRow } from '@carelet/crypto/records/writer';
 * const random = seededRandom('readRows');
 * const [key, rid, nodeId] = [random(32), random(16), random(16)];
 * const author = { id: random(16), secret: signingKey(random).secret };
 * const [contents] = bind([{ rid, version: 1, bodies: { MI: Uint8Array.of(72) } }], author, random);
 * const row = sealRow(key, { part: 'MI', rowId: random(16), version: 1, nodeId }, contents!.MI!, random);
 * const [ctHash] = await sha256Each([row.ct]);
 * const [read] = await readRows('MI', [{ node: readyNode(key), row, ctHash: ctHash! }]);
 * read!.kind; // 'read'
 * ```
 */
export async function readRows(part: PartName, rows: readonly RowToRead[]): Promise<ReadRow[]> {
  const found = rows.map(({ node, row, ctHash }) => unlock(node, part, row, ctHash));
  const locked = found.filter((one): one is SealedOne => !('kind' in one));
  const opened = await openEach(locked);
  const contents = new Map(locked.map((one, i) => [one, unpadded(opened[i]!)]));
  const bounds = found.map((one, i) => {
    const content = 'kind' in one ? one : contents.get(one)!;
    const bound = content.kind === 'opened' ? parse(content.content) : null;
    return bound?.version === rows[i]!.row.version ? bound : null;
  });
  const there = bounds.filter((bound) => bound !== null);
  const hashes = await sha256Each(there.map(({ salt, body }) => partBytes(part, salt, body)));
  const honest = new Set(there.filter((bound, i) => equalPublic(bound.hashes[order.indexOf(part)]!, hashes[i]!)));
  return bounds.map((bound, i): ReadRow => {
    if (bound && honest.has(bound)) return { kind: 'read', bound };
    const one = found[i]!;
    return { kind: 'kind' in one ? one.kind : 'tampered' };
  });
}

type Refused = { kind: 'cannot-open' } | { kind: 'tampered' };

/** What opens a row's ciphertext, once commitment and mark were found right. */
function unlock(node: ReadyNode, part: string, row: Row, ctHash: Bytes): SealedOne | Refused {
  const { key, kc } = recordKeys(node.record, row.rowId, row.version);
  if (!equal(kc, row.kc)) return { kind: 'cannot-open' };
  if (row.ct.length < nonceLength || !equal(node.mark(row, ctHash), row.mark)) return { kind: 'tampered' };
  return { key, nonce: row.ct.subarray(0, nonceLength), context: rowContext({ part, ...row }, kc), sealed: row.ct.subarray(nonceLength) };
}

function unpadded(padded: Bytes | null): { kind: 'opened'; content: Bytes } | { kind: 'tampered' } {
  const content = padded && unpad(padded);
  return content ? { kind: 'opened', content } : { kind: 'tampered' };
}

/** Reads one part's content and checks it against its own hash; `null` when it is not what `bind` made for this part. */
export function unbind(part: PartName, content: Bytes): Bound | null {
  const bound = parse(content);
  if (!bound) return null;
  return equalPublic(bound.hashes[order.indexOf(part)]!, partHash(part, bound.salt, bound.body)) ? bound : null;
}

/** Whether parts belong to one version of one record: whether their commitments are over the same. */
export function sameRecord(a: RecordOf, b: RecordOf): boolean {
  return a === b || (a.version === b.version && equalPublic(a.rid, b.rid) && a.hashes.every((hash, i) => equalPublic(hash, b.hashes[i]!)));
}

/** What a commitment is over. */
export type RecordOf = Pick<Bound, 'rid' | 'version' | 'hashes'>;

/** Which parts the record has, also those one cannot open. */
export function partsOf(bound: RecordOf): PartName[] {
  return order.filter((_, i) => !equalPublic(bound.hashes[i]!, absent));
}

/**
 * Checks authorship for many records, verifying each batch signature once and hashing each node of its tree once.
 *
 * @param verificationKey the author's Ed25519 key by card id; `null` when nobody vouches for that card
 * @returns tells of each of some records, in order, whether its author wrote it
 */
export function authorshipCheck(verificationKey: (author: Bytes) => Bytes | null): (bounds: readonly Bound[]) => Promise<boolean[]> {
  /** By author, signature and size of a batch: nodes that were found under the root the author signed. */
  const batches = new Map<string, Map<number, Bytes>>();
  /** By batch and root: whether the author signed it. Asked once, also by several who ask at once. */
  const verdicts = new Map<string, Promise<boolean>>();

  return async (bounds) => {
    const named = bounds.map((bound) => ({ bound, name: batchName(bound) }));
    // A batch nobody asked about yet: its first record leads to a root, and those are verified together.
    const first = new Map<string, { bound: Bound; name: string }>();
    for (const one of named) if (!batches.has(one.name) && !first.has(one.name)) first.set(one.name, one);
    judge([...first.values()].map(({ bound, name }) => ({ bound, name, root: [...wayUp(bound)].at(-1)?.hash })));

    const answers: boolean[] = [];
    for (const { bound, name } of named) answers.push(await wrote(bound, name));
    return answers;
  };

  async function wrote(bound: Bound, name: string): Promise<boolean> {
    const signed = batches.get(name) ?? new Map<number, Bytes>();
    batches.set(name, signed);
    const passed: MerkleStep[] = [];
    for (const step of wayUp(bound)) {
      const known = signed.get(step.place);
      if (known && equalPublic(known, step.hash)) return keep();
      passed.push(step);
    }
    const root = passed.at(-1)?.hash;
    if (!root) return false;
    judge([{ bound, name, root }]);
    return (await verdicts.get(name + hex(root))!) && keep();

    function keep(): true {
      for (const { place, hash } of passed) signed.set(place, hash);
      return true;
    }
  }

  /** Begins to find out what nobody has asked yet. */
  function judge(claims: readonly { bound: Bound; name: string; root: Bytes | undefined }[]): void {
    const signed: (SignedOne & { verdict: string })[] = [];
    for (const { bound, name, root } of claims) {
      if (!root || verdicts.has(name + hex(root))) continue;
      const { author, signature } = bound.authorship;
      const key = verificationKey(author);
      if (key) signed.push({ key, label: 'carelet/v1/records/author', parts: [author, root], signature, verdict: name + hex(root) });
      else verdicts.set(name + hex(root), Promise.resolve(false));
    }
    const answers = verifyEach(signed);
    for (const [i, { verdict }] of signed.entries())
      verdicts.set(
        verdict,
        answers.then((each) => each[i]!),
      );
  }
}

const batchName = ({ authorship: { author, signature, count } }: Bound): string => hex(author) + hex(signature) + count;

const wayUp = ({ rid, version, hashes, authorship: { index, count, path } }: Bound): Generator<MerkleStep> =>
  ascend(merkleLeaf(commitment(rid, version, hashes)), index, count, path);

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
