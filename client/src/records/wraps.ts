/**
 * Locking node keys to people: the owner by the hybrid KEM, roles by KP-ABE in their organisation's domain, whomever a patient
 * lets read by the scopes she published, or through the key servers.
 *
 * @module
 */
import type { Part, Period } from '@carelet/care/model';
import { wrapBudget } from '@carelet/care/rules/records/calendar';
import { attributesOf, byNameUnit, type Source } from '@carelet/care/rules/sharing/attributes';
import { labelsOf } from '@carelet/care/rules/sharing/policy';
import { type Bytes, hex, unhex } from '@carelet/crypto/algebra/bytes';
import type { Card } from '@carelet/crypto/cards/card';
import { labelOf, sensitiveLabel } from '@carelet/crypto/cards/label';
import { type GrantName, placeOf as placeOfShared } from '@carelet/crypto/kdc/grant';
import type { SharedKeys } from '@carelet/crypto/kdc/hybrid';
import { seal as sealShared } from '@carelet/crypto/kdc/owner';
import { idOfDomain } from '@carelet/crypto/kp-abe/domain';
import { idOfDomain as idOfEmergencies } from '@carelet/crypto/ma-kp-abe/security-domain';
import { openWith, sealTo } from '@carelet/crypto/ntru/hybrid';
import { scopeId } from '@carelet/crypto/pre/writer';
import { nodeId, type Tree } from '@carelet/crypto/records/tree';
import { decodeGrant, encodeGrant, type NodeGrant, signWrap, type WrapPlace, wrapContext } from '@carelet/crypto/records/wrap';
import type { WriterChart, WriterKeys } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import { isOfAll, nodeKey, parseTreeName, type TreeOf } from './trees.ts';

/** Whoever makes a wrap: a writer, a patient, a device. */
export type Maker = { readonly card: { readonly id: Bytes }; readonly secrets: { readonly edSk: Bytes } };

/** A wrap as the cloud keeps it. */
export type Wrap = {
  nodeId: Bytes;
  kind: 'owner' | 'policy' | 'emergency' | 'consent' | 'shared';
  gen: number;
  domain: Bytes;
  body: Bytes;
  maker: Bytes;
  signature: Bytes;
};

/** A node of a tree, and whose it is. */
export type WrapNode = {
  readonly pat: Bytes;
  readonly writer: Bytes;
  readonly tree: Tree & { readonly gen: number };
  readonly of: TreeOf;
  readonly period: Period;
};

/** Where a wrap stands that the cloud keeps. */
type Place = WrapPlace & Pick<Wrap, 'kind'>;

const grantOf = ({ tree, of: { part, category }, writer, period }: WrapNode): NodeGrant => ({
  key: nodeKey(tree, period),
  treeId: tree.id,
  writer,
  part,
  category: [category.kind, category.conf, category.sens],
  period,
});

const placeOf = ({ pat, tree, of, period }: WrapNode, kind: Wrap['kind']): Place => ({
  nodeId: nodeId(tree.id, period),
  pat,
  part: of.part,
  gen: tree.gen,
  kind,
});

function signed(maker: Maker, place: Place, domain: Bytes, body: Bytes): Wrap {
  const { nodeId: id, kind, gen } = place;
  return { nodeId: id, kind, gen, domain, body, maker: maker.card.id, signature: signWrap(maker.secrets.edSk, place, body) };
}

/** Wraps a whole tree for the chart's owner. */
export function ownerWrap(maker: Maker, owner: Card, node: Omit<WrapNode, 'period'>): Wrap {
  const root = { ...node, period: 'always' };
  const place = placeOf(root, 'owner');
  return signed(maker, place, new Uint8Array(), sealTo(owner.hybridPk, wrapContext(place), encodeGrant(grantOf(root))));
}

/** Opens an owner wrap; `null` when it is not for this card or not what it says. */
export function openOwnerWrap(hybridSk: Bytes, place: WrapPlace, body: Bytes): NodeGrant | null {
  const content = openWith(hybridSk, wrapContext(place), body);
  return content && decodeGrant(content, place);
}

