/**
 * Keyrings as locked files, one a person.
 *
 * @module
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { decodeKeyring, encodeKeyring, type Keyring } from './keyring.ts';
import { createLockedFile, type LockedFile, openLockedFile } from './locked-file.ts';
import type { Effort } from './passphrase.ts';

/** An unlocked keyring that knows where it rests. */
export type KeyringFile = {
  readonly keyring: Keyring;
  readonly path: string;
  /** Locks what the keyring holds now and puts it on disk before it returns. */
  save(): Promise<void>;
};

const ending = '.keyring';

export const keyringPath = (folder: string, name: string): string => join(folder, `${name}${ending}`);

/** Puts a new keyring on disk; refuses to replace one. */
export async function createKeyringFile(folder: string, keyring: Keyring, passphrase: string, effort?: Effort): Promise<KeyringFile> {
  return fileOf(await createLockedFile(keyringPath(folder, keyring.name), encodeKeyring(keyring), passphrase, effort), keyring);
}

/** Unlocks a keyring file. */
export async function openKeyringFile(path: string, passphrase: string): Promise<KeyringFile> {
  const known = await listKeyrings(dirname(path));
  const name = basename(path, ending);
  if (!known.includes(name)) {
    const others = known.length > 0 ? `there are ${known.join(', ')}` : 'there are none in this folder';
    throw new CareletError('missing', 'open keyring', { subject: name, because: `no such keyring; ${others}` });
  }
  const file = await openLockedFile(path, passphrase);
  return fileOf(file, decodeKeyring(file.content));
}

/** The names of the keyrings in a folder. */
export async function listKeyrings(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => basename(name, ending))
    .sort();
}

const fileOf = (file: LockedFile, keyring: Keyring): KeyringFile => ({
  keyring,
  path: file.path,
  save: () => file.write(encodeKeyring(keyring)),
});
