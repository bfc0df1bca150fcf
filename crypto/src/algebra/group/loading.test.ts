import { expect, test, vi } from 'vitest';
import { type BackendName, loadGroup } from '../group.ts';

// The library of types for Node leaves WebAssembly to the DOM's.
const wasm = (globalThis as unknown as { WebAssembly: { instantiate(): Promise<unknown> } }).WebAssembly;

test('WebAssembly is compiled once, and not before mcl is asked for', async () => {
  const instantiate = vi.spyOn(wasm, 'instantiate');
  for (const party of ['authority', 'owner', 'cloud', 'reader']) await import(`../../kp-abe/${party}.ts`);
  await loadGroup('noble');
  expect(instantiate).not.toHaveBeenCalled();
  const [a, b] = await Promise.all([loadGroup('mcl'), loadGroup('mcl')]);
  expect(instantiate).toHaveBeenCalledTimes(1);
  expect(a).toBe(b);
  instantiate.mockRestore();
  await expect(loadGroup('charm' as BackendName)).rejects.toThrow('unknown backend');
});
