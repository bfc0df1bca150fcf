/** SHA3-256 (FIPS 202). */
import { STATE } from './layout';
import { permute } from './unrolled';

const RATE: usize = 136;

/** The constants of ι, one a round. */
const constants: usize = memory.data<u64>([
  0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
  0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
  0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
  0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
]);

/** out ← the hash of `length` bytes, which is no secret. */
export function sha3(out: usize, bytes: usize, length: usize): void {
  memory.fill(STATE, 0, 200);
  for (; length >= RATE; length -= RATE, bytes += RATE) {
    for (let i: usize = 0; i < RATE; i += 8) store<u64>(STATE + i, load<u64>(STATE + i) ^ load<u64>(bytes + i));
    permute(constants);
  }
  for (let i: usize = 0; i < length; i++) store<u8>(STATE + i, load<u8>(STATE + i) ^ load<u8>(bytes + i));
  store<u8>(STATE + length, load<u8>(STATE + length) ^ 0x06);
  store<u8>(STATE + RATE - 1, load<u8>(STATE + RATE - 1) ^ 0x80);
  permute(constants);
  memory.copy(out, STATE, 32);
}
