import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, hex, utf8 } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { afterRestart, connectionOf, newReceiver, newSender, openFrame, type Receiver, type Sender, sealFrame } from './frame.ts';

const material = seededRandom('frames')(44);
const route = { suite: 1, connection: 7 } as const;
const pulse = utf8('pulse 61');

/** A line with one sender and one receiver on it. */
function line(block = 1024, via: { suite: 1 | 2; connection: number } = route) {
  let sender: Sender = newSender(material, block, 0);
  let receiver: Receiver = newReceiver(material);
  return {
    seal(message: Bytes = pulse, now = 0): Bytes {
      const sealed = sealFrame(via, sender, 1, message, now);
      sender = sealed.sender;
      return sealed.frame;
    },
    /** The counter of a frame that opens, else `null`. */
    open(frame: Bytes): number | null {
      const opened = openFrame(via, receiver, frame);
      if (opened) receiver = opened.receiver;
      return opened?.counter ?? null;
    },
    skip(frames: number) {
      let frame = this.seal();
      for (let i = 1; i < frames; i++) frame = this.seal();
      return frame;
    },
    /** The sender goes on this many counters later. */
    lose(frames: number) {
      sender = { ...sender, counter: sender.counter + frames };
    },
    restart() {
      sender = afterRestart(sender);
    },
    get sender() {
      return sender;
    },
    get receiver() {
      return receiver;
    },
  };
}

describe.each([
  { suite: 1, connection: 0 },
  { suite: 1, connection: 255 },
  { suite: 2, connection: 256 },
  { suite: 2, connection: 65535 },
] as const)('suite $suite, connection $connection', (via) => {
  test('what is sealed opens, with its type and counter', () => {
    let sender = newSender(material, 1024, 0);
    let receiver = newReceiver(material);
    for (let i = 0; i < 600; i++) {
      const sealed = sealFrame(via, sender, i % 16, utf8(`reading ${i}`), i);
      sender = sealed.sender;
      expect(connectionOf(sealed.frame)).toBe(via.connection);
      const opened = openFrame(via, receiver, sealed.frame)!;
      receiver = opened.receiver;
      expect(opened.type).toBe(i % 16);
      expect(hex(opened.message)).toBe(hex(utf8(`reading ${i}`)));
    }
  });

  test('a flipped bit in any byte keeps a frame shut', () => {
    const frame = sealFrame(via, newSender(material, 1024, 0), 1, pulse, 0).frame;
    for (let bit = 0; bit < 8 * frame.length; bit++) {
      const changed = frame.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(openFrame(via, newReceiver(material), changed)).toBeNull();
    }
  });
});

test('frames have the lengths of their buckets, not of their messages', () => {
  const lengths = [0, 1, 42, 43, 44, 107, 108, 219, 220, 1000].map((length) => line().seal(new Uint8Array(length)).length);
  expect(lengths).toEqual([64, 64, 64, 64, 128, 128, 240, 240, 480, 1200]);
});

test('any message comes back exactly, zeros and padding marks at its end included', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.constantFrom([], [0], [0x80], [0x80, 0, 0]), (start, end) => {
      const message = Uint8Array.from([...start, ...end]);
      const { frame } = sealFrame(route, newSender(material, 1, 0), 3, message, 0);
      expect(hex(openFrame(route, newReceiver(material), frame)!.message)).toBe(hex(message));
    }),
  );
});

test('the same frame opens once', () => {
  const one = line();
  const frames = Array.from({ length: 5 }, () => one.seal());
  expect(frames.map((frame) => one.open(frame))).toEqual([0, 1, 2, 3, 4]);
  expect(frames.map((frame) => one.open(frame))).toEqual([null, null, null, null, null]);
});

test('frames may overtake each other within the window, in any order', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(Array.from({ length: 128 }, (_, i) => i)), fc.integer({ min: 0, max: 700 }), (order, before) => {
      const one = line();
      if (before > 0) one.skip(before);
      const frames = Array.from({ length: 128 }, () => one.seal());
      for (const i of order) expect(one.open(frames[i]!)).toBe(before + i);
      for (const i of order) expect(one.open(frames[i]!)).toBeNull();
    }),
    { numRuns: 20 },
  );
});

test.each([0, 200, 256, 500])('at the edge of the window 127 behind still opens and 128 behind does not (from %i on)', (from) => {
  const one = line();
  if (from > 0) one.skip(from);
  const [tooLate, late] = [one.seal(), one.seal()];
  for (let i = 0; i < 126; i++) one.seal();
  expect(one.open(one.seal())).toBe(from + 128);
  expect(one.open(tooLate)).toBeNull();
  expect(one.open(late)).toBe(from + 1);
  expect(one.open(late)).toBeNull();
});

test('lost frames do not matter up to half of the 16 bits, and the receiver follows the ratchet', () => {
  const one = line();
  const heard: (number | null)[] = [];
  for (const lost of [0, 19_999, 32_767, 32_767, 32_767, 5]) {
    one.lose(lost);
    heard.push(one.open(one.seal()));
  }
  expect(heard).toEqual([0, 20_000, 52_768, 85_536, 118_304, 118_310]);
});

