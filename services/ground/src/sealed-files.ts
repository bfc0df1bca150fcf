/**
 * Small secrets that end, each sealed in a file of its own beside a service's key file and in no table: a database that is
 * restored from a backup brings none back. One is taken away for good by taking its file away.
 *
 * @module
 */
import { mkdir, open as openFile, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, type Cbor, cbor, hex, plain, uncbor, unhex } from '@carelet/crypto/algebra/bytes';
import type { Secrets } from './secrets.ts';

export type SealedFiles<T> = {
  /** Keeps something under a number; `false` where there is something. It is on disk when this returns. */
  keep(number: Bytes, value: T): Promise<boolean>;
  /** Keeps something in the place of what was there. */
  put(number: Bytes, value: T): Promise<void>;
  get(number: Bytes): Promise<T | null>;
  /** Takes something away for good. */
  drop(number: Bytes): Promise<void>;
  /** All that is kept, but for files that cannot be read. */
  each(): AsyncIterable<T>;
  /** Takes away all of which this is so; a file that cannot be read stays. */
  dropWhere(over: (value: T) => boolean): Promise<void>;
};

/**
 * @param place what they are, for the seal over them
 * @param shape to CBOR and back; what is read was authenticated by its seal
 */
export async function sealedFiles<T>(
  { folder, secrets, place }: { folder: string; secrets: Secrets; place: string },
  shape: { readonly write: (value: T) => Cbor; readonly read: (content: Cbor) => T },
): Promise<SealedFiles<T>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Nobody was given what was not whole when the service fell.
  for (const name of await readdir(folder)) if (name.endsWith('.new')) await rm(join(folder, name), { force: true });
  const pathOf = (number: Bytes) => join(folder, hex(number));
  const placeOf = (number: Bytes) => `${place}/${hex(number)}`;
  const toDisk = async () => {
    await using directory = await openFile(folder, 'r');
    await directory.sync();
  };

  const get = async (number: Bytes): Promise<T | null> => {
    let sealed: Bytes;
    try {
      sealed = plain(await readFile(pathOf(number)));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw thrown;
    }
    return shape.read(uncbor(secrets.open(placeOf(number), sealed)));
  };

  const put = async (number: Bytes, value: T): Promise<void> => {
    const beside = `${pathOf(number)}.new`;
    {
      await using file = await openFile(beside, 'w', 0o600);
      await file.writeFile(secrets.seal(placeOf(number), cbor(shape.write(value))));
      await file.sync();
    }
    await rename(beside, pathOf(number));
    await toDisk();
  };

  const drop = async (number: Bytes): Promise<void> => {
    await rm(pathOf(number), { force: true });
    await toDisk();
  };

  async function* readable(): AsyncGenerator<{ readonly number: Bytes; readonly value: T }> {
    for (const name of await readdir(folder)) {
      if (!/^[0-9a-f]{32}$/.test(name)) continue;
      const number = unhex(name);
      // One file that cannot be read keeps no other.
      const value = await get(number).catch(() => null);
      if (value) yield { number, value };
    }
  }

  return {
    get,
    put,
    drop,

    async keep(number, value) {
      if (await get(number)) return false;
      await put(number, value);
      return true;
    },

    async *each() {
      for await (const { value } of readable()) yield value;
    },

    async dropWhere(over) {
      for await (const { number, value } of readable()) if (over(value)) await drop(number);
    },
  };
}
