import { rmSync } from 'node:fs';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { expect, it } from 'vitest';
import { run } from '../transcript.testing.ts';

it('starts a PostgreSQL of its own where none is named, and finds its data again', async () => {
  const cwd = temporaryFolder();
  try {
    for (const turn of [1, 2]) {
      const stopping = new AbortController();
      const { code, text } = await run(['serve', 'issuer', '--data', 'kept'], {
        cwd,
        env: { CARELET_PORT: '0', CARELET_LOG: 'silent' },
        clock: Date.now,
        signal: stopping.signal,
        heard: (words) => words.startsWith('issuer: ') && stopping.abort(),
      });
      expect(code).toBe(0);
      expect(text.includes('A new database was made')).toBe(turn === 1);
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
