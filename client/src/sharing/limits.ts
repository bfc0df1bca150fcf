/**
 * A patient's limits: whom she lets read nothing of a chart, and whether roles open it to named doctors only.
 *
 * One signed word for each chart. The cloud obeys it from the moment it took it; whoever writes the chart reads it before the next batch,
 * locks by it and begins new trees (`followed-limits.ts`). Her keyring remembers where her chain ends beside her scopes', so nobody shows
 * her an older one.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { cardStands, decodeCard } from '@carelet/crypto/cards/card';
import { followLimits, hashOfLimits, type Limits, limitsIn, signLimits, verifyFollowed } from '@carelet/crypto/records/limits';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import { watchOver } from '../receipts/watch.ts';
import type { ChartRef } from '../records/reader.ts';
import { rememberAnew, tellDevices } from './anew.ts';
import { areOne, type DeniedOne, deniedOnes, type Listed } from './people.ts';
import { headName } from './scopes.ts';

type Own = { readonly keyring: Keyring; readonly cloud: Cloud };
/** What it takes to limit a chart. */
type Limiting = Own & { readonly save: () => Promise<void>; readonly clock?: () => number };

/** Whether a chart's writer locks by what was said: it signed that it does, has a day to, or let that day go by. */
export type Following = 'follows' | 'waits' | 'late';

/** The limits of a chart of one's own; `null` where she never said any. */
export type OwnLimits = Limits & { readonly following: Following };

/** How long a writer may take until the cloud takes nothing of it any more, seconds. */
const grace = 86_400;

const endName = (pat: Bytes): string => headName(pat, 'limits');

/**
 * The limits of a chart of one's own, believed for one's own signature.
 *
 * @throws {CareletError} `tampered` when the cloud shows an older state than it did, none, or one that is not hers
 */
export async function limitsOf(
  own: Own & { readonly clock?: () => number },
  chart: Pick<ChartRef, 'pat' | 'writer'>,
): Promise<OwnLimits | null> {
  return (await saidLimits(own, chart))?.limits ?? null;
}

/** As `limitsOf`, beside the very bytes that were signed. */
export async function saidLimits(
  { keyring, cloud, clock = Date.now }: Own & { readonly clock?: () => number },
  { pat, writer }: Pick<ChartRef, 'pat' | 'writer'>,
): Promise<{ readonly limits: OwnLimits; readonly state: Bytes } | null> {
  const { state, followed } = await newestShown({ keyring, cloud, clock }, pat);
  const end = keyring.sharing.heads[endName(pat)];
  const known = end ? { seq: end.gen, hash: end.hash } : null;
  if (!state && !known) return null;
  const read = state && followLimits(known, state, { pat, edVk: keyring.card.edVk });
  if (read?.kind !== 'follows') {
    const because =
      read?.because === 'foreign' ? 'what the cloud shows of your limits is not yours' : 'the cloud shows other limits than you said last';
    throw new CareletError('tampered', 'read limits', { because });
  }
  rememberLimits(keyring, pat, state!);
  const now = Math.floor(clock() / 1000);
  const follows = followed !== null && (await isFollowed({ keyring, cloud }, { pat, writer }, state!, followed, now));
  const following = follows ? 'follows' : read.limits.time < now - grace ? 'late' : 'waits';
  return { limits: { ...read.limits, following }, state: state! };
}

/** The end of the chain, and the word itself, should a cloud forget it. */
function rememberLimits({ sharing }: Keyring, pat: Bytes, said: Bytes): void {
  sharing.heads = { ...sharing.heads, [endName(pat)]: { gen: limitsIn(said)!.seq, hash: hashOfLimits(said), said } };
}

/**
 * What the cloud shows of a chart's limits; where it shows older ones of hers than its owner said last, as after a backup was restored, it is
 * told them again first.
 */
async function newestShown({ keyring, cloud, clock = Date.now }: Own & { readonly clock?: () => number }, pat: Bytes) {
  const shown = await cloud.limits.state({ pat });
  const end = keyring.sharing.heads[endName(pat)];
  if (!end?.said || (shown.state && (limitsIn(shown.state)?.seq ?? 0) >= end.gen)) return shown;
  try {
    const { promise } = await cloud.limits.say({ pat, state: end.said, restored: true });
    watchOver({ keyring, cloud, now: () => Math.floor(clock() / 1000) }).took(promise);
  } catch (thrown) {
    // A cloud that takes it not is believed as little as before.
    if (thrown instanceof CareletError && ['conflict', 'invalid'].includes(thrown.kind)) return shown;
    throw thrown;
  }
  return cloud.limits.state({ pat });
}

/**
 * Looks whether the cloud still has what was limited, and says it again where it forgot: to be done whenever a patient's client is used.
 *
 * @throws {CareletError} as `limitsOf`
 */
