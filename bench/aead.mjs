// ChaCha20-Poly1305 in WebAssembly, which frames of a session are sealed with, against node:crypto and noble.
//
// `seal` of `algebra/aead` takes it up to 2 KiB and OpenSSL above. Here it is asked itself, for any length.
import { createCipheriv } from 'node:crypto';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { shortAead } from '@carelet/crypto/algebra/short';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { figure, size, tenths } from './kit.mjs';

export const says = 'ChaCha20-Poly1305 in WebAssembly, against node:crypto and noble';

export async function* run() {
  const random = seededRandom('bench/aead'); // inputs of a benchmark need to be repeatable, not secret
  const [key, nonce, context] = [random(32), random(12), random(4)];
  const ours = shortAead();
  for (const length of [64, 1024, 4096, 16_384]) {
    const message = random(length);
    const sealed = ours.seal(key, nonce, context, message);
    const sealing = await tenths(
      {
        ours: () => ours.seal(key, nonce, context, message),
        node: () => sealWithNode(key, nonce, context, message),
        noble: () => chacha20poly1305(key, nonce, context).encrypt(message),
      },
      size(200, 3),
    );
    yield figure(`seal ${length} bytes, against node:crypto`, 'us', sealing.ours, sealing.node);
    yield figure(`seal ${length} bytes, against @noble/ciphers`, 'us', sealing.ours, sealing.noble);
    const opening = await tenths(
      {
        ours: () => ours.open(key, nonce, context, sealed),
        noble: () => chacha20poly1305(key, nonce, context).decrypt(sealed),
      },
      size(200, 3),
    );
    yield figure(`open ${length} bytes, against @noble/ciphers`, 'us', opening.ours, opening.noble);
  }
}

function sealWithNode(key, nonce, context, message) {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  cipher.setAAD(context, { plaintextLength: message.length });
  const body = cipher.update(message);
  cipher.final();
  return Buffer.concat([body, cipher.getAuthTag()]);
}
