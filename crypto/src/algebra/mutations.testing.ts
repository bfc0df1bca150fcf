/**
 * Bytes nobody meant: mutations of good ones, drawn from a seed.
 *
 * @module
 */
import { type Bytes, equalPublic } from './bytes.ts';
import { seededRandom } from './random.ts';

/** A mutation may give an example back as it was. */
export const isOneOf = (known: readonly Bytes[], bytes: Bytes): boolean => known.some((good) => equalPublic(good, bytes));

/** Gives one mutation after another of one of these examples: flipped, cut, lengthened, spliced, filled. */
export function mutations(seed: string, examples: readonly Bytes[]): () => Bytes {
  const random = seededRandom(`fuzz/${seed}`);
  let pool = random(65_536);
  let at = 0;
  const byte = (): number => {
    if (at === pool.length) {
      pool = random(65_536);
      at = 0;
    }
    return pool[at++]!;
  };
  const below = (n: number): number => ((byte() << 16) | (byte() << 8) | byte()) % n;
  const some = () => examples[below(examples.length)]!;
  return () => {
    const bytes = some().slice();
    switch (byte() % 6) {
      case 0: // one bit
        bytes[below(bytes.length)]! ^= 1 << (byte() & 7);
        return bytes;
      case 1: // a few bytes
        for (let i = 0; i < 4; i++) bytes[below(bytes.length)] = byte();
        return bytes;
      case 2: // cut
        return bytes.slice(0, below(bytes.length));
      case 3: {
        // lengthened
        const longer = new Uint8Array(bytes.length + 1 + (byte() & 31));
        longer.set(bytes);
        for (let i = bytes.length; i < longer.length; i++) longer[i] = byte();
        return longer;
      }
      case 4: {
        // the head of one, the tail of another
        const other = some();
        const cut = below(bytes.length);
        const spliced = new Uint8Array(cut + other.length - Math.min(cut, other.length));
        spliced.set(bytes.subarray(0, cut));
        spliced.set(other.subarray(Math.min(cut, other.length)), cut);
        return spliced;
      }
      default: // the head kept, the rest anything
        for (let i = below(6); i < bytes.length; i++) bytes[i] = byte();
        return bytes;
    }
  };
}
