/**
 * How a device seals a strip: as a row under the day's key, in a tree of its own where it has none for the month.
 *
 * [Note: The wrap of a tree that a device began]
 * Strips overtake one another, and the cloud may refuse a row in a tree that nobody locked for the owner (`cloud/limits/followed`). So the
 * first strip of each lane brings the wrap; one that is there already stays.
 *
 * @module
 */
import { urgencies } from '@carelet/care/model';
import { ancestors } from '@carelet/care/rules/records/calendar';
import { type Bytes, wipe } from '@carelet/crypto/algebra/bytes';
import type { Random } from '@carelet/crypto/algebra/random';
import { verifyAnew } from '@carelet/crypto/records/anew';
import type { NodeLink } from '@carelet/crypto/records/posting';
import { recordId, rowIdOf } from '@carelet/crypto/records/row';
import { type DeviceWrap, encodeStrip } from '@carelet/crypto/records/strip';
import { childKey, newTree, nodeId } from '@carelet/crypto/records/tree';
import { bind } from '@carelet/crypto/records/writer';
import { encodeBody } from '../records/body.ts';
import { nodeKey } from '../records/trees.ts';
import { ownerWrap } from '../records/wraps.ts';
import type { RowSeal } from '../records/writer.ts';
import { monthsFrom } from './pair.ts';
import { categoryOfStrip, type StripKind, type Wearable, type WearableTree } from './wearable.ts';

/** A strip of readings, sealed under the number it has for ever. A tree it had to start is in the wearable's memory then. */
export function sealStrip(
  wearable: Wearable,
  { kind, day, number, lane, bytes }: { kind: StripKind; day: string; number: number; lane: number; bytes: Bytes },
  sealOne: RowSeal,
  random: Random,
): Bytes {
  const month = day.slice(0, 7);
  const tree = wearable.trees.find((one) => one.kind === kind && one.months[month]) ?? startTree(wearable, kind, day, random);
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
  return encodeStrip({ number, part: 'MI', row, links, wrap: wrapFor(tree, lane) });
}

/** A device without a key for this month starts a tree of its own, wraps it for its owner and forgets the root. */
function startTree(wearable: Wearable, kind: StripKind, day: string, random: Random): WearableTree {
  const tree = { ...newTree(random), gen: 0 };
  const months = Object.fromEntries(monthsFrom(day).map((month) => [month, nodeKey(tree, month)]));
  const of = { part: 'MI' as const, category: categoryOfStrip(kind), dated: true };
  const maker = { card: wearable.card, secrets: { edSk: wearable.edSk } };
  const made = ownerWrap(maker, wearable.owner, { pat: wearable.pat, writer: wearable.card.id, tree, of });
  wipe(tree.root);
  const wrap = { nodeId: made.nodeId, body: made.body, signature: made.signature };
  const fresh = { kind, treeId: tree.id, months, wrap, lanes: [] };
  wearable.trees.push(fresh);
  return fresh;
}

/** What of a tree's wrap goes with a strip of this lane; forgotten once it went in each. See the note above. */
function wrapFor(tree: WearableTree, lane: number): DeviceWrap | null {
  const { wrap } = tree;
  if (!wrap || tree.lanes.includes(lane)) return null;
  tree.lanes = [...tree.lanes, lane];
  if (tree.lanes.length === urgencies.length) tree.wrap = null;
  return wrap;
}

/**
 * Takes its owner's word that its trees are over, if it is hers, for its chart, and one that it does not know: it forgets their keys, and
 * begins trees of its own with the next strip. What was sealed before goes as it is. The caller saves its memory.
 *
 * @returns whether it took it
 */
export function takeAnew(wearable: Wearable, word: Bytes): boolean {
  const said = verifyAnew({ pat: wearable.pat, edVk: wearable.owner.edVk }, word);
  if (!said || said.seq <= wearable.anew) return false;
  wearable.anew = said.seq;
  for (const { months } of wearable.trees) for (const key of Object.values(months)) wipe(key);
  wearable.trees = [];
  return true;
}
