// KP-ABE in units of one pairing of the same backend, so that machines can be compared.
//
// Policies are conjunctions of n attributes: every attribute is used, which is the worst case for opening. `cached` is
// what a writer has after his first wraps: attribute points remembered; `cold` hashes attributes that nobody named before. `Decaps` is
// raw, without what makes sure that K is the one that was sealed. `KeyGen` makes a key alone, `Issue` is one of three issuers, whose
// key is blinded from the start; `Blind` draws the factors of one login.

import { commitmentsInGT, conclude, deal, reveal } from '@carelet/crypto/algebra/generation';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { keygen, setup } from '@carelet/crypto/kp-abe/authority';
import { readTransform, transform } from '@carelet/crypto/kp-abe/cloud';
import { decapsulate } from '@carelet/crypto/kp-abe/decapsulate';
import { decodeKey, decodeSealed } from '@carelet/crypto/kp-abe/encoding';
import { domainFrom, issue } from '@carelet/crypto/kp-abe/issuer';
import { forLogin, mediate } from '@carelet/crypto/kp-abe/mediator';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { finish, inSession, open, openKey } from '@carelet/crypto/kp-abe/reader';
import { figure, interleaved, size } from './kit.mjs';

export const says = 'sealing and opening by KP-ABE, in pairings of the same backend';

/** In pairings of the same backend. */
const aims = { 'Open, n = 10': '≤ 3.0×', 'Open, n = 50': '≤ 6×', 'Seal, n = 10, cached': '≤ 1.5×', 'Finish, two issuers': '≤ 1.9×' };

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
      const formula = attributes.join(' and ');
      const key = keygen(group, master, formula, random);
      const ready = openKey(group, domain, key, random);
      const sealed = seal(group, [{ domain }], attributes, context, message, random);
      if (open(group, domain, ready, context, sealed) === null) throw new Error('it does not open');
      contenders[`Open, n = ${n}`] = repeat(() => open(group, domain, ready, context, sealed));
      contenders[`Seal, n = ${n}, cached`] = repeat(() => seal(group, [{ domain }], attributes, context, message, random));
      let named = 0;
      contenders[`Seal, n = ${n}, cold`] = repeat(() => {
        const fresh = attributes.map((_, i) => `l:of-${n}-${named}-${i}`);
        named++;
        return seal(group, [{ domain }], fresh, context, message, random);
      });
      contenders[`KeyGen, n = ${n}`] = repeat(() => keygen(group, master, formula, random));
      contenders[`KeyCheck, n = ${n}`] = repeat(() => openKey(group, domain, key, random));
      const elements = decoded(group, key);
      const parts = decodeSealed(sealed);
      contenders[`Decaps, n = ${n}`] = repeat(() => decapsulate(group, elements, parts));
    }
    Object.assign(contenders, mediated(group, random, repeat, size(10, 3)));
    const { pairing, ...others } = await interleaved(contenders, rounds);
    yield figure(`${backend}: one pairing`, 'ms', pairing);
    for (const [name, ms] of Object.entries(others))
      yield figure(`${backend}: ${name}, against one pairing`, 'ms', ms, pairing, aims[name]);
  }
}

/** A key whose points are decoded, as a reader keeps it. */
function decoded({ g1, g2 }, key) {
  const { formula, rows, k, d } = decodeKey(key);
  return { formula, rows, k: k.map((one) => g2.decode(one)), d: d.map((one) => g1.decode(one)) };
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
    'Blind, one login': repeat(() => inSession(key[0].doctor, forLogin(key[0].mediator, random).session)),
    'Mediate, one issuer': repeat(() => mediate(group, key[0].mediator, transformed[0])),
    'Finish, two issuers': repeat(() => finish(group, domain, factors, answers, context, sealed)),
  };
}
