import { defineContract, serve } from '@carelet/care/wire';
import { authorityContract } from '@carelet/care/wire/contract/authority';
import { cloudContract } from '@carelet/care/wire/contract/cloud';
import { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import { type Listening, listen } from '@carelet/ground/http';
import { logger } from '@carelet/ground/log';
import { metrics } from '@carelet/ground/metrics';
import { afterEach, describe, expect, it } from 'vitest';
import { configFrom, type PortalConfig, type Resident, startPortal } from './service.ts';

// The services here have their real contracts and ports, and one operation: the one the page asks.

const authority = defineContract('authority', { 'town.state': authorityContract.operations['town.state'] });
const cloud = defineContract('cloud', { 'town.state': cloudContract.operations['town.state'] });
const cloudlet = defineContract('cloudlet', { 'town.state': cloudletContract.operations['town.state'] });

const identify = async () => null;
const asAuthority = serve(authority, {
  role: () => ({
    town: {
      state: async () => ({ town: 'Testville', organisations: ['Northgate Hospital'], doctors: { pending: 1, approved: 2, rejected: 0 } }),
    },
  }),
  identify,
});
const asCloud = (rows: number) =>
  serve(cloud, {
    role: () => ({
      town: { state: async () => ({ shelves: { EID: rows, QID: rows, MI: rows }, charts: 3, postings: 9, bytes: 4_800_000 }) },
    }),
    identify,
  });
const asCloudlet = serve(cloudlet, {
  role: () => ({
    town: {
      state: async () => ({
        devices: 1,
        waiting: 214,
        forwarded: 12,
        cloud: 'unreachable' as const,
        lastForward: '2026-11-20T09:29:00.000Z', waitingSince: null,
      }),
    },
  }),
  identify,
});

const ada: Resident = { slug: 'ada', name: { given: ['Ada'], family: 'Marlow' }, story: 'Well <for> years.' };

const open: Listening[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close(0);
});

async function service(
  name: string,
  handler: Parameters<typeof listen>[0]['handlers'][number],
  because: string[] = [],
): Promise<Listening> {
  const listening = await listen({
    name,
    handlers: [handler],
    port: 0,
    log: logger(name, { level: 'silent' }),
    metrics: metrics(name),
    ready: () => because,
  });
  open.push(listening);
  return listening;
}

async function town({ rows = 1604, because = [] as string[], people = [ada] } = {}) {
  const services = {
    authority: await service('authority', asAuthority),
    cloud: await service('cloud', asCloud(rows), because),
    cloudlet: await service('cloudlet', asCloudlet),
  };
  const config: PortalConfig = {
    host: '127.0.0.1',
    port: 0,
    nextFree: false,
    town: {
      town: 'Testville',
      authority: services.authority.url,
      cloud: services.cloud.url,
      cloudlets: [{ organisation: 'Harbour Clinic', url: services.cloudlet.url }],
      manifest: 'ab'.repeat(32),
    },
    people,
    logLevel: 'silent',
    clock: () => Date.parse('2026-11-20T09:41:00Z'),
  };
  const portal = await startPortal(config);
  open.push(portal);
  const page = async () => (await fetch(portal.url)).text();
  return { ...services, portal, config, page };
}

describe("the town's page", () => {
  it('begins with the news and tells what flowed, who lives here and where the services are', async () => {
    const { page, cloud } = await town();
    const text = await page();
    expect(text).toContain('<h1>The town is up, and its cloud can read nothing</h1>');
    expect(text).toContain('4,812 locked parts of records');
    expect(text).toContain('4.8 MB on disk');
    expect(text).toContain('<strong>12</strong> <span>strips sent on</span>');
    expect(text).toContain('214 wait safe here. The cloud cannot be reached, last at 20 November 2026, 09:29 UTC.');
    expect(text).toContain('<strong>2</strong> <span>hold keys</span>');
    expect(text).toContain('Ada Marlow');
    expect(text).toContain(`<code>${cloud.url}</code>`);
    expect(text).toContain('npm run carelet -- records list --as ada');
  });

  it('escapes what it did not write itself', async () => {
    const { page } = await town({ people: [{ ...ada, name: { given: ['<script>'], family: '"&\'' } }] });
    const text = await page();
    expect(text).toContain('&lt;script&gt; &quot;&amp;&#39;');
    expect(text).toContain('Well &lt;for&gt; years.');
    expect(text).not.toContain('<script>');
  });

  it('says in words that a service is silent, and shows the others', async () => {
    const { page, cloud } = await town();
    await cloud.close(0);
    const text = await page();
    expect(text).toContain('<h1>The cloud does not answer as it should</h1>');
    expect(text).toContain('does not answer; it may have been stopped');
    expect(text).toContain('Harbour Clinic');
    expect(text).not.toContain('locked parts');
  });

  it('says what stands in the way of a service that answers and is not ready', async () => {
    const { page } = await town({ because: ['the database does not answer'] });
    expect(await page()).toContain('answers, but the database does not answer');
  });

  it('says of a fresh town that nothing has flowed yet', async () => {
    const { page } = await town({ rows: 0 });
    expect(await page()).toContain('nothing has flowed yet');
  });

  it('loads nothing but its own style and mark, and runs nothing', async () => {
    const { portal, page } = await town();
    const response = await fetch(portal.url);
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).not.toContain('script-src');
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    const text = await page();
    expect(text).not.toMatch(/<script|style=|\son[a-z]+=/);
    const loaded = [...text.matchAll(/<(?:link|img)[^>]*(?:href|src)="([^"]+)"/g)].map(([, address]) => address!);
    expect(loaded.every((address) => address.startsWith('/'))).toBe(true);
    for (const address of new Set(loaded)) expect((await fetch(new URL(address, portal.url))).status).toBe(200);
    expect((await fetch(new URL('/town.css', portal.url))).headers.get('content-type')).toBe('text/css; charset=utf-8');
  });

  it('has one title, headings in order and a name for every region', async () => {
    const { page } = await town();
    const text = await page();
    const levels = [...text.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
    for (const [, id] of text.matchAll(/aria-labelledby="([^"]+)"/g)) expect(text).toContain(`id="${id}"`);
    expect(text).toContain('<html lang="en">');
  });

  it('serves the addresses for the command line', async () => {
    const { portal, config } = await town();
    const response = await fetch(new URL('/town.json', portal.url));
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual(config.town);
  });

  it('knows no other page, and takes no orders', async () => {
    const { portal } = await town();
    expect((await fetch(new URL('/records', portal.url))).status).toBe(404);
    expect((await fetch(portal.url, { method: 'POST', body: '{}' })).status).toBe(404);
    expect((await fetch(new URL('/healthz', portal.url))).status).toBe(200);
  });
});

describe('its configuration', () => {
  it('comes from the environment, the cloudlets as a list', () => {
    const config = configFrom({
      CARELET_AUTHORITY: 'http://127.0.0.1:1',
      CARELET_CLOUD: 'http://127.0.0.1:2',
      CARELET_CLOUDLETS: 'http://127.0.0.1:3, http://harbour.example',
    });
    expect(config).toMatchObject({ host: '127.0.0.1', port: 4100, nextFree: false });
    expect(config.town.cloudlets).toEqual([
      { organisation: '127.0.0.1:3', url: 'http://127.0.0.1:3' },
      { organisation: 'harbour.example', url: 'http://harbour.example' },
    ]);
  });

  it('names what is missing', () => {
    expect(() => configFrom({})).toThrow('CARELET_AUTHORITY, CARELET_CLOUD');
  });
});
