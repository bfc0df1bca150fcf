/**
 * One command at a time writes a keyring.
 *
 * A keyring is read whole and written whole. Two imports at once would each save the key trees it made and lose
 * the other's, and with them what was sealed under them. So a command that changes a keyring holds a name in the
 * kernel's table of sockets while it runs; the kernel gives the name back when it ends, however it ends.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';

/** Holds a keyring's name; `null` when another command holds it. Where there are no such names, it just goes on. */
export async function holdKeyring(path: string): Promise<AsyncDisposable | null> {
  const name = createHash('sha256').update(realpathSync(path)).digest('hex').slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  const problem = await new Promise<string | undefined>((done) => {
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code));
    server.listen({ path: `\0carelet-keyring-${name}`, exclusive: true }, () => done(undefined));
  });
  if (problem === 'EADDRINUSE') return null;
  server.unref();
  return { [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())) };
}
