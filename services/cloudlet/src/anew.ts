/**
 * Whether a device's owner said that it is to begin new trees (`crypto/records/anew`). The cloud is asked as the clinic, of the device's own
 * chart and no other; nothing is kept here, so a box that was restored tells nothing older than the cloud does.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { anewIn } from '@carelet/crypto/records/anew';
import type { AnewTold } from '@carelet/crypto/session/anew';
import { asking } from './asking.ts';
import type { CloudRole } from './uplink.ts';

export type AnewAsked = {
  readonly device: Bytes;
  readonly pat: Bytes;
  /** The number of the last word that the device knows. */
  readonly after: number;
};

/** What the device is told. Whose word it is, it sees itself. */
export type Anew = (asked: AnewAsked) => Promise<AnewTold>;

/** An emergency may come behind the question, so nobody waits long for its answer. */
const limits = { atOnce: 32, patienceMs: 1_000 };

export function anewAt(cloud: () => Promise<CloudRole>): Anew {
  const ask = asking(limits);
  return async ({ device, pat, after }) => {
    const told = await ask(device, async () => (await cloud()).devices.told({ pat }));
    if (!told) return 'unknown';
    const said = told.word && anewIn(told.word);
    return said && said.seq > after ? told.word : null;
  };
}
