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
import { fromFhirConsent } from '@carelet/care/rules/sharing/consent';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { cardStands, decodeCard } from '@carelet/crypto/cards/card';
import { hashOfState, publishedKey, type ScopeHead, signScopeState } from '@carelet/crypto/records/scope';
import type { GivenGrant } from '../keyring/keyring.ts';
import type { ChartRef } from '../records/reader.ts';
import { reaches } from './meant.ts';
import { categoryName, followScopes, headName, nameOfCategory, type Published, sealWriterLetter } from './scopes.ts';
import type { SharingOptions } from './share.ts';

/** What is published of one's own chart, checked against what one published oneself. */
export async function publishedScopes(
  { keyring, cloud }: Pick<SharingOptions, 'keyring' | 'cloud'>,
  { pat }: Pick<ChartRef, 'pat'>,
): Promise<Published> {
  const prefix = headName(pat, '');
  const known = Object.fromEntries(
    Object.entries(keyring.sharing.heads).flatMap(([name, head]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), head]] : [])),
  );
  const { states } = await cloud.sharing.scopes({ pat });
  return followScopes(states, { pat, owner: keyring.card, known });
}

/** A scope of a consent, and its public key. */
export type ScopeKey = { readonly category: Category; readonly part: Part; readonly period: Period; readonly p: Bytes };

/** Publishes what was not published yet, category by category; gives all that is published then. */
export async function publish(
  options: SharingOptions,
  chart: ChartRef,
  published: Published,
  scopes: readonly ScopeKey[],
): Promise<Published> {
  const byCategory = new Map<string, { category: Category; missing: { part: string; period: string; p: Bytes }[] }>();
  for (const { category, part, period, p } of scopes) {
    const name = categoryName(category);
    const head = published.get(name);
    if (head && publishedKey(head, [category.kind, category.conf, category.sens], part, period)) continue;
    const entry = byCategory.get(name) ?? { category, missing: [] };
    entry.missing.push({ part, period, p });
    byCategory.set(name, entry);
  }
  const now = Math.floor((options.clock ?? Date.now)() / 1000);
  const next = [...byCategory].map(([name, { category, missing }]) => {
    const head = published.get(name);
    return { category, head, gen: head?.gen ?? 0, since: head?.since ?? now, scopes: missing };
  });
  await lay(options, chart, next);
  return publishedScopes(options, chart);
}

/**
 * Begins a new generation of every category of a chart that somebody was let read and is not any more; gives how many. See
 * [Note: Generations].
 */
export async function raiseGenerations(options: SharingOptions, chart: ChartRef): Promise<number> {
  const { keyring, clock = Date.now } = options;
  const ended = keyring.sharing.grants.filter(({ pat, holds }) => equalPublic(pat, chart.pat) && !(holds.cloud && holds.mediator));
  if (ended.length === 0) return 0;
  const now = Math.floor(clock() / 1000);
  const next = [...(await publishedScopes(options, chart))].flatMap(([name, head]) => {
    const over = ended.filter((grant) => isOfGeneration(grant, head) && reaches(grant, nameOfCategory(name)));
    if (over.length === 0) return [];
    const since = Math.max(now, 1 + Math.max(...over.map(({ issued }) => issued)));
    return [{ category: nameOfCategory(name), head, gen: head.gen + 1, since, scopes: [] }];
  });
  await lay(options, chart, next);
  return next.length;
}

/** Whether a grant that holds is of an older generation of something it reaches: then its doctor is to be given a new one. */
export const isSuperseded = (grant: GivenGrant, published: Published): boolean =>
  fromFhirConsent(JSON.parse(grant.consent)) !== null &&
  [...published].some(([name, head]) => !isOfGeneration(grant, head) && reaches(grant, nameOfCategory(name)));

const isOfGeneration = ({ issued }: GivenGrant, { since }: ScopeHead): boolean => issued >= since;

/** What comes next in a category's chain. */
type Next = {
  readonly category: Category;
  readonly head: ScopeHead | undefined;
  readonly gen: number;
  readonly since: number;
  readonly scopes: readonly { readonly part: string; readonly period: string; readonly p: Bytes }[];
};

/** Signs what comes next and lays it at the cloud, with K_pq for whoever writes the chart. */
async function lay(
  { keyring, save, cloud, clock = Date.now }: SharingOptions,
  { pat, writer }: ChartRef,
  next: readonly Next[],
): Promise<void> {
  if (next.length === 0) return;
  const [card] = (await cloud.login.cards({ ids: [writer] })).cards.flatMap((bytes) => decodeCard(bytes) ?? []);
  if (!card || !equalPublic(card.id, writer) || !cardStands(card, keyring.manifest, Math.floor(clock() / 1000))) {
    throw new CareletError('tampered', 'share records', { because: 'nobody vouches for the organisation that writes this chart' });
  }
  const letter = sealWriterLetter(keyring.secrets, card, pat, keyring.sharing.patient!.pq);
  const states: Bytes[] = [];
  const heads = { ...keyring.sharing.heads };
  for (const { category, head, gen, since, scopes } of next) {
    const body = { pat, category: [category.kind, category.conf, category.sens] as const, gen, since };
    let prevHash = head?.hash ?? new Uint8Array(32);
    for (let at = 0; at === 0 || at < scopes.length; at += publishedAtOnce) {
      const state = signScopeState(keyring.secrets.edSk, { ...body, published: scopes.slice(at, at + publishedAtOnce), prevHash });
      states.push(state);
      prevHash = hashOfState(state);
    }
    heads[headName(pat, categoryName(category))] = { gen, hash: prevHash };
  }
  for (let at = 0; at < states.length; at += statesAtOnce) {
    await cloud.sharing.publish({ pat, states: states.slice(at, at + statesAtOnce), letter });
  }
  keyring.sharing.heads = heads;
  await save();
}

const publishedAtOnce = 1000;
const statesAtOnce = 50;
