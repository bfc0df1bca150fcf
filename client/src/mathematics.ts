/**
 * The mathematics that takes longer than a millisecond: KP-ABE seals and opens, and what consent is made of.
 *
 * The client calls it through this shape, so that it can run in worker threads under Node, in a Web Worker in
 * a browser, or here. This file is what such a worker does.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { type Group, loadGroup } from '@carelet/crypto/algebra/group';
import { kdf } from '@carelet/crypto/algebra/hash';
import type { Random } from '@carelet/crypto/algebra/random';
import { attempt } from '@carelet/crypto/algebra/strict';
import { type Answer, type Combined, combine } from '@carelet/crypto/kdc/reader';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { factorCheck, finish } from '@carelet/crypto/kp-abe/reader';
import { emergencyPq } from '@carelet/crypto/ma-kp-abe/break-glass';
import * as joint from '@carelet/crypto/ma-kp-abe/owner';
import * as personal from '@carelet/crypto/ma-kp-abe/reader';
import { accept, type Grantee, type Offer, rekey, scopeKey } from '@carelet/crypto/pre/owner';
import * as delegate from '@carelet/crypto/pre/reader';
import { seal as sealForScope } from '@carelet/crypto/pre/writer';
import { inSlices } from './pace.ts';

/** A wrap to be sealed for a role. */
export type PolicySeal = { domain: Bytes; pq: Bytes; labels: string[]; context: Bytes; content: Bytes };

/** A wrap to be opened with a doctor's factors, from what cloud and mediator made of it: one answer behind the other. */
export type PolicyOpen = { domain: Bytes; pq: Bytes; factors: readonly Bytes[]; answers: Bytes; context: Bytes; body: Bytes };

/** A doctor's factor, and what the mediator made of the base of the cloud's part. */
export type FactorCheck = { domain: Bytes; issuers: Bytes; factor: Bytes; answer: Bytes };

/** A wrap to be sealed for a scope that a patient published. */
export type ConsentSeal = { scope: Bytes; p: Bytes; pq: Bytes; context: Bytes; content: Bytes };

/** A wrap that cloud and mediator turned, to be opened with a doctor's half. */
export type ConsentOpen = { half: Bytes; scope: Bytes; p: Bytes; pq: Bytes; context: Bytes; sealed: Bytes; turned: Bytes };

/** A patient's scopes, to be given keys; with an offer, re-encryption keys for its doctor as well. */
export type ScopeJob = { root: Bytes; scope: Bytes; offer: Offer | null };

/** P of a scope, and the re-encryption key where one was asked for and the offer holds. */
export type ScopeKeys = { p: Bytes; rekey: Bytes | null };

/** A wrap to be sealed for an organisation's emergencies. */
export type EmergencySeal = Omit<PolicySeal, 'domain'> & { emergency: Bytes };

/** A wrap to be opened in an emergency, by whom. */
export type EmergencyOpen = PolicyOpen & { gid: Bytes };

/** A doctor's factor of a key for emergencies, and what the mediator made of the base of the cloud's part. */
export type EmergencyCheck = Omit<FactorCheck, 'issuers'> & { gid: Bytes };

/** What key servers answered for one place, to be put together; `servers` as the manifest names them. */
export type PartsJob = { servers: Bytes; place: Bytes; answers: Answer[] };

export type Mathematics = {
  sealPolicies(jobs: PolicySeal[]): Promise<Bytes[]>;
  /** The content, or `null` where the key does not open it. */
  openPolicies(jobs: PolicyOpen[]): Promise<(Bytes | null)[]>;
  /** Whether a doctor's factor, the mediator's and the cloud's part come to what the issuer's public key says. */
  checkFactors(jobs: FactorCheck[]): Promise<boolean[]>;
  sealEmergencies(jobs: EmergencySeal[]): Promise<Bytes[]>;
  /** The content, or `null` where the key does not open it. */
  openEmergencies(jobs: EmergencyOpen[]): Promise<(Bytes | null)[]>;
  checkEmergencyFactors(jobs: EmergencyCheck[]): Promise<boolean[]>;
  sealConsents(jobs: ConsentSeal[]): Promise<Bytes[]>;
  /** The content, or `null` where it does not open. */
  openConsents(jobs: ConsentOpen[]): Promise<(Bytes | null)[]>;
  scopeKeys(jobs: ScopeJob[]): Promise<ScopeKeys[]>;
  /** The keys that servers' answers make, and whose answers were wrong. */
  combineParts(jobs: PartsJob[]): Promise<Combined[]>;
  /** A doctor's half of every key she is given by consent: the same one from every copy of her keyring. */
  newHalf(doctor: { id: Bytes; edSk: Bytes }): Promise<{ half: Bytes; delegate: Bytes }>;
};

