/**
 * Keyrings and their passphrases: opening one, making one.
 *
 * A passphrase comes from `CARELET_PASSPHRASE`, or is typed at a terminal where nothing of it shows. The demo
 * town's keyrings share one that its README tells; it is used without asking, for keyrings in that town's own
 * folder only, and we say so.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { firstManifest } from '@carelet/client/enrolment';
import { createKeyringFile, type KeyringFile, keyringPath, listKeyrings, openKeyringFile } from '@carelet/client/keyring/file';
import { newKeyring } from '@carelet/client/keyring/keyring';
import { connectAuthority } from '@carelet/client/login';
import type { CardKind } from '@carelet/crypto/cards/card';
import { demoEffort, demoPassphrase } from '@carelet/testbed/keyrings';
import { UsageError } from './command.ts';
import type { Io } from './io.ts';
import { note } from './terminal.ts';
import { findTown, isDemo, keyringFolder, type Whereabouts } from './town.ts';

const passphraseTries = 3;
const cardYears = 10;

/** Short and plain, so that a name is easy to type and makes a good file. */
const nameShape = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** The file of a keyring that is there. */
export async function pathOf(io: Io, where: Whereabouts, name: string): Promise<string> {
  const folder = keyringFolder(io, where);
  const known = await listKeyrings(folder);
  if (known.includes(name)) return keyringPath(folder, name);
  const others = known.length > 0 ? `there are ${known.join(', ')}` : `there are none in ${folder}`;
  throw new CareletError('missing', 'open keyring', { subject: name, because: `no such keyring; ${others}` });
}

/** Unlocks a keyring of the folder, asking for its passphrase where that has to be. */
export async function unlock(io: Io, where: Whereabouts, name: string): Promise<KeyringFile> {
  const path = await pathOf(io, where, name);
  return unlockWith(io, where, name, 'unlock keyring', (passphrase) => openKeyringFile(path, passphrase));
}

/**
 * Opens something locked that lies among the keyrings or beside them, with the passphrase that is told, known to
 * everybody, or typed.
 *
 * @param open opens it; throws `cannot-open` for another passphrase
 */
export async function unlockWith<T>(
  io: Io,
  where: Whereabouts,
  name: string,
  op: string,
  open: (passphrase: string) => Promise<T>,
): Promise<T> {
  const told = io.env.CARELET_PASSPHRASE;
  if (told) return opened(open(told), name, op);
  if (await isDemo(keyringFolder(io, where))) {
    const content = await quietly(open(demoPassphrase));
    if (content !== null) {
      note(io, `Unlocked ${name} with the demo town's passphrase, which everybody knows.`);
      return content;
    }
  }
  if (!io.ask) throw unasked(op, name);
  for (let tries = 1; ; tries++) {
    const typed = await io.ask(`Passphrase of ${name}: `, { hidden: true });
    try {
      return await opened(open(typed), name, op);
    } catch (thrown) {
      if (tries === passphraseTries || !wrongPassphrase(thrown)) throw thrown;
      note(io, 'That does not open it. Try again.');
    }
  }
}

/** Unlocks a keyring if what we know without asking opens it. */
export async function unlockUnasked(io: Io, where: Whereabouts, name: string): Promise<KeyringFile | null> {
  const path = await pathOf(io, where, name);
  const told = io.env.CARELET_PASSPHRASE || ((await isDemo(keyringFolder(io, where))) ? demoPassphrase : undefined);
  return told === undefined ? null : quietly(openKeyringFile(path, told));
}

/**
 * Makes a keyring with a card of its own, pinned to the town's manifest.
 *
 * @param manifest hex hash the manifest must have; without one it is taken as the authority gives it
 */
export async function makeKeyring(
  io: Io,
  where: Whereabouts,
  { kind, name, title, manifest }: { kind: CardKind; name: string; title: string; manifest?: string | undefined },
): Promise<KeyringFile> {
  if (!nameShape.test(name)) {
    throw new UsageError(`--name: "${name}" is no short name; it has small letters, digits and hyphens, like dr-chen.`);
  }
  const folder = keyringFolder(io, where);
  if ((await listKeyrings(folder)).includes(name)) {
    throw new CareletError('conflict', 'make keyring', { subject: name, because: 'there is one of this name already' });
  }
  const town = await findTown(io, where);
  const pinned = await firstManifest(connectAuthority(town.authority, null, io.clock), manifest);
  const expiry = Math.floor(io.clock() / 1000) + cardYears * 365 * 86_400;
  const passphrase = await newPassphrase(io, folder, name, 'make keyring');
  // What everybody knows need not be hard to guess.
  const effort = passphrase === demoPassphrase && (await isDemo(folder)) ? demoEffort : undefined;
  return createKeyringFile(folder, newKeyring(kind, name, title.trim(), pinned, expiry), passphrase, effort);
}

/** The passphrase for something new among the keyrings of a folder or beside them. */
export async function newPassphrase(io: Io, folder: string, name: string, op: string): Promise<string> {
  const told = io.env.CARELET_PASSPHRASE;
  if (told) return told;
  if (await isDemo(folder)) {
    note(io, `Locked ${name} with the demo town's passphrase, which everybody knows.`);
    return demoPassphrase;
  }
  if (!io.ask) throw unasked(op, name);
  for (;;) {
    const first = await io.ask(`A passphrase for ${name}: `, { hidden: true });
    const again = await io.ask('The same once more: ', { hidden: true });
    if (first === '') note(io, 'It must not be empty.');
    else if (first !== again) note(io, 'The two were not the same.');
    else return first;
  }
}

async function opened<T>(opening: Promise<T>, name: string, op: string): Promise<T> {
  try {
    return await opening;
  } catch (thrown) {
    if (!wrongPassphrase(thrown)) throw thrown;
    const because = 'this is not its passphrase, or the file was changed';
    throw new CareletError('cannot-open', op, { subject: name, because, cause: thrown });
  }
}

async function quietly<T>(opening: Promise<T>): Promise<T | null> {
  try {
    return await opening;
  } catch (thrown) {
    if (wrongPassphrase(thrown)) return null;
    throw thrown;
  }
}

const wrongPassphrase = (thrown: unknown): boolean => thrown instanceof CareletError && thrown.kind === 'cannot-open';

const unasked = (op: string, subject: string): CareletError =>
  new CareletError('cannot-open', op, { subject, because: 'nobody is at a terminal to type a passphrase; set CARELET_PASSPHRASE' });
