/**
 * Keeping a device's readings open to those who may see them, ahead of time.
 *
 * A device makes no policy wraps: its owner's client does, for the days of the coming week, and for months and
 * years of its trees once they are over (keys.md §3). Whenever the patient's client is used it looks what is
 * missing.
 *
 * @module
 */
import { CareletError, type Period } from '@carelet/care/model';
import { addDays, dayOf, daysAhead, wrapBudget } from '@carelet/care/rules/records/calendar';
import { attributesOf } from '@carelet/care/rules/sharing/attributes';
import { type Bytes, cbor, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import type { NodeLink } from '@carelet/crypto/records/posting';
import { domainOf, requireEmergency } from '../enrolment.ts';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud, Cloudlet } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import { linksOf } from '../records/trees.ts';
import { type Held, walkDown } from '../records/walk.ts';
import { fetchedPlace, openOwnerWrap, type Wrap, type WrapNode, withoutPolicy, wrapsFor } from '../records/wraps.ts';
import { tellDevices } from '../sharing/anew.ts';
import { limitsOf } from '../sharing/limits.ts';

export type RenewOptions = {
  /** The patient's. */
  readonly keyring: Keyring;
  readonly cloud: Cloud;
  readonly mathematics: Mathematics;
  /** The cloudlet of an organisation; `null` when nobody knows where it is. */
  readonly cloudletOf: (organisation: Bytes) => Cloudlet | null;
  readonly clock?: () => number;
};

/**
 * Makes the wraps that a patient's devices lack; gives how many.
 *
 * @throws {CareletError} `unavailable` when a clinic's cloudlet does not answer
 */
export async function renewDevices({ keyring, cloud, mathematics, cloudletOf, clock = Date.now }: RenewOptions): Promise<number> {
  const today = dayOf(clock());
  let made = 0;
  for (const chart of (await cloud.records.charts()).charts) {
    if (!equalPublic(chart.owner, keyring.card.id)) continue;
    await tellDevices({ keyring, cloud }, chart);
    const cloudlet = cloudletOf(chart.writer);
    if (!cloudlet) continue;
    const { nodes: links, wraps } = await cloud.records.nodes({ pat: chart.pat });
    const roots = wraps.flatMap((wrap): Held[] => {
      const grant = wrap.kind === 'owner' ? openOwnerWrap(keyring.secrets.hybridSk, fetchedPlace(chart.pat, wrap), wrap.body) : null;
      const ofDevice = grant !== null && wrap.part === 'MI' && !equalPublic(grant.writer, chart.writer);
      return ofDevice ? [{ ...grant, nodeId: wrap.nodeId, part: wrap.part }] : [];
    });
    const wanted = roots.flatMap((root) => {
      const periods = [...walkDown([root], links).values()].map(({ period }) => period);
      const dated = periods.filter((period) => period !== 'always');
      return [...new Set([...wrapBudget(dated, today), ...daysToCome(today)])].map((period) => asNode(chart.pat, root, period));
    });
    if (wanted.length === 0) continue;
    const domain = domainOf(keyring.manifest, chart.writer)?.publicKey;
    if (!domain) throw unknownClinic();
    const missing = await withoutPolicy(cloud, { pat: chart.pat, organisation: chart.writer, domain }, wanted);
    if (missing.length > 0) await shareNodes({ keyring, cloud, cloudlet, mathematics }, chart, missing, []);
    made += missing.length;
  }
  return made;
}

const unknownClinic = () =>
  new CareletError('missing', 'share nodes', { because: 'the town manifest in this keyring does not know this clinic; renew it' });

/** Today and the week after it. */
export const daysToCome = (today: Period): Period[] => Array.from({ length: daysAhead + 1 }, (_, i) => addDays(today, i));

const asNode = (pat: Bytes, { treeId, key, writer, category: [kind, conf, sens], part }: Held, period: Period): WrapNode => ({
  pat,
  writer,
  tree: { id: treeId, root: key, gen: 0 },
  of: { part, category: { kind, conf, sens } as WrapNode['of']['category'], dated: true },
  period,
});

