/**
 * What a wearable does all day: seal a strip, keep it, send what waits, forget what was acknowledged.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { ancestors, dayOf } from '@carelet/care/rules/records/calendar';
import type { Hop } from '@carelet/care/wire/hop';
import { type Bytes, wipe } from '@carelet/crypto/algebra/bytes';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';
import type { NodeLink } from '@carelet/crypto/records/posting';
import { recordId, rowIdOf } from '@carelet/crypto/records/row';
import { encodeStrip, type SealedStrip } from '@carelet/crypto/records/strip';
import { childKey, newTree, nodeId } from '@carelet/crypto/records/tree';
import { bind, sealRow } from '@carelet/crypto/records/writer';
import { readAcknowledgement } from '@carelet/crypto/session/acknowledgement';
import { begin, finish, frameTypes, openDown, rekeyDue, sealUp } from '@carelet/crypto/session/device';
import { encodeBody } from '../records/body.ts';
import { nodeKey } from '../records/trees.ts';
import { ownerWrap } from '../records/wraps.ts';
import type { RowSeal } from '../records/writer.ts';
import { monthsFrom } from './pair.ts';
import { categoryOfStrip, type StripKind, type Wearable } from './wearable.ts';

export type Sender = {
  /** Seals a strip and keeps it; it is on disk when this returns. */
  keep(strip: { kind: StripKind; from: number; bytes: Bytes }): Promise<void>;
  /** Sends what waits, opening a session when one is due; gives how many strips are on the cloudlet's disk now. */
  send(): Promise<number>;
};

export type SenderOptions = {
  readonly wearable: Wearable;
  /** Puts the wearable's memory on disk. */
  readonly save: () => Promise<void>;
  /** The way to the cloudlet: `connectCloudlet` over HTTP, `mqttHop` over a broker. */
  readonly cloudlet: Hop;
  readonly clock?: () => number;
  readonly random?: Random;
  readonly sealRow?: RowSeal;
};

export function sender(options: SenderOptions): Sender {
  const { wearable, save, cloudlet, clock = Date.now, random = systemRandom, sealRow: sealOne = sealRow } = options;
  const now = () => Math.floor(clock() / 1000);
  /** A session opened just now, in which nothing was acknowledged yet: if the cloudlet refuses even that, another will not help. */
  let fresh = false;

  return {
    async keep({ kind, from, bytes }) {
      const number = wearable.next;
      const sealed = seal(kind, dayOf(from), number, bytes);
      wearable.next++;
      wearable.waiting.push({ number, body: encodeStrip({ number, part: 'MI', ...sealed }) });
      await save();
    },

    async send() {
      let acknowledged = 0;
      while (wearable.waiting.length > 0) {
        if (!wearable.device.session || rekeyDue(wearable.device.session, now())) await open();
        const first = wearable.waiting[0]!;
        const sealed = sealUp(wearable.device, frameTypes.strip, first.body, now());
        if (!sealed) {
          wearable.device = { ...wearable.device, session: null };
          continue;
        }
        wearable.device = sealed.device;
        if (sealed.store) await save();
        acknowledged += await forget(await frameUp(sealed.frame));
      }
      return acknowledged;
    },
  };

  /** One frame up and its answer; a session the cloudlet no longer knows is opened anew. */
  async function frameUp(frame: Bytes): Promise<Bytes | null> {
    try {
      return (await cloudlet.sessions.frame({ frame })).frame;
    } catch (thrown) {
      if (!(thrown instanceof CareletError) || thrown.kind !== 'cannot-open') throw thrown;
      if (fresh) throw thrown;
      wearable.device = { ...wearable.device, session: null };
      return null;
    }
  }

  /** Drops the strips an acknowledgement names; nothing else lets a device forget. */
  async function forget(frame: Bytes | null): Promise<number> {
    if (!frame) return 0;
    const opened = openDown(wearable.device, frame, now());
    const upTo = opened?.type === frameTypes.acknowledgement ? readAcknowledgement(opened.message) : null;
    if (!opened || upTo === null)
      throw new CareletError('tampered', 'send strip', { because: 'the cloudlet’s answer is not from the cloudlet' });
    fresh = false;
    wearable.device = opened.device;
    const before = wearable.waiting.length;
    wearable.waiting = wearable.waiting.filter(({ number }) => number > upTo);
    if (wearable.waiting.length === before) {
      throw new CareletError('conflict', 'send strip', { because: 'the cloudlet waits for an earlier strip than this device has' });
    }
    await save();
    return before - wearable.waiting.length;
  }

  async function open(): Promise<void> {
    const { staticPublicKey, announcement } = await cloudlet.sessions.announcement();
    const begun = begin(wearable.device, staticPublicKey, announcement, { now: now(), trusted: true }, random);
    if (!begun) throw new CareletError('tampered', 'open session', { because: 'this is not the cloudlet the device was paired with' });
    wearable.device = begun.device;
    await save();
    const { ack } = await cloudlet.sessions.init({ init: begun.init });
    const finished = finish(wearable.device, begun.pending, ack, now());
    if (!finished) throw new CareletError('cannot-open', 'open session', { because: 'the cloudlet’s answer does not open' });
    wearable.device = finished.device;
    fresh = true;
    await save();
  }

  function seal(kind: StripKind, day: string, number: number, bytes: Bytes): Pick<SealedStrip, 'row' | 'links' | 'wrap'> {
    const month = day.slice(0, 7);
    const held = wearable.trees.find((tree) => tree.kind === kind && tree.months[month]);
    const { tree, wrap } = held ? { tree: held, wrap: null } : startTree(kind, day);
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
    return { row: sealOne(childKey(tree.months[month]!, day), at, contents!.MI!, random), links, wrap };
  }

  /** A device without a key for this month starts a tree of its own, wraps it for its owner and forgets the root. */
  function startTree(kind: StripKind, day: string) {
    const tree = { ...newTree(random), gen: 0 };
    const months = Object.fromEntries(monthsFrom(day).map((month) => [month, nodeKey(tree, month)]));
    const fresh = { kind, treeId: tree.id, months };
    const of = { part: 'MI' as const, category: categoryOfStrip(kind), dated: true };
    const maker = { card: wearable.card, secrets: { edSk: wearable.edSk } };
    const wrap = ownerWrap(maker, wearable.owner, { pat: wearable.pat, writer: wearable.card.id, tree, of });
    wipe(tree.root);
    wearable.trees.push(fresh);
    return { tree: fresh, wrap: { nodeId: wrap.nodeId, body: wrap.body, signature: wrap.signature } };
  }
}
