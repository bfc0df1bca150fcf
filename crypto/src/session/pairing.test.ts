import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hex, unhex } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { brokerNames, type Pairing, pairingCode, parsePairingCode } from './pairing.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyPairing: fc.Arbitrary<Pairing> = fc.record({
  device: bytes(16),
  cloudlet: bytes(32),
  announcer: bytes(32),
  town: bytes(32),
  psk: bytes(32),
  expires: fc.integer({ min: 0, max: 0xffffffff }),
});
const random = seededRandom('pairing');
const pairing: Pairing = {
  device: random(16),
  cloudlet: random(32),
  announcer: random(32),
  town: random(32),
  psk: random(32),
  expires: 1_795_176_600,
};

test('a pairing code reads back, however it is typed', () => {
  fc.assert(
    fc.property(anyPairing, (pairing) => {
      const code = pairingCode(pairing);
      for (const typed of [code, code.toLowerCase(), code.replaceAll('-', ' '), code.replaceAll('0', 'o').replaceAll('1', 'l')]) {
        const read = parsePairingCode(typed)!;
        for (const name of ['device', 'cloudlet', 'announcer', 'town', 'psk'] as const) expect(hex(read[name])).toBe(hex(pairing[name]));
        expect(read.expires).toBe(pairing.expires);
      }
    }),
  );
});

test('a code fits the alphanumeric mode of a QR code', () => {
  const code = pairingCode(pairing);
  expect(code).toMatch(/^([0-9A-Z]{5}-)*[0-9A-Z]{1,5}$/);
  expect(code.length).toBeLessThan(300);
});

test('one mistyped, missing, added or exchanged character is noticed', () => {
  const code = pairingCode(pairing).replaceAll('-', '');
  for (let at = 0; at < code.length; at++) {
    const other = code[at] === 'Z' ? 'Y' : 'Z';
    expect(parsePairingCode(code.slice(0, at) + other + code.slice(at + 1))).toBeNull();
    expect(parsePairingCode(code.slice(0, at) + code.slice(at + 1))).toBeNull();
    expect(parsePairingCode(`${code.slice(0, at)}A${code.slice(at)}`)).toBeNull();
    if (at > 0 && code[at] !== code[at - 1]) {
      expect(parsePairingCode(code.slice(0, at - 1) + code[at] + code[at - 1] + code.slice(at + 1))).toBeNull();
    }
  }
});

test('other texts are no pairing codes', () => {
  for (const text of ['', '-', '0', 'U', '§', 'A'.repeat(245), '0'.repeat(245), '0'.repeat(100_000)])
    expect(parsePairingCode(text)).toBeNull();
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parsePairingCode(text)).toBeNull();
    }),
  );
});

test('a pairing with fields of wrong lengths makes no code', () => {
  expect(() => pairingCode({ ...pairing, psk: new Uint8Array(31) })).toThrow('psk');
  expect(() => pairingCode({ ...pairing, expires: -1 })).toThrow(TypeError);
  expect(() => pairingCode({ ...pairing, expires: 2 ** 32 })).toThrow(TypeError);
});

test('names at the broker come from the psk and tell nothing of the device', () => {
  const names = brokerNames(pairing.psk);
  expect(new Set([names.user, names.topic, names.password]).size).toBe(3);
  expect(JSON.stringify(names)).not.toContain(hex(pairing.device));
  expect(brokerNames(pairing.psk)).toEqual(names);
  expect(brokerNames(pairing.town)).not.toEqual(names);
});

const vector = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../vectors/session-mqtt.json'), 'utf8')) as {
  psk: string;
  user: string;
  password: string;
  topic: string;
};

test('names at the broker are those of the vector, which HMAC alone gives too', () => {
  const { psk, user, password, topic } = vector;
  const names = { user, password, topic };
  expect(brokerNames(unhex(psk))).toEqual(names);
  // HKDF-Expand of one block, over cbor(["carelet/v1/session/mqtt", use]) written out by hand.
  const label = 'carelet/v1/session/mqtt';
  for (const [use, length] of [
    ['user', 16],
    ['password', 32],
    ['topic', 16],
  ] as const) {
    const info = Buffer.concat([Buffer.of(0x82, 0x60 + label.length), Buffer.from(label), Buffer.of(0x60 + use.length), Buffer.from(use)]);
    const block = createHmac('sha256', Buffer.from(psk, 'hex')).update(info).update(Buffer.of(1)).digest('hex');
    expect(block.slice(0, 2 * length)).toBe(names[use]);
  }
});