export async function keepLimits(options: Limiting, charts: readonly ChartRef[]): Promise<void> {
  const { keyring, save } = options;
  for (const chart of charts) {
    if (!keyring.sharing.heads[endName(chart.pat)] || !equalPublic(chart.owner, keyring.card.id)) continue;
    await limitsOf(options, chart);
  }
  await save();
}

/** Whether the writer of a chart, for whose card the issuers vouch, signed that it follows these very limits. */
async function isFollowed(
  { keyring, cloud }: Own,
  { pat, writer }: Pick<ChartRef, 'pat' | 'writer'>,
  state: Bytes,
  followed: Bytes,
  now: number,
): Promise<boolean> {
  const [card] = (await cloud.login.cards({ ids: [writer] })).cards.flatMap((bytes) => decodeCard(bytes) ?? []);
  const stands = card && equalPublic(card.id, writer) && cardStands(card, keyring.manifest, now);
  return stands === true && verifyFollowed(card.edVk, pat, state, followed);
}

/** What is said anew of a chart; the rest stays as it is. */
export type Limit = { readonly deny?: Bytes; readonly allow?: Bytes; readonly byName?: boolean };

/**
 * Says one more limit of a chart, or takes one back; nothing is said where it holds already.
 *
 * @returns whether anything was said
 * @throws {CareletError} `invalid` for whoever owns or writes the chart, as the cloud refuses
 */
export async function limit(options: Limiting, chart: Pick<ChartRef, 'pat' | 'writer'>, { deny, allow, byName }: Limit): Promise<boolean> {
  const { keyring, save, cloud, clock = Date.now } = options;
  const { pat } = chart;
  const before = await limitsOf(options, chart);
  const stays = (before?.denied ?? []).filter((one) => !allow || !equalPublic(one, allow));
  const denied = deny && !stays.some((one) => equalPublic(one, deny)) ? [...stays, deny] : stays;
  const next = { byName: byName ?? before?.byName ?? false, denied };
  if (next.byName === (before?.byName ?? false) && sameCards(denied, before?.denied ?? [])) return false;
  const seq = (before?.seq ?? 0) + 1;
  const prevHash = keyring.sharing.heads[endName(pat)]?.hash ?? new Uint8Array(32);
  const now = Math.floor(clock() / 1000);
  const state = signLimits(keyring.secrets.edSk, { pat, seq, ...next, time: now, prevHash });
  // Whoever loses something may have kept keys of her devices' trees.
  const limitsMore = denied.length > stays.length || (next.byName && before?.byName !== true);
  if (limitsMore) await rememberAnew(options, chart);
  const { promise } = await cloud.limits.say({ pat, state });
  rememberLimits(keyring, pat, state);
  const unpromised = watchOver({ keyring, cloud, now: () => now }).took(promise);
  await save();
  if (limitsMore) await tellDevices(options, chart);
  if (unpromised !== null) throw new CareletError('tampered', 'limit a chart', { because: unpromised });
  return true;
}

const sameCards = (some: readonly Bytes[], others: readonly Bytes[]): boolean =>
  some.length === others.length && some.every((one) => others.some((other) => equalPublic(one, other)));

/** One's own charts. */
export const ownCharts = async ({ keyring, cloud }: Own): Promise<ChartRef[]> =>
  (await cloud.records.charts()).charts.filter(({ owner }) => equalPublic(owner, keyring.card.id));

/**
 * Whom one denies, but not by every number or not every chart: by a place that was added to the directory since, or a word that was
 * interrupted. To be looked at whenever a patient's client is used.
 *
 * @throws {CareletError} as `limitsOf`
 */
export async function deniedInPart(
  options: Own & { readonly clock?: () => number; readonly directory: () => Promise<readonly Listed[]> },
): Promise<DeniedOne[]> {
  const { keyring, directory } = options;
  const said = (await ownCharts(options)).map(async (chart) =>
    // Of what she never limited there is nothing to ask.
    keyring.sharing.heads[endName(chart.pat)] ? ((await limitsOf(options, chart))?.denied.map(hex) ?? []) : [],
  );
  const denied = await Promise.all(said);
  if (denied.flat().length === 0) return [];
  return deniedOnes(await directory(), denied).filter(({ everywhere }) => !everywhere);
}

/**
 * Refuses to share with somebody whom the owner denies the chart, by whichever of her numbers.
 *
 * @param directory the doctors of the town; without it a number is all that is known of somebody
 * @throws {CareletError} `conflict`
 */
export async function refuseDenied(
  { directory, ...own }: Own & { readonly directory?: () => Promise<readonly Listed[]> },
  charts: readonly ChartRef[],
  doctor: Bytes,
): Promise<void> {
  for (const chart of charts) {
    const denied = (await limitsOf(own, chart))?.denied ?? [];
    const listed = denied.length > 0 && directory ? await directory() : [];
    if (denied.some((one) => areOne(listed, hex(one), hex(doctor))))
      throw new CareletError('conflict', 'share records', {
        because: 'your limits say that this doctor reads nothing; take that back first',
      });
  }
}
