import { CareletError } from '@carelet/care/model';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { newCard } from '@carelet/crypto/cards/owner';
import { signAnew } from '@carelet/crypto/records/anew';
import { expect, test } from 'vitest';
import { anewAt } from './anew.ts';
import type { CloudRole } from './uplink.ts';

const pat = systemRandom(16);
const device = systemRandom(16);
const { secrets } = newCard('patient', 2_000_000_000);
const word = signAnew(secrets.edSk, { pat, seq: 7, time: 1_764_500_000 });

const at = (told: CloudRole['devices']['told']) => anewAt(async () => ({ devices: { told } }) as CloudRole);

test('a device is told the word of its own chart that is later than the one it knows', async () => {
  const asked: unknown[] = [];
  const anew = at(async (input) => {
    asked.push(input);
    return { word };
  });
  expect(await anew({ device, pat, after: 6 })).toEqual(word);
  for (const after of [7, 8]) expect(await anew({ device, pat, after })).toBeNull();
  expect(asked).toEqual([{ pat }, { pat }, { pat }]);
});

test('of nothing, and of what is no word, there is nothing to tell', async () => {
  for (const shown of [null, systemRandom(120)]) expect(await at(async () => ({ word: shown }))({ device, pat, after: 0 })).toBeNull();
});

test('where the cloud refuses or is away nobody knows, and another question of the device meanwhile waits for nothing', async () => {
  for (const kind of ['unavailable', 'denied', 'missing'] as const) {
    const refusing = at(async () => Promise.reject(new CareletError(kind, 'ask', { because: 'it does not' })));
    expect(await refusing({ device, pat, after: 0 })).toBe('unknown');
  }
  let answer: (told: { word: null }) => void = () => {};
  const slow = at(() => new Promise((done) => (answer = done)));
  const first = slow({ device, pat, after: 0 });
  expect(await slow({ device, pat, after: 0 })).toBe('unknown');
  answer({ word: null });
  expect(await first).toBeNull();
});
