/**
 * A port for a server: the one it was told, or the next free one.
 *
 * @module
 */
import type { AddressInfo, Server } from 'node:net';
import { CareletError } from '@carelet/care/model';

/**
 * Has a server listen; gives its port.
 *
 * @param name what listens, for the error
 * @throws {CareletError} `conflict` when the port is taken (with `nextFree` also the hundred after it), `denied` when it
 *   may not be opened, `invalid` when the host is not an address of this machine
 */
export async function bind(
  server: Server,
  {
    host,
    port: first,
    nextFree,
    name,
  }: { readonly host: string; readonly port: number; readonly nextFree: boolean; readonly name: string },
): Promise<number> {
  const more = nextFree ? 100 : 0;
  for (let port = first; ; port++) {
    try {
      return await tryPort(server, host, port);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' && port < Math.min(first + more, 65_535)) continue;
      throw refused(code, `${host}:${first}`, name, more > 0, cause);
    }
  }
}

function refused(code: string | undefined, subject: string, name: string, tried: boolean, cause: unknown): CareletError {
  const op = `listen for the ${name}`;
  switch (code) {
    case 'EADDRINUSE':
      return new CareletError('conflict', op, {
        subject,
        because: tried ? 'this port and those after it are taken' : 'the port is taken',
        cause,
      });
    case 'EACCES':
      return new CareletError('denied', op, { subject, because: 'the system does not allow this port', cause });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CareletError('invalid', op, { subject, because: 'this is not an address of this machine', cause });
    default:
      return new CareletError('unavailable', op, { subject, because: 'the port could not be opened', cause });
  }
}

function tryPort(server: Server, host: string, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', fail);
      done((server.address() as AddressInfo).port);
    });
  });
}

/** Host and port as they stand in an address; an IPv6 host in brackets. */
export const authority = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
