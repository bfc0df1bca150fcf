import { describe, expect, test } from 'vitest';
import type { CloudletStatus, TownStatus } from '../../house/admin.ts';
import { headlineOf, toneOf, totalsOf } from './headline.ts';

const now = Date.parse('2026-11-20T09:41:00Z');
const minute = 60_000;

const cloudlet = (changes: Partial<CloudletStatus> = {}): CloudletStatus => ({
  organisation: 'Harbour Clinic',
  health: 'well',
  because: [],
  devices: 3,
  waiting: 0,
  forwarded: 100,
  cloud: 'reachable',
  lastForward: now - minute,
  waitingSince: null,
  outages: 0,
  outageSince: null,
  unkept: 0,
  ...changes,
});

const town = (cloudlets: readonly CloudletStatus[], changes: Partial<TownStatus> = {}): TownStatus => ({
  town: 'North Harbour',
  at: now,
  cloudlets,
  cloud: { health: 'well', charts: 5, parts: 15, bytes: 1000 },
  authority: { health: 'well', doctors: { pending: 1, approved: 5, rejected: 0 }, organisations: [] },
  ...changes,
});

const tone = (status: TownStatus) => toneOf(headlineOf(status), status.at);

describe('the sentence on top', () => {
  test('is green when everything is passed on, and while strips take their turn', () => {
    expect(headlineOf(town([cloudlet()]))).toEqual({ kind: 'well' });
    const passing = town([cloudlet({ waiting: 3, waitingSince: now - minute })]);
    expect(headlineOf(passing)).toEqual({ kind: 'passing', waiting: 3, since: now - minute });
    expect([tone(town([cloudlet()])), tone(passing)]).toEqual(['ok', 'ok']);
  });

  test('turns amber when a strip waits longer than its turn though the cloud answers', () => {
    expect(tone(town([cloudlet({ waiting: 3, waitingSince: now - 6 * minute })]))).toBe('wait');
  });

  test('is red where the cloud owes a clinic receipts, also while strips take their turn or the cloud is away', () => {
    const owed = cloudlet({ organisation: 'Millbrook Practice', unkept: 3 });
    for (const other of [cloudlet({ waiting: 3, waitingSince: now - minute }), cloudlet({ cloud: 'unreachable' })]) {
      expect(headlineOf(town([other, owed]))).toEqual({ kind: 'unkept', organisation: 'Millbrook Practice', unkept: 3 });
      expect(tone(town([other, owed]))).toBe('danger');
    }
  });

  test('adds up what is safe in all cloudlets that lost the cloud, from the oldest on', () => {
    const away = town([
      cloudlet({
        cloud: 'unreachable',
        health: 'unwell',
        because: ['the cloud is unreachable'],
        waiting: 200,
        waitingSince: now - 12 * minute,
      }),
      cloudlet({ organisation: 'Millbrook Practice', cloud: 'unreachable', waiting: 14, waitingSince: now - 9 * minute }),
    ]);
    expect(headlineOf(away)).toEqual({ kind: 'cloud-away', waiting: 214, since: now - 12 * minute });
    expect(tone(away)).toBe('wait');
  });

  test('names a silent cloudlet before anything else', () => {
    const silent = town([
      cloudlet({ cloud: 'unreachable', waiting: 9 }),
      cloudlet({ organisation: 'Millbrook Practice', health: 'silent', cloud: 'unknown' }),
    ]);
    expect(headlineOf(silent)).toEqual({ kind: 'silent', organisation: 'Millbrook Practice' });
    expect(tone(silent)).toBe('danger');
  });

  test('gives the reason an unwell cloudlet gives', () => {
    const unwell = town([cloudlet({ health: 'unwell', because: ['the disk is nearly full'] })]);
    expect(headlineOf(unwell)).toEqual({ kind: 'unwell', organisation: 'Harbour Clinic', because: ['the disk is nearly full'] });
    expect(tone(unwell)).toBe('danger');
  });

  test.each([
    ['cloud', 'unwell', 'cloud-unwell', 'danger'],
    ['cloud', 'silent', 'cloud-silent', 'wait'],
    ['authority', 'unwell', 'authority-unwell', 'danger'],
    ['authority', 'silent', 'authority-silent', 'wait'],
  ] as const)('a %s that is %s is said', (service, health, kind, expected) => {
    const status = town([cloudlet()]);
    const ill = { ...status, [service]: { ...status[service], health } };
    expect(headlineOf(ill)).toEqual({ kind });
    expect(tone(ill)).toBe(expected);
  });

  test('a town without a cloudlet is not called well', () => {
    expect(headlineOf(town([]))).toEqual({ kind: 'none' });
    expect(tone(town([]))).toBe('wait');
  });
});

test('counts leave out what a silent cloudlet cannot say', () => {
  const status = town([
    cloudlet({ waiting: 2, waitingSince: now - minute }),
    cloudlet({ outages: 2, outageSince: now - 3 * minute, cloud: 'unreachable' }),
    cloudlet({ health: 'silent', devices: 0, waiting: 77, lastForward: now, outages: 9, outageSince: now - 60 * minute }),
  ]);
  expect(totalsOf(status)).toEqual({
    waiting: 2,
    since: now - minute,
    forwarded: 200,
    devices: 6,
    lastForward: now - minute,
    outages: 2,
    outageSince: now - 3 * minute,
  });
});
