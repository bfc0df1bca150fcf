/**
 * For tests only: the small set, below category 1 where memory is counted as free, and every set both ways.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { wasm as wasm509 } from './__generated__/ntruhps2048509.ts';
import { wasm as wasm677 } from './__generated__/ntruhps2048677.ts';
import { wasm as wasm821 } from './__generated__/ntruhps4096821.ts';
import { wasm as wasm701 } from './__generated__/ntruhrss701.ts';
import { compiledKem } from './compiled.ts';
import type { Kem } from './kem.ts';
import { hps509, hps677, hps821, hrss701, type Params } from './params.ts';
import { plainKem } from './plain.ts';

export type Both = { readonly name: string; readonly p: Params; readonly wasm: string; readonly compiled: Kem; readonly plain: Kem };

/** Every parameter set, compiled and plain. */
export const both: readonly Both[] = (
  [
    ['HPS-821', hps821, wasm821],
    ['HPS-677', hps677, wasm677],
    ['HRSS-701', hrss701, wasm701],
    ['HPS-509', hps509, wasm509],
  ] as const
).map(([name, p, wasm]) => ({ name, p, wasm, compiled: compiledKem(p, wasm)!, plain: plainKem(p) }));

/** The same as a list of KEMs. */
export const all: readonly { readonly name: string; readonly p: Params; readonly set: Kem }[] = both.flatMap(
  ({ name, p, compiled, plain }) => [
    { name: `${name}, compiled`, p, set: compiled },
    { name: `${name}, plain`, p, set: plain },
  ],
);

/** A module's text form. */
export const watOf = (p: Params): string => readFileSync(new URL(`./__generated__/${p.name}.wat`, import.meta.url), 'utf8');
