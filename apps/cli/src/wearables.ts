/**
 * Wearables of this machine: each a locked file beside the keyrings, as a watch would keep it in flash.
 *
 * @module
 */
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import { createLockedFile, openLockedFile } from '@carelet/client/keyring/locked-file';
import { type Sender, sender } from '@carelet/client/session/send';
import { decodeWearable, encodeWearable, type Wearable } from '@carelet/client/session/wearable';
import { UsageError } from './command.ts';
import { hopsOf } from './hop.ts';
import type { Io } from './io.ts';
import { holdKeyring } from './keyring-lock.ts';
import { keyringFolder, type Whereabouts } from './town.ts';
import { newPassphrase, unlockWith } from './unlock.ts';

const ending = '.wearable';
/** A short name, of a wearable, a cloudlet or a spot. */
export const nameShape = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** A wearable at work; `await using` lets go of it. */
export type Worn = AsyncDisposable & { readonly wearable: Wearable; readonly sender: Sender; readonly save: () => Promise<void> };

export const wearableFolder = (io: Io, where: Whereabouts): string => join(dirname(keyringFolder(io, where)), 'wearables');

/**
 * Unlocks a wearable and connects it to its cloudlets, over HTTP or as `over` says. One command at a time may use it: it counts its strips.
 *
 * @param battery how full it is, per cent, where it knows
 * @throws {CareletError} `missing` for a name no wearable has, `conflict` while another command uses it, else as `hopsOf`
 */
export async function wear(
  io: Io,
  where: Whereabouts & { readonly over?: string | undefined; readonly spot?: string | undefined },
  name: string,
  battery?: () => number,
): Promise<Worn> {
  const op = 'use wearable';
  const folder = wearableFolder(io, where);
  const known = await names(folder);
  if (!known.includes(name)) {
    const others = known.length > 0 ? `there are ${known.join(', ')}` : `there are none in ${folder}; pair one with: carelet wearable pair`;
    throw new CareletError('missing', op, { subject: name, because: `no such wearable; ${others}` });
  }
  const path = await realpath(join(folder, `${name}${ending}`));
  const held = await holdKeyring(path);
  if (!held) throw new CareletError('conflict', op, { subject: name, because: 'another command is using it; wait until it is done' });
  try {
    const file = await unlockWith(io, where, name, 'unlock wearable', (passphrase) => openLockedFile(path, passphrase));
    const wearable = decodeWearable(file.content);
    const save = () => file.write(encodeWearable(wearable));
    const { spot } = where;
    if (spot !== undefined && !nameShape.test(spot)) throw new UsageError(`--spot: "${spot}" is no short name, like home.`);
    const hops = await hopsOf(io, where, wearable, where.over);
    const about = { ...(battery && { battery }), ...(spot !== undefined && { spot }) };
    return {
      wearable,
      save,
      sender: sender({ wearable, save, cloudlet: hops.to, clock: io.clock, ...about }),
      async [Symbol.asyncDispose]() {
        await hops[Symbol.asyncDispose]();
        await held[Symbol.asyncDispose]();
      },
    };
  } catch (thrown) {
    await held[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** A place for a new wearable: free, and with a passphrase, before anybody is asked to pair. */
export async function placeForWearable(io: Io, where: Whereabouts, name: string): Promise<(wearable: Wearable) => Promise<string>> {
  if (!nameShape.test(name)) {
    throw new UsageError(`--name: "${name}" is no short name; it has small letters, digits and hyphens, like ada-watch.`);
  }
  const folder = wearableFolder(io, where);
  if ((await names(folder)).includes(name)) {
    throw new CareletError('conflict', 'pair wearable', { subject: name, because: 'there is one of this name already' });
  }
  const passphrase = await newPassphrase(io, keyringFolder(io, where), name, 'pair wearable');
  return async (wearable) => (await createLockedFile(join(folder, `${name}${ending}`), encodeWearable(wearable), passphrase)).path;
}

async function names(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files
    .filter((file) => file.endsWith(ending))
    .map((file) => basename(file, ending))
    .sort();
}
