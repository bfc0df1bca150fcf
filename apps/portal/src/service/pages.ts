/**
 * The built pages: files that never change under their name, the worker, and one document for every address.
 *
 * [Note: Why the worker is asked for anew]
 * A browser keeps a file together with the policy it came with, and a worker lives by the policy of its own file. Kept
 * for a year, it could not reach a cloud that has moved. So the worker's file is compared at each start, by a tag that
 * says both what it is and what it may.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the build lies, whether we run from the sources or not. */
export const builtPages = fileURLToPath(new URL('../../dist/web/', import.meta.url));

/** What builds them, for whoever meets a portal without pages. */
export const buildPages = 'node tools/prepare.mjs';

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
  woff2: 'font/woff2',
};

/** Best first, with the ending of a file's packed twin. */
const packings = [
  { packing: 'br', ending: '.br' },
  { packing: 'gzip', ending: '.gz' },
] as const;

/**
 * Answers a GET or HEAD for a built file or a page's address; `null` for what is neither.
 *
 * @param folder where the build lies
 * @param policy the Content-Security-Policy of now
 * @param asked what every page asks of this service first: a browser fetches it while the page's script is on its way
 */
export async function answerPage(request: Request, folder: string, policy: string, asked: readonly string[]): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  const file = /^\/(assets|worker)\/([A-Za-z0-9_-][A-Za-z0-9._-]*\.([a-z0-9]+))$/.exec(pathname);
  if (file) {
    const type = types[file[3]!];
    return type === undefined ? null : answerFile(request, join(folder, file[1]!, file[2]!), type, policy);
  }
  return isAddress(pathname) ? answerDocument(request, folder, policy, asked) : null;
}

/** Pages have addresses without a dot in the last word, outside the folders of what is no page. */
const isAddress = (pathname: string): boolean =>
  !/^\/(assets|worker|authority|cloudlets|demo)(\/|$)/.test(pathname) && !pathname.slice(pathname.lastIndexOf('/')).includes('.');

async function answerDocument(request: Request, folder: string, policy: string, asked: readonly string[]): Promise<Response> {
  const html = await maybeRead(join(folder, 'index.html'));
  const headers = new Headers({ 'cache-control': 'no-store', 'content-security-policy': policy });
  if (html) {
    headers.set('link', asked.map((path) => `<${path}>; rel=preload; as=fetch; crossorigin`).join(', '));
    headers.set('content-type', 'text/html; charset=utf-8');
    return withBody(request, 200, html, headers);
  }
  headers.set('content-type', 'text/plain; charset=utf-8');
  return withBody(request, 503, Buffer.from(`The portal's pages are not built yet. In Carelet's folder: ${buildPages}\n`), headers);
}

async function answerFile(request: Request, path: string, type: string, policy: string): Promise<Response | null> {
  const headers = new Headers({ 'content-type': type, vary: 'accept-encoding', 'content-security-policy': policy });
  const found = await bestOf(request, path);
  if (!found) return null;
  if (found.packing) headers.set('content-encoding', found.packing);
  if (basename(dirname(path)) === 'assets') {
    headers.set('cache-control', 'public, max-age=31536000, immutable');
    return withBody(request, 200, found.bytes, headers);
  }
  const tag = `"${createHash('sha256')
    .update(`${basename(path)}\n${policy}`)
    .digest('base64url')}"`;
  headers.set('cache-control', 'no-cache');
  headers.set('etag', tag);
  if (request.headers.get('if-none-match') === tag) return new Response(null, { status: 304, headers });
  return withBody(request, 200, found.bytes, headers);
}

/** The smallest form of a file that the browser takes. */
async function bestOf(request: Request, path: string): Promise<{ bytes: Buffer; packing?: string } | null> {
  for (const { packing, ending } of packings) {
    const bytes = accepts(request, packing) ? await maybeRead(path + ending) : null;
    if (bytes) return { bytes, packing };
  }
  const bytes = await maybeRead(path);
  return bytes && { bytes };
}

function withBody(request: Request, status: number, bytes: Buffer, headers: Headers): Response {
  headers.set('content-length', String(bytes.length));
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(bytes), { status, headers });
}

/** Whether `accept-encoding` names a packing and does not weigh it nothing. */
function accepts(request: Request, packing: string): boolean {
  const asked = request.headers.get('accept-encoding') ?? '';
  return asked.split(',').some((word) => {
    const [name = '', ...parameters] = word.toLowerCase().split(';');
    return name.trim() === packing && !parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
  });
}

async function maybeRead(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (thrown) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return null;
    throw thrown;
  }
}
