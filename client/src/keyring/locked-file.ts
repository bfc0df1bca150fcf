/**
 * A locked file: written whole beside the old one and renamed over it, so that a power cut leaves one or the
 * other.
 *
 * @module
 */
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { type Bytes, plain } from '@carelet/crypto/algebra/bytes';
import { type Effort, type Lock, lock, newLock, unlock } from './passphrase.ts';

export type LockedFile = {
  readonly path: string;
  /** What it held when it was opened. */
  readonly content: Bytes;
  /** Locks and puts on disk before it returns; calls are written in their order. */
  write(content: Bytes): Promise<void>;
};

/** Makes a new locked file; refuses to replace one. */
export async function createLockedFile(path: string, content: Bytes, passphrase: string, effort?: Effort): Promise<LockedFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (await stat(path).catch(() => null)) {
    throw new CareletError('conflict', 'make file', { subject: basename(path), because: 'there is one of this name already' });
  }
  const file = lockedFile(path, content, await newLock(passphrase, effort));
  await file.write(content);
  return file;
}

/**
 * Unlocks a file.
 *
 * @throws {CareletError} `missing` when there is none, and as `unlock`
 */
export async function openLockedFile(path: string, passphrase: string): Promise<LockedFile> {
  let locked: Bytes;
  try {
    locked = plain(await readFile(path));
  } catch (cause) {
    throw new CareletError('missing', 'open file', {
      subject: basename(path),
      because: 'there is no such file, or it cannot be read',
      cause,
    });
  }
  const { content, lock: kept } = await unlock(passphrase, locked);
  return lockedFile(path, content, kept);
}

function lockedFile(path: string, content: Bytes, kept: Lock): LockedFile {
  let last: Promise<void> = Promise.resolve();
  const write = async (bytes: Bytes) => {
    const beside = `${path}.${process.pid}.new`;
    try {
      {
        await using file = await open(beside, 'w', 0o600);
        await file.writeFile(lock(kept, bytes));
        await file.sync();
      }
      await rename(beside, path);
    } catch (cause) {
      await rm(beside, { force: true });
      const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
      throw new CareletError('unavailable', 'save file', {
        subject: basename(path),
        because: full ? 'the disk is full' : 'the file cannot be written',
        cause,
      });
    }
  };
  return {
    path,
    content,
    write(bytes) {
      last = last.catch(() => undefined).then(() => write(bytes));
      return last;
    },
  };
}
