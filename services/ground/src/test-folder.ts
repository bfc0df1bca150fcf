/**
 * Folders for tests that start a database.
 *
 * @module
 */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Run by root, the database is another user's, who may not enter a temporary directory of root's own. */
export const temporaryRoot = process.getuid?.() === 0 ? '/tmp' : tmpdir();

/** What the names of these folders begin with, before the id of their process. */
export const temporaryPrefix = 'carelet-test-';

/** A new folder that the database's user may pass through. What a killed run leaves, the next run removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(temporaryRoot, `${temporaryPrefix}${process.pid}-`));
  chmodSync(folder, 0o711);
  return folder;
}
