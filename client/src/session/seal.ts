/**
 * How a device seals a strip: as a row under the day's key, in a tree of its own where it has none for the month.
 *
 * @module
 */
import { ancestors } from '@carelet/care/rules/records/calendar';
import { type Bytes, wipe } from '@carelet/crypto/algebra/bytes';
import type { Random } from '@carelet/crypto/algebra/random';
import type { NodeLink } from '@carelet/crypto/records/posting';
import { recordId, rowIdOf } from '@carelet/crypto/records/row';
import { encodeStrip, type SealedStrip } from '@carelet/crypto/records/strip';
import { childKey, newTree, nodeId } from '@carelet/crypto/records/tree';
import { bind } from '@carelet/crypto/records/writer';
import { encodeBody } from '../records/body.ts';
import { nodeKey } from '../records/trees.ts';
import { ownerWrap } from '../records/wraps.ts';
import type { RowSeal } from '../records/writer.ts';
import { monthsFrom } from './pair.ts';
import { categoryOfStrip, type StripKind, type Wearable } from './wearable.ts';

/** A strip of readings, sealed under the number it has for ever. A tree it had to start is in the wearable's memory then. */
export function sealStrip(
  wearable: Wearable,
  { kind, day, number, bytes }: { kind: StripKind; day: string; number: number; bytes: Bytes },
  sealOne: RowSeal,
  random: Random,
): Bytes {
  const month = day.slice(0, 7);
  const held = wearable.trees.find((tree) => tree.kind === kind && tree.months[month]);
  const { tree, wrap } = held ? { tree: held, wrap: null } : startTree(wearable, kind, day, random);
  const id = nodeId(tree.treeId, day);
  const rid = recordId(wearable.ridKey, 'strip', `${wearable.name}/${number}`);
  const body = encodeBody({ kind: 'strip', device: wearable.card.id, number, packed: bytes });
  const [contents] = bind([{ rid, version: 1, bodies: { MI: body } }], { id: wearable.card.id, secret: wearable.edSk }, random);
  const at = { part: 'MI', rowId: rowIdOf(wearable.ridKey, 'MI', rid), version: 1, nodeId: id };
  const way = [...ancestors(day), day];
  const links: NodeLink[] = way.map((period, i) => ({
    nodeId: nodeId(tree.treeId, period),
    parent: i === 0 ? new Uint8Array() : nodeId(tree.treeId, way[i - 1]!),
  }));
  const row = sealOne(childKey(tree.months[month]!, day), at, contents!.MI!, random);
  return encodeStrip({ number, part: 'MI', row, links, wrap });
}

/** A device without a key for this month starts a tree of its own, wraps it for its owner and forgets the root. */
function startTree(wearable: Wearable, kind: StripKind, day: string, random: Random) {
  const tree = { ...newTree(random), gen: 0 };
  const months = Object.fromEntries(monthsFrom(day).map((month) => [month, nodeKey(tree, month)]));
  const fresh = { kind, treeId: tree.id, months };
  const of = { part: 'MI' as const, category: categoryOfStrip(kind), dated: true };
  const maker = { card: wearable.card, secrets: { edSk: wearable.edSk } };
  const made = ownerWrap(maker, wearable.owner, { pat: wearable.pat, writer: wearable.card.id, tree, of });
  wipe(tree.root);
  wearable.trees.push(fresh);
  const wrap: SealedStrip['wrap'] = { nodeId: made.nodeId, body: made.body, signature: made.signature };
  return { tree: fresh, wrap };
}
