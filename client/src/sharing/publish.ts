/**
 * What a patient publishes of her charts' scopes: the keys that writers seal for, and with every taking back a new generation.
 *
 * [Note: Generations]
 * Whoever was let read a scope and kept what she was given could open, with a cloud and a mediator that kept theirs, whatever is
 * still sealed for it. So taking back raises the generation of the categories that were shared: writers begin new trees and
 * seal for new keys, which those who may still read are given and she is not (keys.md §4).
 *
 * A grant is of the generation that held when it was signed: it carries a time that is not before that generation began, and the
 * next one begins after it. So every copy of a keyring sees by the times alone what is to be raised, and what was.
 *
 * @module
 */
import { CareletError, type Category, type Part, type Period } from '@carelet/care/model';
import { type Bytes, equalPublic, unhex } from '@carelet/crypto/algebra/bytes';
import { cardStands, decodeCard } from '@carelet/crypto/cards/card';
import { hashOfState, type PublishedScope, type ScopeHead, signScopeState } from '@carelet/crypto/records/scope';
import type { GivenGrant, Keyring, SharingKeys } from '../keyring/keyring.ts';
import { mustStand } from '../receipts/cards.ts';
import type { ChartRef } from '../records/reader.ts';
import { categoryOfStrip, stripKinds } from '../session/wearable.ts';
import { rememberAnew, tellDevices } from './anew.ts';
import { isHeld } from './heirs.ts';
import { categoriesReached } from './meant.ts';
import { categoryName, followScopes, headName, namesOf, type Published, scopeIn, sealWriterLetter } from './scopes.ts';
import type { SharingOptions } from './share.ts';

/** What is published of one's own chart, checked against what one published oneself. */
export async function publishedScopes(
  { keyring, cloud }: Pick<SharingOptions, 'keyring' | 'cloud'>,
  { pat }: Pick<ChartRef, 'pat'>,
): Promise<Published> {
  const prefix = headName(pat, '');
  // What was published before under plain names was forgotten by the cloud.
  const known = Object.fromEntries(
    Object.entries(keyring.sharing.heads).flatMap(([name, head]) =>
      name.startsWith(prefix) && /^[0-9a-f]{32}$/.test(name.slice(prefix.length)) ? [[name.slice(prefix.length), head]] : [],
    ),
  );
  const { states } = await cloud.sharing.scopes({ pat });
  return followScopes(states, { pat, names: namesIn(keyring, pat), owner: keyring.card, known });
}

/** The names' key of one's own chart; of somebody who never shared there are no names. */
const namesIn = ({ sharing: { patient } }: Keyring, pat: Bytes): Bytes => (patient ? namesOf(patient.root, pat) : new Uint8Array(32));

/** A scope of a consent, and its public key. */
export type ScopeKey = { readonly category: Category; readonly part: Part; readonly period: Period; readonly p: Bytes };

/** Publishes what was not published yet, category by category; gives all that is published then. */
export async function publish(
  options: SharingOptions,
  chart: ChartRef,
  published: Published,
  scopes: readonly ScopeKey[],
): Promise<Published> {
  const byCategory = new Map<string, PublishedScope[]>();
  for (const { category, part, period, p } of scopes) {
    const { pseudonym, p: before } = scopeIn(published, category, part, period);
    if (before) continue;
    const name = categoryName(published, category);
    byCategory.set(name, [...(byCategory.get(name) ?? []), { scope: pseudonym, p }]);
  }
  const now = Math.floor((options.clock ?? Date.now)() / 1000);
  const next = [...byCategory].map(([name, missing]) => {
    const head = published.heads.get(name);
    return { name, head, gen: head?.gen ?? 0, since: head?.since ?? now, scopes: missing };
  });
  await lay(options, chart, next);
  return publishedScopes(options, chart);
}

/**
 * Begins a new generation of every category of a chart that somebody was let read and is not any more; gives how many. See
 * [Note: Generations]. Where devices write some of them, they are told to begin new trees.
 *
 * @param ends of a grant that holds, whether it is about to end as another is given in its place
 */