/** Wraps nodes of a patient's own trees for the roles of a clinic, with the labels its cloudlet gives: by name where her limits say so. */
export async function shareNodes(
  { keyring, cloud, cloudlet, mathematics }: { keyring: Keyring; cloud: Cloud; cloudlet: Cloudlet; mathematics: Mathematics },
  { pat, writer: organisation }: { readonly pat: Bytes; readonly writer: Bytes },
  nodes: readonly WrapNode[],
  owned: readonly Wrap[],
): Promise<void> {
  const asked = {
    pat,
    nodes: nodes.map(({ of: { part, category }, period }) => {
      const words: [string, string, string] = [category.kind, category.conf, category.sens];
      return { part, category: words, period };
    }),
  };
  const { pq: sealed, emergency, labels: usual } = await cloudlet.sharing.labels(asked);
  const limits = await limitsOf({ keyring, cloud }, { pat, writer: organisation });
  const byName = limits?.byName === true;
  const labels = byName ? (await cloudlet.sharing.labels({ ...asked, byName })).labels : usual;
  if (!labelsFit(nodes, usual) || !labelsFit(nodes, labels) || (byName && !differInUnit(usual, labels))) {
    throw new CareletError('tampered', 'share nodes', { because: 'the clinic’s labels do not say what these nodes are' });
  }
  const content = openWith(keyring.secrets.hybridSk, cbor(['carelet/v1/sharing/pq', keyring.card.id, organisation]), sealed);
  if (!content) throw new CareletError('cannot-open', 'share nodes', { because: 'what the clinic sent is not sealed to this card' });
  const [domain, pq] = uncbor(content) as [Bytes, Bytes];
  const known = domainOf(keyring.manifest, organisation);
  if (!known) throw unknownClinic();
  if (known.retired?.some((key) => equalPublic(key, sha256(domain)))) {
    throw new CareletError('unavailable', 'share nodes', { because: 'the clinic has yet to take what it seals with today' });
  }
  if (!equalPublic(known.publicKey, domain)) {
    throw new CareletError('tampered', 'share nodes', { because: 'the town manifest names another key for this clinic' });
  }
  const links = new Map<string, NodeLink>();
  for (const { tree, period } of nodes) for (const link of linksOf(tree, period)) links.set(hex(link.nodeId), link);
  // A keyring whose manifest is older than the clinic's emergencies makes none of their locks.
  const glass = known.emergency ? emergency : null;
  if (glass) requireEmergency(keyring, known.emergency!, glass, 'share nodes');
  const made = await wrapsFor(
    mathematics,
    keyring,
    organisation,
    { domain, pq, emergency: glass },
    nodes.map((node, i) => ({ node, labels: labels[i]!, ...(byName && { urgent: usual[i]! }) })),
  );
  const laid = { pat, part: 'MI' as const, links: [...links.values()].map((link) => ({ ...link })), wraps: [...owned, ...made] };
  await cloud.sharing.wrap({ ...laid, ...(limits && { limits: limits.seq }) });
}

/** Whether labels by name and others differ in one place, the same of all nodes, and agree in all others. */
function differInUnit(usual: readonly (readonly string[])[], byName: readonly (readonly string[])[]): boolean {
  const places = usual.map((labels, i) => labels.flatMap((label, at) => (label === byName[i]![at] ? [] : [at])));
  return places.every(([at, ...more]) => at !== undefined && more.length === 0 && at === places[0]![0]);
}

/**
 * Whether labels are one for each attribute, and the same label for the same attribute throughout: a clinic's
 * cloudlet that was taken over could otherwise have one day labelled as what another doctor may open.
 */
function labelsFit(nodes: readonly WrapNode[], labels: readonly (readonly string[])[]): boolean {
  if (labels.length !== nodes.length) return false;
  const known = new Map<string, string>();
  return nodes.every(({ pat, of: { part, category }, period }, i) => {
    const attributes = attributesOf({ part, category, period, pat: hex(pat), unit: 'here', source: 'device' });
    const given = labels[i]!;
    return (
      given.length === attributes.length &&
      new Set(given).size === given.length &&
      attributes.every(({ name, value }, j) => {
        const before = known.get(`${name}=${value}`);
        known.set(`${name}=${value}`, given[j]!);
        return before === undefined || before === given[j];
      })
    );
  });
}
