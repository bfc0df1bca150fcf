/**
 * Bytes nobody meant: mutations of good ones, drawn from a seed, and what must come of them.
 *
 * @module
 */
import { expect } from 'vitest';
import { hex, utf8 } from '../algebra/bytes.ts';
import { isOneOf, mutations } from '../algebra/mutations.testing.ts';
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