/** The chart a node is of, as far as its labels ask: whether it is open to named doctors only, and which units wrote in it. */
export type LabelledChart = { readonly byName?: boolean; readonly units?: readonly string[] };

/** The labels of a node at one organisation. Who somebody is, all units know that wrote in the chart. */
export function nodeLabels(
  { pat, of, period }: WrapNode,
  organisation: Bytes,
  orgKey: Bytes,
  source: Source,
  { byName = false, units = [] }: LabelledChart = {},
): string[] {
  const home = hex(organisation);
  const inHome = (unit?: string) => (unit ? `${home}/${unit}` : home);
  const unit = byName ? byNameUnit(home) : inHome(of.unit);
  const also = isOfAll(of) ? units.map(inHome) : [];
  const attributes = attributesOf({ part: of.part, category: of.category, period, pat: hex(pat), unit, also, source });
  return labelsOf(attributes, hex(pat), {
    label: ({ name, value }) => labelOf(orgKey, name, value),
    sensitive: (patient, group) => sensitiveLabel(orgKey, unhex(patient), group),
  });
}

/** A node, and what its organisation calls the properties it has; in an emergency, where that is something else. */
type LabelledNode = { readonly node: WrapNode; readonly labels: string[]; readonly urgent?: string[] | undefined };

/** Nodes as the organisation that writes them labels them: in an emergency a chart that is open by name opens as any other. */
export const labelledNodes = (
  nodes: readonly WrapNode[],
  organisation: Bytes,
  orgKey: Bytes,
  { byName, units }: Required<LabelledChart>,
): LabelledNode[] =>
  nodes.map((node) => ({
    node,
    labels: nodeLabels(node, organisation, orgKey, 'clinician', { byName, units }),
    ...(byName && { urgent: nodeLabels(node, organisation, orgKey, 'clinician', { units }) }),
  }));

/** Wraps nodes for an organisation: for the roles of its domain, and for emergencies whatever may be opened in one. */
export async function wrapsFor(
  mathematics: Mathematics,
  maker: Maker,
  organisation: Bytes,
  keys: Pick<WriterKeys, 'domain' | 'pq' | 'emergency'>,
  nodes: readonly LabelledNode[],
): Promise<Wrap[]> {
  const { emergency } = keys;
  const urgent = emergency ? nodes.filter(({ node }) => opensInEmergency(node)) : [];
  const [policies, emergencies] = await Promise.all([
    policyWraps(mathematics, maker, organisation, keys, nodes),
    emergency ? emergencyWraps(mathematics, maker, { emergency, pq: keys.pq }, urgent) : [],
  ]);
  return [...policies, ...emergencies];
}

/** What is especially sensitive or very restricted has no lock for emergencies: nobody's key would open it. */
const opensInEmergency = ({ of: { category } }: WrapNode): boolean => category.sens === 'none' && category.conf !== 'V';

async function emergencyWraps(
  mathematics: Mathematics,
  maker: Maker,
  keys: { readonly emergency: Bytes; readonly pq: Bytes },
  nodes: readonly LabelledNode[],
): Promise<Wrap[]> {
  const number = idOfEmergencies(keys.emergency)!;
  const places = nodes.map(({ node }) => placeOf(node, 'emergency'));
  const bodies = await mathematics.sealEmergencies(
    nodes.map(({ node, labels, urgent }, i) => ({
      ...keys,
      labels: urgent ?? labels,
      context: wrapContext(places[i]!),
      content: encodeGrant(grantOf(node)),
    })),
  );
  return bodies.map((body, i) => signed(maker, places[i]!, number, body));
}

