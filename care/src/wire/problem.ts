/**
 * A `CareletError` on the wire: an `application/problem+json` body `{ kind, op, subject?, because }`.
 *
 * The eight kinds mean the same on both sides; the status is for proxies and people, the body decides.
 * What was not a `CareletError` crosses as `internal` and says nothing of its cause.
 *
 * @module
 */
import * as z from 'zod';
import { asCareletError, CareletError, type ErrorKind, errorKinds } from '../model/error.ts';

export const problemType = 'application/problem+json';

/** The HTTP status of each kind. */
export const statusOf: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  denied: 403,
  missing: 404,
  conflict: 409,
  'cannot-open': 422,
  tampered: 422,
  unavailable: 503,
  internal: 500,
};

// A server is not trusted: what it says may end on a terminal, so control characters are not let through.
const line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^\P{Cc}*$/u);

/** What a problem looks like on the wire. */
export const problemShape = z.strictObject({
  kind: z.enum(errorKinds),
  op: line(200),
  subject: line(200).optional(),
  because: line(1000),
});

export type Problem = z.output<typeof problemShape>;

/**
 * The problem that tells of a thrown value.
 *
 * @param op what was being done, for a thrown value that is not a `CareletError`
 */
export function toProblem(thrown: unknown, op: string): Problem {
  const error = asCareletError(thrown, op);
  return {
    kind: error.kind,
    op: clean(error.op, 200),
    ...(error.subject !== undefined && { subject: clean(error.subject, 200) }),
    because: clean(error.because, 1000),
  };
}

/** The error a problem tells of. */
export function fromProblem({ kind, op, subject, because }: Problem): CareletError {
  return new CareletError(kind, op, subject === undefined ? { because } : { subject, because });
}

const clean = (words: string, max: number): string => words.replace(/\p{Cc}+/gu, ' ').slice(0, max);
