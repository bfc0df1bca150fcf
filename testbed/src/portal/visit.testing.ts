/**
 * Somebody before a browser window: what they see and do, and what the window sends, says and refuses meanwhile.
 *
 * @module
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openTap, type Tap } from './tap.testing.ts';

export const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } } as const;

export type VisitOptions = {
  readonly size?: keyof typeof sizes;
  readonly scheme?: 'light' | 'dark';
  /** As the browser says it prefers it; English unless told. */
  readonly language?: string;
  /** Pages and worker believe that it is this moment, and that it passes no more. */
  readonly frozen?: number;
  /** Lets a checker into the page that its policy would refuse; nothing is said of the policy then. */
  readonly unguarded?: boolean;
};

export type Visit = AsyncDisposable & {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly tap: Tap;
  /** Every line of the console, of pages and worker. */
  readonly said: readonly string[];
  /** What a page should never do: throw, break its policy, complain. Resources that could not be loaded are not counted. */
  readonly faults: readonly string[];
  /** From the next loading on it is another moment to pages and worker, which stands as well. */
  readonly later: (moment: number) => Promise<void>;
  /** Another window of the same browser: same storage, same tap. */
  readonly another: () => Promise<Page>;
};

/** A browser window of one's own, with nothing in it, at the portal's first page. */
export async function visit(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
  const { size = 'desk', scheme = 'light', language = 'en-GB', frozen, unguarded = false } = options;
  const tap = await openTap();
  const said: string[] = [];
  const faults: string[] = [];
  const context = await browser.newContext({
    viewport: sizes[size],
    colorScheme: scheme,
    locale: language,
    timezoneId: 'Europe/London',
    // Chromium would go around a proxy to what is on this machine.
    proxy: { server: tap.server, bypass: '<-loopback>' },
    bypassCSP: unguarded,
    reducedMotion: 'reduce',
    ...(size === 'phone' && { hasTouch: true, isMobile: true }),
  });
  context.setDefaultTimeout(60_000);
  if (frozen !== undefined) await freeze(context, frozen);
  await context.addInitScript(
    `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => console.error('policy: ' + violatedDirective + ' ' + blockedURI))`,
  );
  context.on('weberror', (thrown) => void faults.push(`thrown: ${thrown.error().message}`));
  context.on('console', (line) => {
    said.push(line.text());
    if (/^Failed to load resource/.test(line.text())) return;
    if (line.type() === 'error' || line.type() === 'warning') faults.push(`${line.type()}: ${line.text()}`);
  });
  const another = async () => {
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  return {
    page: await another(),
    context,
    tap,
    said,
    faults,
    later: (moment) => freeze(context, moment),
    another,
    async [Symbol.asyncDispose]() {
      await context.close();
      await tap[Symbol.asyncDispose]();
    },
  };
}

/** Playwright stops the clock of pages; a worker's is stopped by a line before its first. */
async function freeze(context: BrowserContext, moment: number): Promise<void> {
  await context.clock.install({ time: moment });
  await context.clock.setFixedTime(moment);
  await context.route('**/worker/*.js', async (route) => {
    const response = await fetch(route.request().url());
    const policy = response.headers.get('content-security-policy') ?? '';
    await route.fulfill({
      contentType: 'text/javascript',
      headers: { 'content-security-policy': policy },
      body: `Date.now = () => ${moment};\n${await response.text()}`,
    });
  });
}
