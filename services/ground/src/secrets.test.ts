import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '@carelet/crypto/algebra/random';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secrets, secretsFile } from './secrets.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'carelet-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a service’s secret', () => {
  test('opens at its place under its key, and whatever was changed does not', () => {
    const own = secrets(systemRandom(32));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), fc.nat(), (secret, place, at) => {
        const sealed = own.seal(place, secret);
        expect(own.open(place, sealed)).toEqual(secret);
        const changed = sealed.map((byte, i) => (i === at % sealed.length ? byte ^ 1 : byte));
        for (const wrong of [
          () => own.open(`${place}.`, sealed),
          () => own.open(place, changed),
          () => own.open(place, sealed.subarray(1)),
        ]) {
          expect(wrong).toThrow(expect.objectContaining({ kind: 'cannot-open' }));
        }
      }),
      { numRuns: 60 },
    );
    for (const length of [0, 5, 12, 27]) expect(() => own.open('place', new Uint8Array(length))).toThrow(/key file/);
  });

  test('does not open under another key file, and the error says no more than that', () => {
    const sealed = secrets(systemRandom(32)).seal('domain/1', new TextEncoder().encode('the master'));
    expect(() => secrets(systemRandom(32)).open('domain/1', sealed)).toThrow('the key file does not belong to this database');
  });
});

describe('a key file', () => {
  test('is made once, readable by its owner alone, and found again', async () => {
    const path = join(folder, 'deep', 'er', 'cloud.key');
    const sealed = (await secretsFile(path)).seal('here', new Uint8Array([1, 2, 3]));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await secretsFile(path)).open('here', sealed)).toEqual(new Uint8Array([1, 2, 3]));
    expect(readdirSync(join(folder, 'deep', 'er'))).toEqual(['cloud.key']);
  });

  test('is the same for all who make it at once', async () => {
    const path = join(folder, 'race.key');
    const all = await Promise.all(Array.from({ length: 12 }, () => secretsFile(path)));
    const sealed = all[0]!.seal('here', new Uint8Array([7]));
    for (const one of all) expect(one.open('here', sealed)).toEqual(new Uint8Array([7]));
    expect(readFileSync(path).length).toBe(32);
  });

  test('that is none is not used, and not replaced', async () => {
    const path = join(folder, 'short.key');
    writeFileSync(path, 'half a key');
    await expect(secretsFile(path)).rejects.toMatchObject({ kind: 'invalid' });
    expect(readFileSync(path, 'utf8')).toBe('half a key');
  });
});
