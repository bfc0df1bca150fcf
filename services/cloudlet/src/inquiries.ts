/**
 * What a device wants to know of strips that it handed to another cloudlet: whether the cloud has them. It is asked as the
 * clinic, of the device's own chart and no other.
 *
 * @module
 */
import type { Part } from '@carelet/care/model';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import type { AskedRow, Finding } from '@carelet/crypto/session/inquiry';
import { groupBy } from '@carelet/ground/group-by';
import { asking } from './asking.ts';
import type { CloudRole } from './uplink.ts';

export type Inquiry = { readonly device: Bytes; readonly pat: Bytes; readonly rows: readonly AskedRow[] };

/** Which of these rows the cloud has; `null` where it cannot be asked now. */
export type Inquiries = (inquiry: Inquiry) => Promise<Finding>;

/** Whoever asks beyond that is told that it is not known now. */
const limits = { atOnce: 32, patienceMs: 8_000 };

export function inquiriesAt(cloud: () => Promise<CloudRole>): Inquiries {
  const ask = asking(limits);
  return ({ device, pat, rows }) => ask(device, () => found(pat, rows));

  async function found(pat: Bytes, rows: readonly AskedRow[]): Promise<readonly Bytes[]> {
    const up = await cloud();
    const there = new Set<string>();
    for (const [part, some] of groupBy(rows, (row) => row.part)) {
      const rowIds = some.map(({ rowId }) => rowId);
      const { versions } = await up.records.versions({ pat, part: part as Part, rowIds });
      for (const [i, rowId] of rowIds.entries()) if (versions[i]! > 0) there.add(hex(rowId));
    }
    return rows.flatMap(({ rowId }) => (there.has(hex(rowId)) ? [rowId] : []));
  }
}
