/**
 * A keyring locked with a passphrase: Argon2id (libsodium's moderate limits unless told), then AES-256-GCM.
 *
 * Until login arrives this is how a person's keys rest, in a file or in a browser's store. Only the unlocking
 * will be replaced: what lies inside stays.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { nonceLength, open, seal } from '@carelet/crypto/algebra/aead';
import { type Bytes, cbor, plain, uncbor, utf8, wipe } from '@carelet/crypto/algebra/bytes';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';
import sodium from 'libsodium-wrappers-sumo';

/** How hard a guess is made: Argon2id's passes and memory in bytes. */
export type Effort = { readonly passes: number; readonly memory: number };

/** Three passes over 64 MiB: about a quarter of a second on a small machine. */
export const usualEffort: Effort = { passes: 3, memory: 64 * 1024 * 1024 };

const label = 'carelet/v1/keyring/locked';
const heaviest: Effort = { passes: 20, memory: 1024 * 1024 * 1024 };

/** A passphrase turned into a key, once: locking again after a change costs no second Argon2id. */
export type Lock = { readonly effort: Effort; readonly salt: Bytes; readonly key: Bytes };

/** Makes a new lock from a passphrase. */
export async function newLock(passphrase: string, effort = usualEffort, random: Random = systemRandom): Promise<Lock> {
  if (passphrase.length === 0) throw new CareletError('invalid', 'lock keyring', { because: 'the passphrase is empty' });
  const salt = random(16);
  return { effort, salt, key: await stretch(passphrase, salt, effort) };
}

export function lock({ effort, salt, key }: Lock, content: Bytes, random: Random = systemRandom): Bytes {
  const nonce = random(nonceLength);
  const head = [label, effort.passes, effort.memory, salt, nonce];
  return cbor([...head, seal('aes-256-gcm', key, nonce, cbor(head), content)]);
}

/**
 * Unlocks what `lock` locked.
 *
 * @throws {CareletError} `cannot-open` for a wrong passphrase and for changed bytes alike, `invalid` when it
 * is no keyring at all
 */
export async function unlock(passphrase: string, locked: Bytes): Promise<{ content: Bytes; lock: Lock }> {
  const { effort, salt, nonce, head, body } = parse(locked);
  const key = await stretch(passphrase, salt, effort);
  const content = open('aes-256-gcm', key, nonce, head, body);
  if (!content) {
    wipe(key);
    throw new CareletError('cannot-open', 'unlock keyring', { because: 'wrong passphrase, or the file was changed' });
  }
  return { content, lock: { effort, salt, key } };
}

function parse(locked: Bytes) {
  const refuse = () => new CareletError('invalid', 'unlock keyring', { because: 'this is no keyring' });
  let fields: unknown[];
  try {
    fields = uncbor(locked) as unknown[];
  } catch {
    throw refuse();
  }
  if (!Array.isArray(fields)) throw refuse();
  const [name, passes, memory, salt, nonce, body] = fields as [string, number, number, Bytes, Bytes, Bytes];
  const sound =
    fields.length === 6 &&
    name === label &&
    Number.isSafeInteger(passes) &&
    passes >= 1 &&
    passes <= heaviest.passes &&
    Number.isSafeInteger(memory) &&
    memory >= 8192 &&
    memory <= heaviest.memory &&
    salt instanceof Uint8Array &&
    salt.length === 16 &&
    nonce instanceof Uint8Array &&
    nonce.length === nonceLength &&
    body instanceof Uint8Array;
  if (!sound) throw refuse();
  return { effort: { passes, memory }, salt, nonce, head: cbor([name, passes, memory, salt, nonce]), body };
}

async function stretch(passphrase: string, salt: Bytes, { passes, memory }: Effort): Promise<Bytes> {
  await sodium.ready;
  // NFKC: the same passphrase typed on another keyboard gives the same bytes.
  const typed = utf8(passphrase.normalize('NFKC'));
  const key = sodium.crypto_pwhash(32, typed, salt, passes, memory, sodium.crypto_pwhash_ALG_ARGON2ID13);
  wipe(typed);
  return plain(key);
}
