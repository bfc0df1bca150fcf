/**
 * Who reads, as the page lists it: what holds, and in its place what was stopped since the page opened.
 *
 * @module
 */
import type { Given } from '../../house/sharing.ts';

/** What was taken back here. */
export type Stopped = { readonly given: Given; readonly state: Given['state'] | 'ended' };

export type Line = {
  readonly key: string;
  readonly given: Given;
  readonly stopped: Given['state'] | 'ended' | null;
  /** It was stopped here, just now. */
  readonly here: boolean;
};

export const keyOf = ({ grants }: Given): string => grants.join(' ');

/** The newest first; a line that was stopped stays where it was. */
export function linesOf(given: readonly Given[], stopped: readonly Stopped[]): Line[] {
  const here = new Map(stopped.map((one) => [keyOf(one.given), one]));
  const lines = given
    .filter((one) => !here.has(keyOf(one)))
    .map((one): Line => ({ key: keyOf(one), given: one, stopped: one.state === 'half' ? 'half' : null, here: false }));
  // What has been told meanwhile has ended.
  const gone = stopped.map(({ given: one, state }): Line => {
    const now = given.find((other) => keyOf(other) === keyOf(one));
    return { key: keyOf(one), given: one, stopped: state === 'half' && !now ? 'ended' : state, here: true };
  });
  return [...lines, ...gone].sort((a, b) => b.given.given - a.given.given || (a.key < b.key ? -1 : 1));
}

/** How many people read by consent. */
export const readersIn = (lines: readonly Line[]): number =>
  new Set(lines.filter(({ stopped }) => stopped === null).map(({ given }) => given.doctor.id)).size;

/** Whether somebody whose line was stopped still reads by another one. */
export const readsElsewhere = (line: Line, lines: readonly Line[]): boolean =>
  lines.some(({ key, given, stopped }) => key !== line.key && stopped === null && given.doctor.id === line.given.doctor.id);

/** Whether a team reads: nobody here counts how many are in it. */
export const hasTeams = (lines: readonly Line[]): boolean => lines.some(({ stopped, given }) => stopped === null && given.doctor.team);

/** Whether somebody who reads is no doctor. */
export const hasCarers = (lines: readonly Line[]): boolean => lines.some(({ stopped, given }) => stopped === null && given.doctor.carer);
