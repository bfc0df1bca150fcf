import type { Bytes } from './bytes.ts';

/** What we use of an engine's interface: the libraries of a server's and a browser's TypeScript name it differently. */
declare const WebAssembly: {
  validate(bytes: Bytes): boolean;
  Module: new (bytes: Bytes) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

/**
 * An instance of a module of ours, or `undefined` where the engine does not know its instructions or the page's policy
 * refuses to compile (`script-src` without `wasm-unsafe-eval`).
 *
 * It is compiled at once, not asynchronously: in Node and in a worker that is allowed for any size. A browser's main
 * thread may refuse, and then gets `undefined` as well.
 *
 * @param wasm the module's bytes in base64, as `__generated__` has them
 */
export function instantiate<Exports>(wasm: string): Exports | undefined {
  try {
    const bytes = Uint8Array.from(atob(wasm), (letter) => letter.charCodeAt(0));
    if (!WebAssembly.validate(bytes)) return undefined;
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Exports;
  } catch {
    return undefined;
  }
}
