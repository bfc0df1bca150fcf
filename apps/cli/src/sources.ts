/**
 * Files to import: named one by one, or found in folders; each can be read as often as one likes.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CareletError } from '@carelet/care/model';
import type { ImportSource } from '@carelet/client/records/import';

const op = 'import';
const taken = /\.(json|ndjson)(\.gz)?$/i;

/** By name as a person sorts it: `_hospitalInformation…` before `Aaron…`, `2` before `10`. */
const { compare } = new Intl.Collator('en', { numeric: true });

/**
 * The files that paths name, folders searched to the bottom in order of name.
 *
 * @throws {CareletError} `missing` for what is not there, `invalid` for a folder with nothing to import
 */
export async function sourcesAt(cwd: string, paths: readonly string[]): Promise<ImportSource[]> {
  const sources: ImportSource[] = [];
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    const found = await stat(absolute).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
    if (!found.isDirectory()) {
      sources.push(sourceOf(basename(path), absolute));
      continue;
    }
    const files = await filesIn(absolute);
    if (files.length === 0) {
      throw new CareletError('invalid', op, { subject: path, because: 'there is no .json, .ndjson or .gz of them in this folder' });
    }
    for (const file of files) sources.push(sourceOf(relative(absolute, file), file));
  }
  return sources;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => compare(a.name, b.name))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesIn(path)));
    else if (taken.test(entry.name)) files.push(path);
  }
  return files;
}

function sourceOf(name: string, path: string): ImportSource {
  return {
    name,
    lines: /\.ndjson(\.gz)?$/i.test(path),
    async *read() {
      const file = createReadStream(path);
      const bytes = /\.gz$/i.test(path) ? pipeline(file, createGunzip(), () => {}) : file;
      try {
        yield* bytes as AsyncIterable<Uint8Array>;
      } catch (cause) {
        throw unreadable(name, cause);
      } finally {
        file.destroy();
      }
    },
  };
}

function unreadable(subject: string, cause: unknown): CareletError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new CareletError('missing', op, { subject, because: 'there is no such file or folder', cause });
  if (code === 'EACCES' || code === 'EPERM') return new CareletError('denied', op, { subject, because: 'it may not be read', cause });
  if (code.startsWith('Z_')) return new CareletError('invalid', op, { subject, because: 'it is not a whole gzip file', cause });
  return new CareletError('unavailable', op, { subject, because: 'it cannot be read', cause });
}
