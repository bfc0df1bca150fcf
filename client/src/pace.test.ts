import { expect, test } from 'vitest';
import { inSlices } from './pace.ts';

/** Keeps this thread busy. */
function toil(ms: number): void {
  for (const began = performance.now(); performance.now() - began < ms; );
}

test('while long work goes on, others have their turn again and again', async () => {
  let turns = 0;
  const beside = setInterval(() => turns++, 1);
  const sum = await inSlices('toil', undefined, async (breathe) => {
    let sum = 0;
    for (let i = 0; i < 40; i++) {
      await breathe();
      toil(5);
      sum += i;
    }
    return sum;
  });
  clearInterval(beside);
  expect(sum).toBe(780);
  // 200 ms of work in turns of 20 ms, and one slice more.
  expect(turns).toBeGreaterThanOrEqual(6);
});

test('who says stop is answered at once, and the work ends at its next breath', async () => {
  const stop = new AbortController();
  let done = 0;
  let answer = () => {};
  const working = inSlices('open chart', stop.signal, async (breathe) => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    await breathe();
    done++;
  });
  stop.abort();
  await expect(working).rejects.toMatchObject({ kind: 'unavailable', op: 'open chart', because: 'stopped' });
  answer();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(done).toBe(0);
});

test('who has said stop before is answered without any work', async () => {
  let begun = false;
  const working = inSlices('open chart', AbortSignal.abort(), async () => {
    begun = true;
  });
  await expect(working).rejects.toMatchObject({ kind: 'unavailable', because: 'stopped' });
  expect(begun).toBe(false);
});

test('work that fails says why, and a stop after its end changes nothing', async () => {
  const stop = new AbortController();
  await expect(
    inSlices('open chart', stop.signal, async () => {
      throw new TypeError('broken');
    }),
  ).rejects.toThrow('broken');
  expect(await inSlices('open chart', stop.signal, async () => 'whole')).toBe('whole');
  stop.abort();
});
