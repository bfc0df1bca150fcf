import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOfText, zoneNamed } from './zone.ts';

const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString().slice(0, 16));

test.each([
  ['Europe/Dublin', '2026-07-01T12:00', '2026-07-01T11:00'],
  ['Europe/Dublin', '2026-11-20T12:00', '2026-11-20T12:00'],
  ['America/New_York', '2026-03-08T02:30', undefined],
  ['America/New_York', '2026-03-08T03:00', '2026-03-08T07:00'],
  // Twice on that clock: the first is meant.
  ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30'],
  ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45'],
  ['Asia/Kathmandu', '2026-11-20T12:00', '2026-11-20T06:15'],
  ['+05:30', '2026-11-20T12:00', '2026-11-20T06:30'],
  ['-0800', '2026-11-20T12:00', '2026-11-20T20:00'],
  ['Pacific/Apia', '2011-12-30T12:00', undefined],
] as const)('in %s clocks that show %s mean %s', (zone, text, expected) => {
  expect(iso(instantOfText(text, zoneNamed(zone)))).toBe(expected);
});

test.each(['2026-02-29T12:00', '2026-13-01', '2026-11-20T24:00', '2026-11-20T12:60', 'noon', '2026-11-20T12:00:60', ''])(
  '"%s" is no time',
  (text) => {
    expect(instantOfText(text, zoneNamed('UTC'))).toBeUndefined();
  },
);

test('an offset that is written goes before the zone', () => {
  expect(iso(instantOfText('2014-09-13 10:27:54 +0100', zoneNamed('Asia/Tokyo')))).toBe('2014-09-13T09:27');
});

test('a zone nobody knows is refused', () => {
  expect(() => zoneNamed('Europe/Atlantis')).toThrow('nobody knows this time zone');
});

test('an instant written by the clocks of a place is read back, but in the hour that comes twice', () => {
  const zones = fc.constantFrom('Europe/Dublin', 'America/St_Johns', 'Asia/Tokyo', 'Africa/Casablanca', 'Australia/Lord_Howe');
  fc.assert(
    fc.property(zones, fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2037, 0) }), (name, at) => {
      const second = Math.floor(at / 1000) * 1000;
      const written = new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' }).format(second);
      const back = instantOfText(written, zoneNamed(name));
      // Where clocks went back, the first of two instants is meant: at most two hours before.
      expect(back).toBeDefined();
      expect([0, 1_800_000, 3_600_000, 7_200_000]).toContain(second - back!);
    }),
    { numRuns: 400 },
  );
});
