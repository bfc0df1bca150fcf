/**
 * Bytes nobody meant: mutations of good ones, drawn from a seed, and what must come of them.
 *
 * @module
 */
import { expect } from 'vitest';
import { type Bytes, equalPublic, hex, utf8 } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import * as cloudlet from './cloudlet.ts';
import { frameTypes } from './frame.ts';
import { encodeParcel } from './parcel.ts';
import { begin, handshake, send, town } from './town.testing.ts';

/** Mutated frames open nothing and change nothing. */
export function fuzzFrames(count: number): void {
  const t = town('fuzz');
  const session = handshake(t);
  const parcel = (n: number) => encodeParcel({ lane: n % 3, after: n, strip: utf8('x'.repeat(20 * n)), waiting: n, battery: null });
  const frames = Array.from({ length: 12 }, (_, n) => send(t, parcel(n)));
  const before = hex(cloudlet.sessionToBytes(session));
  const next = mutations('frames', frames);
  let opened = 0;
  for (let i = 0; i < count; i++) {
    const frame = next();
    // A mutation may give a frame back as it was.
    if (cloudlet.openUp(session, frame, t.now) && !isOneOf(frames, frame)) opened++;
  }
  expect(opened).toBe(0);
  expect(hex(cloudlet.sessionToBytes(session))).toBe(before);
  // And it still opens what is good.
  for (const frame of frames) expect(cloudlet.openUp(session, frame, t.now)?.type).toBe(frameTypes.strip);
}

/** Mutated greetings greet nobody. */
export function fuzzGreetings(count: number): void {
  const t = town('fuzz greetings');
  const inits = [begin(t).init, begin(t).init];
  const next = mutations('inits', inits);
  for (let i = 0; i < count; i++) {
    const init = next();
    if (isOneOf(inits, init)) continue;
    const opened = cloudlet.openInit(t.keys, [t.epoch], init, t.now);
    // The first box may be whole while the second is not: then it is the psk's turn to refuse.
    if (opened) expect(cloudlet.finishInit(opened, t.record, { connection: 1, now: t.now })).toBeNull();
  }
}

const isOneOf = (known: readonly Bytes[], bytes: Bytes): boolean => known.some((good) => equalPublic(good, bytes));

/** Gives one mutation after another of one of these examples: flipped, cut, lengthened, spliced, filled. */
function mutations(seed: string, examples: readonly Bytes[]): () => Bytes {
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
