/**
 * Where the bus is, as `BUS_URL` says: one server of its cluster or several, and who we are there.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';

/** Servers, and user, password or token as they are meant. */
export type BusAddress = {
  /** `host:port` */
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
};

/**
 * Reads the bus's address: `nats://` or `tls://` addresses between commas, the first with user and password or with a token
 * where the bus wants one.
 *
 * @throws {CareletError} `invalid` for one that is none; the message does not quote it
 * @example
 * ```ts
 * import { busAddress } from '@carelet/cloudlet/queue/address';
 * busAddress('tls://harbour:a%20secret@one.example,tls://two.example:4223');
 * // { servers: ['one.example:4222', 'two.example:4223'], tls: true, user: 'harbour', pass: 'a secret' }
 * ```
 */
export function busAddress(text: string): BusAddress {
  const addresses = text.split(',').map((one) => (URL.canParse(one.trim()) ? new URL(one.trim()) : null));
  const [first] = addresses;
  const fits = (url: URL | null): url is URL =>
    url !== null &&
    /^(nats|tls):$/.test(url.protocol) &&
    url.protocol === first!.protocol &&
    url.hostname !== '' &&
    /^\/?$/.test(url.pathname);
  const [names, ...more] = addresses.map((url) => (fits(url) ? namesIn(url) : null));
  if (!names || !addresses.every(fits) || more.some((one) => one === null || Object.keys(one).length > 0)) {
    const because =
      'it has to be of the form nats://host:port or tls://user:password@host:port, several between commas, who we are in the first alone';
    throw new CareletError('invalid', 'read the address of the bus', { subject: 'BUS_URL', because });
  }
  const servers = addresses.map(({ hostname, port }) => `${hostname}:${port || '4222'}`);
  return { servers, tls: first!.protocol === 'tls:', ...names };
}

/** User and password; a name alone is a token. `null` for what cannot be read. */
function namesIn({ username, password }: URL): Pick<BusAddress, 'user' | 'pass' | 'token'> | null {
  try {
    const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
    if (user === '') return pass === '' ? {} : null;
    return pass === '' ? { token: user } : { user, pass };
  } catch {
    return null;
  }
}
