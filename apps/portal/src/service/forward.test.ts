import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, defineContract, serve } from '@carelet/care/wire';
import { authorityContract } from '@carelet/care/wire/contract/authority';
import { listen } from '@carelet/ground/http';
import { logger } from '@carelet/ground/log';
import { metrics } from '@carelet/ground/metrics';
import { afterEach, describe, expect, it } from 'vitest';
import { forward } from './forward.ts';
import { startPortal, type TownAddresses } from './service.ts';

const open: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Heard = { method: string; url: string; headers: IncomingMessage['headers']; body: string };

/** A service that answers as it is told, and remembers what it was asked. */
async function upstream(answer: (response: ServerResponse, asked: IncomingMessage) => void) {
  const heard: Heard[] = [];
  const server = createServer(async (asked, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk);
    heard.push({ method: asked.method ?? '', url: asked.url ?? '', headers: asked.headers, body: Buffer.concat(chunks).toString() });
    answer(response, asked);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

const fine = (response: ServerResponse) => response.setHeader('content-type', 'application/json').end('{}');

const townOf = (authority: string, cloudlet = authority): TownAddresses => ({
  town: 'Testville',
  authority,
  cloud: 'http://127.0.0.1:1',
  cloudlets: [{ organisation: 'Harbour Clinic', url: cloudlet }],
  manifest: '',
});

async function portal(town: TownAddresses): Promise<string> {
  const listening = await startPortal({ host: '127.0.0.1', port: 0, nextFree: false, town, logLevel: 'silent' });
  open.push(() => listening.close(0));
  return listening.url;
}

const post = (
  url: string,
  body: string | Uint8Array<ArrayBuffer> = '{}',
  headers: Record<string, string> = { 'content-type': 'application/json' },
) => fetch(url, { method: 'POST', headers, body });
const problem = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as { kind: string; because: string }),
});

describe('what is passed on', () => {
  it('is an operation of a contract, asked as if the service had been asked itself', async () => {
    const state = { town: 'Testville', organisations: ['Northgate Hospital'], doctors: { pending: 1, approved: 2, rejected: 0 } };
    const contract = defineContract('authority', { 'town.state': authorityContract.operations['town.state'] });
    const handler = serve(contract, { role: () => ({ town: { state: async () => state } }), identify: async () => null });
    const log = logger('authority', { level: 'silent' });
    const authority = await listen({ name: 'authority', handlers: [handler], port: 0, log, metrics: metrics('authority') });
    open.push(() => authority.close(0));
    const url = await portal(townOf(authority.url));
    expect(await connect(contract, { url: `${url}/authority` }).town.state()).toEqual(state);
    expect(await (await fetch(`${url}/authority/readyz`)).json()).toMatchObject({ ready: true });
  });

  it('goes to the service its path names, below the address that was told', async () => {
    const [authority, cloudlet] = [await upstream(fine), await upstream(fine)];
    const url = await portal(townOf(`${authority.url}/deep/`, cloudlet.url));
    await post(`${url}/authority/v1/town/state`);
    await post(`${url}/cloudlets/0/v1/town/state?x=1`);
    await fetch(`${url}/cloudlets/0/readyz`);
    expect(authority.heard.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /deep/v1/town/state']);
    expect(cloudlet.heard.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /v1/town/state', 'GET /readyz']);
  });

  it('is nothing else: no other path, method or cloudlet', async () => {
    const { url: service, heard } = await upstream(fine);
    const url = await portal(townOf(service));
    const paths = [
      ...[
        '/authority/metrics',
        '/authority/v1/town/state/',
        '/authority/v1/no/such',
        '/authority/v1/../metrics',
        '/authority/v1/%2e%2e/metrics',
      ],
      ...['/authority/v1/records/posting', '/authority//v1/town/state', '/authority/v1%2ftown%2fstate', '/authority/readyz'],
      ...['/cloudlets/1/v1/town/state', '/cloudlets/-1/v1/town/state', '/cloudlets/00/v1/town/state', '/cloudlets/0x0/v1/town/state'],
      ...['/cloudlets/__proto__/v1/town/state', '/cloudlets/v1/town/state', '/cloud/v1/town/state'],
    ];
    for (const path of paths) expect([path, (await post(url + path)).status]).toEqual([path, 404]);
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
      expect([method, (await fetch(`${url}/authority/v1/town/state`, { method })).status]).toEqual([method, 404]);
    }
    for (const path of ['/authority/healthz', '/authority/openapi.json', '/cloudlets/0/metrics', '/cloudlets/1/readyz']) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 404]);
    }
    expect(heard).toEqual([]);
  });

  it('keeps three headers on the way in and four on the way out', async () => {
    const { url: service, heard } = await upstream((response) => {
      const more = {
        'set-cookie': 'a=b',
        location: '/x',
        'access-control-allow-origin': '*',
        'content-security-policy': 'none',
        server: 'x',
      };
      for (const [name, value] of Object.entries({ ...more, 'retry-after': '7', 'cache-control': 'no-store' }))
        response.setHeader(name, value);
      response.statusCode = 403;
      response.setHeader('content-type', 'application/problem+json').end('{"kind":"denied"}');
    });
    const url = await portal(townOf(service));
    const response = await post(`${url}/authority/v1/town/state`, '{"a":1}', {
      'content-type': 'application/json',
      authorization: 'Carelet abc',
      accept: 'application/json',
      cookie: 'secret=1',
      origin: 'https://evil.example',
      'x-forwarded-for': '1.2.3.4',
    });
    expect(heard[0]).toMatchObject({ body: '{"a":1}' });
    expect(heard[0]!.headers).toMatchObject({
      authorization: 'Carelet abc',
      'content-type': 'application/json',
      accept: 'application/json',
    });
    for (const name of ['cookie', 'origin', 'referer', 'x-forwarded-for']) expect(heard[0]!.headers).not.toHaveProperty(name);
    expect(response.status).toBe(403);
    expect(await response.text()).toBe('{"kind":"denied"}');
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('date')).not.toBeNull();
    for (const name of ['set-cookie', 'location', 'access-control-allow-origin', 'server']) expect(response.headers.get(name)).toBeNull();
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
  });

  it('has a body no larger than the operation takes', async () => {
    const { url: service, heard } = await upstream(fine);
    const url = await portal(townOf(service));
    const megabyte = new Uint8Array(1024 * 1024);
    expect((await post(`${url}/authority/v1/town/state`, megabyte)).status).toBe(200);
    expect(heard.map(({ body }) => body.length)).toEqual([megabyte.length]);
    const tooLarge = await post(`${url}/authority/v1/town/state`, new Uint8Array(megabyte.length + 1));
    expect(await problem(tooLarge)).toMatchObject({ status: 400, kind: 'invalid', because: 'the body is too large' });
    let left = 40;
    const endless = new ReadableStream<Uint8Array>({
      pull: (out) => (left-- > 0 ? out.enqueue(new Uint8Array(65_536)) : out.close()),
    });
    const streamed = await fetch(`${url}/authority/v1/town/state`, { method: 'POST', body: endless, duplex: 'half' });
    expect(await problem(streamed)).toMatchObject({ kind: 'invalid', because: 'the body is too large' });
    expect(heard).toHaveLength(1);
  });
});