/** Wraps nodes for the roles of an organisation's domain. */
export async function policyWraps(
  mathematics: Mathematics,
  maker: Maker,
  organisation: Bytes,
  keys: Pick<WriterKeys, 'domain' | 'pq'>,
  nodes: readonly LabelledNode[],
): Promise<Wrap[]> {
  const places = nodes.map(({ node }) => placeOf(node, 'policy'));
  const bodies = await mathematics.sealPolicies(
    nodes.map(({ node, labels }, i) => ({
      domain: keys.domain,
      pq: keys.pq,
      labels,
      context: wrapContext(places[i]!),
      content: encodeGrant(grantOf(node)),
    })),
  );
  return bodies.map((body, i) => signed(maker, places[i]!, organisation, body));
}

/**
 * The nodes of a chart's trees that carry a wrap for the writer's roles, by the budget of keys.md §3.
 *
 * @param concerns which trees, by name; all unless told
 */
export function nodesForRoles(
  { pat, trees }: Pick<WriterChart, 'pat' | 'trees'>,
  writer: Bytes,
  today: Period,
  concerns: (treeName: string) => boolean = () => true,
): WrapNode[] {
  return Object.entries(trees).flatMap(([name, tree]) => {
    if (!concerns(name)) return [];
    const { gen: _, ...of } = parseTreeName(name);
    const periods = of.dated ? wrapBudget(tree.periods, today) : ['always'];
    return periods.map((period) => ({ pat, writer, tree, of, period }));
  });
}

/** Nodes in one question. */
const askedAtOnce = 5000;

/** Those of a chart's nodes that carry no wrap for the roles of a domain; one for a domain before it does not count. */
export async function withoutPolicy(
  cloud: Cloud,
  { pat, organisation, domain }: { readonly pat: Bytes; readonly organisation: Bytes; readonly domain: Bytes },
  nodes: readonly WrapNode[],
): Promise<WrapNode[]> {
  const sealedFor = idOfDomain(domain);
  const left: WrapNode[] = [];
  for (let at = 0; at < nodes.length; at += askedAtOnce) {
    const some = nodes.slice(at, at + askedAtOnce);
    const asked = some.map(({ tree, period }) => nodeId(tree.id, period));
    const { wrapped } = await cloud.records.wrapped({ pat, kind: 'policy', domain: organisation, sealedFor, nodes: asked });
    left.push(...some.filter((_, i) => !wrapped[i]));
  }
  return left;
}

/** A node, and the scope its wrap is sealed for. */
export type ScopedNode = { readonly node: WrapNode; readonly scope: Bytes; readonly p: Bytes };

/** Wraps nodes for scopes that the chart's owner published. */
export async function consentWraps(mathematics: Mathematics, maker: Maker, pq: Bytes, nodes: readonly ScopedNode[]): Promise<Wrap[]> {
  const places = nodes.map(({ node }) => placeOf(node, 'consent'));
  const bodies = await mathematics.sealConsents(
    nodes.map(({ node, scope, p }, i) => ({ scope, p, pq, context: wrapContext(places[i]!), content: encodeGrant(grantOf(node)) })),
  );
  return bodies.map((body, i) => signed(maker, places[i]!, scopeId(nodes[i]!.p), body));
}

/** A node, and the two secrets its wrap is sealed under for a grant through the key servers. */
export type SharedNode = { readonly node: WrapNode; readonly keys: SharedKeys };

/** Wraps nodes for whoever is let read through the key servers. */
export function sharedWraps(maker: Maker, name: GrantName, nodes: readonly SharedNode[]): Wrap[] {
  return nodes.map(({ node, keys }) => {
    const place = placeOf(node, 'shared');
    const body = sealShared(keys, placeOfShared(name, place.nodeId), wrapContext(place), encodeGrant(grantOf(node)));
    return signed(maker, place, name.grant, body);
  });
}

/** What a wrap that the cloud handed over stands on. */
export const fetchedPlace = (pat: Bytes, wrap: { nodeId: Bytes; part: Part; gen: number; kind: Wrap['kind'] }): WrapPlace => ({
  nodeId: wrap.nodeId,
  pat,
  part: wrap.part,
  gen: wrap.gen,
  kind: wrap.kind,
});
