/**
 * What the cloud holds of a record, beside what one sees.
 *
 * @module
 */
import type { Part } from '@carelet/care/model';

export type ProofPart = {
  readonly part: Part;
  /** What these keys open it to, a line each; `null` when they do not open it. */
  readonly seen: readonly string[] | null;
  /** The row as it came from the cloud a moment ago. */
  readonly row: {
    readonly id: string;
    readonly version: number;
    readonly nodeId: string;
    readonly bytes: Uint8Array<ArrayBuffer>;
  };
  /** Whether the row just fetched still opens to what is shown. */
  readonly same: boolean;
};

export type Proof = {
  readonly fetched: number;
  /** The cloud's address, without path. */
  readonly cloud: string;
  readonly parts: readonly ProofPart[];
  /** The pseudonym the cloud knows this chart by. */
  readonly pseudonym: string;
};
