/**
 * axe over a page as it stands: what somebody with another eye, ear or hand would trip over.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { step } from './deeds.testing.ts';
import type { PortalStage } from './stage.testing.ts';
import type { State } from './states.testing.ts';
import { sizes } from './visit.testing.ts';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Violation = {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
};

/** What another colour scheme can change. */
const ofColours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** A line for each thing found; the window has to be unguarded. */
export async function axe(page: Page, where: string, only?: typeof ofColours): Promise<string[]> {
  // Colours on their way from one to the other are nobody's.
  await page.addStyleTag({ content: '*, *::before, *::after { transition: none !important }' });
  const there = await page.evaluate('typeof axe === "object"');
  if (!there) await page.evaluate(source);
  const violations = await page.evaluate<Violation[]>(
    `axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...(only && { runOnly: only }) })}).then(({ violations }) => violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ target, failureSummary }) => ({ target, failureSummary })) })))`,
  );
  return violations.map(
    ({ id, help, nodes }) =>
      `${where}: ${id} (${help}) at ${nodes
        .map(({ target }) => target.join(' '))
        .slice(0, 4)
        .join(', ')}: ${nodes[0]?.failureSummary ?? ''}`,
  );
}

/** What axe finds on this page as wide as a desk, by light and by dark, and as a phone: colours do not depend on the width. */
export async function axeAtBoth(page: Page, name: string): Promise<string[]> {
  await page.setViewportSize(sizes.phone);
  const found = await axe(page, `${name}, phone`);
  await page.setViewportSize(sizes.desk);
  return [...found, ...(await axeInBoth(page, `${name}, desk`))];
}

/** What axe finds on this page by light and by dark. */
export async function axeInBoth(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    found.push(...(await axe(page, `${name}, ${colorScheme}`, colorScheme === 'dark' ? ofColours : undefined)));
  }
  return found;
}

/** What axe finds in each of these states, in a window of its own whose clock stands still, so many milliseconds ahead. */
export async function axeInStates(stage: Pick<PortalStage, 'visit'>, some: readonly State[], ahead = 0): Promise<string[]> {
  const found: string[] = [];
  for (const { name, show } of some) {
    const moment = Date.now() + ahead;
    await using visit = await stage.visit({ unguarded: true, frozen: moment });
    await step(`${name} is shown`, visit.page, () => show(visit, moment));
    found.push(...(await axeAtBoth(visit.page, name)));
  }
  return found;
}
