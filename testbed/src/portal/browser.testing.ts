/**
 * A real Chromium for the days: the system's where there is one, else the one inside an npm package.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const systems = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];

/** Nothing but the pages that a test opens: no updates, no lookups, no sandbox that a container could not give. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-domain-reliability',
  '--disable-default-apps',
  // It would ask its maker what kind of form a page has.
  '--disable-features=AutofillServerCommunication,OptimizationHints,MediaRouter',
  '--font-render-hinting=none',
];

/** Where a Chromium is, and what it needs to run. */
export type BrowserPlace = { readonly executablePath: string; readonly args: string[]; readonly env: Record<string, string> };

export async function browserPlace(): Promise<BrowserPlace> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined));
  const system = [process.env.CARELET_CHROMIUM, ...systems].find((path) => path !== undefined && existsSync(path));
  if (system) return { executablePath: system, args: quiet, env: inherited };
  // The package unpacks the libraries it was built with only where it believes to be at home.
  const before = { ...process.env };
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs20.x';
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    packaged.setGraphicsMode = false;
    const executablePath = await packaged.executablePath();
    const { LD_LIBRARY_PATH = '', FONTCONFIG_PATH = '' } = process.env;
    return {
      executablePath,
      args: [...quiet, '--headless=shell', '--no-zygote', '--in-process-gpu'],
      env: { ...inherited, LD_LIBRARY_PATH, FONTCONFIG_PATH },
    };
  } finally {
    for (const name of ['AWS_EXECUTION_ENV', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'HOME']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

/** Opens it; to be closed by whoever asked. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch(await browserPlace());
}
