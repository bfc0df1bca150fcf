import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { afterEach, describe, expect, it } from 'vitest';
import { sourcesAt } from './sources.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = temporaryFolder();
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

async function textOf(source: { read(): AsyncIterable<Uint8Array> }): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.read()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('what there is to import', () => {
  it('is found to the bottom of a folder, in the order a person sorts names', async () => {
    const folder = folderWith({
      'Aaron_10.json': '1',
      'Aaron_9.json': '2',
      '_hospitalInformation.json': '3',
      'zoe.ndjson': '4',
      'deep/er/ben.JSON.GZ': gzipSync('5'),
      'notes.txt': 'not this',
      '.hidden': 'nor this',
    });
    const sources = await sourcesAt(folder, ['.']);
    expect(sources.map(({ name }) => name)).toEqual([
      '_hospitalInformation.json',
      'Aaron_9.json',
      'Aaron_10.json',
      'deep/er/ben.JSON.GZ',
      'zoe.ndjson',
    ]);
    expect(sources.map(({ lines }) => lines)).toEqual([false, false, false, false, true]);
  });

  it('can be read as often as one likes, packed or not', async () => {
    const folder = folderWith({ 'a.json': '{}', 'b.json.gz': gzipSync('{"b":1}') });
    for (const source of await sourcesAt(folder, ['a.json', 'b.json.gz'])) {
      const once = await textOf(source);
      expect(await textOf(source)).toBe(once);
      expect(once).toMatch(/^\{.*\}$/);
    }
  });

  it('may be left half read', async () => {
    const folder = folderWith({ 'big.json.gz': gzipSync(' '.repeat(5_000_000)) });
    const [source] = await sourcesAt(folder, ['big.json.gz']);
    for await (const chunk of source!.read()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  it('is refused in words when it is not there, holds nothing, or is damaged', async () => {
    const folder = folderWith({ 'cut.json.gz': gzipSync('x'.repeat(10_000)).subarray(0, 20), 'sub/readme.txt': '' });
    await expect(sourcesAt(folder, ['nowhere'])).rejects.toThrow('Cannot import "nowhere": there is no such file or folder');
    await expect(sourcesAt(folder, ['sub'])).rejects.toThrow('Cannot import "sub": there is no .json, .ndjson or .gz of them');
    const [cut] = await sourcesAt(folder, ['cut.json.gz']);
    await expect(textOf(cut!)).rejects.toThrow('Cannot import "cut.json.gz": it is not a whole gzip file');
  });
});
