/**
 * The one error that crosses a boundary.
 *
 * Eight kinds, the same on both sides of the wire, in FHIR outcomes and in what a person reads. Failed
 * decryption says `cannot-open` and nothing else, always by the same path.
 *
 * @module
 */

/** What went wrong, as a closed list. */
export const errorKinds = ['invalid', 'denied', 'missing', 'conflict', 'cannot-open', 'tampered', 'unavailable', 'internal'] as const;

export type ErrorKind = (typeof errorKinds)[number];

/**
 * @example
 * ```ts
 * import { CareletError } from '@carelet/care/model';
 * const error = new CareletError('cannot-open', 'open record', { subject: 'r-7', because: 'policy not satisfied' });
 * error.message; // 'Cannot open record "r-7": policy not satisfied'
 * ```
 */
export class CareletError extends Error {
  override readonly name = 'CareletError';
  readonly kind: ErrorKind;
  /** What was being done, as a verb phrase: `open record`. */
  readonly op: string;
  /** What it was done to; never a secret and never a patient's words. */
  readonly subject: string | undefined;
  /** Why, in plain words that may cross the wire. */
  readonly because: string;

  constructor(kind: ErrorKind, op: string, detail: { subject?: string; because: string; cause?: unknown }) {
    const subject = detail.subject === undefined ? '' : ` "${detail.subject}"`;
    super(`Cannot ${op}${subject}: ${detail.because}`, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.kind = kind;
    this.op = op;
    this.subject = detail.subject;
    this.because = detail.because;
  }
}

/** Any thrown value as a CareletError; what was not one becomes `internal`, its text kept out of the message. */
export function asCareletError(thrown: unknown, op: string): CareletError {
  return thrown instanceof CareletError
    ? thrown
    : new CareletError('internal', op, { because: 'something broke on our side', cause: thrown });
}
