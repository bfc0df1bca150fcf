/**
 * Keyrings as files, one a person: written whole beside the old one and renamed over it, so that a power cut
 * leaves one or the other.
 *
 * @module
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { plain } from '@carelet/crypto/algebra/bytes';
import { decodeKeyring, encodeKeyring, type Keyring } from './keyring.ts';
import { type Effort, type Lock, lock, newLock, unlock } from './passphrase.ts';

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
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = keyringPath(folder, keyring.name);
  if ((await listKeyrings(folder)).includes(keyring.name)) {
    throw new CareletError('conflict', 'make keyring', { subject: keyring.name, because: 'there is one of this name already' });
  }
  const file = fileOf(path, keyring, await newLock(passphrase, effort));
  await file.save();
  return file;
}

/** Unlocks a keyring file. */
export async function openKeyringFile(path: string, passphrase: string): Promise<KeyringFile> {
  let locked: Uint8Array;
  try {
    locked = await readFile(path);
  } catch {
    const known = await listKeyrings(dirname(path)).catch(() => []);
    const others = known.length > 0 ? `there are ${known.join(', ')}` : 'there are none in this folder';
    throw new CareletError('missing', 'open keyring', { subject: basename(path, ending), because: `no such keyring; ${others}` });
  }
  const { content, lock: kept } = await unlock(passphrase, plain(locked));
  return fileOf(path, decodeKeyring(content), kept);
}

/** The names of the keyrings in a folder. */
export async function listKeyrings(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => basename(name, ending))
    .sort();
}

function fileOf(path: string, keyring: Keyring, kept: Lock): KeyringFile {
  let last: Promise<void> = Promise.resolve();
  const write = async () => {
    const beside = `${path}.${process.pid}.new`;
    try {
      {
        await using file = await open(beside, 'w', 0o600);
        await file.writeFile(lock(kept, encodeKeyring(keyring)));
        await file.sync();
      }
      await rename(beside, path);
    } catch (cause) {
      await rm(beside, { force: true });
      const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
      throw new CareletError('unavailable', 'save keyring', { because: full ? 'the disk is full' : 'the file cannot be written', cause });
    }
  };
  return {
    keyring,
    path,
    save() {
      last = last.catch(() => undefined).then(write);
      return last;
    },
  };
}
