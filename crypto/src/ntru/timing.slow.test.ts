/**
 * Looks for secrets in time, as dudect does (Reparaz, Balasch, Verbauwhede, 2017): two classes of input, Welch's t.
 *
 * Both classes go through one piece of code, in pools of the same size, and a sample's class is nothing but an index: a
 * harness with a closure for each class reports |t| of 40 on the same code. The slowest samples are cropped, at three
 * places. An A/A control says how much this machine lets through by itself, and one that leaks on purpose that we would
 * see it.
 *
 * A finding is a difference that is both beyond doubt and of a size: |t| ≥ 4.5 and more than 0.1 % of the time, at the
 * same crop in each of three runs. On a busy machine |t| alone passes 4.5 by chance now and then, and so does the size;
 * both, three times over, do not.
 */
import { expect, test } from 'vitest';
import { seededRandom } from '../algebra/random.ts';
import { compiledKem } from './compiled.ts';
import { hps821 } from './params.ts';
import { both } from './testing.ts';

const poolSize = 64;
const samples = 20_000;
const crops = [0.99, 0.9, 0.5];

type Difference = { readonly crop: number; readonly t: number; readonly effect: number };

/** Times `run` on inputs of two classes, in an order that coins decide; gives Welch's t and the difference of means. */
function measure(pools: readonly [readonly Uint8Array[], readonly Uint8Array[]], run: (input: Uint8Array) => unknown): Difference[] {
  const random = seededRandom('timing');
  const inputs = [...pools[0], ...pools[1]];
  const buffer = new Uint8Array(inputs[0]!.length);
  const order = random(samples);
  const times = new Float64Array(samples);
  for (let i = -2000; i < samples; i++) {
    const of = order[(i + samples) % samples]!;
    buffer.set(inputs[(of & 1) * poolSize + (of >> 2)]!);
    const began = process.hrtime.bigint();
    run(buffer);
    if (i >= 0) times[i] = Number(process.hrtime.bigint() - began);
  }
  const sorted = times.toSorted();
  return crops.map((crop) => {
    const limit = sorted[Math.floor(samples * crop) - 1]!;
    const [a, b] = [0, 1].map((wanted) => moments(times.filter((time, i) => time <= limit && (order[i]! & 1) === wanted))) as [
      Moments,
      Moments,
    ];
    const difference = a.mean - b.mean;
    return { crop, t: difference / Math.sqrt(a.variance / a.count + b.variance / b.count), effect: Math.abs(difference) / b.mean };
  });
}

type Moments = { readonly count: number; readonly mean: number; readonly variance: number };

function moments(values: Float64Array): Moments {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { count: values.length, mean, variance };
}

/** The crops at which all of three runs find a difference. */
function found(pools: readonly [readonly Uint8Array[], readonly Uint8Array[]], run: (input: Uint8Array) => unknown): string[] {
  const runs: Difference[][] = [];
  for (let i = 0; i < 3; i++) {
    runs.push(measure(pools, run));
    if (!runs[i]!.some(isFinding)) return [];
  }
  return crops
    .filter((_, i) => runs.every((differences) => isFinding(differences[i]!)))
    .map(
      (crop, i) =>
        `${crop}: ${runs.map((differences) => `t ${differences[i]!.t.toFixed(1)}, ${(100 * differences[i]!.effect).toFixed(2)} %`).join('; ')}`,
    );
}

const isFinding = ({ t, effect }: Difference): boolean => Math.abs(t) >= 4.5 && effect > 0.001;

const fill = (make: (i: number) => Uint8Array): Uint8Array[] => Array.from({ length: poolSize }, (_, i) => make(i));

test.each(both)(
  '$name: neither what a ciphertext holds, nor which key opens it, nor which coins are drawn shows in time',
  ({ p, wasm }) => {
    const kem = compiledKem(p, wasm)!;
    const random = seededRandom(`timing/${p.name}`);
    const { encapsulateCoins, keygenCoins, ciphertext: length } = kem.lengths;
    const { publicKey, secretKey } = kem.keygen(random(keygenCoins));
    const valid = fill(() => kem.encapsulate(publicKey, random(encapsulateCoins)).ciphertext);
    const changed = valid.map((ciphertext, i) => ciphertext.with((i * 7) % length, ciphertext[(i * 7) % length]! ^ (1 + i)));
    const keys = fill(() => kem.keygen(random(keygenCoins)).secretKey);
    const coins = fill(() => random(encapsulateCoins));
    const keyCoins = fill(() => random(keygenCoins));
    using open = kem.prepareSecretKey(secretKey);
    using seal = kem.preparePublicKey(publicKey);

    const again = fill((i) => valid[i]!.slice());
    expect(found([valid, again], open.decapsulate), 'A/A').toEqual([]);
    expect(found([valid, changed], open.decapsulate), 'valid or changed').toEqual([]);
    expect(found([valid, fill(() => random(length))], open.decapsulate), 'valid or any bytes').toEqual([]);
    expect(found([fill(() => valid[0]!.slice()), valid], open.decapsulate), 'one ciphertext or many').toEqual([]);
    expect(
      found([fill(() => keys[0]!.slice()), keys], (key) => kem.decapsulate(valid[0]!, key)),
      'one key or many',
    ).toEqual([]);
    expect(found([fill(() => coins[0]!.slice()), coins], seal.encapsulate), 'one set of coins or many').toEqual([]);
    expect(found([fill(() => new Uint8Array(keygenCoins)), keyCoins], kem.keygen), 'keys of zero coins or of any').toEqual([]);
  },
);

test('a comparison that stops at the first difference would be seen', () => {
  const { length } = compiledKem(hps821, both[0]!.wasm)!.keygen(new Uint8Array(32)).publicKey;
  const wanted = seededRandom('leak')(length);
  const same = fill(() => wanted.slice());
  const differs = fill(() => wanted.with(3, wanted[3]! ^ 1));
  const stops = (input: Uint8Array) => {
    for (let i = 0; i < length; i++) if (input[i] !== wanted[i]) return i;
    return length;
  };
  expect(found([same, differs], stops)).not.toEqual([]);
});
