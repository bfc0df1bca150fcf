/**
 * A tap on a browser's line: every byte it sends passes here and is written down.
 *
 * It is an HTTP proxy for one browser window. What goes to this machine is passed on; anything else is written down and
 * refused, a tunnel too, because nobody could look into it.
 *
 * @module
 */
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, as it left the browser. */
export type Sent = {
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
};

export type Tap = AsyncDisposable & {
  /** For the browser: where its proxy is. */
  readonly server: string;
  /** In their order; grows while the browser is open. */
  readonly sent: readonly Sent[];
  /** The origins that were asked. */
  origins(): string[];
};

/** Opens a tap; disposing closes it. */
export async function openTap(): Promise<Tap> {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', rawHeaders } = request;
    const at = Date.now();
    const body: Buffer[] = [];
    const target = URL.canParse(url) ? new URL(url) : null;
    if (target?.hostname !== '127.0.0.1') {
      sent.push({ at, method, url, headers: rawHeaders, body: Buffer.alloc(0) });
      response.writeHead(403).end();
      return;
    }
    const { connection: _, 'proxy-connection': __, ...headers } = request.headers;
    const onward = ask(target, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on('close', () => onward.destroy());
    request.on('data', (piece: Buffer) => {
      body.push(piece);
      onward.write(piece);
    });
    request.on('end', () => {
      sent.push({ at, method, url, headers: rawHeaders, body: Buffer.concat(body) });
      onward.end();
    });
  });
  server.on('connect', ({ method = '', url = '', rawHeaders }, socket) => {
    sent.push({ at: Date.now(), method, url: `https://${url}`, headers: rawHeaders, body: Buffer.alloc(0) });
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    origins: () => [...new Set(sent.map(({ url }) => new URL(url).origin))].sort(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
