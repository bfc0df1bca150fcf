import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request as ask } from 'node:http';
import { join } from 'node:path';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configFrom, originOf, type PortalConfig, startPortal, type TownAddresses } from './service.ts';

const town: TownAddresses = {
  town: 'Testville',
  authority: 'http://127.0.0.1:1',
  cloud: 'https://cloud.example:8443/east',
  cloudlets: [{ organisation: 'Harbour Clinic', url: 'http://127.0.0.1:2' }],
  manifest: 'ab'.repeat(32),
};
const ada = { slug: 'ada', title: 'Ada Marlow', door: 'patient', about: 'Well for years.', standing: null } as const;

let folder: string;
const open: AsyncDisposable[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const write = (path: string, content: string) => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content);
};

/** Pages as a build would leave them. */
function built() {
  write('web/index.html', '<!doctype html><title>Carelet</title>');
  write('web/assets/main-1a.js', 'plain');
  write('web/assets/main-1a.js.br', 'brotli');
  write('web/assets/main-1a.js.gz', 'gzip');
  write('web/assets/look-1a.css', 'plain');
  write('web/worker/house-1a.js', 'worker');
  write('web/secret.txt', 'secret');
}

async function portal(more: Partial<PortalConfig> = {}) {
  const config = { host: '127.0.0.1', port: 0, nextFree: false, town, pages: join(folder, 'web'), logLevel: 'silent', ...more } as const;
  const listening = await startPortal(config);
  open.push(listening);
  /** A request just as it is written: `fetch` would tidy the path. */
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: Headers; text: string }>((done, fail) => {
      const asked = ask({ host: '127.0.0.1', port: listening.port, path, method, headers }, async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk);
        const told = new Headers(Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as [string, string]));
        done({ status: answer.statusCode ?? 0, headers: told, text: Buffer.concat(chunks).toString() });
      });
      asked.on('error', fail).end();
    });
  return { ...listening, get };
}

