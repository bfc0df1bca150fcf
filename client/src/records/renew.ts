/**
 * Making locks anew: after an organisation's domain was retired, or a patient's limits changed, it wraps the node keys of its trees for the roles of the domain
 * that took its place, and for emergencies, which are founded anew with it. Rows stay as they are: a lock is a header, and what it opens is untouched.
 *
 * The cloud is the journal, as it is of everything that is posted. Each lock takes the place of the one before in one step, so
 * a run that was interrupted leaves every node with one lock or the other, and the next run makes what is left. What has happened
 * last goes first.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import { dayOf, daysOf } from '@carelet/care/rules/records/calendar';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { decodeCard } from '@carelet/crypto/cards/card';
import { idOfDomain } from '@carelet/crypto/kp-abe/domain';
import { mustHoldDomain } from '../enrolment.ts';
import type { Keyring, WriterChart } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import { watchOver } from '../receipts/watch.ts';
import { followChart, opensByName } from '../sharing/followed-limits.ts';
import { unitsIn } from './trees.ts';
import { labelledNodes, nodesForRoles, type WrapNode, withoutPolicy, wrapsFor } from './wraps.ts';

export type RenewLocksOptions = {
  /** The organisation's, with what it seals with today (`takeWriterKeys`). */
  readonly keyring: Keyring;
  readonly cloud: Cloud;
  readonly mathematics: Mathematics;
  /** UTC milliseconds. */
  readonly clock?: () => number;
  /** Told how many locks are made, of how many. */
  readonly progress?: (done: number, of: number) => void;
  /** Stops the work between two batches; what is made stays. */
  readonly signal?: AbortSignal;
};

/** What came of it: locks that were made, and those of the retired domain that were left over and are gone. */
export type RenewedLocks = { readonly made: number; readonly forgotten: number };

/** Locks that go to the cloud together, of one part of one chart. */
const atOnce = 64;
/** Promises of receipts that are asked after together. */
const dueAtMost = 64;

/**
 * Makes the locks anew that the cloud does not have for the organisation's domain of today, then has it forget those of the
 * domains before. Nothing is done twice: asked again it goes on, and at last makes none.
 *
 * @throws {CareletError} `conflict` when this keyring does not hold the domain of today; `tampered` when the cloud breaks a
 *   promise of a receipt; as the cloud refuses
 *
 * @example
 * ```ts no-run
 * import { holdsDomain, renewManifest, takeWriterKeys } from '@carelet/client/enrolment';
 * import type { Keyring } from '@carelet/client/keyring/keyring';
 * import { type Authority, connectCloud } from '@carelet/client/login';
 * import { mathematicsHere } from '@carelet/client/mathematics';
 * import { renewLocks } from '@carelet/client/records/renew';
 * declare const [keyring, authority, url]: [Keyring, Authority, string];
 * await renewManifest(authority, keyring);
 * if (!holdsDomain(keyring)) await takeWriterKeys(authority, keyring);
 * const progress = (done: number, of: number) => console.log(`${done} of ${of} locks made anew`);
 * await renewLocks({ keyring, cloud: connectCloud(url, keyring), mathematics: mathematicsHere, progress });
 * ```
 */
export async function renewLocks({
  keyring,
  cloud,
  mathematics,
  clock = Date.now,
  progress,
  signal,
}: RenewLocksOptions): Promise<RenewedLocks> {
  const op = 'make locks anew';
  mustHoldDomain(keyring, op);
  const { writer: keys, card } = keyring;
  const organisation = card.id;
  const watch = watchOver({ keyring, cloud, now: () => Math.floor(clock() / 1000) });
  const settle = async () => {
    const [broken] = await watch.settle();
    if (broken !== undefined) throw new CareletError('tampered', op, { because: broken });
  };

  const batches: Batch[] = [];
  for (const chart of keyring.charts) {
    signal?.throwIfAborted();
    // Nothing was ever posted to it.
    if (chart.renewed === '') continue;
    await followChart({ keyring, cloud }, chart);
    const nodes = nodesForRoles(chart, organisation, dayOf(clock()));
    const left = await withoutPolicy(cloud, { pat: chart.pat, organisation, domain: keys.domain }, nodes);
    batches.push(...batchesOf(chart, left));
  }
  batches.sort((a, b) => (a.last < b.last ? 1 : a.last > b.last ? -1 : 0));

  const of = batches.reduce((sum, { nodes }) => sum + nodes.length, 0);
  let made = 0;
  progress?.(made, of);
  for (const { chart, part, nodes } of batches) {
    signal?.throwIfAborted();
    const wraps = await wrapsFor(
      mathematics,
      keyring,
      organisation,
      keys,
      labelledNodes(nodes, organisation, keys.orgKey, { byName: opensByName(chart), units: unitsIn(chart) }),
    );
    const { promise } = await cloud.sharing.wrap({ pat: chart.pat, part, links: [], wraps });
    // A chart of one’s own leaves no receipt.
    const unpromised = isOwn(chart, organisation) ? null : watch.took(promise);
    if (unpromised !== null) throw new CareletError('tampered', op, { because: unpromised });
    if (watch.due() >= dueAtMost) await settle();
    made += nodes.length;
    progress?.(made, of);
  }
  await settle();
  const { forgotten } = await cloud.sharing.forgetRetired({ sealedFor: idOfDomain(keys.domain) });
  return { made, forgotten };
}

type Batch = { readonly chart: WriterChart; readonly part: Part; readonly nodes: readonly WrapNode[]; readonly last: string };

/** A chart's nodes by their part, those of the latest periods first. */
function batchesOf(chart: WriterChart, nodes: readonly WrapNode[]): Batch[] {
  const inOrder = nodes
    .map((node) => ({ node, last: lastDayOf(node.period) }))
    .sort((a, b) => (a.last < b.last ? 1 : a.last > b.last ? -1 : 0));
  return [...new Set(nodes.map(({ of }) => of.part))].flatMap((part) => {
    const here = inOrder.filter(({ node }) => node.of.part === part);
    return Array.from({ length: Math.ceil(here.length / atOnce) }, (_, i) => {
      const some = here.slice(i * atOnce, (i + 1) * atOnce);
      return { chart, part, nodes: some.map(({ node }) => node), last: some[0]!.last };
    });
  });
}

/** What has no date is wanted with everything: who somebody is. */
const lastDayOf = (period: string): string => (period === 'always' ? '9999-12-31' : daysOf(period).last);

const isOwn = ({ owner }: WriterChart, organisation: Bytes): boolean => equalPublic(decodeCard(owner)!.id, organisation);
