/**
 * What a device wants to know of strips that it handed to another cloudlet: whether the cloud has them. It is asked as the
 * clinic, of the device's own chart and no other.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import type { AskedRow, Finding } from '@carelet/crypto/session/inquiry';
import { groupBy } from '@carelet/ground/group-by';
import type { CloudRole } from './uplink.ts';

export type Inquiry = { readonly device: Bytes; readonly pat: Bytes; readonly rows: readonly AskedRow[] };

/** Which of these rows the cloud has; `null` where it cannot be asked now. */
export type Inquiries = (inquiry: Inquiry) => Promise<Finding>;

/** Inquiries under way: one of each device, and so many in all. Whoever asks meanwhile is told that it is not known now. */
const atOnce = 32;
/** How long the cloud may take, in milliseconds: the device waits. */
const patienceMs = 8_000;

export function inquiriesAt(cloud: () => Promise<CloudRole>): Inquiries {
  const underWay = new Set<string>();
  return async ({ device, pat, rows }) => {
    const mine = hex(device);
    if (underWay.size >= atOnce || underWay.has(mine)) return null;
    underWay.add(mine);
    let late: NodeJS.Timeout | undefined;
    const finding = found(pat, rows).catch((thrown: unknown) => {
      if (thrown instanceof CareletError) return null;
      throw thrown;
    });
    const over = () => underWay.delete(mine);
    finding.then(over, over);
    const enough = new Promise<null>((done) => {
      late = setTimeout(() => done(null), patienceMs);
    });
    return Promise.race([finding, enough]).finally(() => clearTimeout(late));
  };

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
