/**
 * What is around the house: the town's services, a place to keep things, the time and where it is told.
 *
 * @module
 */

import { CareletError } from '@carelet/care/model';
import type { CloudletPlace } from '@carelet/client/cloudlets';
import type { Effort } from '@carelet/client/keyring/passphrase';
import type { Where } from '@carelet/client/login';
import type { Mathematics } from '@carelet/client/mathematics';
import type { Store } from './store.ts';

/** Where the town's services are. */
export type TownMap = {
  readonly town: string;
  /** Hex hash by which the town is known; empty where nobody handed one over. */
  readonly manifest: string;
  readonly authority: Where;
  readonly cloud: Where;
  readonly cloudlets: readonly CloudletPlace[];
};

export type Surroundings = {
  /** Asked once, when a service is first wanted; again after it failed. */
  readonly map: () => Promise<TownMap>;
  readonly store: Store;
  readonly mathematics: Mathematics;
  /** UTC milliseconds. */
  readonly clock: () => number;
  /** IANA name of the time zone whose days are shown. */
  readonly zone: string;
  /** How hard a new passphrase is to guess; the usual effort unless told. */
  readonly effort?: Effort;
};

/**
 * The map of a town out of its portal's `/town.json`.
 *
 * @param origin the portal's: the authority and the cloudlets are reached through it
 * @throws {CareletError} `unavailable` when it cannot be had, `invalid` when it is not what a portal tells
 */
export async function mapFrom(origin: string): Promise<TownMap> {
  const refuse = (kind: 'unavailable' | 'invalid', because: string, cause?: unknown) =>
    new CareletError(kind, 'find the town', { because, cause });
  const answer = await fetch(new URL('/town.json', origin), { redirect: 'error', credentials: 'omit' }).catch((cause: unknown) => {
    throw refuse('unavailable', 'the portal does not answer', cause);
  });
  if (!answer.ok) throw refuse('unavailable', 'the portal does not say where the town is');
  const told = await answer.json().catch((cause: unknown) => {
    throw refuse('invalid', 'the portal answered in a shape we do not know', cause);
  });
  return readMap(told, origin);
}

/**
 * Reads what `/town.json` says.
 *
 * @throws {CareletError} `invalid`
 */
export function readMap(told: unknown, origin: string): TownMap {
  const refuse = () => new CareletError('invalid', 'find the town', { because: 'the portal answered in a shape we do not know' });
  const object = (value: unknown): Record<string, unknown> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse();
    return value as Record<string, unknown>;
  };
  const text = (value: unknown): string => {
    if (typeof value !== 'string') throw refuse();
    return value;
  };
  const address = (value: unknown): string => {
    const url = URL.canParse(text(value), origin) ? new URL(text(value), origin) : null;
    if (!url || !/^https?:$/.test(url.protocol)) throw refuse();
    return url.href;
  };
  const { town, manifest, authority, cloud, cloudlets } = object(told);
  if (!Array.isArray(cloudlets)) throw refuse();
  return {
    town: text(town),
    manifest: text(manifest),
    authority: address(authority),
    cloud: address(cloud),
    cloudlets: cloudlets.map(object).map(({ organisation, path }) => ({ organisation: text(organisation), where: address(path) })),
  };
}
