/**
 * What a wearable does all day: seal a strip, keep it, send what waits, the most urgent first, forget what was acknowledged.
 *
 * [Note: An emergency is forgotten last]
 * What is urgent or routine may be forgotten once it is on the cloudlet's disk. An emergency is kept until the cloud has it, and the
 * cloudlet is asked again until then: a box that took it and burned down must not be the end of it.
 *
 * @module
 */
import { CareletError, type Urgency, urgencies } from '@carelet/care/model';
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
import { encodeParcel } from '@carelet/crypto/session/parcel';
import { encodeBody } from '../records/body.ts';
import { nodeKey } from '../records/trees.ts';
import { ownerWrap } from '../records/wraps.ts';
import type { RowSeal } from '../records/writer.ts';
import { monthsFrom } from './pair.ts';
import { categoryOfStrip, type StripKind, type WaitingStrip, type Wearable } from './wearable.ts';

export type Sender = {
  /** Seals a strip and keeps it; it is on disk when this returns. Unless told it is routine. */
  keep(strip: { kind: StripKind; from: number; bytes: Bytes; urgency?: Urgency }): Promise<void>;
  /**
   * Sends what waits, opening a session when one is due; gives how many more strips are on the cloudlet's disk now. What
   * is kept meanwhile goes as well, an emergency before all that still waits.
   */
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
  /** Per cent, for whoever looks after the devices. */
  readonly battery?: () => number;
};

/** Milliseconds after which a cloudlet is asked again whether the cloud has an emergency by now, doubled each time. */
const askAgainMs = { first: 1_000, longest: 60_000 } as const;

export function sender(options: SenderOptions): Sender {
  const { wearable, save, cloudlet, clock = Date.now, random = systemRandom, sealRow: sealOne = sealRow, battery } = options;
  const now = () => Math.floor(clock() / 1000);
  /** A session opened just now, in which nothing was acknowledged yet: if the cloudlet refuses even that, another will not help. */
  let fresh = false;
  const ask = { at: 0, pause: askAgainMs.first as number };

  return {
    async keep({ kind, from, bytes, urgency = 'routine' }) {
      const number = wearable.next;
      const sealed = seal(kind, dayOf(from), number, bytes);
      const index = urgencies.indexOf(urgency);
      const lane = wearable.lanes[index]!;
      wearable.waiting.push({ number, lane: index, after: lane.sealed, body: encodeStrip({ number, part: 'MI', ...sealed }) });
      wearable.next++;
      lane.sealed = number;
      await save();
    },

    async send() {
      let kept = 0;
      for (let strip = next(); strip; strip = next()) {
        if (!wearable.device.session || rekeyDue(wearable.device.session, now())) await open();
        const { lane, after, body } = strip;
        const message = encodeParcel({ lane, after, strip: body, waiting: wearable.waiting.length, battery: battery?.() ?? null });
        const sealed = sealUp(wearable.device, frameTypes.strip, message, now());
        if (!sealed) {
          wearable.device = { ...wearable.device, session: null };
          continue;
        }
        wearable.device = sealed.device;
        if (sealed.store) await save();
        const answer = await frameUp(sealed.frame);
        if (answer) kept += await hear(answer, strip);
      }
      return kept;
    },
  };

  /** What goes next: the oldest of the first lane that has any; when all is kept, the last emergency is asked about, now and then. */
  function next(): WaitingStrip | undefined {
    for (const [lane, { kept }] of wearable.lanes.entries()) {
      const oldest = wearable.waiting.find((strip) => strip.lane === lane && isAfter(strip.number, kept));
      if (oldest) return oldest;
    }
    const due = clock() >= ask.at || ask.at - clock() > askAgainMs.longest;
    return due ? wearable.waiting.findLast(({ lane }) => lane === emergency) : undefined;
  }

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

  /** Drops the strips an acknowledgement names; nothing else lets a device forget. Gives how many more are kept. */
  async function hear(frame: Bytes, asked: WaitingStrip): Promise<number> {
    const opened = openDown(wearable.device, frame, now());
    const said = opened?.type === frameTypes.acknowledgement ? readAcknowledgement(opened.message) : null;
    if (!opened || !said) throw new CareletError('tampered', 'send strip', { because: 'the cloudlet’s answer is not from the cloudlet' });
    fresh = false;
    wearable.device = opened.device;
    if (isAfter(asked.number, said.kept[asked.lane]!)) {
      throw new CareletError('conflict', 'send strip', { because: 'the cloudlet waits for an earlier strip than this device has' });
    }
    const { waiting, lanes } = wearable;
    const more = waiting.filter(({ lane, number }) => isAfter(number, lanes[lane]!.kept) && !isAfter(number, said.kept[lane]!));
    for (const [lane, kept] of said.kept.entries()) if (kept !== null && isAfter(kept, lanes[lane]!.kept)) lanes[lane]!.kept = kept;
    wearable.waiting = waiting.filter(({ lane, number }) => isAfter(number, lane === emergency ? said.reached : said.kept[lane]!));
    if (asked.lane === emergency) askLater(isAfter(asked.number, said.reached) && more.length === 0);
    await save();
    return more.length;
  }

  /** When to ask again whether the cloud has an emergency: sooner after a new one than after one that was asked about before. */
  function askLater(again: boolean): void {
    ask.pause = again ? Math.min(askAgainMs.longest, ask.pause * 2) : askAgainMs.first;
    ask.at = clock() + ask.pause;
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

const emergency = urgencies.indexOf('emergency');

/** Whether a strip comes after the last one named, where any is. */
const isAfter = (number: number, last: number | null): boolean => last === null || number > last;
