/**
 * The generator behind NIST's vectors: AES-256-CTR DRBG without derivation function (SP 800-90A). For tests only.
 *
 * Every call is followed by an update, so the boundaries of calls matter.
 *
 * @module
 */
import { createCipheriv } from 'node:crypto';
import type { Random } from '../algebra/random.ts';

export function katRandom(seed: Uint8Array): Random {
  let key: Uint8Array = new Uint8Array(32);
  const counter = new Uint8Array(16);

  const block = (): Uint8Array => {
    for (let i = 15; i >= 0; i--) {
      counter[i] = counter[i]! + 1;
      if (counter[i] !== 0) break;
    }
    return createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(counter);
  };
  const update = (data?: Uint8Array): void => {
    const mixed = Uint8Array.from([...block(), ...block(), ...block()], (byte, i) => byte ^ (data?.[i] ?? 0));
    key = mixed.subarray(0, 32);
    counter.set(mixed.subarray(32));
  };

  update(seed);
  return (length) => {
    const bytes = new Uint8Array(Math.ceil(length / 16) * 16);
    for (let at = 0; at < bytes.length; at += 16) bytes.set(block(), at);
    update();
    return bytes.subarray(0, length);
  };
}
