/**
 * ChaCha20-Poly1305 for short messages, in WebAssembly.
 *
 * A frame of a session has 64 to a few hundred bytes. Node's OpenSSL spends most of its time for one on setting up, and
 * noble some on interpreting; a module of our own has neither. For long messages OpenSSL has the wider vectors.
 *
 * @module
 */
import { wasm } from './__generated__/aead.ts';
import type { Bytes } from './bytes.ts';
import { instantiate } from './instantiate.ts';

/** What `wasm/aead.ts` exports. */
export type AeadModule = {
  readonly memory: { readonly buffer: ArrayBuffer };
  address(what: number): number;
  seal(extra: number, length: number): void;
  check(extra: number, length: number): number;
  decrypt(length: number): void;
  wipe(length: number): void;
};

export type ShortAead = {
  /** Whether a message of this length, with so much additional data, is short. */
  takes(extra: number, length: number): boolean;
  seal(key: Bytes, nonce: Bytes, context: Bytes, message: Bytes): Bytes;
  open(key: Bytes, nonce: Bytes, context: Bytes, sealed: Bytes): Bytes | null;
};

/** Up to here our own module is as quick as OpenSSL or quicker (`npm run bench -- aead`). */
const longest = 2048;
const tagLength = 16;

let made: ShortAead | null | undefined;

/** The AEAD for short messages, or `null` where WebAssembly is refused. Compiled at the first use. */
export function shortAead(): ShortAead | null {
  if (made === undefined) {
    const module = instantiate<AeadModule>(wasm);
    made = module ? shortAeadOf(module) : null;
  }
  return made;
}

/** The AEAD over an instance of its own. */
export function shortAeadOf(module: AeadModule): ShortAead {
  const [keyAt, nonceAt, tagAt, extraAt, textAt, extraRoom] = [0, 1, 2, 3, 4, 5].map(module.address) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const memory = new Uint8Array(module.memory.buffer);
  const lay = (key: Bytes, nonce: Bytes, context: Bytes, text: Bytes): void => {
    memory.set(key, keyAt);
    memory.set(nonce, nonceAt);
    memory.set(context, extraAt);
    memory.set(text, textAt);
  };
  return {
    takes: (extra, length) => extra <= extraRoom && length <= longest,

    seal(key, nonce, context, message) {
      const { length } = message;
      lay(key, nonce, context, message);
      module.seal(context.length, length);
      const sealed = new Uint8Array(length + tagLength);
      sealed.set(memory.subarray(textAt, textAt + length));
      sealed.set(memory.subarray(tagAt, tagAt + tagLength), length);
      module.wipe(length);
      return sealed;
    },

    open(key, nonce, context, sealed) {
      const length = sealed.length - tagLength;
      lay(key, nonce, context, sealed.subarray(0, length));
      memory.set(sealed.subarray(length), tagAt);
      let message: Bytes | null = null;
      if (module.check(context.length, length) === 0) {
        module.decrypt(length);
        message = memory.slice(textAt, textAt + length);
      }
      module.wipe(length);
      return message;
    },
  };
}
