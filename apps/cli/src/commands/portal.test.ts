import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../transcript.testing.ts';

let cwd: string;
const ends: (() => unknown)[] = [];
beforeEach(() => {
  cwd = temporaryFolder();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  rmSync(cwd, { recursive: true });
});

/** A cloud of which only what it says to browsers matters. */
async function cloudThatAllows(everybody: boolean): Promise<string> {
  const server = createServer((asked, response) => {
    if (everybody) response.setHeader('access-control-allow-origin', asked.headers.origin ?? '');
    response.writeHead(204).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function town(cloud: string, demo: boolean): void {
  const addresses = { town: 'Testville', authority: 'http://127.0.0.1:1', cloud, cloudlets: [], manifest: 'ab'.repeat(32) };
  mkdirSync(join(cwd, '.carelet/keyrings'), { recursive: true });
  writeFileSync(join(cwd, '.carelet/town.json'), JSON.stringify(demo ? { ...addresses, demo } : addresses));
  writeFileSync(join(cwd, '.carelet/keyrings/ada.keyring'), 'locked');
}

/** Runs `carelet portal` until `stop`; gives its address, and what it has written. */
async function portal(...words: string[]) {
  const stopping = new AbortController();
  let printed: (url: string) => void = () => {};
  const address = new Promise<string>((done) => {
    printed = done;
  });
  const heard = (text: string) => {
    const found = /^portal: (\S+)$/m.exec(text);
    if (found) printed(found[1]!);
  };
  const running = run(['portal', ...words], { cwd, clock: Date.now, env: { CARELET_PORT: '0' }, signal: stopping.signal, heard });
  const stop = () => {
    stopping.abort();
    return running;
  };
  ends.push(stop);
  const ended = running.then(({ text }) => {
    throw new Error(`it ended by itself: ${text}`);
  });
  ended.catch(() => {});
  const url = await Promise.race([address, ended]);
  const card = async () => (await (await fetch(`${url}/town.json`)).json()) as object;
  return { url, stop, card };
}

describe('portal', () => {
  it('serves a town of this folder, with the doors of a demonstration where it is one', async () => {
    town(await cloudThatAllows(true), true);
    const { url, stop, card } = await portal();
    expect(await card()).toMatchObject({ town: 'Testville', authority: '/authority', demo: true, ready: true });
    expect(await (await fetch(`${url}/demo/keyrings/ada`)).text()).toBe('locked');
    const { code, text } = await stop();
    expect([code, text]).toEqual([0, `portal: ${url}\nStopping the portal.\n`]);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('serves a town that is named by its file or by its page, and no keyrings of it', async () => {
    town(await cloudThatAllows(true), false);
    const first = await portal('--town', '.carelet/town.json');
    expect(await first.card()).toMatchObject({ town: 'Testville', demo: false });
    const second = await portal('--town', first.url);
    expect(await second.card()).toMatchObject({ town: 'Testville', authority: '/authority', manifest: 'ab'.repeat(32), demo: false });
    for (const { url } of [first, second]) expect((await fetch(`${url}/demo/keyrings/ada`)).status).toBe(404);
    // Through both portals to an authority that is not there.
    const response = await fetch(`${second.url}/authority/readyz`);
    expect(await response.json()).toMatchObject({ kind: 'unavailable' });
  });

  it('says what stands between its pages and the cloud', async () => {
    town(await cloudThatAllows(false), false);
    const refused = await portal();
    expect((await refused.stop()).text).toContain(
      `does not let pages of ${refused.url} ask it yet: whoever runs it adds that to CARELET_PORTAL_ORIGINS.`,
    );
    town('http://127.0.0.1:9', false);
    expect((await (await portal()).stop()).text).toContain("The town's cloud at http://127.0.0.1:9 does not answer.");
  });

  it('waits for no town that is still being set up', async () => {
    const server = createServer((_, response) =>
      response.end(JSON.stringify({ town: 'Testville', ready: false, doing: 'starting PostgreSQL' })),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    ends.push(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, text } = await run(['portal', '--town', url], { cwd, clock: Date.now });
    expect([code, text]).toEqual([1, `Cannot find the town "${url}": it is still being set up\n`]);
  });

  it('tells a file that is not there from an address', async () => {
    const { code, text } = await run(['portal', '--town', 'other/town.json'], { cwd, clock: Date.now });
    expect([code, text]).toEqual([1, 'Cannot find the town "other/town.json": there is no such file\n']);
  });
});