describe('what comes back', () => {
  it('is a plain refusal when the service is not there, leads elsewhere or is not known yet', async () => {
    const { url: elsewhere, heard } = await upstream(fine);
    const { url: leading } = await upstream((response) => response.writeHead(307, { location: `${elsewhere}/v1/town/state` }).end());
    for (const address of ['http://127.0.0.1:1', leading, '']) {
      const response = await post(`${await portal(townOf(address))}/authority/v1/town/state`);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await problem(response)).toMatchObject({ status: 503, kind: 'unavailable' });
    }
    expect(heard).toEqual([]);
  });

  it('is a refusal when the service does not begin to answer', async () => {
    const { url } = await upstream(() => {});
    const request = new Request('http://portal/authority/v1/town/state', { method: 'POST', body: '{}' });
    const response = await forward(request, townOf(url), 50);
    expect(await problem(response!)).toMatchObject({ status: 503, because: 'the service does not answer' });
  });

  it('is never a page or a script, which would run at our origin', async () => {
    for (const type of ['text/html', 'text/javascript', 'image/svg+xml', 'application/jsonp', '']) {
      const { url: service } = await upstream((response) => {
        if (type !== '') response.setHeader('content-type', type);
        response.end('<script>alert(1)</script>');
      });
      const url = await portal(townOf(service));
      for (const response of [await fetch(`${url}/cloudlets/0/readyz`), await post(`${url}/authority/v1/town/state`)]) {
        expect([type, response.status, response.headers.get('content-type')]).toEqual([type, 503, 'application/problem+json']);
        expect(await response.text()).not.toContain('alert');
      }
    }
  });

  it('arrives event by event, and stops at the service when the page has enough', async () => {
    let send: (text: string) => void = () => {};
    let left: () => void;
    const gone = new Promise<void>((done) => {
      left = done;
    });
    const { url: service } = await upstream((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      response.on('close', () => left());
      send = (text) => response.write(text);
    });
    const url = await portal(townOf(service));
    const enough = new AbortController();
    const response = await fetch(`${url}/authority/v1/town/state`, { method: 'POST', body: '{}', signal: enough.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const reader = response.body!.getReader();
    for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
      send(text);
      expect(new TextDecoder().decode((await reader.read()).value)).toBe(text);
    }
    enough.abort();
    await gone;
  });
});
