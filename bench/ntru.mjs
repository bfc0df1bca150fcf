// The NTRU KEM in plain TypeScript, and the hybrid with X25519 that cards and sessions use.
//
// There is nothing to compare with in this house yet (the compiled one comes with the session issue), so `theirs` is
// empty, but for the hybrid: X25519 alone, which is what one would have without caring about quantum computers.
import { dh, dhKey } from '@carelet/crypto/algebra/dh';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { hybridDecapsulate, hybridEncapsulate, hybridKeygen } from '@carelet/crypto/ntru/hybrid';
import { ntruhps2048677, ntruhps4096821, ntruhrss701 } from '@carelet/crypto/ntru/index';
import { each, figure, size } from './kit.mjs';

export const says = 'key generation, encapsulation and decapsulation, plain TypeScript';

export async function* run() {
  const random = seededRandom('bench/ntru');
  const options = { rounds: size(7, 1), times: size(10, 1) };
  for (const [set, kem] of Object.entries({ ntruhps4096821, ntruhps2048677, ntruhrss701 })) {
    const pair = kem.keygen(random(kem.lengths.keygenCoins));
    const coins = random(kem.lengths.encapsulateCoins);
    const { ciphertext } = kem.encapsulate(pair.publicKey, coins);
    const keygenCoins = random(kem.lengths.keygenCoins);
    const times = await each(
      {
        keygen: () => kem.keygen(keygenCoins),
        encapsulate: () => kem.encapsulate(pair.publicKey, coins),
        decapsulate: () => kem.decapsulate(ciphertext, pair.secretKey),
      },
      options,
    );
    for (const [name, us] of Object.entries(times)) yield figure(`${set}: ${name}`, 'ms', us / 1000);
  }
  const context = random(32);
  const mine = hybridKeygen(random);
  const { ciphertext } = hybridEncapsulate(mine.publicKey, context, random);
  const [a, b] = [dhKey(random), dhKey(random)];
  const hybrid = await each(
    { ours: () => hybridDecapsulate(mine.secretKey, ciphertext, context), theirs: () => dh(a.secret, b.public) },
    options,
  );
  yield figure('hybrid decapsulation, against X25519 alone', 'ms', hybrid.ours / 1000, hybrid.theirs / 1000);
  const sending = await each(
    { ours: () => hybridEncapsulate(mine.publicKey, context, random), theirs: () => dh(dhKey(random).secret, b.public) },
    options,
  );
  yield figure('hybrid encapsulation, against X25519 alone', 'ms', sending.ours / 1000, sending.theirs / 1000);
}
