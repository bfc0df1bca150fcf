/**
 * The other side of `cloud-process`: the cloud as it would run on somebody else's machine.
 *
 * @module
 */
import { startCloud } from '@carelet/cloud/service';
import { usePostgres } from '@carelet/ground/postgres';
import type { CloudTells } from './cloud-process.ts';

const [dataDir, authority, keys, durable] = process.argv.slice(2) as [string, string, string, string];

const postgres = await usePostgres({ dataDir, durable: durable === 'true' });
const cloud = await startCloud({
  databaseUrl: postgres.url(),
  host: '127.0.0.1',
  port: 0,
  nextFree: true,
  cors: [],
  logLevel: 'debug',
  authority,
  keys,
});
const tells: CloudTells = { url: cloud.url, databaseUrl: postgres.url(), databaseFolder: postgres.folder! };
process.send?.(tells);

// The terminal tells every process of Ctrl-C; ours ends when whoever started it does.
process.on('SIGINT', () => {});
process.on('disconnect', async () => {
  await cloud.close(1000);
  await postgres.stop();
  process.exit(0);
});
