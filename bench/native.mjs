// KP-ABE against the same sums in C: blst, where CARELET_BLST names its folder, built (its `build.sh` makes `libblst.a`).
//
// Ours checks what it decodes and makes a sealing that no one can twist (FO); the C side does neither, and encodes nothing.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { keygen, setup } from '@carelet/crypto/kp-abe/authority';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { open, openKey } from '@carelet/crypto/kp-abe/reader';
import { figure, interleaved, size } from './kit.mjs';

export const says = 'KP-ABE in WebAssembly against the same in C, where CARELET_BLST names a built blst';

export async function* run() {
  const blst = process.env.CARELET_BLST;
  if (!blst || !existsSync(join(blst, 'libblst.a'))) {
    console.error('  CARELET_BLST names no folder with bindings/blst.h and libblst.a: nothing to compare with here');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'carelet-native-'));
  const native = start(blst, folder);
  try {
    const group = await loadGroup('mcl');
    const random = seededRandom('bench/native');
    const { g1, g2, pair } = group;
    const { master, domain } = setup(group, 'bench', random);
    const [context, message] = [random(32), random(32)];
    const times = size(20, 1);
    const against = (work, operation, n) =>
      interleaved(
        {
          ours: () => {
            const began = performance.now();
            for (let i = 0; i < times; i++) work();
            return (performance.now() - began) / times;
          },
          theirs: () => native.ask(operation, n, times),
        },
        size(9, 1),
      );
    const point = g1.mulGenerator(5n);
    const pairing = await against(() => pair([[point, g2.generator]]), 'pairing', 1);
    yield figure('one pairing', 'ms', pairing.ours, pairing.theirs);
    for (const n of size([10, 50], [3])) {
      const attributes = Array.from({ length: n }, (_, i) => `l:attribute-${i}`);
      const formula = attributes.join(' and ');
      const key = openKey(group, domain, keygen(group, master, formula, random), random);
      const sealed = seal(group, [{ domain }], attributes, context, message, random);
      if (open(group, domain, key, context, sealed) === null) throw new Error('it does not open');
      const rows = [
        ['KeyGen', () => keygen(group, master, formula, random), 'keygen'],
        ['Seal, hashes cached', () => seal(group, [{ domain }], attributes, context, message, random), 'encaps'],
        ['Open', () => open(group, domain, key, context, sealed), 'decaps'],
      ];
      for (const [name, work, operation] of rows) {
        const { ours, theirs } = await against(work, operation, n);
        yield figure(`${name}, n = ${n}`, 'ms', ours, theirs);
      }
    }
  } finally {
    native.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds the C side and keeps it running: one line asked, one answered. */
function start(blst, folder) {
  const program = join(folder, 'fabeo');
  const source = join(import.meta.dirname, 'native/fabeo.c');
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-I', join(blst, 'bindings')];
  execFileSync(process.env.CC ?? 'cc', [...flags, source, join(blst, 'libblst.a'), '-o', program], { stdio: 'inherit' });
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(operation, n, times) {
      child.stdin.write(`${operation} ${n} ${times}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`the C side ended at ${operation}`);
      return Number(value);
    },
    stop: () => child.stdin.end(),
  };
}
