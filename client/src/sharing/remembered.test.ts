import { hex } from '@carelet/crypto/algebra/bytes';
import { expect, test } from 'vitest';
import type { GivenGrant, SharingKeys } from '../keyring/keyring.ts';
import { together } from './remembered.ts';

const id = (byte: number) => new Uint8Array(16).fill(byte);
const grant = (byte: number, changes: Partial<GivenGrant> = {}): GivenGrant => ({
  grant: id(byte),
  pat: id(50),
  doctor: id(60),
  doctorName: 'Dr Diaz',
  mediator: id(70),
  issued: 1,
  notAfter: 2,
  consent: '{"said":true}',
  holds: { cloud: true, mediator: true },
  ...changes,
});
const keys = (...grants: GivenGrant[]): SharingKeys => ({ patient: null, half: null, heads: {}, grants });

test('what either copy of a keyring gave is remembered, each once', () => {
  expect(
    together(keys(grant(1), grant(2)), keys(grant(2), grant(3)))
      .grants.map(({ grant: one }) => hex(one).slice(0, 2))
      .sort(),
  ).toEqual(['01', '02', '03']);
});

test('what one copy took back is taken back, whichever is the older', () => {
  const back = grant(1, { holds: { cloud: false, mediator: false } });
  for (const [own, other] of [
    [keys(grant(1)), keys(back)],
    [keys(back), keys(grant(1))],
  ] as const)
    expect(together(own, other).grants).toEqual([back]);
});

test('of two ends of one chain the newer generation is remembered, whoever saw it', () => {
  const head = (gen: number, byte: number) => ({ gen, hash: new Uint8Array(32).fill(byte) });
  const seen = (heads: SharingKeys['heads']): SharingKeys => ({ ...keys(), heads });
  const [own, other] = [
    { a: head(2, 1), b: head(1, 1), c: head(1, 1) },
    { a: head(1, 2), b: head(2, 2), c: head(1, 2), d: head(0, 2) },
  ];
  expect(together(seen(own), seen(other)).heads).toEqual({ a: head(2, 1), b: head(2, 2), c: head(1, 1), d: head(0, 2) });
});

test('whoever knows the words of a grant tells them to the copy that does not', () => {
  const strange = grant(1, { consent: 'null', doctorName: '' });
  for (const [own, other] of [
    [keys(strange), keys(grant(1))],
    [keys(grant(1)), keys(strange)],
  ] as const)
    expect(together(own, other).grants).toEqual([grant(1)]);
});
