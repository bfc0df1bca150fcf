/**
 * The demo town's keyrings: one a person and one an organisation, all under the same well-known passphrase.
 * Nobody real ever gets one of these.
 *
 * @module
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyringFile, type KeyringFile, keyringPath, listKeyrings, openKeyringFile } from '@carelet/client/keyring/file';
import { newKeyring } from '@carelet/client/keyring/keyring';
import type { CardKind } from '@carelet/crypto/cards/card';
import type { Manifest } from '@carelet/crypto/cards/manifest';

/** Written in the README: it protects a demonstration. */
export const demoPassphrase = 'lantern steps';

/** Lies beside the keyrings, so that nobody takes them for real ones: the command line uses the passphrase unasked only where it does. */
const readme = `These are keyrings of Carelet's demo town. Everyone in it is invented, and all of them
have the same passphrase: ${demoPassphrase}
`;

/** Cheap to guess, as the passphrase is printed anyway; a real keyring takes `usualEffort`. */
export const demoEffort = { passes: 1, memory: 8 * 1024 * 1024 };

const tenYears = 10 * 365 * 86_400;

export type Keyrings = {
  readonly folder: string;
  /** What all of them are locked with. */
  readonly passphrase: string;
  /** Somebody's keyring, made when there is none. */
  of(kind: CardKind, name: string, title: string): Promise<KeyringFile>;
};

export function keyrings(folder: string, manifest: Manifest, clock: () => number, passphrase = demoPassphrase): Keyrings {
  const open = new Map<string, KeyringFile>();
  return {
    folder,
    passphrase,
    async of(kind, name, title) {
      let file = open.get(name);
      if (!file) {
        file = (await listKeyrings(folder)).includes(name)
          ? await openKeyringFile(keyringPath(folder, name), passphrase)
          : await createKeyringFile(
              folder,
              newKeyring(kind, name, title, manifest, Math.floor(clock() / 1000) + tenYears),
              passphrase,
              demoEffort,
            );
        if (passphrase === demoPassphrase) await writeFile(join(folder, 'README'), readme);
        open.set(name, file);
      }
      return file;
    },
  };
}
