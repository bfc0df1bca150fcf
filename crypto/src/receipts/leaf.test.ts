import { expect, test } from 'vitest';
import { type Cbor, cbor, uncbor } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { type Act, commitment, decodeReceipt, encodeReceipt, leafHash, nothing, receiptOf } from './leaf.ts';

const random = seededRandom('receipt');
const act: Act = {
  kind: 'posting',
  actor: random(16),
  scope: 'l:0123',
  nodes: [random(16), random(16), random(16)],
  rows: random(32),
  version: 3,
  policy: nothing,
  time: 1_800_000_000,
};

test('a receipt comes back from its bytes, its nodes in order', () => {
  const receipt = receiptOf(act, random);
  expect(decodeReceipt(encodeReceipt(receipt))).toEqual(receipt);
  expect(receiptOf({ ...act, nodes: [...act.nodes].reverse() }, () => receipt.salt)).toEqual(receipt);
});

test('a commitment is to every field and to the salt', () => {
  const receipt = receiptOf(act, random);
  const others = [
    { kind: 'grant' as const },
    { actor: random(16) },
    { scope: 'l:0124' },
    { nodes: receipt.nodes.slice(1) },
    { rows: nothing },
    { version: 4 },
    { policy: random(32) },
    { time: 1_800_000_001 },
    { salt: random(32) },
  ].map((change) => commitment({ ...receipt, ...change }).toString());
  expect(new Set([commitment(receipt).toString(), ...others]).size).toBe(10);
  expect(leafHash(commitment(receipt))).not.toEqual(commitment(receipt));
});

test('the same act twice leaves two leaves that nobody can match', () => {
  expect(commitment(receiptOf(act))).not.toEqual(commitment(receiptOf(act)));
});

test.each<[string, (fields: Cbor[]) => Cbor[]]>([
  ['a kind nobody knows', (fields) => ['look', ...fields.slice(1)]],
  ['a field too many', (fields) => [...fields, 0]],
  ['a field too few', (fields) => fields.slice(0, -1)],
  ['nodes out of order', (fields) => fields.with(3, [...(fields[3] as Cbor[])].reverse())],
  ['a node twice', (fields) => fields.with(3, [(fields[3] as Cbor[])[0]!, (fields[3] as Cbor[])[0]!])],
  ['a time before there was time', (fields) => fields.with(7, -1)],
  ['half a second', (fields) => fields.with(7, 0.5)],
  ['a short salt', (fields) => fields.with(8, new Uint8Array(16))],
  ['a scope that is no text', (fields) => fields.with(2, new Uint8Array(2))],
])('%s is no receipt', (_, change) => {
  const fields = uncbor(encodeReceipt(receiptOf(act, random))) as Cbor[];
  expect(decodeReceipt(cbor(change(fields)))).toBeNull();
});

test('an act that could not be read back leaves no receipt', () => {
  expect(() => receiptOf({ ...act, actor: random(8) }, random)).toThrow(TypeError);
  expect(() => receiptOf({ ...act, nodes: [act.nodes[0]!, act.nodes[0]!] }, random)).toThrow(TypeError);
});
