import { compiledKem } from './compiled.ts';
import { type Kem, lengthsOf } from './kem.ts';
import type { Params } from './params.ts';
import { plainKem } from './plain.ts';

/** The KEM of a parameter set, compiled where that is possible and plain otherwise. Nothing is made before its first use. */
export function fastest(p: Params, wasm: string): Kem {
  let made: Kem | undefined;
  const kem = (): Kem => {
    made ??= compiledKem(p, wasm) ?? plainKem(p);
    return made;
  };
  return {
    name: p.name,
    lengths: lengthsOf(p),
    keygen: (coins) => kem().keygen(coins),
    encapsulate: (publicKey, coins) => kem().encapsulate(publicKey, coins),
    decapsulate: (ciphertext, secretKey) => kem().decapsulate(ciphertext, secretKey),
    preparePublicKey: (publicKey) => kem().preparePublicKey(publicKey),
    prepareSecretKey: (secretKey) => kem().prepareSecretKey(secretKey),
    stir: (secret) => kem().stir(secret),
    importSecretKey: (secretKey) => kem().importSecretKey(secretKey),
  };
}
