/**
 * The cloud's keys, each in a file of its own apart from the database: what the receipts log is signed with, what is sealed to
 * the cloud, and what its part of doctors' keys lies under. None opens a record.
 *
 * @module
 */
import { join } from 'node:path';
import type { Signer } from '@carelet/crypto/receipts/note';
import { type Secrets, secretsFile } from '@carelet/ground/secrets';
import { type ServiceKeys, serviceKeys } from '@carelet/ground/service-key';
import { type Ends, endsIn } from './ends.ts';
import { logKey } from './receipts/key.ts';

export type CloudKeys = {
  readonly log: Signer;
  readonly service: ServiceKeys;
  readonly secrets: Secrets;
  /** What was taken back, beside the keys and not in the database. */
  readonly ends: Ends;
};

/**
 * The keys in this folder, made when there are none.
 *
 * @param clock UTC milliseconds
 */
export async function cloudKeys(folder: string, clock: () => number): Promise<CloudKeys> {
  const secrets = await secretsFile(join(folder, 'cloud.key'));
  return { log: await logKey(folder), service: serviceKeys(join(folder, 'service'), clock), secrets, ends: await endsIn(folder, secrets) };
}
