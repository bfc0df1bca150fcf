/**
 * A service's own keys for what is sealed to it, one for each day, in files apart from the database.
 *
 * [Note: A key for a day]
 * What issuers seal for a service passes through the hands of the doctor it is about. Were the key it is sealed to kept, she
 * could bring it again after the service forgot it, and whoever takes the service over later could open what she kept. So each
 * day has a key of its own; it is erased the day after next, and what was sealed to it has to be issued anew.
 *
 * @module
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { kdf } from '@carelet/crypto/algebra/hash';
import type { Random } from '@carelet/crypto/algebra/random';
import { type HybridKeyPair, hybridKeygen } from '@carelet/crypto/ntru/hybrid';
import { keyFile } from './secrets.ts';

export type ServiceKeys = {
  /** Today's. */
  current(): Promise<HybridKeyPair>;
  /** What `open` makes of the first key that fits, or `null`: today's or yesterday's. */
  open<T>(open: (secretKey: Bytes) => T | null): Promise<T | null>;
};

const name = /^service-(\d+)\.key$/;

/**
 * @param folder for these keys alone
 * @param clock UTC milliseconds
 */
export function serviceKeys(folder: string, clock: () => number): ServiceKeys {
  const today = () => Math.floor(clock() / 86_400_000);
  const known = new Map<number, HybridKeyPair>();

  async function of(day: number): Promise<HybridKeyPair> {
    const kept = known.get(day);
    if (kept) return kept;
    const seed = await keyFile(join(folder, `service-${day}.key`));
    let drawn = 0;
    const random: Random = (length) => kdf(seed, 'carelet/v1/ground/service-key', [drawn++], length);
    const pair = hybridKeygen(random);
    known.set(day, pair);
    return pair;
  }

  /** The days whose keys are here, once those that are over have been erased. */
  async function days(): Promise<number[]> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const there = (await readdir(folder)).flatMap((file) => name.exec(file)?.[1] ?? []).map(Number);
    const over = there.filter((day) => day < today() - 1);
    for (const day of over) {
      known.delete(day);
      await rm(join(folder, `service-${day}.key`), { force: true });
    }
    return there.filter((day) => !over.includes(day) && day <= today()).sort((a, b) => b - a);
  }

  return {
    async current() {
      await days();
      return of(today());
    },
    async open(open) {
      for (const day of await days()) {
        const opened = open((await of(day)).secretKey);
        if (opened !== null) return opened;
      }
      return null;
    },
  };
}
