/**
 * The cloudlet's mathematics: key generation for an epoch, and the first half of a handshake with its two
 * decapsulations. Runs in a worker thread; states cross as bytes.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
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
