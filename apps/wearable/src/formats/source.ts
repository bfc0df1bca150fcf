/**
 * A recording on disk: its bytes, unpacked if they are gzip, and what it begins with.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { CareletError } from '@carelet/care/model';

export type Source = {
  readonly path: string;
  /** The file's name, for messages. */
  readonly name: string;
  /** Bytes on disk. */
  readonly size: number;
  /** The first bytes, unpacked: what a format is recognised by. */
  readonly head: Uint8Array;
  /** The head as text; what is not UTF-8 is U+FFFD. */
  readonly text: string;
  /** All bytes, unpacked, each time from the beginning. */
  bytes(): AsyncGenerator<Uint8Array>;
};

/** Enough for the headers people write above their tables. */
const headLength = 65_536;
const op = 'read recording';

/**
 * @param onRead told how many bytes of the file on disk were read
 * @throws {CareletError} `missing` for no file; `invalid` for one that cannot be read, or is no gzip after all
 */
export async function openSource(path: string, onRead?: (bytes: number) => void): Promise<Source> {
  const name = basename(path);
  const { size, packed } = await look(path, name);
  const bytes = () => bytesOf(path, name, packed, onRead);
  const head = await beginning(bytesOf(path, name, packed));
  return { path, name, size, head, text: new TextDecoder().decode(head), bytes };
}

/** The whole of a recording that has to be read at once. */
export async function wholeOf({ name, bytes }: Source, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes()) {
    length += chunk.length;
    if (length > most) throw refuse(name, `it is longer than ${most / 2 ** 20} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function look(path: string, name: string): Promise<{ size: number; packed: boolean }> {
  try {
    const { size } = await stat(path);
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0);
    return { size, packed: bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b };
  } catch (error) {
    throw unreadable(error, name);
  }
}

async function* bytesOf(path: string, name: string, packed: boolean, onRead?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  const stream = packed ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => stream.destroy(error));
  try {
    for await (const chunk of stream) {
      onRead?.(file.bytesRead);
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw unreadable(error, name);
  } finally {
    file.destroy();
  }
}

async function beginning(bytes: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= headLength) break;
  }
  return Buffer.concat(chunks).subarray(0, headLength);
}

const refuse = (subject: string, because: string, cause?: unknown): CareletError =>
  new CareletError('invalid', op, { subject, because, cause });

function unreadable(error: unknown, name: string): CareletError {
  if (error instanceof CareletError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return new CareletError('missing', op, { subject: name, because: 'there is no such file', cause: error });
  if (code === 'EISDIR') return refuse(name, 'it is a folder: name a file in it', error);
  return refuse(name, String(code).startsWith('Z_') ? 'it begins as gzip and is damaged' : 'the file cannot be read', error);
}
