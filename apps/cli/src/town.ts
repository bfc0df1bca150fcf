/**
 * Where the town is: told by `--town`, by `CARELET_TOWN`, or found in `.carelet` here or in a folder above. What is told
 * is the address of its portal, or a `town.json`.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CareletError } from '@carelet/care/model';
import type { TownAddresses } from '@carelet/testbed/town';
import type { Io } from './io.ts';

/** Options every verb has that speaks with the town or opens a keyring. */
export type Whereabouts = { readonly town?: string | undefined; readonly keyrings?: string | undefined };

const op = 'find the town';
const patienceMs = 5_000;
const longest = 65_536;

/** The town's addresses. */
export const findTown = async (io: Io, whereabouts: Whereabouts): Promise<TownAddresses> => (await locateTown(io, whereabouts)).addresses;

/** A town, and the folder of its demonstration's keyrings where it is one that lies on this machine. */
export type Located = { readonly addresses: TownAddresses; readonly demoKeyrings: string | null };

/** The town's addresses and where they were found: at an address, or in a file. */
export async function locateTown(io: Io, { town }: Whereabouts): Promise<Located> {
  const told = town ?? nonEmpty(io.env.CARELET_TOWN);
  if (told !== undefined && !isFile(told)) return { addresses: await townAt(told), demoKeyrings: null };
  const folder = told === undefined ? homeOf(io) : io.cwd;
  const path = folder && resolve(folder, told ?? 'town.json');
  if (!path || !existsSync(path)) {
    if (told !== undefined) throw new CareletError('missing', op, { subject: told, because: 'there is no such file' });
    const because = 'there is none in this folder or above it; start one with "npm start", or name one with --town <url>';
    throw new CareletError('missing', op, { because });
  }
  const text = await readFile(path, 'utf8');
  const keyrings = join(dirname(path), 'keyrings');
  return { addresses: read(text, path), demoKeyrings: saysDemo(text) && existsSync(keyrings) ? keyrings : null };
}

/** Where keyrings lie: told, or beside the town. */
export function keyringFolder(io: Io, { keyrings }: Whereabouts): string {
  const told = keyrings ?? nonEmpty(io.env.CARELET_KEYRINGS);
  return told === undefined ? join(homeOf(io) ?? resolve(io.cwd, '.carelet'), 'keyrings') : resolve(io.cwd, told);
}

const isFile = (told: string): boolean => told.endsWith('.json') && !/^https?:/.test(told);

/**
 * Whether a folder of keyrings belongs to a demo town, whose passphrase everybody knows: the town beside it says
 * so, or a README in it does.
 */
export async function isDemo(folder: string): Promise<boolean> {
  const beside = await readFile(join(dirname(folder), 'town.json'), 'utf8').catch(() => '{}');
  const readme = await readFile(join(folder, 'README'), 'utf8').catch(() => '');
  return saysDemo(beside) || /\bdemo\b/i.test(readme.slice(0, 400));
}

function saysDemo(json: string): boolean {
  try {
    return (JSON.parse(json) as { demo?: unknown }).demo === true;
  } catch {
    return false;
  }
}

/** The nearest `.carelet`, from here upwards. */
function homeOf({ cwd }: Io): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const home = join(folder, '.carelet');
    if (existsSync(home)) return home;
    if (folder === dirname(folder)) return undefined;
  }
}

async function townAt(address: string): Promise<TownAddresses> {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) {
    throw new CareletError('invalid', op, { subject: address, because: 'an address begins with http:// or https://' });
  }
  const url = new URL('town.json', address.endsWith('/') ? address : `${address}/`);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(patienceMs) });
    text = response.ok ? await response.text() : '';
  } catch (cause) {
    throw new CareletError('unavailable', op, { subject: address, because: 'nobody answers there; has it been started?', cause });
  }
  if (!response.ok || text.length > longest) {
    throw new CareletError('missing', op, { subject: address, because: 'whoever answers there knows nothing of a town' });
  }
  return read(text, address, url);
}

/** @param base where it was found, for what it tells as a path there */
function read(text: string, subject: string, base?: URL): TownAddresses {
  const isText = (value: unknown): value is string => typeof value === 'string';
  try {
    const told = JSON.parse(text) as Partial<TownAddresses> & { readonly ready?: unknown };
    if (told.ready === false) throw new CareletError('unavailable', op, { subject, because: 'it is still being set up' });
    const { town, authority, cloud, cloudlets = [], manifest = '', ...more } = told;
    const sound =
      isText(town) &&
      isText(authority) &&
      isText(cloud) &&
      isText(manifest) &&
      Array.isArray(cloudlets) &&
      cloudlets.every((one) => isText(one?.organisation) && isText(one?.url));
    if (sound) return { ...more, town, authority: base ? new URL(authority, base).href : authority, cloud, cloudlets, manifest };
  } catch (thrown) {
    if (thrown instanceof CareletError) throw thrown;
    // No JSON at all: refused below with the rest.
  }
  throw new CareletError('invalid', op, { subject, because: 'this is no list of a town’s addresses' });
}

const nonEmpty = (value: string | undefined): string | undefined => (value === undefined || value.trim() === '' ? undefined : value.trim());