describe('the pages', () => {
  it('answer at every address with one document that is never kept', async () => {
    built();
    const { get } = await portal();
    for (const path of ['/', '/patient', '/doctor/patients/6f00/records/1', '/sign-in?next=%2Fpatient', '/a//b/', '/people.d/ada']) {
      const { status, headers, text } = await get(path);
      expect([path, status, text]).toEqual([path, 200, '<!doctype html><title>Carelet</title>']);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('send for what they will ask, and for the people of a demonstration only where there are any', async () => {
    built();
    const sent = (paths: string[]) => paths.map((path) => `<${path}>; rel=preload; as=fetch; crossorigin`).join(', ');
    const [real, demo] = [await portal(), await portal({ demo: { people: [ada], keyrings: folder } })];
    expect((await real.get('/sign-in')).headers.get('link')).toBe(sent(['/town.json']));
    expect((await demo.get('/')).headers.get('link')).toBe(sent(['/town.json', '/demo/people.json']));
    for (const path of ['/assets/main-1a.js', '/town.json', '/no.thing']) expect((await demo.get(path)).headers.get('link')).toBeNull();
  });

  it('come with files that are kept for ever, in the packing the browser takes', async () => {
    built();
    const { get } = await portal();
    const forms = {
      'gzip, deflate, br': 'brotli',
      'gzip;q=0.8, br;q=0': 'gzip',
      'br;q=0.0, gzip; q=0': 'plain',
      BR: 'brotli',
      '': 'plain',
    };
    for (const [accepted, expected] of Object.entries(forms)) {
      const { headers, text } = await get('/assets/main-1a.js', { 'accept-encoding': accepted });
      expect([accepted, text]).toEqual([accepted, expected]);
      expect(headers.get('content-encoding')).toBe({ brotli: 'br', gzip: 'gzip' }[expected] ?? null);
      expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('vary')).toBe('accept-encoding');
    }
    const unpacked = await get('/assets/look-1a.css', { 'accept-encoding': 'br' });
    expect([unpacked.text, unpacked.headers.get('content-encoding')]).toEqual(['plain', null]);
  });

  it('let the worker be kept only as long as it may reach the same cloud', async () => {
    built();
    const { get } = await portal();
    const first = await get('/worker/house-1a.js');
    expect([first.text, first.headers.get('cache-control')]).toEqual(['worker', 'no-cache']);
    const known = { 'if-none-match': first.headers.get('etag')! };
    expect(await get('/worker/house-1a.js', known)).toMatchObject({ status: 304, text: '' });
    const { get: fromAnother } = await portal({ town: { ...town, cloud: 'https://elsewhere.example' } });
    const moved = await fromAnother('/worker/house-1a.js', known);
    expect(moved.status).toBe(200);
    expect(moved.headers.get('content-security-policy')).toContain("connect-src 'self' https://elsewhere.example;");
  });

  it('give nothing that lies elsewhere, however it is asked for', async () => {
    built();
    const { get } = await portal();
    const attempts = [
      '/secret.txt',
      '/index.html',
      '/assets/../secret.txt',
      '/assets/..%2fsecret.txt',
      '/assets/%2e%2e/secret.txt',
      '/assets/..%5csecret.txt',
      '/assets/....//secret.txt',
      '/assets/.hidden.js',
      '/assets/no-such-1a.js',
      '/assets/main-1a.js%00.css',
      '/assets/main-1a.js.br',
      '/assets',
      '/assets/',
      '/worker/../assets/../../service/service.ts',
      '//assets/secret.txt',
      '/favicon.ico',
      '/demo',
      '/authority',
      '/cloudlets/0',
    ];
    for (const path of attempts) {
      const { status, text } = await get(path);
      expect([path, status]).toEqual([path, 404]);
      expect(text).not.toContain('secret\n');
    }
  });

  it('take no orders', async () => {
    built();
    const { get } = await portal();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      for (const path of ['/', '/assets/main-1a.js', '/town.json']) expect((await get(path, {}, method)).status).toBe(404);
    }
  });

  it('answer HEAD as GET without the body', async () => {
    built();
    const { get } = await portal({ demo: { people: [ada], keyrings: folder } });
    for (const path of ['/', '/assets/main-1a.js', '/town.json', '/mark.svg', '/demo/people.json']) {
      const [asked, whole] = [await get(path, {}, 'HEAD'), await get(path)];
      expect([path, asked.status, asked.text]).toEqual([path, 200, '']);
      for (const name of ['content-type', 'cache-control', 'content-security-policy'])
        expect(asked.headers.get(name)).toBe(whole.headers.get(name));
    }
  });

  it('say which command builds them when nobody has', async () => {
    const { get } = await portal();
    const { status, headers, text } = await get('/');
    expect([status, headers.get('content-type')]).toEqual([503, 'text/plain; charset=utf-8']);
    expect(text).toBe("The portal's pages are not built yet. In Carelet's folder: node tools/prepare.mjs\n");
  });
});

describe('the headers', () => {
  it('let nothing run but our own files, and nothing be reached but the town, whatever is asked', async () => {
    built();
    write('keyrings/ada.keyring', 'locked');
    const { get } = await portal({ demo: { people: [ada], keyrings: join(folder, 'keyrings') } });
    const kinds = [
      ...['/', '/assets/main-1a.js', '/worker/house-1a.js', '/town.json', '/mark.svg', '/demo/people.json', '/demo/keyrings/ada'],
      ...['/no.thing', '/healthz', '/metrics', '/authority/readyz'],
    ];
    for (const path of kinds) {
      const { headers } = await get(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect([path, policy]).toEqual([path, expect.stringContaining("default-src 'none'")]);
      expect(policy).toContain("base-uri 'none'");
      expect(policy).toContain("form-action 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/'unsafe-eval'|data:|\*|http:/);
      if (path !== '/mark.svg') expect(policy).not.toContain("'unsafe-inline'");
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('permissions-policy')).toMatch(/camera=\(\).*geolocation=\(\).*microphone=\(\)/);
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('set-cookie')).toBeNull();
    }
    expect((await get('/')).headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; img-src 'self' blob:; " +
        "connect-src 'self' https://cloud.example:8443; worker-src 'self'; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types carelet",
    );
  });

  it('name no cloud before it is known', async () => {
    built();
    const { get } = await portal({ town: { ...town, cloud: '' } });
    expect((await get('/')).headers.get('content-security-policy')).toContain("connect-src 'self';");
  });

  it('cannot be written by an address of the town', async () => {
    for (const cloud of ["http://x;script-src-elem 'unsafe-inline'", 'http://x;sandbox', 'javascript:alert(1)', 'http://a,b', 'cloud']) {
      expect(() => originOf(cloud)).toThrow('it has to be an address like');
      await expect(
        startPortal({ host: '127.0.0.1', port: 0, nextFree: false, town: { ...town, cloud }, logLevel: 'silent' }),
      ).rejects.toThrow('it has to be an address like');
    }
    expect(originOf('http://[::1]:4103/v')).toBe('http://[::1]:4103');
  });
});

describe("the town's card", () => {
  it('tells a browser what lies below this origin, and others where it really is', async () => {
    const { get } = await portal();
    const { headers, text } = await get('/town.json');
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual(['application/json', 'no-store']);
    expect(JSON.parse(text)).toEqual({
      town: 'Testville',
      manifest: 'ab'.repeat(32),
      cloud: 'https://cloud.example:8443/east',
      authority: '/authority',
      cloudlets: [{ organisation: 'Harbour Clinic', path: '/cloudlets/0', url: 'http://127.0.0.1:2' }],
      demo: false,
      ready: true,
      doing: null,
    });
  });

  it('says what is being done while the town is not ready, and learns its addresses meanwhile', async () => {
    built();
    let doing: string | null = 'starting PostgreSQL';
    const later = { ...town, authority: '', cloud: '', cloudlets: [] as TownAddresses['cloudlets'] };
    const { get } = await portal({ town: later, doing: () => doing, demo: { people: [ada], keyrings: folder } });
    expect((await get('/')).status).toBe(200);
    expect(JSON.parse((await get('/town.json')).text)).toMatchObject({ ready: false, doing: 'starting PostgreSQL', cloud: '', demo: true });
    Object.assign(later, town);
    doing = null;
    expect(JSON.parse((await get('/town.json')).text)).toMatchObject({ ready: true, doing: null, cloud: town.cloud });
  });
});

describe('a demonstration', () => {
  it('has people at the door, and the locked keyrings of nobody else', async () => {
    built();
    write('keyrings/ada.keyring', 'locked');
    write('keyrings/northgate.keyring', 'of an organisation');
    const people = [ada, { ...ada, slug: 'ben', title: 'Ben Okoro' }];
    const { get } = await portal({ demo: { people, keyrings: join(folder, 'keyrings') } });
    expect(JSON.parse((await get('/demo/people.json')).text)).toEqual(people);
    const { headers, text } = await get('/demo/keyrings/ada');
    expect([text, headers.get('content-type'), headers.get('cache-control')]).toEqual(['locked', 'application/octet-stream', 'no-store']);
    expect(headers.get('content-disposition')).toBe('attachment; filename="ada.keyring"');
    const attempts = ['northgate', 'ben', '..%2fkeyrings%2fada', '../keyrings/northgate', 'ada/', 'ada.keyring', 'ADA', ''];
    for (const slug of attempts) expect([slug, (await get(`/demo/keyrings/${slug}`)).status]).toEqual([slug, 404]);
  });

  it('is nowhere else', async () => {
    built();
    const { get } = await portal();
    for (const path of ['/demo/people.json', '/demo/keyrings/ada', '/demo']) expect((await get(path)).status).toBe(404);
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
    expect(config.demo).toBeUndefined();
    expect(config.town.cloudlets).toEqual([
      { organisation: '127.0.0.1:3', url: 'http://127.0.0.1:3' },
      { organisation: 'harbour.example', url: 'http://harbour.example' },
    ]);
  });

  it('names what is missing', () => {
    expect(() => configFrom({})).toThrow('CARELET_AUTHORITY, CARELET_CLOUD');
  });
});
