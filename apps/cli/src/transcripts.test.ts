import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { startPortal } from '@carelet/portal/service';
import { openTown, type Town } from '@carelet/testbed/town';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTranscript, rewrite, runTranscript, type World } from './transcript.testing.ts';

// One town, empty at first; the transcripts follow each other in order of name and tell one story.

const folder = fileURLToPath(new URL('./transcripts/', import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .sort();
const now = Date.parse('2026-11-20T09:41:00Z');
const clock = () => now;

describe('the command line', () => {
  let database: TestDatabase;
  let town: Town;
  let portal: Awaited<ReturnType<typeof startPortal>>;
  let world: World;

  beforeAll(async () => {
    const cwd = realpathSync(temporaryFolder());
    database = await freshDatabase();
    const home = join(cwd, '.carelet');
    town = await openTown({ folder: home, databaseUrl: database.url, durable: false, clock });
    portal = await startPortal({ host: '127.0.0.1', port: 0, nextFree: false, town: town.addresses, logLevel: 'silent' });
    mkdirSync(join(home, 'keyrings'));
    writeFileSync(join(home, 'keyrings/README'), 'Keyrings of the demo town.\n');
    const kept = new Map([
      ['INVITATION', (await town.authority.firstInvitation()) ?? ''],
      ['PAGE', portal.url],
    ]);
    world = { cwd, clock, kept };
  });

  afterAll(async () => {
    await portal?.close();
    await town?.close();
    await database?.[Symbol.asyncDispose]();
    if (world) rmSync(world.cwd, { recursive: true, force: true });
  });

  for (const name of names) {
    const transcript = parseTranscript(readFileSync(join(folder, name), 'utf8'));
    it(`${transcript.title} (${name})`, async () => {
      const { expected, actual } = await runTranscript(transcript, world);
      if (process.env.CARELET_TRANSCRIPTS === 'write') rewrite(join(folder, name), transcript, actual);
      else expect(actual).toBe(expected);
    });
  }
});
