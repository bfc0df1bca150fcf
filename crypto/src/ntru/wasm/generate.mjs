/**
 * What the compiler of AssemblyScript cannot do: constants that differ by parameter set (`./set`), and loops written
 * out (`./unrolled`), because a vector that stays in a register needs a name of its own.
 *
 * `sourcesOf(set)` gives the text of both modules; `tools/wasm.mjs` compiles them with the ones that lie here.
 *
 * @module
 */

/**
 * By name: n and log q of the submission; K, the length of one of 63 products (16·K ≥ n); W, the vectors of a row of n
 * bits.
 */
export const sets = {
  ntruhps4096821: { n: 821, logq: 12, K: 52, W: 7, hps: true },
  ntruhps2048677: { n: 677, logq: 11, K: 44, W: 6, hps: true },
  ntruhrss701: { n: 701, logq: 13, K: 44, W: 6, hps: false },
  ntruhps2048509: { n: 509, logq: 11, K: 32, W: 4, hps: true },
};

export function sourcesOf(set) {
  const { n, logq, K, W, hps } = set;
  return {
    './set': `export const N: usize = ${n};
export const LOGQ: i32 = ${logq};
export const K: usize = ${K};
export const W: usize = ${W};
export const HPS: bool = ${hps};
`,
    './unrolled': [
      "import { ROW_F, ROW_W, STATE, SUM_A, SUM_B, SUM_C, WINDOW, WORDS } from './layout';",
      "import { add, mul, shiftLeft, shiftRight, sub, zero } from './vector';",
      transpose('transposeIn', 16, 2 * K),
      transpose('transposeOut', 4 * K, 16),
      schoolbook(K / 4),
      karatsuba('karatsubaHalf', 'schoolbook', K / 4, 8 * K),
      `export ${karatsuba('karatsuba', 'karatsubaHalf', K / 2, 0)}`,
      divisionStep(W),
      twoDivisionSteps(W),
      permutation(),
    ].join('\n\n'),
  };
}

const range = (count, from = 0) => Array.from({ length: count }, (_, i) => from + i);
const lines = (count, line) => range(count).map(line).join('\n');

/** 8 × 8 coefficients, exchanging rows and columns: pairs, then fours, then eights are interleaved. */
function transpose(name, toStride, fromStride) {
  const interleave = (type, a, b, low) => {
    const lanes = { i16: 8, i32: 4, i64: 2 }[type];
    const first = low ? 0 : lanes / 2;
    const order = range(lanes / 2, first).flatMap((lane) => [lane, lane + lanes]);
    return `v128.shuffle<${type}>(${a}, ${b}, ${order.join(', ')})`;
  };
  const each = (type, from, to, pairs) =>
    pairs
      .map(([a, b], i) => [0, 1].map((j) => `  const ${to}${2 * i + j} = ${interleave(type, from + a, from + b, j === 0)};`).join('\n'))
      .join('\n');
  return `@inline
export function ${name}(to: usize, from: usize): void {
${lines(8, (i) => `  const r${i} = v128.load(from, ${i * fromStride});`)}
${each('i16', 'r', 's', [
  [0, 1],
  [2, 3],
  [4, 5],
  [6, 7],
])}
${each('i32', 's', 't', [
  [0, 2],
  [1, 3],
  [4, 6],
  [5, 7],
])}
${lines(8, (i) => `  v128.store(to, ${interleave('i64', `t${i >> 1}`, `t${(i >> 1) + 4}`, i % 2 === 0)}, ${i * toStride});`)}
}`;
}

/** r = a · b of `size` vectors each, two coefficients of the product at a time; all of a stays in registers. */
function schoolbook(size) {
  const coefficients = range(size).map((pair) => {
    const out = [];
    const sums = [2 * pair, 2 * pair + 1].filter((k) => k < 2 * size - 1);
    const begun = new Set();
    for (let j = Math.max(0, sums[0] - size + 1); j <= Math.min(size - 1, sums.at(-1)); j++) {
      out.push(`  y = v128.load(b, ${16 * j});`);
      for (const k of sums) {
        if (k - j < 0 || k - j >= size) continue;
        const product = `mul(a${k - j}, y)`;
        out.push(`  c${k % 2} = ${begun.has(k) ? `add(c${k % 2}, ${product})` : product};`);
        begun.add(k);
      }
    }
    return [...out, ...sums.map((k) => `  v128.store(r, c${k % 2}, ${16 * k});`)].join('\n');
  });
  return `function schoolbook(r: usize, a: usize, b: usize): void {
${lines(size, (i) => `  const a${i} = v128.load(a, ${16 * i});`)}
  let c0 = zero();
  let c1 = zero();
  let y = zero();
${coefficients.join('\n')}
  v128.store(r, zero(), ${16 * (2 * size - 1)});
}`;
}

