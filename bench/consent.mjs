// Consent for a named doctor, key distribution and several authorities, in units of one pairing of the same backend.

import { commitmentsInG2, conclude, deal, reveal } from '@carelet/crypto/algebra/generation';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { combine } from '@carelet/crypto/kdc/reader';
import { answer, keepShare, openShare } from '@carelet/crypto/kdc/server';
import { publishServers } from '@carelet/crypto/kdc/servers';
import { mediate } from '@carelet/crypto/kp-abe/mediator';
import * as authority from '@carelet/crypto/ma-kp-abe/authority';
import { readTransform, transform } from '@carelet/crypto/ma-kp-abe/cloud';
import * as joint from '@carelet/crypto/ma-kp-abe/owner';
import { finish, open as openJoint, openKeys } from '@carelet/crypto/ma-kp-abe/reader';
import { joinAuthorities, readSecurityDomain } from '@carelet/crypto/ma-kp-abe/security-domain';
import { openRekey, reencrypt } from '@carelet/crypto/pre/cloud';
import { apply, newFactor, openFactor } from '@carelet/crypto/pre/mediator';
import { accept, openOwn, rekey, scopeKey } from '@carelet/crypto/pre/owner';
import { newHalf, open, openHalf } from '@carelet/crypto/pre/reader';
import { seal } from '@carelet/crypto/pre/writer';
import { figure, interleaved, size } from './kit.mjs';

export const says = 'consent for a named doctor, key distribution, several authorities, in pairings of the same backend';

export async function* run() {
  for (const backend of ['mcl', 'noble']) {
    const group = await loadGroup(backend);
    const random = seededRandom('bench/consent');
    const times = backend === 'mcl' ? size(20, 1) : size(3, 1);
    const repeat = (work) => () => {
      const began = performance.now();
      for (let i = 0; i < times; i++) if (work() === null) throw new Error('it does not open');
      return (performance.now() - began) / times;
    };
    const contenders = {
      pairing: repeat(() => group.pair([[group.g1.generator, group.g2.generator]])),
      ...consent(group, random, repeat),
      ...distribution(group, random, repeat),
      ...authorities(group, random, repeat, size(5, 2)),
    };
    const { pairing, ...others } = await interleaved(contenders, backend === 'mcl' ? size(7, 1) : size(3, 1));
    yield figure(`${backend}: one pairing`, 'ms', pairing);
    for (const [name, ms] of Object.entries(others)) yield figure(`${backend}: ${name}, against one pairing`, 'ms', ms, pairing);
  }
}

/** One grant of one scope, and one text in it. */
export function consent(group, random, repeat) {
  const [keys, gate] = [signingKey(random), signingKey(random)];
  const [id, grant, context, message] = [random(16), random(16), random(32), random(120)];
  const doctor = { id, edVk: keys.public };
  const { half, delegate } = newHalf(group, { id, edSk: keys.secret }, random);
  const { secret, factor } = newFactor(group, grant, delegate, doctor, gate.secret, random);
  const offer = { grant, delegate, factor, doctor, mediator: gate.public };
  const scope = scopeKey(group, random(32), random(24), random);
  const grantee = accept(group, offer);
  const bytes = rekey(group, scope, grantee);
  const atCloud = openRekey(group, bytes);
  const [atMediator, atDoctor] = [openFactor(secret, random), openHalf(half, random)];
  const sealed = seal(group, scope, context, message, { random });
  const transformed = reencrypt(group, atCloud, sealed);
  const turned = apply(group, atMediator, transformed);
  return {
    'Consent: seal': repeat(() => seal(group, scope, context, message, { random })),
    'Consent: owner opens': repeat(() => openOwn(group, scope, context, sealed)),
    'Consent: mediator makes a factor': repeat(() => newFactor(group, grant, delegate, doctor, gate.secret, random)),
    'Consent: patient judges an offer': repeat(() => accept(group, offer)),
    'Consent: re-encryption key': repeat(() => rekey(group, scope, grantee)),
    'Consent: cloud checks it': repeat(() => openRekey(group, bytes)),
    'Consent: cloud re-encrypts': repeat(() => reencrypt(group, atCloud, sealed)),
    'Consent: mediator turns': repeat(() => apply(group, atMediator, transformed)),
    'Consent: doctor opens': repeat(() => open(group, atDoctor, scope, { context, sealed, turned })),
  };
}

/** The key of one node from two of three servers. */
function distribution(group, random, repeat) {
  const commitments = commitmentsInG2(group);
  const generation = { context: random(16), issuers: 3, needed: 2 };
  const dealt = [1, 2, 3].map((server) => deal(commitments, generation, server, random));
  const shown = dealt.map(({ dealing }) => reveal(dealing, generation));
  const made = [0, 1].map((j) => {
    const heard = dealt.map(({ promise }, i) => ({ promise, opening: shown[i].opening, share: shown[i].shares[j] }));
    return conclude(commitments, generation, j + 1, heard);
  });
  const servers = publishServers(group, 2, made[0].publicKey, made[0].publicShares);
  const shares = made.map(({ share }, i) => openShare(keepShare(i + 1, share)));
  const nodeId = random(16);
  const answers = shares.map((share, i) => ({ server: i + 1, partial: answer(group, share, nodeId) }));
  return {
    'Key distribution: a server answers': repeat(() => answer(group, shares[0], nodeId)),
    'Key distribution: the key of two answers': repeat(() => combine(group, servers, nodeId, answers, random).key),
  };
}

/** A text for two authorities with n attributes, all of them used at both. */
function authorities(group, random, repeat, n) {
  const [context, message, gid] = [random(32), random(120), random(16)];
  const both = ['hospital', 'board'].map((name) => authority.setup(group, name, random));
  const domain = joinAuthorities(
    'bench',
    both.map((one) => one.authority),
  );
  const { id } = readSecurityDomain(group, domain);
  const attributes = Array.from({ length: n }, (_, i) => `l:attribute-${i}`);
  const policy = attributes.join(' and ');
  const keys = openKeys(
    group,
    domain,
    gid,
    both.map(({ master }) => authority.keygen(group, master, gid, policy, random)),
  );
  const sealed = joint.seal(group, [{ domain }], attributes, context, message, random);
  const issued = both.map(({ master }) => authority.issue(group, master, gid, policy, random));
  const transformer = readTransform(group, issued[0].transform, random);
  const answers = issued.map((key) =>
    mediate(group, key.mediator, transform(group, readTransform(group, key.transform, random), id, sealed)),
  );
  const factors = issued.map(({ doctor }) => doctor);
  return {
    [`Two authorities: seal, n = ${n}`]: repeat(() => joint.seal(group, [{ domain }], attributes, context, message, random)),
    [`Two authorities: one issues, n = ${n}`]: repeat(() => authority.issue(group, both[0].master, gid, policy, random)),
    [`Two authorities: open, n = ${n}`]: repeat(() => openJoint(group, domain, keys, context, sealed)),
    [`Two authorities: cloud transforms for one, n = ${n}`]: repeat(() => transform(group, transformer, id, sealed)),
    'Two authorities: doctor finishes': repeat(() => finish(group, domain, gid, factors, answers, context, sealed)),
  };
}
