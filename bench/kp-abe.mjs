// KP-ABE in units of one pairing of the same backend, so that machines can be compared.
//
// Policies are conjunctions of n attributes: every attribute is used, which is the worst case for opening. `cached` is
// what a writer has after his first wraps: attribute points remembered.
import { loadGroup } from '@carelet/crypto/algebra/group';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { keygen, setup } from '@carelet/crypto/kp-abe/authority';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { open, openKey } from '@carelet/crypto/kp-abe/reader';
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
      const sealed = seal(group, [domain], attributes, context, message, {}, random);
      if (open(group, domain, ready, context, sealed) === null) throw new Error('it does not open');
      contenders[`Open, n = ${n}`] = repeat(() => open(group, domain, ready, context, sealed));
      contenders[`Seal, n = ${n}, cached`] = repeat(() => seal(group, [domain], attributes, context, message, {}, random));
      contenders[`KeyCheck, n = ${n}`] = repeat(() => openKey(group, domain, key, random));
    }
    const { pairing, ...others } = await interleaved(contenders, rounds);
    yield figure(`${backend}: one pairing`, 'ms', pairing);
    for (const [name, ms] of Object.entries(others)) yield figure(`${backend}: ${name}, against one pairing`, 'ms', ms, pairing);
  }
}