/** r = a · b of 2 · half vectors each, by three products of `half`. `scratch` is where this level's sums lie. */
function karatsuba(name, inner, half, scratch) {
  const bytes = 16 * half;
  const [a, b, c] = [`SUM_A + ${scratch}`, `SUM_B + ${scratch}`, `SUM_C + ${2 * scratch}`];
  return `function ${name}(r: usize, a: usize, b: usize): void {
  ${inner}(r, a, b);
  ${inner}(r + ${2 * bytes}, a + ${bytes}, b + ${bytes});
  for (let i: usize = 0; i < ${bytes}; i += 16) {
    v128.store(i, add(v128.load(a + i), v128.load(a + i, ${bytes})), ${a});
    v128.store(i, add(v128.load(b + i), v128.load(b + i, ${bytes})), ${b});
  }
  ${inner}(${c}, ${a}, ${b});
  for (let i: usize = 0; i < ${bytes}; i += 16) {
    const at = r + i;
    const middle = sub(v128.load(at, ${bytes}), v128.load(at, ${2 * bytes}));
    const high = v128.load(at, ${3 * bytes});
    v128.store(at, add(middle, sub(v128.load(i, ${c}), v128.load(at))), ${bytes});
    v128.store(at, sub(sub(v128.load(i, ${c} + ${bytes}), middle), high), ${2 * bytes});
  }
}`;
}

/**
 * (y, x) ← (y or x, x + s·y) on one vector of each plane, s = 0, 1 or −1 as two masks. A trit is two bits, "nonzero" and
 * "negative": the sum of two takes six gates, the product by s three. Places are "pointer, offset".
 */
const step3 = ([y0, y1], [x0, x1]) => `    {
      const y0 = v128.load(${y0});
      const y1 = v128.load(${y1});
      const x0 = v128.load(${x0});
      const x1 = v128.load(${x1});
      ${put(y0, 'v128.bitselect(x0, y0, exchange)')}
      ${put(y1, 'v128.bitselect(x1, y1, exchange)')}
      const z0 = v128.and(y0, nonzero);
      const z1 = v128.and(v128.xor(y1, negative), z0);
      const a = v128.xor(x0, z1);
      const b = v128.xor(x1, z0);
      ${put(x0, 'v128.or(v128.xor(a, x1), v128.xor(b, z1))')}
      ${put(x1, 'v128.and(a, b)')}
    }`;

const put = (place, value) => `v128.store(${place.replace(',', `, ${value},`)});`;

/** Where both planes of a row have a vector: `pointer` is a variable or 0. */
const at = (pointer, offset, plane) => [`${pointer}, ${offset}`, `${pointer}, ${offset} + ${plane}`];

/**
 * A division step mod 3: (f, g) ← (f or g, (g + s·f)/x), where the window of g is at g and stays there, and
 * (v, w) ← (x·v or w, w + s·x·v), where that of v has been moved down by a word already.
 */
function divisionStep(W) {
  const masks = 'nonzero: v128, negative: v128, exchange: v128';
  return `@inline
export function eliminate3(g: usize, ${masks}): void {
${lines(W, (j) => step3(at('0', `ROW_F + ${16 * j}`, 'WORDS'), at('g', 16 * j, 'WINDOW')))}
  v128.store(g, shiftRight(v128.load(g)), ${16 * W});
  v128.store(g, shiftRight(v128.load(g, WINDOW)), WINDOW + ${16 * W});
}

@inline
export function combine3(v: usize, ${masks}): void {
  v128.store(v, shiftLeft(v128.load(v, ${16 * W})));
  v128.store(v, shiftLeft(v128.load(v, WINDOW + ${16 * W})), WINDOW);
${lines(W, (j) => step3(at('v', 16 * j, 'WINDOW'), at('0', `ROW_W + ${16 * j}`, 'WORDS')))}
}`;
}

