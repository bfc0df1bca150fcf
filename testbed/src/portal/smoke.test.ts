/**
 * The shortest day there is, in a real Chromium over a real town: `*.slow.test.ts` beside it tell the long ones.
 */
import { expect, test } from 'vitest';
import { button, comesIn, goTo, link, reads, sees, shown } from './deeds.testing.ts';
import { openPortalStage } from './stage.testing.ts';

test('Ada opens her door, looks, proves and locks; her browser speaks with the portal and the cloud only', {
  timeout: 120_000,
}, async () => {
  await using stage = await openPortalStage({ settlers: { organisations: ['harbour'], patients: ['ada'], doctors: [] } });
  await using visit = await stage.visit({ size: 'phone' });
  const { page } = visit;
  await comesIn(page, 'Ada Marlow');
  await reads(page, 'Your readings');
  await goTo(page, 'Records');
  await sees(page, /^[\d,]+ records, in all\.$/);
  await page.getByRole('group', { name: 'Records' }).getByRole('link').first().click();
  await link(page, 'How do I know?').click();
  await sees(page, 'Opens to what you see');
  await button(page, /Change one character/).click();
  await sees(page, 'It did not open.');
  await page.keyboard.press('Shift+L');
  await reads(page, 'Locked');
  expect(await shown(page)).not.toMatch(/mmHg|Opens to what you see/);
  expect(visit.tap.origins()).toEqual([stage.url, stage.cloud].sort());
  expect(visit.faults).toEqual([]);
});
