/**
 * The cloud's mathematics: pairings, for what it turns and what it must check. Runs in worker threads; this file is both what
 * a worker does and the shape the service sees.
 *
 * @module
 */
import { type Bytes, concat, hex } from '@carelet/crypto/algebra/bytes';
import { type Group, loadGroup } from '@carelet/crypto/algebra/group';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { attempt } from '@carelet/crypto/algebra/strict';
import { openTransform, readTransform, transform as transformWith } from '@carelet/crypto/kp-abe/cloud';
import { print } from '@carelet/crypto/kp-abe/formula';
import * as joint from '@carelet/crypto/ma-kp-abe/cloud';
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

/** What a transformation key says of itself, one of a role or one of a person's for emergencies; `base` as its doctor checks it by. */
export type ReadTransform = { readonly formula: string; readonly base: Bytes } & (
  | { readonly kind: 'role'; readonly domain: Bytes; readonly issuer: number }
  | { readonly kind: 'emergency'; readonly authority: Bytes; readonly gid: Bytes }
);

export type RoleMath = {
  /** Checks transformation keys; `null` for one that is not sound. */
  readTransforms(transforms: readonly Bytes[]): Promise<(ReadTransform | null)[]>;
  /** Transforms texts with several issuers' keys: what comes of each, one behind the other; `null` for a text that does not fit. */
  transform(transforms: readonly Bytes[], sealed: readonly Bytes[]): Promise<(Bytes | null)[]>;
};

export const readTransforms: RoleMath['readTransforms'] = async (transforms) => {
  const group = await loadGroup('mcl');
  return transforms.map((bytes) => {
    const role = readTransform(group, bytes);
    if (role) return { kind: 'role', domain: role.domain, issuer: role.issuer, formula: print(role.formula), base: role.base };
    const read = joint.readTransform(group, bytes);
    return read && { kind: 'emergency', authority: read.authority, gid: read.gid, formula: print(read.formula), base: read.base };
  });
};

// Decoding a key's points costs more than transforming with them, so the last few stay decoded.
type Opened = (sealed: Bytes) => Bytes | null;
const decoded = new Map<string, Opened>();

function opened(group: Group, bytes: Bytes): Opened {
  const name = hex(sha256(bytes));
  const known = decoded.get(name);
  if (known) return known;
  if (decoded.size >= 64) decoded.delete(decoded.keys().next().value!);
  const transforms = openedAnew(group, bytes);
  decoded.set(name, transforms);
  return transforms;
}

function openedAnew(group: Group, bytes: Bytes): Opened {
  const role = attempt(() => openTransform(group, bytes));
  if (role) return (sealed) => transformWith(group, role, sealed);
  const personal = joint.openTransform(group, bytes);
  // A wrap for emergencies is sealed for one security domain.
  return (sealed) => attempt(() => joint.transform(group, personal, joint.inspect(sealed).domains[0]!, sealed));
}

export const transform: RoleMath['transform'] = async (transforms, sealed) => {
  const group = await loadGroup('mcl');
  const keys = transforms.map((bytes) => opened(group, bytes));
  return sealed.map((text) => {
    const parts = keys.map((transforms) => transforms(text));
    return parts.every((part) => part !== null) ? concat(...parts) : null;
  });
};

export type CloudMath = TurningMath & RoleMath;

/** All of it in this thread. */
export const mathematicsHere: CloudMath = { reach, turn, readTransforms, transform };
