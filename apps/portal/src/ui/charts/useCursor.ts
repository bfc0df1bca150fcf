/**
 * A cursor over a chart, for the pointer and for the keyboard.
 *
 * To a screen reader the chart is a slider along time: arrow keys move it, and where it stands is told in a sentence.
 *
 * @module
 */
import { type KeyboardEvent, type PointerEvent, useState } from 'react';

export type Cursor = {
  /** Index of the reading it stands at; `null` when nobody looks closely. */
  readonly at: number | null;
  /** To be spread over the element that holds the focus. */
  readonly handle: {
    readonly role: 'slider';
    readonly tabIndex: 0;
    readonly 'aria-label': string;
    readonly 'aria-orientation': 'horizontal';
    readonly 'aria-valuemin': number;
    readonly 'aria-valuemax': number;
    readonly 'aria-valuenow': number;
    readonly 'aria-valuetext': string;
    readonly onKeyDown: (event: KeyboardEvent) => void;
    readonly onFocus: () => void;
    readonly onBlur: () => void;
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerLeave: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  };
};

/**
 * @param count how many readings there are, oldest first
 * @param pick which of them lies at `x` pixels from the element's left edge
 * @param say a sentence about one of them
 */
export function useCursor({
  name,
  count,
  pick,
  say,
}: {
  name: string;
  count: number;
  pick: (x: number) => number | null;
  say: (at: number) => string;
}): Cursor {
  const [chosen, setChosen] = useState<number | null>(null);
  // Fewer readings than before: the cursor stays on one that is there.
  const at = chosen === null || count === 0 ? null : Math.min(chosen, count - 1);
  const last = Math.max(0, count - 1);
  const stands = at ?? last;
  const point = (event: PointerEvent<HTMLElement>) => setChosen(pick(event.clientX - event.currentTarget.getBoundingClientRect().left));
  return {
    at,
    handle: {
      role: 'slider',
      tabIndex: 0,
      'aria-label': name,
      'aria-orientation': 'horizontal',
      'aria-valuemin': 0,
      'aria-valuemax': last,
      'aria-valuenow': stands,
      'aria-valuetext': count === 0 ? '' : say(stands),
      onKeyDown: (event) => {
        const to = moved(event.key, stands, last);
        if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        setChosen(to);
      },
      onFocus: () => setChosen((was) => was ?? last),
      onBlur: () => setChosen(null),
      onPointerMove: point,
      onPointerDown: point,
      onPointerLeave: (event) => {
        if (document.activeElement !== event.currentTarget) setChosen(null);
      },
    },
  };
}

/** Time runs left to right in every language, and so do the arrow keys. */
function moved(key: string, at: number, last: number): number | null | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, at - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(last, at + 1);
    case 'PageDown':
      return Math.max(0, at - Math.ceil(last / 10));
    case 'PageUp':
      return Math.min(last, at + Math.ceil(last / 10));
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'Escape':
      return null;
    default:
      return undefined;
  }
}
