import { type RefObject, useEffect, useRef } from 'react';

export type ListKeys = { step(by: 1 | -1): void; looked(): void };

/** Whether keys belong to a field or a sheet over the page. */
const elsewhere = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=dialog], [role=menu]') !== null;

/**
 * Keys of a list: `j` and `k` move anywhere on the page; once one is in the list, arrows do too and `e` marks as looked at.
 * Enter needs no help: what is selected is a link.
 */
export function useListKeys(list: RefObject<HTMLElement | null>, keys: ListKeys): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented || elsewhere(event.target)) return;
      const inside = list.current?.contains(event.target as Node) === true;
      const { key } = event;
      if (key === 'j' || (inside && key === 'ArrowDown')) now.current.step(1);
      else if (key === 'k' || (inside && key === 'ArrowUp')) now.current.step(-1);
      else if (inside && key === 'e') now.current.looked();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [list]);
}
