/**
 * What mcl-wasm has but does not declare: its module object with the wasm exports, here with types.
 *
 * The typed classes give sums, products and encodings. The product of pairings, raising to p in GT and hashing
 * under one's own separation tag exist only as exports that work on addresses; long chains of operations go there too,
 * since a typed operation costs as much in copying as in arithmetic.
 *
 * @module
 */
import mcl from 'mcl-wasm';

type Address = number;
type Unary = (result: Address, a: Address) => void;
type Binary = (result: Address, a: Address, b: Address) => void;

/** The exports used here. The hash is optional: without it the typed fallback hashes. */
export interface Raw {
  stackSave(): Address;
  stackAlloc(bytes: number): Address;
  stackRestore(at: Address): void;
  sallocBytes(bytes: Uint8Array): Address;
  readonly _mclBn_getETHserialization: () => number;
  readonly _mclBnG1_add: Binary;
  readonly _mclBnG1_dbl: Unary;
  readonly _mclBnG2_add: Binary;
  readonly _mclBnG2_dbl: Unary;
  readonly _mclBnGT_mul: Binary;
  readonly _mclBnGT_sqr: Unary;
  readonly _mclBn_millerLoopVec: (result: Address, a: Address, b: Address, count: number) => void;
  readonly _mclBn_finalExp: Unary;
  readonly _mclBnFp_neg: Unary;
  readonly _mclBnFp2_mul: Binary;
  readonly _mclBnG1_hashAndMapToWithDst?: (
    result: Address,
    message: Address,
    messageLength: number,
    tag: Address,
    tagLength: number,
  ) => number;
}

const needed = [
  'stackSave',
  'stackAlloc',
  'stackRestore',
  'sallocBytes',
  '_mclBn_getETHserialization',
  '_mclBnG1_add',
  '_mclBnG1_dbl',
  '_mclBnG2_add',
  '_mclBnG2_dbl',
  '_mclBnGT_mul',
  '_mclBnGT_sqr',
  '_mclBn_millerLoopVec',
  '_mclBn_finalExp',
  '_mclBnFp_neg',
  '_mclBnFp2_mul',
] as const;

/** The module object of the initialised mcl, checked to have what we call. */
export function rawModule(): Raw {
  const { mod } = mcl as unknown as { mod: Raw };
  for (const name of needed) if (typeof mod[name] !== 'function') throw new Error(`mcl-wasm has no ${name}`);
  return mod;
}

/** Runs `work` with a stack of its own inside wasm; whatever it allocates is released. */
export function onStack<T>(raw: Raw, work: () => T): T {
  const before = raw.stackSave();
  try {
    return work();
  } finally {
    raw.stackRestore(before);
  }
}

/** An element of the typed interface, of known size inside wasm. */
export type Placed = { copyToMem(at: Address): void; copyFromMem(at: Address): void };

/** The steps of one group on addresses. */
export type Steps = { readonly size: number; readonly mul: Binary; readonly square: Unary };

/** `work` on the address of a result, which then holds it. */
export function placed<R extends Placed>(raw: Raw, result: R, size: number, work: (at: Address) => void): R {
  return onStack(raw, () => {
    const at = raw.stackAlloc(size);
    work(at);
    result.copyFromMem(at);
    return result;
  });
}

/** Copies elements side by side onto the stack. */
export function place(raw: Raw, size: number, ...elements: readonly Placed[]): Address {
  const at = raw.stackAlloc(size * elements.length);
  elements.forEach((element, i) => {
    element.copyToMem(at + size * i);
  });
  return at;
}

/** a^(2^times) into `result`. */
export function square<R extends Placed>(raw: Raw, { size, square: step }: Steps, result: R, a: R, times: number): R {
  return placed(raw, result, size, (at) => {
    a.copyToMem(at);
    for (let i = 0; i < times; i++) step(at, at);
  });
}

/** Column by column: squares, then multiplies by the elements of the column; into `result`. */
export function walk<R extends Placed>(raw: Raw, steps: Steps, result: R, columns: readonly (readonly R[])[]): R {
  return placed(raw, result, steps.size, (at) => {
    const next = raw.stackAlloc(steps.size);
    columns.forEach((elements, column) => {
      if (column > 0) steps.square(at, at);
      elements.forEach((element, i) => {
        const first = column === 0 && i === 0;
        element.copyToMem(first ? at : next);
        if (!first) steps.mul(at, at, next);
      });
    });
  });
}
