import { expect, test, vi } from 'vitest';
import { hourly } from './hourly.ts';
import { logger } from './log.ts';

/** A log whose lines are looked at. */
function listened() {
  const lines: string[] = [];
  return { lines, log: logger('cloud', { destination: { write: (line) => void lines.push(line) } }) };
}

test('comes round at once and again, one round after the other, also after one that failed', async () => {
  const { lines, log } = listened();
  let rounds = 0;
  let under = 0;
  const sweep = async () => {
    expect(++under).toBe(1);
    await Promise.resolve();
    under--;
    if (++rounds === 2) throw new Error('Ada Marlow’s grant is stuck');
  };
  await using _ = hourly('sweep', sweep, log, 1);
  await vi.waitFor(() => expect(rounds).toBeGreaterThan(3));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ event: 'hourly.failed', job: 'sweep', error: 'Error' });
  expect(lines[0]).not.toContain('Ada');
});

test('ends with its round, and no other begins', async () => {
  let ended = false;
  let rounds = 0;
  const slow = async () => {
    rounds++;
    await new Promise((done) => setTimeout(done, 30));
    ended = true;
  };
  const { log } = listened();
  await hourly('sweep', slow, log)[Symbol.asyncDispose]();
  expect([ended, rounds]).toEqual([true, 1]);
});
