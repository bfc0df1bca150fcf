/**
 * The cloudlet's mathematics: key generation for an epoch, the first half of a handshake with its two decapsulations, and its
 * factors in what patients share and in what roles open. Runs in a worker thread; states cross as bytes.
 *
 * @module
 */
import { type Bytes, concat } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { mediate } from '@carelet/crypto/kp-abe/mediator';
import * as mediator from '@carelet/crypto/pre/mediator';
import type { Signer } from '@carelet/crypto/pre/vouched';
import * as cloudlet from '@carelet/crypto/session/cloudlet';

export type SessionMath = {
  newEpoch(keys: cloudlet.CloudletKeys, from: number, until: number): Promise<Bytes>;
  openInit(keys: cloudlet.CloudletKeys, epochs: Bytes[], init: Bytes, now: number): Promise<cloudlet.OpenedInit | null>;
};

export const newEpoch: SessionMath['newEpoch'] = async (keys, from, until) => cloudlet.epochToBytes(cloudlet.newEpoch(keys, from, until));

export const openInit: SessionMath['openInit'] = async (keys, epochs, init, now) =>
  cloudlet.openInit(
    keys,
    epochs.flatMap((bytes) => cloudlet.epochFromBytes(bytes) ?? []),
    init,
    now,
  );

export type FactorMath = {
  newFactor(grant: Bytes, delegate: Bytes, doctor: Signer, edSk: Bytes): Promise<{ secret: Bytes; factor: Bytes } | null>;
  /** `null` for what is no element of GT. */
  applyFactor(secret: Bytes, turned: Bytes[]): Promise<(Bytes | null)[]>;
};

export const newFactor: FactorMath['newFactor'] = async (grant, delegate, doctor, edSk) =>
  mediator.newFactor(await loadGroup('mcl'), grant, delegate, doctor, edSk);

export const applyFactor: FactorMath['applyFactor'] = async (secret, turned) => {
  const group = await loadGroup('mcl');
  using factor = mediator.openFactor(secret);
  return turned.map((t) => mediator.apply(group, factor, t));
};

export type RoleMath = {
  /** Applies factors to what each begins with, one behind the other; `null` where something is no element of GT. */
  applyRole(factors: readonly Bytes[], transformed: readonly Bytes[]): Promise<(Bytes | null)[]>;
};

export const applyRole: RoleMath['applyRole'] = async (factors, transformed) => {
  const group = await loadGroup('mcl');
  return transformed.map((both) => {
    const parts = factors.map((factor, i) => mediate(group, factor, both.subarray(576 * i, 576 * (i + 1))));
    return parts.every((part) => part !== null) ? concat(...parts) : null;
  });
};
