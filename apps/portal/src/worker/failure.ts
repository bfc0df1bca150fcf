/**
 * How a failure leaves the house.
 *
 * @module
 */
import { asCareletError, CareletError } from '@carelet/care/model';
import type { HouseError } from '../house/house.ts';

/** A thrown value as pages may see it: its kind and its sentence. What was not ours says nothing of itself. */
export function failureOf(thrown: unknown): HouseError {
  const { kind, message } = thrown instanceof CareletError ? thrown : asCareletError(thrown, 'do that');
  return { kind, message };
}
