import { describe, expect, test } from 'vitest';
import type { RoleLine, RoleStep } from '../../house/roles.ts';
import { progressOf, stepsOf } from './steps.ts';

const asked: RoleLine = {
  key: 'northgate',
  id: 'aa',
  organisation: 'Northgate Hospital',
  stand: 'asked',
  asked: { specialty: 'cardiology', at: 1 },
  rule: null,
  signers: [],
  needed: 2,
  issued: null,
  answers: [],
  offices: ['North Harbour Hospitals', null, null],
  clinic: null,
  emergency: false,
};
const mara = { name: 'Mara Holt', organisation: 'Medical Board' };
const joan = { name: 'Joan Pike', organisation: 'Harbour Clinic' };
const rule = { words: 'laboratory', plainly: null, until: '2027-02-18', breakGlass: false };
const signed: RoleLine = { ...asked, stand: 'signed', rule, signers: [mara] };
const ready: RoleLine = { ...signed, stand: 'ready', signers: [mara, joan] };
const said = (line: RoleLine, taking: readonly RoleStep[] = [], busy = false) =>
  stepsOf(line, taking, busy).map((step) => `${step.key.replace(/ (Mara|Joan).*/, ' $1')}: ${step.lit}`);

describe('the steps of a role', () => {
  test('wait for one signature after the other', () => {
    expect(said(asked)).toEqual([
      'asked: done',
      'unsigned 0: waits',
      'unsigned 1: next',
      'issuers: next',
      'cloud: next',
      'clinic: next',
      'checked: next',
    ]);
    expect(said(signed).slice(1, 3)).toEqual(['signed Mara: done', 'unsigned 1: waits']);
    // A second signature of one office is not of another organisation.
    const sam = { name: 'Sam Adeyemi', organisation: 'Medical Board' };
    expect(said({ ...signed, signers: [mara, sam] })).toContain('unsigned 1: waits');
  });

  test('light up as each party answers, and say who was away', () => {
    expect(said(ready, [{ kind: 'asking' }], true).slice(3)).toEqual(['issuers: now', 'cloud: next', 'clinic: next', 'checked: next']);
    const taking: RoleStep[] = [
      { kind: 'asking' },
      { kind: 'issuer', role: 'aa', issuer: 1, said: 'away' },
      { kind: 'issuer', role: 'aa', issuer: 0, said: 'made' },
    ];
    expect(said(ready, taking, true).slice(3, 7)).toEqual(['issuer 0: done', 'issuer 1: away', 'issuers: now', 'cloud: next']);
    taking.push({ kind: 'issuer', role: 'aa', issuer: 2, said: 'made' }, { kind: 'cloud', role: 'aa', emergency: false });
    expect(said(ready, taking, true).slice(3)).toEqual([
      'issuer 0: done',
      'issuer 1: away',
      'issuer 2: done',
      'cloud: done',
      'clinic: now',
      'checked: next',
    ]);
  });

  test('are of this role alone, and not of its key for emergencies', () => {
    const others: RoleStep[] = [
      { kind: 'cloud', role: 'bb', emergency: false },
      { kind: 'cloud', role: 'aa', emergency: true },
    ];
    expect(said(ready, others)).toContain('cloud: next');
  });

  test('are all done once the key is here', () => {
    const answers = [
      { issuer: 0, said: 'made' },
      { issuer: 2, said: 'made' },
    ] as const;
    const taken: RoleLine = { ...ready, stand: 'taken', issued: 5, answers, clinic: 'Harbour Clinic' };
    expect(stepsOf(taken, [], false).every(({ lit }) => lit === 'done')).toBe(true);
    expect(stepsOf(taken, [], true).some(({ lit }) => lit === 'now')).toBe(false);
  });
});

test('where a key waits is told of one that is not here', () => {
  const stopped: RoleStep[] = [{ kind: 'asking' }, { kind: 'stopped', at: 'cloud' }];
  expect(progressOf(ready, stopped, false)).toEqual({ kind: 'stopped', at: 'cloud' });
  expect(progressOf(ready, stopped, true)).toEqual({ kind: 'going' });
  expect(progressOf({ stand: 'taken' }, stopped, false)).toEqual({ kind: 'none' });
  expect(progressOf(ready, [], false)).toEqual({ kind: 'none' });
});
