import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { freshDatabase } from '@carelet/ground/test-database';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from '../transcript.testing.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Serves a role until `stop`; gives its address as it was printed. */
async function serving(role: string, cwd: string, env: Record<string, string>) {
  const stopping = new AbortController();
  let printed: (url: string) => void = () => {};
  const address = new Promise<string>((done) => {
    printed = done;
  });
  const running = run(['serve', role], {
    cwd,
    env: { CARELET_PORT: '0', CARELET_LOG: 'silent', ...env },
    clock: Date.now,
    signal: stopping.signal,
    heard: (text) => {
      const found = new RegExp(`^${role}: (http://127\\.0\\.0\\.1:\\d+)$`, 'm').exec(text);
      if (found) printed(found[1]!);
    },
  });
  const ended = running.then(({ text }) => {
    throw new Error(`it ended by itself: ${text}`);
  });
  ended.catch(() => {}); // after the address is there, ending is what it shall do
  return {
    url: await Promise.race([address, ended]),
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

describe('serve', () => {
  it('runs each role by itself, and together they are a town', async () => {
    await using database = await freshDatabase();
    const cwd = temporaryFolder();
    folders.push(cwd);
    const shared = { DATABASE_URL: database.url };
    const issuers = [];
    for (const CARELET_SCHEMA of ['issuer_1', 'issuer_2', 'issuer_3']) {
      issuers.push(await serving('issuer', cwd, { ...shared, CARELET_SCHEMA, CARELET_KEYS: join(cwd, CARELET_SCHEMA) }));
    }
    const addresses = issuers.map(({ url }) => url).join(' ');
    const authority = await serving('authority', cwd, {
      ...shared,
      CARELET_ISSUERS: addresses,
      CARELET_PORTAL: 'https://portal.example',
    });
    const cloud = await serving('cloud', cwd, { ...shared, CARELET_AUTHORITY: authority.url });
    const places = { CARELET_AUTHORITY: authority.url, CARELET_CLOUD: cloud.url };
    const cloudlet = await serving('cloudlet', cwd, { ...shared, ...places });
    const portal = await serving('portal', cwd, { ...places, CARELET_CLOUDLETS: cloudlet.url });

    for (const { url } of [...issuers, authority, cloud, cloudlet, portal]) expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const card = (await (await fetch(`${portal.url}/town.json`)).json()) as { cloudlets: unknown };
    expect(card).toMatchObject({ cloud: cloud.url, authority: '/authority', demo: false, ready: true });
    expect(card.cloudlets).toEqual([{ organisation: new URL(cloudlet.url).host, path: '/cloudlets/0', url: cloudlet.url }]);
    for (const path of ['/authority', '/cloudlets/0']) expect((await fetch(`${portal.url}${path}/readyz`)).status).toBe(200);
    const claimed = await run(
      ['admin', 'claim', '--code', 'x', '--name', 'mara', '--title', 'Mara', '--organisation', 'board', '--town', portal.url],
      { cwd, clock: Date.now, env: { CARELET_PASSPHRASE: 'green door' } },
    );
    expect(claimed.text).toContain('this code is unknown or was used already');

    for (const role of [portal, cloudlet, cloud]) expect((await role.stop()).code).toBe(0);
    const { code, text } = await authority.stop();
    expect(code).toBe(0);
    expect(text).toMatch(/^For the first administrator, once: carelet admin claim --code [0-9a-f-]+$/m);
    expect(text).toMatch(/^Or in a browser, with the same code: https:\/\/portal\.example\/first-run$/m);
    await expect(fetch(authority.url)).rejects.toThrow();
    for (const role of issuers) expect((await role.stop()).code).toBe(0);
  });

  it('names the settings that are missing', async () => {
    const { code, text } = await run(['serve', 'portal'], { cwd: '/nowhere', clock: Date.now });
    expect(code).toBe(1);
    expect(text).toBe('Cannot read configuration "CARELET_AUTHORITY, CARELET_CLOUD": it is not set; it is not set\n');
  });
});
