/**
 * A sealed strip on its way from a device: one row, and the links down to the node it hangs on.
 *
 * The cloudlet takes it out of the hop's frame and keeps it; it can count it and nothing more.
 *
 * @module
 */
import { type Bytes, cbor, uncbor } from '../algebra/bytes.ts';
import type { NodeLink } from './posting.ts';
import type { Row } from './row.ts';

export type SealedStrip = {
  /** The device's count, from 0, given once in its flash before sealing. */
  readonly number: number;
  readonly part: string;
  readonly row: Row;
  readonly links: readonly NodeLink[];
  /** The owner wrap of a tree the device had to start itself; `null` for nearly every strip. */
  readonly wrap: DeviceWrap | null;
};

/** A wrap as its device made and signed it; its generation is 0 and its kind `owner`. */
export type DeviceWrap = { readonly nodeId: Bytes; readonly body: Bytes; readonly signature: Bytes };

export function encodeStrip({ number, part, row, links, wrap }: SealedStrip): Bytes {
  const { rowId, version, nodeId, kc, mark, ct } = row;
  return cbor([
    number,
    part,
    [rowId, version, nodeId, kc, mark, ct],
    links.map((link) => [link.nodeId, link.parent]),
    wrap && [wrap.nodeId, wrap.body, wrap.signature],
  ]);
}

/** Reads a strip's bytes strictly; `null` when they are none. */
export function decodeStrip(bytes: Bytes): SealedStrip | null {
  try {
    const [number, part, row, links, wrap, ...rest] = uncbor(bytes) as [
      number,
      string,
      [Bytes, number, Bytes, Bytes, Bytes, Bytes],
      [Bytes, Bytes][],
      [Bytes, Bytes, Bytes] | null,
    ];
    const [rowId, version, nodeId, kc, mark, ct, ...more] = row;
    const is = (value: unknown, ...lengths: number[]) =>
      value instanceof Uint8Array && (lengths.length === 0 || lengths.includes(value.length));
    const sound =
      rest.length + more.length === 0 &&
      Number.isSafeInteger(number) &&
      number >= 0 &&
      (part === 'EID' || part === 'QID' || part === 'MI') &&
      is(rowId, 16) &&
      Number.isSafeInteger(version) &&
      version >= 1 &&
      is(nodeId, 16) &&
      is(kc, 32) &&
      is(mark, 32) &&
      is(ct) &&
      links.length <= 5 &&
      links.every((link) => link.length === 2 && is(link[0], 16) && is(link[1], 0, 16)) &&
      (wrap === null || (wrap.length === 3 && is(wrap[0], 16) && is(wrap[1]) && is(wrap[2], 64)));
    if (!sound) return null;
    return {
      number,
      part,
      row: { rowId, version, nodeId, kc, mark, ct },
      links: links.map(([id, parent]) => ({ nodeId: id, parent })),
      wrap: wrap && { nodeId: wrap[0], body: wrap[1], signature: wrap[2] },
    };
  } catch {
    return null;
  }
}
