/**
 * A page nobody touches locks itself, a minute after it has said so.
 *
 * @module
 */
import { useCallback, useEffect, useRef, useState } from 'react';

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'scroll'] as const;
const warningMs = 60_000;

/** Counts while `watching`; `lockingIn` is the seconds left once a minute is left. Calls `idle` at the end. */
export function useIdle(watching: boolean, afterMs: number, idle: () => void): { lockingIn: number | null; stay: () => void } {
  const last = useRef(Date.now());
  const [lockingIn, setLockingIn] = useState<number | null>(null);
  const stay = useCallback(() => {
    last.current = Date.now();
    setLockingIn(null);
  }, []);

  useEffect(() => {
    if (!watching) return;
    last.current = Date.now();
    setLockingIn(null);
    let warned = false;
    // Once warned, a moving mouse is not enough: somebody has to say that they are there.
    const touched = () => {
      if (!warned) last.current = Date.now();
    };
    for (const sign of signs) addEventListener(sign, touched, { passive: true, capture: true });
    const tick = setInterval(() => {
      const left = afterMs - (Date.now() - last.current);
      warned = left <= warningMs;
      setLockingIn(warned ? Math.max(0, Math.ceil(left / 1000)) : null);
      if (left <= 0) idle();
    }, 1000);
    return () => {
      clearInterval(tick);
      for (const sign of signs) removeEventListener(sign, touched, { capture: true });
    };
  }, [watching, afterMs, idle]);

  return { lockingIn, stay };
}
