/**
 * The authority's mathematics: KP-ABE set-up and key generation, tens to hundreds of milliseconds each. Runs
 * in a worker thread; this file is both what the worker does and the shape the service sees.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import * as authority from '@carelet/crypto/kp-abe/authority';

export type KeyMath = {
  setup(name: string): Promise<{ master: Bytes; domain: Bytes }>;
  keygen(master: Bytes, formula: string): Promise<Bytes>;
};

export const setup: KeyMath['setup'] = async (name) => authority.setup(await loadGroup('mcl'), name);

export const keygen: KeyMath['keygen'] = async (master, formula) => authority.keygen(await loadGroup('mcl'), master, formula);
