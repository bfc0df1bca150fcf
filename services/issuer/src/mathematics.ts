/**
 * An issuer's mathematics: its part in a generation and its shares of keys, tens to hundreds of milliseconds each. Runs in
 * a worker thread; this file is both what the worker does and the shape the service sees.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { commitmentsInG2, commitmentsInGT, conclude, deal, type Generation, type Heard, reveal } from '@carelet/crypto/algebra/generation';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { attempt } from '@carelet/crypto/algebra/strict';
import * as keyServer from '@carelet/crypto/kdc/server';
import { publishServers } from '@carelet/crypto/kdc/servers';
import * as issuer from '@carelet/crypto/kp-abe/issuer';
import * as joint from '@carelet/crypto/ma-kp-abe/authority';
import { readSecurityDomain } from '@carelet/crypto/ma-kp-abe/security-domain';

/** How many issuers a town has, and how many of them make a key. */
export const issuers = 3;
export const neededIssuers = 2;

/** What an issuer deals: for all, for all later, and a share for each. */
export type Dealt = { readonly promise: Bytes; readonly opening: Bytes; readonly shares: readonly Bytes[] };

/** A domain, or the key servers, as this issuer has it, or the place of the one whose words do not fit. */
export type Made =
  | { readonly kind: 'made'; readonly domain: Bytes; readonly issuers: Bytes; readonly share: Bytes; readonly transcript: Bytes }
  | { readonly kind: 'blame'; readonly issuer: number; readonly because: 'promise' | 'opening' | 'share' };

export type IssuerMath = {
  deal(context: Bytes, place: number): Promise<Dealt>;
  conclude(context: Bytes, name: string, place: number, heard: readonly Heard[]): Promise<Made>;
  /** The same for the key servers, whose secret lives in G2. */
  dealServers(context: Bytes, place: number): Promise<Dealt>;
  concludeServers(context: Bytes, place: number, heard: readonly Heard[]): Promise<Made>;
  /** This server's parts for these places, in their order. */
  answerAsServer(share: Bytes, places: readonly Bytes[]): Promise<Bytes[]>;
  /** This issuer's part of a key, in three. */
  issue(share: Bytes, formula: string): Promise<issuer.IssuedKey>;
  /** An authority of emergencies, new. */
  newAuthority(name: string): Promise<{ readonly master: Bytes; readonly authority: Bytes }>;
  /** That authority's key for a person, in three. */
  issueEmergency(master: Bytes, gid: Bytes, formula: string): Promise<issuer.IssuedKey>;
  /** Whether every authority of a security domain proves its keys. */
  provesDomain(domain: Bytes): Promise<boolean>;
  /** Whether a share that was handed over is this issuer's of this domain. */
  holdsShare(domain: Bytes, issuers: Bytes, share: Bytes, place: number): Promise<boolean>;
};

const generation = (context: Bytes): Generation => ({ context, issuers, needed: neededIssuers });

const dealFor: IssuerMath['deal'] = async (context, place) => {
  const { dealing, promise } = deal(commitmentsInGT(await loadGroup('mcl')), generation(context), place + 1);
  return { promise, ...reveal(dealing, generation(context)) };
};

export { dealFor as deal };

const concludeFor: IssuerMath['conclude'] = async (context, name, place, heard) => {
  const group = await loadGroup('mcl');
  const made = conclude(commitmentsInGT(group), generation(context), place + 1, heard);
  if (made.kind === 'blame') return { ...made, issuer: made.issuer - 1 };
  const { domain, issuers, share } = issuer.domainFrom(group, name, made, { issuer: place + 1, needed: neededIssuers });
  return { kind: 'made', domain, issuers, share, transcript: made.transcript };
};

export { concludeFor as conclude };

export const dealServers: IssuerMath['dealServers'] = async (context, place) => {
  const { dealing, promise } = deal(commitmentsInG2(await loadGroup('mcl')), generation(context), place + 1);
  return { promise, ...reveal(dealing, generation(context)) };
};

export const concludeServers: IssuerMath['concludeServers'] = async (context, place, heard) => {
  const group = await loadGroup('mcl');
  const made = conclude(commitmentsInG2(group), generation(context), place + 1, heard);
  if (made.kind === 'blame') return { ...made, issuer: made.issuer - 1 };
  const servers = publishServers(group, neededIssuers, made.publicKey, made.publicShares);
  const share = keyServer.keepShare(place + 1, made.share);
  return { kind: 'made', domain: servers, issuers: new Uint8Array(), share, transcript: made.transcript };
};

export const answerAsServer: IssuerMath['answerAsServer'] = async (share, places) => {
  const group = await loadGroup('mcl');
  using ready = keyServer.openShare(share);
  return places.map((place) => keyServer.answer(group, ready, place));
};

export const issue: IssuerMath['issue'] = async (share, formula) => issuer.issue(await loadGroup('mcl'), share, formula);

export const holdsShare: IssuerMath['holdsShare'] = async (domain, issuers, share, place) => {
  const group = await loadGroup('mcl');
  return attempt(() => issuer.holdsShare(group, domain, issuers, share, place + 1)) ?? false;
};

export const newAuthority: IssuerMath['newAuthority'] = async (name) => joint.setup(await loadGroup('mcl'), name);

export const issueEmergency: IssuerMath['issueEmergency'] = async (master, gid, formula) =>
  joint.issue(await loadGroup('mcl'), master, gid, formula);

export const provesDomain: IssuerMath['provesDomain'] = async (domain) => {
  const group = await loadGroup('mcl');
  return attempt(() => readSecurityDomain(group, domain)) !== null;
};
