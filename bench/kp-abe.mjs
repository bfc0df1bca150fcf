// KP-ABE in units of one pairing of the same backend, so that machines can be compared.
//
// Policies are conjunctions of n attributes: every attribute is used, which is the worst case for opening. `cached` is
// what a writer has after his first wraps: attribute points remembered.

import { commitmentsInGT, conclude, deal, reveal } from '@carelet/crypto/algebra/generation';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { keygen, setup } from '@carelet/crypto/kp-abe/authority';
import { readTransform, transform } from '@carelet/crypto/kp-abe/cloud';
import { domainFrom, issue } from '@carelet/crypto/kp-abe/issuer';
import { mediate } from '@carelet/crypto/kp-abe/mediator';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { finish, open, openKey } from '@carelet/crypto/kp-abe/reader';
import { figure, interleaved, size } from './kit.mjs';

export const says = 'sealing and opening by KP-ABE, in pairings of the same backend';

export async function* run() {
  for (const backend of ['mcl', 'noble']) {
    const group = await loadGroup(backend);
    const random = seededRandom('bench/kp-abe');
    const { g1, g2, pair } = group;
    const { master, domain } = setup(group, 'bench', random);
    const context = random(32);
    const message = random(120);
    const times = backend === 'mcl' ? size(20, 1) : size(3, 1);
    const rounds = backend === 'mcl' ? size(7, 1) : size(3, 1);
    const repeat = (work) => () => {
      const began = performance.now();
      for (let i = 0; i < times; i++) work();
      return (performance.now() - began) / times;
    };
    const contenders = { pairing: repeat(() => pair([[g1.generator ?? g1.mulGenerator(1n), g2.generator]])) };
    for (const n of size([10, 50], [3])) {
      const attributes = Array.from({ length: n }, (_, i) => `l:attribute-${i}`);
      const key = keygen(group, master, attributes.join(' and '), random);
      const ready = openKey(group, domain, key, random);
      const sealed = seal(group, [{ domain }], attributes, context, message, random);
      if (open(group, domain, ready, context, sealed) === null) throw new Error('it does not open');
      contenders[`Open, n = ${n}`] = repeat(() => open(group, domain, ready, context, sealed));
      contenders[`Seal, n = ${n}, cached`] = repeat(() => seal(group, [{ domain }], attributes, context, message, random));
      contenders[`KeyCheck, n = ${n}`] = repeat(() => openKey(group, domain, key, random));
    }
    Object.assign(contenders, mediated(group, random, repeat, size(10, 3)));
    const { pairing, ...others } = await interleaved(contenders, rounds);
    yield figure(`${backend}: one pairing`, 'ms', pairing);
    for (const [name, ms] of Object.entries(others)) yield figure(`${backend}: ${name}, against one pairing`, 'ms', ms, pairing);
  }
}

/** Opening with two of three issuers, a cloud and a mediator: what each of them does for one text. */
function mediated(group, random, repeat, n) {
  const commitments = commitmentsInGT(group);
  const generation = { context: random(16), issuers: 3, needed: 2 };
  const dealt = [1, 2, 3].map((issuer) => deal(commitments, generation, issuer, random));
  const shown = dealt.map(({ dealing }) => reveal(dealing, generation));
  const domains = [1, 2].map((issuer) => {
    const heard = dealt.map(({ promise }, i) => ({ promise, opening: shown[i].opening, share: shown[i].shares[issuer - 1] }));
    return domainFrom(group, 'bench', conclude(commitments, generation, issuer, heard), { issuer, needed: 2 });
  });
  const [{ domain }] = domains;
  const attributes = Array.from({ length: n }, (_, i) => `l:attribute-${i}`);
  const [context, message] = [random(32), random(120)];
  const sealed = seal(group, [{ domain }], attributes, context, message, random);
  const key = domains.map(({ share }) => issue(group, share, attributes.join(' and '), random));
  const transformers = key.map((part) => readTransform(group, part.transform, random));
  const transformed = transformers.map((one) => transform(group, one, sealed));
  const answers = key.map(({ mediator }, i) => mediate(group, mediator, transformed[i]));
  const factors = key.map(({ doctor }) => doctor);
  if (finish(group, domain, factors, answers, context, sealed) === null) throw new Error('it does not finish');
  return {
    [`Issue, one issuer, n = ${n}`]: repeat(() => issue(group, domains[0].share, attributes.join(' and '), random)),
    [`Transform, one issuer, n = ${n}`]: repeat(() => transform(group, transformers[0], sealed)),
    'Mediate, one issuer': repeat(() => mediate(group, key[0].mediator, transformed[0])),
    'Finish, two issuers': repeat(() => finish(group, domain, factors, answers, context, sealed)),
  };
}
