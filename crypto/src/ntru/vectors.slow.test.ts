import { beforeAll, describe, expect, test } from 'vitest';
import { hps509, hps821, hrss701, type Params } from './params.ts';
import { all } from './testing.ts';
import { intermediateOf, present, reproduces, vectorsOf } from './vectors.testing.ts';

if (!present) test.skip('the vector files are not here (CARELET_DATA)', () => {});
else {
  test.each(all)('$name: makes and opens every NIST vector', ({ set }) => {
    const vectors = vectorsOf(set.name);
    expect(vectors.length).toBeGreaterThanOrEqual(30);
    for (const vector of vectors) expect(reproduces(set, vector)).toEqual([]);
  });

  describe.each([hps509, hps821, hrss701])('the compiled functions of $name agree with the reference code', (p) => {
    let steps: Steps;
    beforeAll(async () => {
      const { compile, ntru } = (await import(new URL('../../../tools/wasm.mjs', import.meta.url).href)) as Tools;
      const { wasm } = await compile(ntru(p.name, 'steps.testing.ts'));
      steps = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as Steps;
    });

    for (const [name, fields] of Object.entries(functions)) {
      const vectors = intermediateOf(p.name, name);
      if (vectors.length > 0) test(name, () => vectors.map((vector) => agrees(p, steps, name, fields, vector)));
    }
  });
}

type Fields = readonly [input: readonly string[], output: string, what: 'trits' | 'mod q' | 'mod (q, Φ)' | 'bytes'];

/**
 * By name in the reference code: which fields go in, which comes out, and what that is. poly_S3_mul and poly_lift are not
 * among them: their vectors are made of any 16 bits, which overflow in a way of their own, where ours take trits.
 */
const functions: Record<string, Fields> = {
  poly_S3_inv: [['a'], 'r', 'trits'],
  poly_R2_inv: [['a'], 'r', 'trits'],
  poly_Rq_inv: [['a'], 'r', 'mod (q, Φ)'],
  poly_Rq_mul: [['a', 'b'], 'r', 'mod q'],
  poly_Sq_mul: [['a', 'b'], 'r', 'mod q'],
  poly_Rq_to_S3: [['a'], 'r', 'trits'],
  poly_mod_3_Phi_n: [['r'], 'res', 'trits'],
  poly_mod_q_Phi_n: [['r'], 'res', 'mod q'],
  poly_Z3_to_Zq: [['r'], 'res', 'mod q'],
  poly_trinary_Zq_to_Z3: [['r'], 'res', 'trits'],
  poly_Sq_tobytes: [['a'], 'r', 'bytes'],
  poly_S3_tobytes: [['a'], 'msg', 'bytes'],
  poly_Sq_frombytes: [['r'], 'a', 'mod q'],
  poly_Rq_sum_zero_frombytes: [['r'], 'a', 'mod q'],
  poly_S3_frombytes: [['msg'], 'a', 'trits'],
};

/** Coefficients are compared in the bits that count: products keep 13 of 16, and an inverse is one mod Φ_n only. */
function agrees(p: Params, steps: Steps, name: string, [input, output, what]: Fields, vector: Record<string, number[]>): void {
  const [a, b, r, bytes] = [0, 1, 2, 3].map(steps.place) as [number, number, number, number];
  const memory = steps.memory.buffer;
  new Uint8Array(memory, bytes, r + 4096 - bytes).fill(0);
  const packed = name.endsWith('frombytes');
  for (const [i, field] of input.entries()) {
    const values = name === 'poly_S3_inv' ? tritsOf(p, vector[field]!) : vector[field]!;
    if (packed) new Uint8Array(memory, bytes, values.length).set(values);
    else new Uint16Array(memory, i === 0 ? a : b, values.length).set(values);
  }
  (steps[name] as () => void)();
  const wanted = vector[output]!;
  if (what === 'bytes') {
    expect([...new Uint8Array(memory, bytes, wanted.length)]).toEqual(wanted);
    return;
  }
  const low = (values: ArrayLike<number>) =>
    Array.from(values, (x) => (what === 'trits' ? x : (x - (what === 'mod q' ? 0 : values[p.n - 1]!)) & (p.q - 1)));
  expect(low(new Uint16Array(memory, r, p.n))).toEqual(low(wanted));
}

/** How the reference code reads what it inverts: two bits of each coefficient, mod (3, Φ_n). */
const tritsOf = (p: Params, values: number[]): number[] => values.map((x) => ((x & 3) + 2 * (values[p.n - 1]! & 3)) % 3);

type Steps = { memory: { buffer: ArrayBuffer }; place(what: number): number } & Record<string, unknown>;
type Tools = { compile(module: object): Promise<{ wasm: Uint8Array }>; ntru(name: string, entry: string): object };

/** What we use of an engine's interface. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};
