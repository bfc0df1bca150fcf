import type { Proof } from '../../house/proof.ts';

/** Whether two fetches brought the same rows, byte for byte, and each opens to what is shown wherever it is open. */
export function sameRows(before: Proof, after: Proof): boolean {
  return (
    before.parts.length === after.parts.length &&
    after.parts.every(({ part, row, same, seen }) => {
      const old = before.parts.find((one) => one.part === part)?.row;
      return old !== undefined && old.id === row.id && equal(old.bytes, row.bytes) && (same || seen === null);
    })
  );
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);