test('after too many lost frames nothing opens, and nothing wrong does', () => {
  const one = line();
  one.lose(70_000);
  expect(one.open(one.seal())).toBeNull();
});

test('a frame that fails leaves the receiver as it was', () => {
  const one = line();
  one.open(one.seal());
  const before = one.receiver;
  const forged = one.skip(1000).slice();
  forged[20]! ^= 1;
  expect(one.open(forged)).toBeNull();
  expect(one.receiver).toBe(before);
  expect(one.open(one.seal())).toBe(1001);
});

test('the ratchet goes one way: neither the key of an epoch nor what a restart keeps opens the epoch before', () => {
  const one = line();
  const old = [one.seal(), one.seal()];
  one.skip(254);
  one.seal();
  const thief = { ...newReceiver(material), key: one.sender.key, epoch: 1, next: 257 };
  expect(openFrame(route, thief, old[0]!)).toBeNull();
  for (let epoch = 0; epoch < 3; epoch++) {
    expect(openFrame(route, { ...newReceiver(material), key: one.sender.key, epoch }, old[1]!)).toBeNull();
  }
  one.restart();
  expect(one.sender.epoch).toBe(4);
  for (let epoch = 0; epoch < 5; epoch++) {
    expect(openFrame(route, { ...newReceiver(material), key: one.sender.key, epoch }, old[1]!)).toBeNull();
  }
});

test('a receiver keeps the epoch before and no older one', () => {
  const one = line();
  const first = one.seal();
  one.open(one.skip(255));
  one.open(one.seal());
  expect(hex(one.receiver.previous!)).toBe(hex(newReceiver(material).key));
  one.open(one.skip(256));
  expect(one.receiver.epoch).toBe(2);
  for (const key of [one.receiver.key, one.receiver.previous!]) {
    for (const epoch of [0, 1, 2]) expect(openFrame(route, { ...newReceiver(material), key, previous: key, epoch }, first)).toBeNull();
  }
});

test('after five minutes, or when its clock was set back, a sender turns to the next epoch', () => {
  const one = line();
  expect(one.open(one.seal(pulse, 100))).toBe(0);
  expect(one.open(one.seal(pulse, 399))).toBe(1);
  expect(one.open(one.seal(pulse, 400))).toBe(256);
  expect(one.open(one.seal(pulse, 699))).toBe(257);
  expect(one.open(one.seal(pulse, 650))).toBe(258);
  expect(one.open(one.seal(pulse, 399))).toBe(512);
  expect(one.open(one.seal(pulse, 10_000))).toBe(768);
  expect(one.sender.epoch).toBe(3);
});

test('counters are reserved in blocks, and storing is asked for with the first of each', () => {
  let sender = newSender(material, 1024, 0);
  const asked: number[] = [];
  for (let i = 0; i < 2100; i++) {
    const sealed = sealFrame(route, sender, 1, pulse, 0);
    if (sealed.store) asked.push(sender.counter);
    sender = sealed.sender;
  }
  expect(asked).toEqual([0, 1024, 2048]);
  expect(sender.reserved).toBe(3072);
});

test('no counter comes twice, whenever the sender restarts from what it stored', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 6 }), fc.constantFrom(1, 16, 1024), (lives, block) => {
      const seen = new Set<number>();
      let stored = newSender(material, block, 0);
      let now = 0;
      for (const frames of lives) {
        let sender = afterRestart(stored);
        for (let i = 0; i < frames; i++) {
          now += i % 7 === 0 ? 60 : 1;
          const sealed = sealFrame(route, sender, 1, pulse, now);
          sender = sealed.sender;
          if (sealed.store) stored = sender;
          expect(seen.has(sender.counter - 1)).toBe(false);
          seen.add(sender.counter - 1);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test('other connections, versions and directions do not open', () => {
  const frame = line().seal();
  expect(openFrame({ suite: 1, connection: 8 }, newReceiver(material), frame)).toBeNull();
  expect(openFrame({ suite: 2, connection: 7 }, newReceiver(material), frame)).toBeNull();
  expect(openFrame(route, newReceiver(seededRandom('down')(44)), frame)).toBeNull();
  const wide = Uint8Array.from([frame[0]! | 2, 0, ...frame.subarray(1)]);
  expect(openFrame(route, newReceiver(material), wide)).toBeNull();
  expect(connectionOf(wide)).toBeNull();
});

test('random and truncated bytes are no frames', () => {
  const frame = line().seal();
  for (let length = 0; length < frame.length; length++)
    expect(openFrame(route, newReceiver(material), frame.subarray(0, length))).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(openFrame(route, newReceiver(material), bytes)).toBeNull();
    }),
    { numRuns: 1000 },
  );
});

test('a type beyond four bits is refused', () => {
  for (const type of [-1, 16, 1.5]) expect(() => sealFrame(route, newSender(material, 1, 0), type, pulse, 0)).toThrow(TypeError);
});
