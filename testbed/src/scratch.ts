/**
 * A folder for one run of something: outside `.carelet`, and gone when the run is over.
 *
 * @module
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Run by root, the database is another user's, who may not enter a temporary directory of root's own. */
const root = process.getuid?.() === 0 ? '/tmp' : tmpdir();
const prefix = 'carelet-scratch-';

/** The folder; disposing removes it. */
export type Scratch = Disposable & {
  readonly path: string;
  /** Something elsewhere that goes with it: a database that could not lie inside. */
  also(path: string | undefined): void;
};

/** A new folder that the database's user may pass through. What a killed run left behind goes now. */
export function scratch(): Scratch {
  sweep();
  const path = mkdtempSync(join(root, `${prefix}${process.pid}-`));
  chmodSync(path, 0o711);
  const all = [path];
  return {
    path,
    also(other) {
      if (other !== undefined) all.push(other);
    },
    [Symbol.dispose]() {
      for (const one of all) rmSync(one, { recursive: true, force: true });
    },
  };
}

function sweep(): void {
  for (const name of readdirSync(root)) {
    const pid = name.startsWith(prefix) ? name.slice(prefix.length).split('-')[0] : undefined;
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    try {
      rmSync(join(root, name), { recursive: true, force: true });
    } catch {
      // Another user's: theirs to remove.
    }
  }
}
