/**
 * What the cloud holds of a record, fetched at this moment, beside what one's keys open it to; and what a thief's try
 * gives.
 *
 * @module
 */
import { CareletError, type Part } from '@carelet/care/model';
import type { Reader } from '@carelet/client/records/reader';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';
import { openRow } from '@carelet/crypto/records/reader';
import type { Proof, ProofPart } from '../house/proof.ts';
import { seenIn } from './seen.ts';
import type { Shown } from './view.ts';

export type ProofOptions = {
  /** The cloud's address. */
  readonly cloud: string;
  /** UTC milliseconds. */
  readonly now: number;
};

/** @throws {CareletError} `unavailable` when the cloud cannot be asked */
export async function proofOf(reader: Reader, { chart, parts }: Shown, { cloud, now }: ProofOptions): Promise<Proof> {
  const rows = await reader.rowsOf(chart, parts);
  return {
    fetched: now,
    cloud,
    pseudonym: hex(chart.chart.pat),
    parts: rows.map(({ part, rowId, nodeId, version, kept, same }): ProofPart => {
      const body = parts.bodies[part];
      return {
        part,
        seen: body ? seenIn(body) : null,
        row: { id: hex(rowId), version, nodeId: hex(nodeId), bytes: kept ? Uint8Array.from(kept.ct) : new Uint8Array(0) },
        same,
      };
    }),
  };
}

/** How a thief tries: with a byte of the row changed, or with a key of his own. */
export type Attempt = 'one-byte' | 'another-key';

/**
 * Really tries to open a row as it lies in the cloud now, changed by a byte under the true key, or as it is under
 * another key.
 *
 * @throws {CareletError} `missing` when the cloud does not hold that part
 */
export async function attemptOn(
  reader: Reader,
  { chart, parts }: Shown,
  part: Part,
  how: Attempt,
  random: Random = systemRandom,
): Promise<{ readonly opened: boolean }> {
  const row = (await reader.rowsOf(chart, parts)).find((one) => one.part === part);
  if (!row?.kept) throw new CareletError('missing', 'try to open row', { because: 'the cloud does not hold this part' });
  const { rowId, nodeId, version, kept } = row;
  if (how === 'one-byte') return { opened: await row.opens(changed(kept.ct, random)) };
  return { opened: openRow(random(32), part, { rowId, nodeId, version, ...kept }).kind === 'opened' };
}

/** The same bytes but for one. */
function changed(bytes: Bytes, random: Random): Bytes {
  const other = Uint8Array.from(bytes);
  const at = new DataView(random(4).buffer).getUint32(0) % other.length;
  other[at] = other[at]! ^ 0x01;
  return other;
}
