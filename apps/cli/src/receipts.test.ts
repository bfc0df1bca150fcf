/**
 * What does not fit between clinics' boxes and the cloud is told with the name of whoever read: it may be her doing.
 */
import { mediators } from '@carelet/client/receipts/mediators';
import { hex } from '@carelet/crypto/algebra/bytes';
import { expect, test } from 'vitest';
import { mediatedInWords, mediatorProblems } from './receipts.ts';

const [chen, diaz] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)];
const nameOf = (actor: Uint8Array) => (hex(actor) === hex(chen) ? 'Dr Chen' : 'Dr Diaz');
const fits = { acts: [], away: [], unfinished: 0, unfinishedOf: [], silentOf: [], problems: [] };

test('a part in an opening of which the cloud shows no receipt names who read, and so does what she began and nobody wrote down', () => {
  expect(mediatorProblems(fits, nameOf)).toEqual([]);
  expect(mediatedInWords(fits, nameOf)).toEqual([]);
  const silent = { ...fits, silentOf: [chen, diaz], problems: [mediators.another, mediators.cloudSilent] };
  expect(mediatorProblems(silent, nameOf)).toEqual([
    mediators.another,
    expect.stringMatching(/^Dr Chen had a mediator do its part.*the cloud, the mediator or Dr Chen kept something back$/),
    expect.stringMatching(/^Dr Diaz had a mediator/),
  ]);
  const unfinishedOf = [
    { reader: chen, times: 1 },
    { reader: diaz, times: 3 },
  ];
  expect(mediatedInWords({ ...fits, unfinished: 4, unfinishedOf }, nameOf)).toEqual([
    expect.stringMatching(/^Dr Chen began 1 opening at the cloud, of which no clinic/),
    expect.stringMatching(/^Dr Diaz began 3 openings at the cloud, of which no clinic wrote/),
  ]);
});

test('a clinic that does not answer is named, and what the others show is told all the same', () => {
  const away = { ...fits, away: [diaz], unfinished: 1, unfinishedOf: [{ reader: chen, times: 1 }] };
  expect(mediatedInWords(away, (actor) => (hex(actor) === hex(chen) ? 'Dr Chen' : 'Harbour Clinic'))).toEqual([
    'Dr Chen began 1 opening at the cloud, of which no clinic that answered wrote down its part: refused, broken off, or kept from you.',
    'Harbour Clinic did not answer: what it wrote down of openings is not compared.',
  ]);
});
