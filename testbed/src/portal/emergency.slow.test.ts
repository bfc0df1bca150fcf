/**
 * An emergency overtakes ten times the usual, from the wrist to both pages. How long it takes is printed and not
 * judged: machines that run tests are busy. `npm run bench -- relay` judges.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reads, sees, textOf } from './deeds.testing.ts';
import { emergency } from './emergency.testing.ts';
import { openPortalStage, type PortalStage } from './stage.testing.ts';
import { load, usualRate } from './worn.testing.ts';

let stage: PortalStage;

beforeAll(async () => {
  stage = await openPortalStage();
}, 120_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

test('while ten times the usual comes in, an emergency stands on the doctor’s Today and on the patient’s Home', {
  timeout: 400_000,
}, async () => {
  await using both = await emergency(stage);
  const others = await load(stage, 10 * usualRate);
  try {
    await expect.poll(others.taken, { timeout: 60_000 }).toBeGreaterThan(50);
    const before = others.taken();
    expect(await textOf(both.today.page)).not.toContain('226/129');
    const took = await both.call(226, 129);
    console.info(`the emergency stood on Today after ${Math.round(took.today)} ms, on Home after ${Math.round(took.home)} ms`);

    await reads(both.today.page, 'Now');
    await reads(both.today.page, 'Your one patient needs a look');
    expect(await textOf(both.today.page)).toMatch(/Ada Marlow/);
    await sees(both.home.page, 'Above your usual');
    await reads(both.home.page, 'Your blood pressure is higher than usual this week');
    await expect.poll(others.taken, { timeout: 60_000 }).toBeGreaterThan(before);
  } finally {
    await others.stop();
  }
  for (const { faults } of [both.today, both.home]) expect(faults).toEqual([]);
});