/**
 * Two division steps mod 2 at once, which halves what is read and written. After the first,
 * word j of g is t_(j+1), so the second one's word j wants the first one's word j + 1.
 */
function twoDivisionSteps(W) {
  const second = (j, y, x, toY, toX) => `    const u${j} = v128.xor(${x}, v128.and(${y}, nonzero2));
    ${put(toY, `v128.xor(${y}, v128.and(u${j}, exchange2))`)}
    ${toX ? put(toX, `u${j}`) : ''}`;
  const masks = 'nonzero: v128, exchange: v128, nonzero2: v128, exchange2: v128';
  return `@inline
export function eliminateTwice(g: usize, ${masks}): void {
${lines(W + 1, (j) => {
  const first =
    j < W
      ? `    const y${j} = v128.load(0, ROW_F + ${16 * j});
    const t${j} = v128.xor(v128.load(g, ${16 * j}), v128.and(y${j}, nonzero));
    const f${j} = v128.xor(y${j}, v128.and(t${j}, exchange));`
      : `    const t${W} = shiftRight(t0);`;
  if (j === 0) return first;
  return `${first}\n${second(j - 1, `f${j - 1}`, `t${j}`, `0, ROW_F + ${16 * (j - 1)}`, j > 1 ? `g, ${16 * j}` : undefined)}`;
})}
    v128.store(g, shiftRight(u0), ${16 * (W + 1)});
}

@inline
export function combineTwice(v: usize, ${masks}): void {
    let before = shiftLeft(v128.load(v, ${16 * (W + 1)}));
${lines(
  W,
  (j) => `    const y${j} = ${j === 0 ? 'before' : `v128.load(v, ${16 * (j + 1)})`};
    const t${j} = v128.xor(v128.load(0, ROW_W + ${16 * j}), v128.and(y${j}, nonzero));
    const v${j} = v128.xor(y${j}, v128.and(t${j}, exchange));
${j === 0 ? '' : second(j, `v${j - 1}`, `t${j}`, `v, ${16 * j}`, `0, ROW_W + ${16 * j}`)}`,
)}
    before = shiftLeft(v${W - 1});
${second(0, 'before', 't0', 'v, 0', '0, ROW_W')}
}`;
}

const rotations = [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

/** Keccak-f[1600] (FIPS 202, section 3.3) on STATE, its 25 lanes in locals. `constants` holds the 24 of ι. */
function permutation() {
  const lane = (x, y) => (x % 5) + 5 * (y % 5);
  const theta = range(5).map(
    (x) =>
      `    const c${x} = ${range(5)
        .map((y) => `a${lane(x, y)}`)
        .join(' ^ ')};`,
  );
  const d = range(5).map((x) => `    const d${x} = c${(x + 4) % 5} ^ rotl<u64>(c${(x + 1) % 5}, 1);`);
  const rhoPi = range(25).map((i) => {
    const [x, y] = [i % 5, Math.floor(i / 5)];
    const rotated = rotations[i] === 0 ? `a${i} ^ d${x}` : `rotl<u64>(a${i} ^ d${x}, ${rotations[i]})`;
    return `    const b${lane(y, 2 * x + 3 * y)} = ${rotated};`;
  });
  const chi = range(25).map((i) => {
    const [x, y] = [i % 5, Math.floor(i / 5)];
    return `    a${i} = b${i} ^ (~b${lane(x + 1, y)} & b${lane(x + 2, y)})${i === 0 ? ' ^ load<u64>(constants + round)' : ''};`;
  });
  return `export function permute(constants: usize): void {
${lines(25, (i) => `  let a${i} = load<u64>(STATE, ${8 * i});`)}
  for (let round: usize = 0; round < 192; round += 8) {
${[...theta, ...d, ...rhoPi, ...chi].join('\n')}
  }
${lines(25, (i) => `  store<u64>(STATE, a${i}, ${8 * i});`)}
}`;
}
