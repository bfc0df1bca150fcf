/**
 * What stands in a browser for Node's own printing: everything an object shows of itself, its private parts not among them.
 *
 * @module
 */

/** As `inspect` of Node would show it, without its looks. */
export const inspect = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner instanceof Uint8Array ? [...inner] : typeof inner === 'bigint' ? `${inner}n` : inner,
  ) ?? String(value);