export async function raiseGenerations(
  options: SharingOptions,
  chart: ChartRef,
  ends: (grant: GivenGrant) => boolean = () => false,
): Promise<number> {
  const { keyring, clock = Date.now } = options;
  const isOver = (grant: GivenGrant) => !isHeld(grant) || ends(grant);
  const grants = keyring.sharing.grants.filter(({ pat }) => equalPublic(pat, chart.pat));
  if (!grants.some(isOver)) return 0;
  const published = await publishedScopes(options, chart);
  const now = Math.floor(clock() / 1000);
  const reaching = grants.map((grant) => ({ grant, names: namesReached(published, grant) }));
  const reads = (grant: GivenGrant) => !isOver(grant) && grant.notAfter > now;
  const readsOn = ({ doctor }: GivenGrant, name: string) =>
    reaching.some(({ grant, names }) => reads(grant) && equalPublic(grant.doctor, doctor) && names?.has(name));
  // Later than every grant there is: one that was given in this very second is of the generation that ends.
  const since = Math.max(now, ...grants.map(({ issued }) => issued + 1));
  // What went through the key servers needed no scope: the first that is said of such a category is its new generation.
  const unpublished = reaching.flatMap(({ grant, names }) => (isOver(grant) && grant.servers ? [...(names ?? [])] : []));
  const next = [...new Set([...published.heads.keys(), ...unpublished])].flatMap((name) => {
    const head = published.heads.get(name);
    const isOf = (grant: GivenGrant) => head === undefined || isOfGeneration(grant, head);
    const isLost = reaching.some(({ grant, names }) => isOver(grant) && isOf(grant) && (names?.has(name) ?? true) && !readsOn(grant, name));
    return isLost ? [{ name, head, gen: (head?.gen ?? 0) + 1, since, scopes: [] }] : [];
  });
  const ofDevices = new Set(stripKinds.map((kind) => categoryName(published, categoryOfStrip(kind))));
  const devices = next.some(({ name }) => ofDevices.has(name));
  if (devices) await rememberAnew(options, chart);
  await lay(options, chart, next);
  if (devices) await tellDevices(options, chart);
  return next.length;
}

/**
 * Whether a grant that holds is of an older generation of something it reaches: then its doctor is to be given a new one. One through
 * the key servers is of none: its locks are made node by node.
 */
export const isSuperseded = (grant: GivenGrant, published: Published): boolean =>
  !grant.servers &&
  [...(namesReached(published, grant) ?? [])].some((name) => {
    const head = published.heads.get(name);
    return head !== undefined && !isOfGeneration(grant, head);
  });

/** The pseudonyms of the categories that a grant reaches; `null` where nobody here knows. */
function namesReached(published: Published, grant: GivenGrant): Set<string> | null {
  const categories = categoriesReached(grant);
  return categories && new Set(categories.map((category) => categoryName(published, category)));
}

const isOfGeneration = ({ issued }: GivenGrant, { since }: ScopeHead): boolean => issued >= since;

/** What comes next in the chain of a category, by its pseudonym. */
type Next = {
  readonly name: string;
  readonly head: ScopeHead | undefined;
  readonly gen: number;
  readonly since: number;
  readonly scopes: readonly PublishedScope[];
};

/** Signs what comes next and lays it at the cloud, with K_pq for whoever writes the chart. */
async function lay(options: SharingOptions, { pat, writer }: ChartRef, next: readonly Next[]): Promise<void> {
  if (next.length === 0) return;
  const { keyring, save, cloud, clock = Date.now } = options;
  const [card] = (await cloud.login.cards({ ids: [writer] })).cards.flatMap((bytes) => decodeCard(bytes) ?? []);
  if (!card || !equalPublic(card.id, writer) || !cardStands(card, keyring.manifest, Math.floor(clock() / 1000))) {
    throw new CareletError('tampered', 'share records', { because: 'nobody vouches for the organisation that writes this chart' });
  }
  await mustStand(options, 'share records', card);
  const letter = sealWriterLetter(keyring.secrets, card, pat, { pq: keyring.sharing.patient!.pq, names: namesIn(keyring, pat) });
  const states: Bytes[] = [];
  const heads: SharingKeys['heads'] = {};
  for (const { name, head, gen, since, scopes } of next) {
    const body = { pat, category: unhex(name), gen, since };
    let prevHash = head?.hash ?? new Uint8Array(32);
    for (let at = 0; at === 0 || at < scopes.length; at += publishedAtOnce) {
      const state = signScopeState(keyring.secrets.edSk, { ...body, published: scopes.slice(at, at + publishedAtOnce), prevHash });
      states.push(state);
      prevHash = hashOfState(state);
    }
    heads[headName(pat, name)] = { gen, hash: prevHash };
  }
  for (let at = 0; at < states.length; at += statesAtOnce) {
    await cloud.sharing.publish({ pat, states: states.slice(at, at + statesAtOnce), letter });
  }
  keyring.sharing.heads = { ...keyring.sharing.heads, ...heads };
  await save();
}

const publishedAtOnce = 1000;
const statesAtOnce = 50;
