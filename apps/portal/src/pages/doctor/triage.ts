/**
 * The doctor's list for today: which patients it shows, in which groups, and who still needs a look.
 *
 * @module
 */
import type { TriageLine } from '../../house/patients.ts';

/** Which patients the list shows: those who need a look or have something new, only those with something new, everyone. */
export const shows = ['needs', 'new', 'all'] as const;
export type Show = (typeof shows)[number];

/** Groups of the list; whoever needs a look no more since she looked comes after those who do. */
const groups = ['now', 'today', 'looked', 'new', 'quiet'] as const;

export type Group = { readonly name: (typeof groups)[number]; readonly lines: readonly TriageLine[] };

/** What an address says, or what is shown when it says nothing that fits. */
export const showOf = (text: unknown): Show => shows.find((show) => show === text) ?? 'needs';

/** Out of the usual, and not looked at since. */
export const needsLook = (line: TriageLine): boolean => isPressing(line) && line.lookedAt === null;

const isPressing = ({ urgency }: TriageLine): boolean => urgency === 'now' || urgency === 'today';

/** Groups that have anybody in them, most pressing first; the order inside is the house's. */
export function groupsOf(lines: readonly TriageLine[], show: Show): Group[] {
  const shown = lines.filter(({ urgency, fresh }) => (show === 'all' ? true : show === 'new' ? fresh.length > 0 : urgency !== 'quiet'));
  const groupOf = (line: TriageLine) => (isPressing(line) && !needsLook(line) ? 'looked' : line.urgency);
  return groups.map((name) => ({ name, lines: shown.filter((line) => groupOf(line) === name) })).filter((group) => group.lines.length > 0);
}

/** How many each filter counts; `needs` is what the title says. */
export const countsOf = (lines: readonly TriageLine[]): Record<Show, number> => ({
  needs: lines.filter(needsLook).length,
  new: lines.filter(({ fresh }) => fresh.length > 0).length,
  all: lines.length,
});

/** Whom a step up or down selects, stopping at the ends; from nobody it begins at the first. */
export function stepped(ids: readonly string[], from: string | undefined, by: 1 | -1): string | undefined {
  const at = from === undefined ? -1 : ids.indexOf(from);
  if (at < 0) return ids[0];
  return ids[Math.min(ids.length - 1, Math.max(0, at + by))];
}
