/**
 * Moves and enlarges a heart trace by hand: dragging, two fingers, and the wheel.
 *
 * @module
 */
import { type RefObject, useEffect } from 'react';
import { secondsAcross, type View, zoomedAt } from './trace.ts';

/** Listens on the paper; `change` turns the view of now into another. */
export function useTraceHand(paper: RefObject<HTMLElement | null>, change: (to: (view: View) => View) => void): void {
  useEffect(() => {
    const target = paper.current;
    if (!target) return;
    const listening = new AbortController();
    const { signal } = listening;
    const fingers = new Map<number, { x: number; y: number }>();
    const xOf = (event: MouseEvent) => event.clientX - target.getBoundingClientRect().left;
    const spread = () => {
      const [a, b] = [...fingers.values()];
      return a && b ? { apart: Math.hypot(a.x - b.x, a.y - b.y), middle: (a.x + b.x) / 2 } : null;
    };

    target.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button !== 0) return;
        target.setPointerCapture(event.pointerId);
        fingers.set(event.pointerId, { x: xOf(event), y: event.clientY });
      },
      { signal },
    );
    target.addEventListener(
      'pointermove',
      (event) => {
        const finger = fingers.get(event.pointerId);
        if (!finger) return;
        const before = spread();
        const x = xOf(event);
        const by = x - finger.x;
        fingers.set(event.pointerId, { x, y: event.clientY });
        const after = spread();
        if (before && after) {
          const pan = after.middle - before.middle;
          change((view) => {
            const zoomed = zoomedAt(view, (view.px * after.apart) / Math.max(1, before.apart), before.middle);
            return { ...zoomed, from: zoomed.from - secondsAcross(pan, zoomed.px) };
          });
        } else change((view) => ({ ...view, from: view.from - secondsAcross(by, view.px) }));
      },
      { signal },
    );
    const lift = (event: globalThis.PointerEvent) => fingers.delete(event.pointerId);
    target.addEventListener('pointerup', lift, { signal });
    target.addEventListener('pointercancel', lift, { signal });

    // React listens to the wheel passively, and a passive listener cannot keep the page still.
    target.addEventListener(
      'wheel',
      (event) => {
        const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 400 : 1;
        if (event.ctrlKey || event.metaKey) {
          event.preventDefault();
          const x = xOf(event);
          change((view) => zoomedAt(view, view.px * Math.exp((-event.deltaY * pixels) / 300), x));
          return;
        }
        // Up and down scrolls the page, as everywhere; it moves the trace once it has the focus.
        const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
        const by = Math.abs(sideways) >= Math.abs(event.deltaY) ? sideways : document.activeElement === target ? event.deltaY : 0;
        if (by === 0) return;
        event.preventDefault();
        change((view) => ({ ...view, from: view.from + secondsAcross(by * pixels, view.px) }));
      },
      { signal, passive: false },
    );
    return () => listening.abort();
  }, [paper, change]);
}
