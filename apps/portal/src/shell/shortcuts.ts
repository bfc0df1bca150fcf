/**
 * Keys that work on every page behind a door: `g` then a letter goes to a place, `?` shows the help, Shift+L locks.
 *
 * @module
 */
import { useEffect, useRef } from 'react';

/** Whether somebody is typing, so that letters are letters. A box to tick takes none. */
const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type=radio], [type=checkbox]), textarea, select'));

export type Shortcuts = {
  /** By the letter after `g`. */
  readonly go: Readonly<Record<string, () => void>>;
  readonly help: () => void;
  readonly lock: () => void;
};

export function useShortcuts(shortcuts: Shortcuts): void {
  const now = useRef(shortcuts);
  now.current = shortcuts;
  useEffect(() => {
    let began = 0;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
      if (event.key === '?') now.current.help();
      else if (event.key === 'L' && event.shiftKey) now.current.lock();
      else if (event.key === 'g') {
        began = event.timeStamp;
        return;
      } else if (event.timeStamp - began < 1500) now.current.go[event.key]?.();
      else return;
      began = 0;
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
