/**
 * Node's own OpenSSL where there is one.
 *
 * Hashing, AEAD and signatures exist twice: in Node through `node:crypto`, everywhere else through the noble
 * libraries. Both are synchronous, both give the same bytes (`native.test.ts` holds them together); OpenSSL is
 * 3 to 20 times faster here. `process.getBuiltinModule` keeps bundlers from seeing an import.
 *
 * @module
 */
type NodeCrypto = typeof import('node:crypto');

/** `node:crypto`, or `undefined` in a browser. */
export const native: NodeCrypto | undefined = globalThis.process?.getBuiltinModule?.('node:crypto');
