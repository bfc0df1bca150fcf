/**
 * Opening what somebody let one read through the key servers: the cloud hands out the locks under a receipt, two of the three servers
 * the parts of their keys.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, concat, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { mostNodes } from '@carelet/crypto/kdc/asking';
import { placeOf } from '@carelet/crypto/kdc/grant';
import { open } from '@carelet/crypto/kdc/reader';
import { decodeGrant, encodeGrant, type NodeGrant, verifyWrap, type WrapPlace, wrapContext } from '@carelet/crypto/records/wrap';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import type { Breathe } from '../pace.ts';
import type { Watching } from '../receipts/watch.ts';
import type { ChartRef, Problem } from '../records/reader.ts';
import type { BelievedCards } from '../records/reading/believed.ts';
import { fetchedPlace } from '../records/wraps.ts';
import { type ReceivedShared, receivedShared } from './received.ts';
import { type KeyServers, nodeKeys } from './servers.ts';

export type SharedReading = {
  readonly keyring: Keyring;
  readonly cloud: Cloud;
  readonly keyServers: KeyServers;
  readonly mathematics: Mathematics;
  readonly cards: BelievedCards;
  readonly watch: Watching;
  /** UTC seconds. */
  readonly now: () => number;
};

/** A node that was opened, and its key. */
export type OpenedNode = { readonly grant: NodeGrant; readonly wrap: Pick<WrapPlace, 'nodeId'> & Pick<FetchedNode, 'part'> };

type FetchedNode = Awaited<ReturnType<Cloud['kdc']['nodes']>>['nodes'][number];

const over = 'the consent of this chart’s owner holds no more';
const away = 'what this patient’s consent opens waits: cloud or key servers cannot be reached';
const shut = 'a part of this chart does not open by its owner’s consent';

/**
 * Opens what grants to oneself reach of a chart.
 *
 * @param isOpen whether a node opens otherwise already
 */
export async function openShared(
  reading: SharedReading,
  chart: ChartRef,
  isOpen: (nodeId: Bytes) => boolean,
  problems: Problem[],
  breathe: Breathe,
): Promise<OpenedNode[]> {
  const { keyring, cloud } = reading;
  const received = await receivedShared(reading, chart);
  if (received.length === 0) return [];
  const { nodes } = await cloud.kdc.nodes({ pat: chart.pat });
  const opened: OpenedNode[] = [];
  for (const one of received) {
    const left: FetchedNode[] = [];
    for (const node of nodes.filter(({ grant }) => equalPublic(grant, one.grant.grant))) {
      if (isOpen(node.nodeId)) continue;
      const place = placeIn(chart, node);
      const known = keyring.opened[nameOf(one, place)];
      const grant = known ? decodeGrant(known, place) : null;
      if (grant) opened.push({ grant, wrap: node });
      else left.push(node);
    }
    for (let at = 0; at < left.length; at += mostNodes.ask) {
      await breathe();
      opened.push(...(await openSome(reading, chart, one, left.slice(at, at + mostNodes.ask), problems)));
    }
  }
  return opened;
}

async function openSome(
  { keyring, cloud, keyServers, mathematics, cards, watch }: SharedReading,
  chart: ChartRef,
  received: ReceivedShared,
  nodes: readonly FetchedNode[],
  problems: Problem[],
): Promise<OpenedNode[]> {
  const { grant, letter } = received;
  const tell = (kind: Problem['kind'], what: string): OpenedNode[] => {
    problems.push({ kind, what });
    return [];
  };
  const asked = nodes.map(({ nodeId }) => nodeId);
  try {
    // The town may have named them since this keyring looked at its manifest.
    await keyServers.found();
    const { wraps, promise } = await cloud.kdc.hand({ pat: chart.pat, grant: grant.grant, nodes: asked });
    const unpromised = watch.took(promise);
    if (unpromised !== null) tell('tampered', unpromised);
    const owner = cards.of(chart.owner);
    const { keys, lying } = await nodeKeys({ keyServers, keyring, mathematics }, grant, asked);
    for (const server of lying) tell('tampered', `key server ${server} answered falsely; what opens, opens by the two others`);
    return nodes.flatMap((node, i): OpenedNode[] => {
      const wrap = wraps[i];
      const place = placeIn(chart, node);
      const stands =
        wrap &&
        owner &&
        equalPublic(wrap.nodeId, node.nodeId) &&
        equalPublic(wrap.maker, owner.id) &&
        verifyWrap(owner.edVk, place, wrap.body, wrap.signature);
      if (!stands) return tell('tampered', 'a lock on a part of this chart was made by nobody who may');
      const key = keys[i];
      const content = key ? open({ node: key, owner: letter.ownerKey }, placeOf(grant, node.nodeId), wrapContext(place), wrap.body) : null;
      const read = content && decodeGrant(content, place);
      if (!read) return tell('cannot-open', shut);
      keyring.opened[nameOf(received, place)] = encodeGrant(read);
      return [{ grant: read, wrap: node }];
    });
  } catch (thrown) {
    // Taken back or ended a moment ago, or somebody away: what opens otherwise still does.
    const what =
      thrown instanceof CareletError && { denied: over, conflict: over, missing: over, unavailable: away }[thrown.kind as string];
    if (what) return tell('cannot-open', what);
    if (thrown instanceof CareletError && thrown.kind === 'tampered') return tell('tampered', 'two of the key servers answer falsely');
    throw thrown;
  }
}

const placeIn = ({ pat }: ChartRef, { nodeId, part, gen }: FetchedNode): WrapPlace =>
  fetchedPlace(pat, { nodeId, part, gen, kind: 'shared' });

/** Where a node key that was opened before is kept: by the grant and the place it came from. */
const nameOf = ({ grant }: ReceivedShared, place: WrapPlace): string => hex(sha256(concat(wrapContext(place), grant.grant)));
