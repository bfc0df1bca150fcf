/**
 * A receipt: what one act or answer leaves behind (receipts.md), and the leaf of the public log that stands for it.
 *
 * The log is public, so its leaf tells nothing: it is a commitment with 32 random bytes of salt. The receipt itself is
 * sealed to the patient; whoever is shown it with its salt sees that it is the one the log holds.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, compare, uncbor } from '../algebra/bytes.ts';
import { hashOf } from '../algebra/hash.ts';
import { merkleLeaf } from '../algebra/merkle.ts';
import { type Random, systemRandom } from '../algebra/random.ts';

/** What leaves a receipt: one for each act or answer, not for each row. `re-encryption` is what the cloud does with locks for whom a patient let read: turning them, or handing them out; `factor` is the mediator's part in an opening, `reading` rows handed out, `lock` locks laid without anything written, `break-glass` a doctor’s word that it is an emergency. */
export const receiptKinds = [
  'posting',
  'grant',
  'taking-back',
  'card',
  'transformation',
  're-encryption',
  'factor',
  'question',
  'reading',
  'lock',
  'break-glass',
] as const;
export type ReceiptKind = (typeof receiptKinds)[number];

/** What happened, by whom, to what, when. */
export type Act = {
  readonly kind: ReceiptKind;
  /** Pseudonym of whoever acted, 16 bytes. */
  readonly actor: Bytes;
  /** Label of the scope it was in; never a word anyone could read. */
  readonly scope: string;
  /** Nodes it touched, in ascending order, each once. */
  readonly nodes: readonly Bytes[];
  /** Merkle root over the rows written or handed out; 32 zero bytes where there were none. */
  readonly rows: Bytes;
  /** Of what it is about: a card's serial, a scope's generation; else 0. */
  readonly version: number;
  /** Hash of the policy or consent it was under; 32 zero bytes where there was none. */
  readonly policy: Bytes;
  /** UTC seconds. */
  readonly time: number;
};

export type Receipt = Act & { readonly salt: Bytes };

/** Nothing, where a hash is asked for. */
export const nothing: Bytes = new Uint8Array(32);

/** How many nodes one receipt names at most; an answer about more leaves several. */
export const nodeLimit = 5000;

/**
 * Makes an act's receipt.
 *
 * @throws {TypeError} when the act is none that could be read back
 *
 * @example
 * ```ts
 * import { commitment, nothing, receiptOf } from '@carelet/crypto/receipts/leaf';
 * const act = { kind: 'question', actor: new Uint8Array(16), scope: 'l:0', nodes: [], rows: nothing, version: 0, policy: nothing, time: 0 } as const;
 * commitment(receiptOf(act)).length; // 32
 * ```
 */
export function receiptOf(act: Act, random: Random = systemRandom): Receipt {
  const nodes = [...act.nodes].sort(compare);
  const receipt = { ...act, nodes, salt: random(32) };
  if (!isSound(receipt)) throw new TypeError('not a receipt');
  return receipt;
}

/** What the public log holds of a receipt; 32 bytes. */
export const commitment = (receipt: Receipt): Bytes => hashOf('carelet/v1/receipts/leaf', ...parts(receipt));

/** What a receipt is sealed to its patient under: of her chart, and of this leaf. */
export const receiptContext = (pat: Bytes, committed: Bytes): Bytes => cbor(['carelet/v1/receipts/sealed', pat, committed]);

/** A commitment as the log hashes it. */
export const leafHash = (committed: Bytes): Bytes => merkleLeaf(committed);

export const encodeReceipt = (receipt: Receipt): Bytes => cbor(parts(receipt));

/** Reads a receipt's bytes strictly; `null` when they are none. Reading is not believing: the log must hold its leaf. */
export function decodeReceipt(bytes: Bytes): Receipt | null {
  try {
    const [kind, actor, scope, nodes, rows, version, policy, time, salt, ...rest] = uncbor(bytes) as [
      ReceiptKind,
      Bytes,
      string,
      Bytes[],
      Bytes,
      number,
      Bytes,
      number,
      Bytes,
    ];
    const receipt = { kind, actor, scope, nodes, rows, version, policy, time, salt };
    return rest.length === 0 && isSound(receipt) ? receipt : null;
  } catch {
    return null;
  }
}

/** Whether every field is what it should be; its types are only hoped for. */
function isSound({ kind, actor, scope, nodes, rows, version, policy, time, salt }: Receipt): boolean {
  const is = (value: unknown, length: number) => value instanceof Uint8Array && value.length === length;
  const counts = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  return (
    receiptKinds.includes(kind) &&
    is(actor, 16) &&
    typeof scope === 'string' &&
    scope.length <= 200 &&
    Array.isArray(nodes) &&
    nodes.length <= nodeLimit &&
    nodes.every((node, i) => is(node, 16) && (i === 0 || compare(nodes[i - 1]!, node) < 0)) &&
    is(rows, 32) &&
    counts(version) &&
    is(policy, 32) &&
    counts(time) &&
    is(salt, 32)
  );
}

const parts = ({ kind, actor, scope, nodes, rows, version, policy, time, salt }: Receipt): Cbor[] => [
  kind,
  actor,
  scope,
  nodes,
  rows,
  version,
  policy,
  time,
  salt,
];
