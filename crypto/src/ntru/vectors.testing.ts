/**
 * Reads the vectors where they are: `<CARELET_DATA>/ntru-kat`. For tests only.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { concat, equalPublic, unhex } from '../algebra/bytes.ts';
import { katRandom } from './drbg.testing.ts';
import type { Kem } from './kem.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = resolve(root, process.env.CARELET_DATA ?? '../shared/data', 'ntru-kat');

/** Whether the vectors are here. */
export const present = existsSync(folder);

export type Vector = { seed: Uint8Array; pk: Uint8Array; sk: Uint8Array; ct: Uint8Array; ss: Uint8Array };

/** NIST's vectors of a set. */
export function vectorsOf(name: string): Vector[] {
  return blocks(readFileSync(`${folder}/${name}.rsp`, 'utf8')).map(
    (block) => Object.fromEntries(['seed', 'pk', 'sk', 'ct', 'ss'].map((field) => [field, unhex(block[field]!)])) as Vector,
  );
}

/** What a KEM makes from a vector's seed, in the order of NIST's files. */
export function run(kem: Kem, seed: Uint8Array): Vector {
  const random = katRandom(seed);
  const { publicKey: pk, secretKey: sk } = kem.keygen(concat(random(kem.lengths.keygenCoins - 32), random(32)));
  const { ciphertext: ct, sharedSecret: ss } = kem.encapsulate(pk, random(kem.lengths.encapsulateCoins));
  return { seed, pk, sk, ct, ss };
}

/** The fields in which a KEM differs from a vector; `open` where it does not decapsulate it. */
export function reproduces(kem: Kem, vector: Vector): string[] {
  const ours = run(kem, vector.seed);
  const different: string[] = (['pk', 'sk', 'ct', 'ss'] as const).filter((field) => !equalPublic(ours[field], vector[field]));
  if (!equalPublic(kem.decapsulate(vector.ct, vector.sk), vector.ss)) different.push('open');
  if (!equalPublic(kem.importSecretKey(vector.sk).publicKey, vector.pk)) different.push('import');
  return different;
}

/** The vectors of one function of the reference code: numbers by name. Empty where there are none for this set. */
export function intermediateOf(name: string, what: string): Record<string, number[]>[] {
  const file = `${folder}/intermediate/${name}.${what}.txt.gz`;
  if (!existsSync(file)) return [];
  return blocks(gunzipSync(readFileSync(file)).toString()).map((block) =>
    Object.fromEntries(Object.entries(block).map(([field, numbers]) => [field, numbers.split(' ').map(Number)])),
  );
}

/** Blocks of `name = value` lines that begin with `count = …`. */
function blocks(text: string): Record<string, string>[] {
  const found: Record<string, string>[] = [];
  for (const line of text.split('\n')) {
    const [name, value] = line.split(' = ');
    if (value === undefined) continue;
    if (name === 'count') found.push({});
    else found.at(-1)![name!] = value.trim();
  }
  return found;
}
