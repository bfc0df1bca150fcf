/**
 * Looks as the page lists them: of whom, of what kind, under which day.
 *
 * @module
 */
import type { Look, Looker } from '../../house/receipts.ts';

/** What an address says of the list. */
export type LooksFilter = {
  /** A looker's number, or everybody. */
  readonly who: string | null;
  /** Only looks, or whatever left a receipt. */
  readonly show: 'looks' | 'all';
};

/** What of a look somebody wants to know, and of which: the sheet that is open. */
export type Sheet = { readonly kind: 'wrong' | 'checked'; readonly look: string };

const isLook = ({ deed }: Look): boolean => deed === 'looked' || deed === 'asked' || deed === 'broke';

/** Reads an address; what it does not understand is left out. */
export function filterIn(search: Readonly<Record<string, unknown>>): LooksFilter {
  // An address that is all digits is read as a number.
  const who = typeof search.who === 'number' ? String(search.who) : search.who;
  return { who: typeof who === 'string' && who !== '' ? who : null, show: search.show === 'all' ? 'all' : 'looks' };
}

export const searchOf = ({ who, show }: LooksFilter): Record<string, string> => ({
  ...(who !== null && { who }),
  ...(show === 'all' && { show }),
});

export function sheetIn(search: Readonly<Record<string, unknown>>): Sheet | null {
  for (const kind of ['wrong', 'checked'] as const) {
    const look = search[kind];
    if (typeof look === 'string' || typeof look === 'number') return { kind, look: String(look) };
  }
  return null;
}

export const shownOf = (looks: readonly Look[], { who, show }: LooksFilter): Look[] =>
  looks.filter((look) => (show === 'all' || isLook(look)) && (who === null || look.who === who));

/** Those who appear in a list, each with how often. */
export function lookersIn(looks: readonly Look[], lookers: readonly Looker[]): { readonly looker: Looker; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { who } of looks) counts.set(who, (counts.get(who) ?? 0) + 1);
  return lookers.flatMap((looker) => {
    const count = counts.get(looker.id);
    return count === undefined ? [] : [{ looker, count }];
  });
}

export type Day = { readonly key: string; readonly at: number; readonly items: readonly Look[] };

/** Looks, the newest first, under their days. */
export function daysOf(looks: readonly Look[]): Day[] {
  const days: { key: string; at: number; items: Look[] }[] = [];
  for (const look of looks) {
    const date = new Date(look.at);
    const key = [date.getFullYear(), date.getMonth() + 1, date.getDate()].join('-');
    const last = days.at(-1);
    if (last?.key === key) last.items.push(look);
    else days.push({ key, at: look.at, items: [look] });
  }
  return days;
}

const weekMs = 7 * 86_400_000;

/** How many people opened something within a week. */
export const newsIn = (looks: readonly Look[], now: number): number =>
  new Set(looks.filter((look) => isLook(look) && look.until > now - weekMs).map(({ who }) => who)).size;

/** When somebody, or whoever is in a team of this name, opened something last since a moment, and how often; `null` for never. */
export function lastOpened(
  looks: readonly Look[],
  who: string,
  since: number,
  team?: string,
): { readonly at: number; readonly count: number } | null {
  const isTheirs = (look: Look) => look.who === who || (team !== undefined && look.team === team);
  const theirs = looks.filter((look) => isLook(look) && isTheirs(look) && look.until >= since);
  return theirs.length === 0 ? null : { at: Math.max(...theirs.map(({ until }) => until)), count: theirs.length };
}
