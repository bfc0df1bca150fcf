/**
 * NTRU, the key encapsulation mechanism of NIST's third round: one object per parameter set, all of one shape.
 *
 * @example
 * ```ts
 * import { ntruhps4096821 as ntru } from '@carelet/crypto/ntru';
 * const { publicKey, secretKey } = ntru.keygen();
 * const { ciphertext, sharedSecret } = ntru.encapsulate(publicKey);
 * ntru.decapsulate(ciphertext, secretKey); // equals sharedSecret
 * ```
 *
 * @module
 */
import { wasm as wasm677 } from './__generated__/ntruhps2048677.ts';
import { wasm as wasm821 } from './__generated__/ntruhps4096821.ts';
import { wasm as wasm701 } from './__generated__/ntruhrss701.ts';
import { fastest } from './fastest.ts';
import type { Kem } from './kem.ts';
import { hps677, hps821, hrss701 } from './params.ts';

export type { Encapsulation, Kem, KeyPair, Lengths, PreparedPublicKey, PreparedSecretKey } from './kem.ts';

/** The default: NIST category 5 as claimed, 1230-byte keys and ciphertexts. */
export const ntruhps4096821: Kem = /* @__PURE__ */ fastest(hps821, wasm821);

/** For constrained links: category 3 as claimed, 930-byte keys and ciphertexts. */
export const ntruhps2048677: Kem = /* @__PURE__ */ fastest(hps677, wasm677);

/** For interoperation with those who chose HRSS: 1138-byte keys and ciphertexts. */
export const ntruhrss701: Kem = /* @__PURE__ */ fastest(hrss701, wasm701);
