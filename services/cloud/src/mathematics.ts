/**
 * The cloud's mathematics: pairings, for what it turns and what it must check. Runs in worker threads; this file is both what
 * a worker does and the shape the service sees.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { openKeptRekey, openRekeys, reencrypt } from '@carelet/crypto/pre/cloud';

/** What a re-encryption key says of itself. */
export type Reached = { readonly grant: Bytes; readonly p: Bytes; readonly q: Bytes };

export type TurningMath = {
  /** Checks re-encryption keys: each leads from its P to its Q, or is `null`. */
  reach(rekeys: Bytes[]): Promise<(Reached | null)[]>;
  /** Turns texts, each with its re-encryption key; `null` for one that does not fit. */
  turn(jobs: { rekey: Bytes; sealed: Bytes }[]): Promise<(Bytes | null)[]>;
};

export const reach: TurningMath['reach'] = async (rekeys) => {
  const group = await loadGroup('mcl');
  return openRekeys(group, rekeys).map((key) => key && { grant: key.grant, p: key.p, q: key.q });
};

export const turn: TurningMath['turn'] = async (jobs) => {
  const group = await loadGroup('mcl');
  return jobs.map(({ rekey, sealed }) => {
    using key = openKeptRekey(group, rekey);
    return key && reencrypt(group, key, sealed);
  });
};

/** All of it in this thread. */
export const mathematicsHere: TurningMath = { reach, turn };
