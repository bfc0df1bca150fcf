/**
 * WFDB annotations: `100.atr`, beat by beat what somebody saw in the signals beside it.
 *
 * Two bytes each: six bits of kind, ten bits of time since the last one in samples; longer times, subtypes, channels
 * and words stand in annotations of kinds of their own (*annot(5)* of the WFDB manual). Each becomes a reading without
 * a code, whose value is the symbol PhysioNet prints, and its words if it has some.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Reading } from '@carelet/care/model';
import { parseHeader } from '../wfdb/header.ts';
import type { Format, FormatOptions } from './format.ts';
import { Gathering } from './gathering.ts';
import { refuse } from './json.ts';
import { type Source, wholeOf } from './source.ts';

export const wfdbAnnotations: Format = {
  name: 'WFDB annotations',
  says: 'beats and rhythms beside a WFDB record (.atr)',
  recognises: ({ path }) => /\.(?:atr|qrs|ecg)$/i.test(path) && existsSync(headerOf(path)),
  read,
};

/** Symbols by kind; the others are printed as `[kind]`. */
const symbols: Readonly<Record<number, string>> = Object.fromEntries(
  [...'NLRaVFJASEj/Q~']
    .map((symbol, i) => [i + 1, symbol])
    .concat([
      [16, '|'],
      [18, 's'],
      [19, 'T'],
      [20, '*'],
      [21, 'D'],
      [22, '"'],
      [23, '='],
      [24, 'p'],
      [25, 'B'],
      [26, '^'],
      [27, 't'],
      [28, '+'],
      [29, 'u'],
      [30, '?'],
      [31, '!'],
      [32, '['],
      [33, ']'],
      [34, 'e'],
      [35, 'n'],
      [36, '@'],
      [37, 'x'],
      [38, 'f'],
      [39, '('],
      [40, ')'],
      [41, 'r'],
    ]),
);
const [skip, number, subtype, channel, words] = [59, 60, 61, 62, 63];

const headerOf = (path: string): string => path.replace(/\.[^.]+$/, '.hea');

async function* read(source: Source, options: FormatOptions): AsyncGenerator<Reading[]> {
  const path = headerOf(source.path);
  const header = parseHeader(await readFile(path, 'utf8'), path.replace(/^.*[/\\]/, ''));
  const began = options.start ?? header.start;
  if (began === undefined) throw refuse(source.name, 'its record has no date: say when it began');
  const to = new Gathering(options);
  for (const { sample, symbol, text } of annotationsIn(await wholeOf(source, 64 * 2 ** 20), source.name)) {
    const moment = { where: `sample ${sample}`, at: began + Math.round((sample * 1000) / header.frequency) };
    to.other(moment, { name: 'WFDB annotation', value: text === '' ? symbol : `${symbol} ${text}` });
    if (to.full) yield to.taken();
  }
  yield to.taken();
}

type Annotation = { readonly sample: number; readonly symbol: string; readonly text: string };

function* annotationsIn(bytes: Uint8Array, name: string): Generator<Annotation> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sample = 0;
  let pending: { sample: number; symbol: string; text: string } | undefined;
  for (let at = 0; at + 2 <= bytes.length; ) {
    const word = view.getUint16(at, true);
    const [kind, value] = [word >> 10, word & 0x3ff];
    at += 2;
    if (word === 0) {
      if (pending) yield pending;
      return;
    }
    if (kind === skip) {
      if (at + 4 > bytes.length) break;
      // A long time has its high half first, each half little end first.
      sample += (view.getInt16(at, true) << 16) | view.getUint16(at + 2, true);
      at += 4;
    } else if (kind === words) {
      if (pending) pending.text = new TextDecoder('latin1').decode(bytes.subarray(at, at + value)).replace(/\0+$/, '');
      at += value + (value % 2);
    } else if (kind !== number && kind !== subtype && kind !== channel) {
      if (pending) yield pending;
      sample += value;
      pending = { sample, symbol: symbols[kind] ?? `[${kind}]`, text: '' };
    }
  }
  throw refuse(name, 'its annotations have no end: it is cut short');
}
