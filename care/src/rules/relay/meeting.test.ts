import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseRelays, contactRate, delivers, meetsWithin, priorSeconds, type Relay, reputation } from './meeting.ts';

const relay = (name: string, over: Partial<Relay> = {}): Relay => ({ name, inRange: false, meetings: [], taken: 0, arrived: 0, ...over });
const day = { observed: 86_400, seconds: 1800 };

test('the probabilities of relay.md: 0.393, 0.221, together 0.528', () => {
  expect(meetsWithin([1 / 3600], 1800).toFixed(3)).toBe('0.393');
  expect(meetsWithin([1 / 7200], 1800).toFixed(3)).toBe('0.221');
  expect(meetsWithin([1 / 3600, 1 / 7200], 1800).toFixed(3)).toBe('0.528');
});

test('who was never met is met at the prior’s rate', () => {
  expect(contactRate(0, 0)).toBe(1 / priorSeconds);
  expect(contactRate(23, 86_400 - priorSeconds)).toBeCloseTo(24 / 86_400);
});

test('an emergency goes to everybody in range and to nobody else', () => {
  const relays = [relay('home', { inRange: true }), relay('clinic', { meetings: [50] }), relay('bus', { inRange: true })];
  expect(chooseRelays('emergency', relays, day).map(({ name }) => name)).toEqual(['home', 'bus']);
});

test('monitoring goes to the fewest that promise 0.95 together', () => {
  const often = relay('often', { meetings: [100] });
  const seldom = relay('seldom', { meetings: [2] });
  expect(chooseRelays('monitoring', [seldom, relay('here', { inRange: true }), often], day).map(({ name }) => name)).toEqual(['here']);
  const two = chooseRelays('monitoring', [seldom, often], day);
  expect(two.map(({ name }) => name)).toEqual(['often', 'seldom']);
  const anyRelays = fc.array(
    fc.record({ inRange: fc.boolean(), meetings: fc.array(fc.nat(200), { maxLength: 3 }), taken: fc.nat(50), lost: fc.nat(50) }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(anyRelays, (drawn) => {
      const relays = drawn.map(({ inRange, meetings, taken, lost }, i) =>
        relay(`${i}`, { inRange, meetings, taken: taken + lost, arrived: taken }),
      );
      const together = (chosen: readonly Relay[]) =>
        1 - chosen.reduce((rest, one) => rest * (1 - delivers(one, day.observed, day.seconds)), 1);
      const chosen = chooseRelays('monitoring', relays, day);
      if (together(chosen) < 0.95) expect(chosen.length).toBe(relays.length);
      else expect(together(chosen.slice(0, -1))).toBeLessThan(0.95);
    }),
  );
});

test('routine stays with its relay until another is clearly better', () => {
  const [home, clinic] = [relay('home', { meetings: [20] }), relay('clinic', { meetings: [22] })];
  expect(chooseRelays('routine', [home, clinic], day)).toEqual([clinic]);
  expect(chooseRelays('routine', [home, clinic], { ...day, before: 'home' })).toEqual([home]);
  expect(chooseRelays('routine', [home, { ...clinic, inRange: true }], { ...day, before: 'home' })[0]?.name).toBe('clinic');
  expect(chooseRelays('routine', [], day)).toEqual([]);
});

test('a black hole loses its reputation, and with it the strips', () => {
  const hole = relay('hole', { inRange: true, taken: 40, arrived: 0 });
  const honest = relay('honest', { meetings: [40], taken: 40, arrived: 39 });
  expect(reputation(hole)).toBeLessThan(0.03);
  expect(chooseRelays('routine', [hole, honest], { ...day, before: 'hole' })[0]?.name).toBe('honest');
});
