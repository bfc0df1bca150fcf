import { spawnSync } from 'node:child_process';
import { CareletError } from '@carelet/care/model';
import { afterAll, describe, expect, test } from 'vitest';
import type { Example } from './example.worker.ts';
import { builtUrl, move, workers } from './workers.ts';

const module = new URL('./example.worker.ts', import.meta.url);

describe('workers', () => {
  const pool = workers<Example>(module, { threads: 2 });
  afterAll(() => pool[Symbol.asyncDispose]());

  test('run elsewhere what is called here', async () => {
    expect(await pool.add(2, 3)).toBe(5);
    expect(await pool.thread()).toBeGreaterThan(0);
  });

  test('work side by side, and leave the loop free', async () => {
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 5);
    const threads = await Promise.all([pool.spin(150), pool.spin(150)]);
    clearInterval(ticking);
    expect(new Set(threads).size).toBe(2);
    expect(ticks).toBeGreaterThan(3);
  });

  test('copy what is given, so that it stays ours', async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(await pool.double(bytes)).toEqual(Uint8Array.of(2, 4, 6));
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
  });

  test('take over what is moved, so that nothing is copied', async () => {
    const bytes = new Uint8Array(1_000_000).fill(21);
    const doubled = await pool.double(move(bytes));
    expect(bytes.length).toBe(0);
    expect(doubled.length).toBe(1_000_000);
    expect(doubled[999_999]).toBe(42);
  });

  test('copy a moved part of a larger buffer, because its neighbours stay here', async () => {
    const whole = new Uint8Array(8).fill(1);
    expect(await pool.double(move(whole.subarray(2, 4)))).toEqual(Uint8Array.of(2, 2));
    expect(whole.length).toBe(8);
  });

  test('find moved bytes inside objects, on the way there and back', async () => {
    const row = Uint8Array.of(7);
    const kept = Uint8Array.of(8);
    expect(await pool.nested({ rows: [move(row), kept, row] })).toEqual({ rows: [Uint8Array.of(7), Uint8Array.of(8), Uint8Array.of(7)] });
    expect([row.length, kept.length]).toEqual([0, 1]);
  });

  test('throw here what was thrown there', async () => {
    const error = await pool.refuse().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CareletError);
    expect({ ...(error as CareletError) }).toEqual({
      name: 'CareletError',
      kind: 'tampered',
      op: 'open record',
      subject: 'r-7',
      because: 'the mark does not fit',
    });
  });

  test('hide in the cause what was no refusal', async () => {
    const error = (await pool.stumble().catch((thrown: unknown) => thrown)) as CareletError;
    expect(error).toMatchObject({ kind: 'internal', op: 'call stumble in a worker' });
    expect(error.message).not.toContain('Ada');
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  test('refuse what cannot cross between threads, and functions nobody exposed', async () => {
    await expect(pool.add((() => 1) as unknown as number, 2)).rejects.toMatchObject({ kind: 'internal' });
    await expect((pool as unknown as { toString(): Promise<never> }).toString()).rejects.toMatchObject({ kind: 'internal' });
  });

  test('live on after one of them died', async () => {
    await expect(pool.die()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await pool.add(1, 1)).toBe(2);
  });

  test('are not promises, so a pool can be awaited and returned', async () => {
    expect(await pool).toBe(pool);
  });
});

describe('a pool', () => {
  test('refuses calls over its queue, and calls after it closed', async () => {
    const pool = workers<Example>(module, { threads: 1, queue: 1 });
    const calls = [pool.spin(50), pool.spin(50), pool.spin(50), pool.spin(50)];
    const kinds = (await Promise.allSettled(calls)).map((each) =>
      each.status === 'fulfilled' ? 'done' : (each.reason as CareletError).kind,
    );
    expect(kinds).toContain('done');
    expect(kinds).toContain('unavailable');
    await pool[Symbol.asyncDispose]();
    await expect(pool.add(1, 1)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('says which module is not built', () => {
    expect(() => workers(new URL('./nowhere.worker.ts', import.meta.url))).toThrow(
      'Cannot start workers "nowhere.worker.js": the module is not built; run "npm run build"',
    );
  });

  test('that was forgotten keeps no process alive', () => {
    const built = builtUrl(new URL('./workers.ts', import.meta.url)).href;
    const source = `import { workers } from ${JSON.stringify(built)};
      const pool = workers(new URL(${JSON.stringify(builtUrl(module).href)}));
      console.log(await pool.add(20, 22));`;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { timeout: 8_000, encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '42\n', status: 0 });
  });

  test.each([
    ['file:///home/src/house/cloud/src/a.worker.ts', 'file:///home/src/house/cloud/dist/a.worker.js'],
    ['file:///home/src/house/cloud/src/math/a.worker.ts', 'file:///home/src/house/cloud/dist/math/a.worker.js'],
    ['file:///home/src/house/cloud/dist/a.worker.ts', 'file:///home/src/house/cloud/dist/a.worker.js'],
    ['file:///home/house/cloud/dist/a.worker.js', 'file:///home/house/cloud/dist/a.worker.js'],
  ])('runs for %s the built %s', (source, built) => {
    expect(builtUrl(new URL(source)).href).toBe(built);
  });
});
