/**
 * A line to a service that a test can cut: before the service hears a request, or before its answer comes back.
 *
 * @module
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type Line = AsyncDisposable & {
  readonly url: string;
  /** Nothing gets through. */
  cut(): void;
  /** What is asked is done, and the answer is lost: of one operation, as in `records.post`. */
  loseAnswers(op: string): void;
  mend(): void;
};

/** @param target the address of the service at the other end */
export async function openLine(target: string): Promise<Line> {
  let cut = false;
  let lost = '';
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    if (cut) return void incoming.socket.destroy();
    const { 'content-type': type = '', authorization } = incoming.headers;
    const headers = { 'content-type': type, ...(authorization !== undefined && { authorization }) };
    const response = await fetch(`${target}${incoming.url}`, { method: incoming.method!, headers, body });
    if (incoming.url === lost) return void incoming.socket.destroy();
    const told = ['content-type', 'date'].flatMap((name) => [[name, response.headers.get(name)!]]);
    outgoing.writeHead(response.status, Object.fromEntries(told));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      cut = true;
    },
    loseAnswers: (op) => {
      lost = `/v1/${op.replace('.', '/')}`;
    },
    mend: () => {
      cut = false;
      lost = '';
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