export const sealPolicies: Mathematics['sealPolicies'] = async (jobs) => {
  const group = await pairing();
  return oneByOne(jobs, ({ domain, pq, labels, context, content }) => seal(group, [{ domain, pq }], labels, context, content));
};

export const openPolicies: Mathematics['openPolicies'] = async (jobs) => {
  const group = await pairing();
  return oneByOne(jobs, ({ domain, pq, factors, answers, context, body }) => {
    const each = factors.map((_, i) => answers.subarray(576 * i, 576 * (i + 1)));
    return attempt(() => finish(group, domain, factors, each, context, body, { pq }));
  });
};

export const checkFactors: Mathematics['checkFactors'] = async (jobs) => {
  const group = await pairing();
  return oneByOne(
    jobs,
    ({ domain, issuers, factor, answer }) => attempt(() => factorCheck(group, domain, issuers, factor, answer)) ?? false,
  );
};

export const sealEmergencies: Mathematics['sealEmergencies'] = async (jobs) => {
  const group = await pairing();
  return oneByOne(jobs, ({ emergency, pq, labels, context, content }) =>
    joint.seal(group, [{ domain: emergency, pq: emergencyPq(pq) }], labels, context, content),
  );
};

export const openEmergencies: Mathematics['openEmergencies'] = async (jobs) => {
  const group = await pairing();
  return oneByOne(jobs, ({ domain, pq, gid, factors, answers, context, body }) => {
    const each = factors.map((_, i) => answers.subarray(576 * i, 576 * (i + 1)));
    return attempt(() => personal.finish(group, domain, gid, factors, each, context, body, { pq }));
  });
};

export const checkEmergencyFactors: Mathematics['checkEmergencyFactors'] = async (jobs) => {
  const group = await pairing();
  return oneByOne(
    jobs,
    ({ domain, gid, factor, answer }) => attempt(() => personal.factorCheck(group, domain, gid, factor, answer)) ?? false,
  );
};

/** In a browser this thread has more to listen to. */
const oneByOne = <Job, Result>(jobs: readonly Job[], compute: (job: Job) => Result): Promise<Result[]> =>
  inSlices('compute', undefined, async (breathe) => {
    const results: Result[] = [];
    for (const job of jobs) {
      await breathe();
      results.push(compute(job));
    }
    return results;
  });

export const sealConsents: Mathematics['sealConsents'] = async (jobs) => {
  const group = await pairing();
  return oneByOne(jobs, ({ scope, p, pq, context, content }) => sealForScope(group, { scope, p }, context, content, { pq }));
};

export const openConsents: Mathematics['openConsents'] = async (jobs) => {
  const group = await pairing();
  return oneByOne(jobs, ({ half, scope, p, pq, context, sealed, turned }) => {
    using ready = delegate.openHalf(half);
    return delegate.open(group, ready, { scope, p }, { context, sealed, turned }, { pq });
  });
};

export const scopeKeys: Mathematics['scopeKeys'] = async (jobs) => {
  const group = await pairing();
  // An offer is judged once, however many scopes it is for.
  const grantees = new Map<Offer, Grantee | null>();
  return oneByOne(jobs, ({ root, scope, offer }) => {
    using key = scopeKey(group, root, scope);
    if (offer && !grantees.has(offer)) grantees.set(offer, accept(group, offer));
    const grantee = offer && grantees.get(offer)!;
    return { p: key.p, rekey: grantee && rekey(group, key, grantee) };
  });
};

export const combineParts: Mathematics['combineParts'] = async (jobs) => {
  const group = await pairing();
  return oneByOne(jobs, ({ servers, place, answers }) => combine(group, servers, place, answers));
};

export const newHalf: Mathematics['newHalf'] = async (doctor) => {
  let at = 0;
  // Two halves of one doctor would be one too many: what was shared under the first would not open with the second.
  const random: Random = (length) => kdf(doctor.edSk, 'carelet/v1/sharing/half', [doctor.id, at++], length);
  return delegate.newHalf(await pairing(), doctor, random);
};

/** All of it in this thread. */
export const mathematicsHere: Mathematics = {
  sealPolicies,
  openPolicies,
  checkFactors,
  sealEmergencies,
  openEmergencies,
  checkEmergencyFactors,
  sealConsents,
  openConsents,
  scopeKeys,
  combineParts,
  newHalf,
};

/** mcl where WebAssembly is allowed, noble where it is refused. */
const pairing = (): Promise<Group> => loadGroup('mcl').catch(() => loadGroup('noble'));
