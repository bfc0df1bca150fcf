/**
 * Secrets of a service that must start without a person: sealed in its tables under a key kept in a file of
 * its own, so that a stolen database or backup holds nothing.
 *
 * @module
 */
import { link, mkdir, open as openFile, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { nonceLength, open, seal } from '@carelet/crypto/algebra/aead';
import { type Bytes, cbor, concat, hex } from '@carelet/crypto/algebra/bytes';
import { kdf } from '@carelet/crypto/algebra/hash';
import { systemRandom } from '@carelet/crypto/algebra/random';

export type Secrets = {
  /** Seals bytes for one place; the same place opens them. */
  seal(place: string, secret: Bytes): Bytes;
  open(place: string, sealed: Bytes): Bytes;
};

/** Seals under a key in memory. */
export function secrets(key: Bytes): Secrets {
  const placeKey = (place: string) => kdf(key, 'carelet/v1/ground/secret', [place]);
  return {
    seal(place, secret) {
      const nonce = systemRandom(nonceLength);
      return concat(nonce, seal('aes-256-gcm', placeKey(place), nonce, cbor([place]), secret));
    },
    open(place, sealed) {
      const [nonce, body] = [sealed.subarray(0, nonceLength), sealed.subarray(nonceLength)];
      const secret = nonce.length < nonceLength ? null : open('aes-256-gcm', placeKey(place), nonce, cbor([place]), body);
      if (!secret)
        throw new CareletError('cannot-open', 'open stored secret', { because: 'the key file does not belong to this database' });
      return secret;
    },
  };
}

/** The secrets under a key file, made with mode 0600 when there is none. */
export const secretsFile = async (path: string): Promise<Secrets> => secrets(await keyFile(path));

/** The 32 bytes of a key file, made with mode 0600 when there is none. */
export async function keyFile(path: string): Promise<Bytes> {
  const read = async () => {
    const key = new Uint8Array(await readFile(path));
    if (key.length !== 32) throw new CareletError('invalid', 'read key file', { subject: path, because: 'it is not 32 bytes long' });
    return key;
  };
  try {
    return await read();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
  }
  await mkdir(dirname(path), { recursive: true });
  // Written whole under another name first: nobody ever reads half a key, whatever the power does.
  const beside = `${path}.${process.pid}.${hex(systemRandom(4))}.new`;
  try {
    {
      await using file = await openFile(beside, 'wx', 0o600);
      await file.writeFile(systemRandom(32));
      await file.sync();
    }
    await link(beside, path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  } finally {
    await rm(beside, { force: true });
  }
  return read();
}
