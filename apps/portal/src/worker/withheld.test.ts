import { type Kind, kinds } from '@carelet/care/model';
import { inWords, type Policy } from '@carelet/care/rules/sharing/policy';
import type { DoctorKey } from '@carelet/client/keyring/keyring';
import { unhex } from '@carelet/crypto/algebra/bytes';
import { expect, test } from 'vitest';
import { withheldKinds } from './withheld.ts';

const policy = (some: readonly Kind[], more: Partial<Policy> = {}): Policy => ({
  parts: ['MI'],
  kinds: some,
  confidentiality: ['N'],
  sensitivity: ['none'],
  patients: 'everyone',
  unit: '00'.repeat(16),
  from: 'beginning',
  until: '2027-02-18',
  ...more,
});

const key = (organisation: string, words: string, notAfter = 2_000): DoctorKey => ({
  organisation: unhex(organisation),
  domain: new Uint8Array(),
  factors: [],
  mediator: new Uint8Array(),
  pq: new Uint8Array(),
  notAfter,
  entitlement: new Uint8Array(),
  words,
});

test('a kind is withheld when no key that holds here and now names it', () => {
  const [here, there] = ['aa'.repeat(16), 'bb'.repeat(16)];
  const keys = [
    key(here, inWords(policy(['laboratory', 'notes']))),
    key(here, inWords(policy(['imaging'])), 1_000),
    key(there, inWords(policy(['vital-signs']))),
  ];
  const withheld = withheldKinds(keys, [here], 1_500);
  expect(withheld).toEqual(kinds.filter((kind) => kind !== 'laboratory' && kind !== 'notes'));
  expect(withheldKinds(keys, [here, there], 1_500)).not.toContain('vital-signs');
  expect(withheldKinds([], [here], 1_500)).toEqual(kinds);
});
