/**
 * A policy's time: the periods a key for it names, and when that key ends.
 *
 * @module
 */
import type { Period } from '../../model/index.ts';
import { dayOf, timeCover } from '../records/calendar.ts';
import type { Policy } from './policy.ts';

/** The oldest day a record is expected to name. */
const beginning = '1900-01-01';

/**
 * The periods a key for this policy names, if it is made now.
 *
 * @param now UTC milliseconds
 * @throws {CareletError} `invalid` for days that never were, or a window that ends before it begins
 *
 * @example
 * ```ts
 * import { timesOf } from '@carelet/care/rules/sharing/window';
 * timesOf({ from: '2026-11-19', until: '2026-11-20' }, Date.parse('2026-11-20T09:41:00Z')); // includes 'always'
 * ```
 */
export const timesOf = ({ from, until }: Pick<Policy, 'from' | 'until'>, now: number): Period[] =>
  timeCover(from === 'beginning' ? beginning : from, until, dayOf(now));

/** When a key for this policy ends, UTC seconds: with its last day. */
export const lastSecond = ({ until }: Pick<Policy, 'until'>): number => Date.parse(`${until}T23:59:59Z`) / 1000;
