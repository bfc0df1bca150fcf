/**
 * Carries a page's requests to the authority and the cloudlets, and their answers back.
 *
 * It can change nothing: whoever asks has signed what is asked. It is no way around anything either: it knows the
 * operations of the two contracts and `/readyz`, takes three headers in and four out, and follows nobody. What comes
 * back stands at the portal's origin, so it is passed on only as what a contract speaks, never as a page or a script.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Contract, defaultLimits, eventStreamType, httpPath, mediaTypes, problemType, readStream } from '@carelet/care/wire';
import { authorityContract } from '@carelet/care/wire/contract/authority';
import { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import { refusal } from '@carelet/ground/app';
import { inertPolicy } from './headers.ts';
import { authorityPath, cloudletPath, type TownAddresses } from './town.ts';

/** The largest body of each operation in bytes, by its path below the service. */
const operationsOf = (contract: Contract): ReadonlyMap<string, number> =>
  new Map(
    Object.entries(contract.operations).map(([op, { limit, caller }]) => [`/${httpPath(op)}`, limit ?? defaultLimits[caller]] as const),
  );
const authorityOperations = operationsOf(authorityContract);
const cloudletOperations = operationsOf(cloudletContract);

const inward = ['content-type', 'authorization', 'accept'];
const outward = ['content-type', 'date', 'cache-control', 'retry-after'];
const spoken: ReadonlySet<string> = new Set([mediaTypes.json, mediaTypes.cbor, problemType, eventStreamType]);

/** How long a service may take to begin its answer. */
const patienceMs = 35_000;

const op = 'pass the request on';

/** Answers what is addressed to a service of the town; `null` for what is not. */
export async function forward(request: Request, town: TownAddresses, waitMs = patienceMs): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  const place = placeOf(pathname, town);
  if (place === null) return null;
  const limit = request.method === 'POST' ? place.operations.get(place.path) : undefined;
  const asksHealth = request.method === 'GET' && place.path === '/readyz';
  if (limit === undefined && !asksHealth) return null;
  try {
    if (place.url === '') throw new CareletError('unavailable', op, { because: 'the town is still being set up' });
    return await carry(request, new URL(place.url.replace(/\/*$/, place.path)), limit, waitMs);
  } catch (thrown) {
    return refusal(thrown);
  }
}

type Place = { readonly url: string; readonly path: string; readonly operations: ReadonlyMap<string, number> };

/** Whose address a path is, and what is left of it there. */
function placeOf(pathname: string, { authority, cloudlets }: TownAddresses): Place | null {
  const below = (mount: string): string | null => (pathname.startsWith(`${mount}/`) ? pathname.slice(mount.length) : null);
  const atAuthority = below(authorityPath);
  if (atAuthority !== null) return { url: authority, path: atAuthority, operations: authorityOperations };
  for (const [index, { url }] of cloudlets.entries()) {
    const path = below(cloudletPath(index));
    if (path !== null) return { url, path, operations: cloudletOperations };
  }
  return null;
}

async function carry(request: Request, url: URL, limit: number | undefined, waitMs: number): Promise<Response> {
  const body = limit === undefined ? undefined : await bodyOf(request, limit);
  const headers = new Headers({ 'accept-encoding': 'identity' });
  for (const name of inward) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const giveUp = new AbortController();
  const late = setTimeout(() => giveUp.abort(), waitMs);
  const gone = () => giveUp.abort();
  request.signal.addEventListener('abort', gone);
  if (request.signal.aborted) gone();
  let response: Response;
  try {
    response = await fetch(url, {
      method: request.method,
      headers,
      body: body as Uint8Array<ArrayBuffer> | undefined,
      redirect: 'error',
      signal: giveUp.signal,
    });
  } catch (cause) {
    throw new CareletError('unavailable', op, { because: 'the service does not answer', cause });
  } finally {
    clearTimeout(late);
    // From here on whoever leaves cancels the body, and that the service's.
    request.signal.removeEventListener('abort', gone);
  }
  const media = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!spoken.has(media)) {
    giveUp.abort();
    throw new CareletError('unavailable', op, { because: 'the service answers in a way we do not know' });
  }
  const answer = new Headers({ 'cache-control': 'no-store', 'content-security-policy': inertPolicy });
  for (const name of outward) {
    const value = response.headers.get(name);
    if (value !== null) answer.set(name, value);
  }
  // Proxies before us would keep the events until the stream has ended.
  if (media === eventStreamType) answer.set('x-accel-buffering', 'no');
  return new Response(response.body, { status: response.status, headers: answer });
}

async function bodyOf(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = () => new CareletError('invalid', op, { because: 'the body is too large' });
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
  let body: Uint8Array | null;
  try {
    body = await readStream(request.body as ReadableStream<Uint8Array> | null, limit);
  } catch (cause) {
    throw new CareletError('invalid', op, { because: 'the body broke off', cause });
  }
  if (body === null) throw tooLarge();
  return body;
}
