/**
 * A page nobody touches locks itself, a minute after it has said so.
 *
 * @module
 */
import { useCallback, useEffect, useRef, useState } from 'react';

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'scroll'] as const;
const warningMs = 60_000;

export type IdleClock = {
  /** Milliseconds until the page locks itself; none or fewer when it should have. */
  left(): number;
  /** Whether it is near enough to be said. */
  isNear(): boolean;
  /** A hand on the page. */
  touched(): void;
  /** Somebody says that they are there. */
  stay(): void;
};

/**
 * Counts the time without a hand on a page.
 *
 * Once the warning is due a moving mouse is not enough, and once the time is over nothing is. Both go by the clock and
 * not by what timers have told: a machine that slept wakes to the hand that moves its mouse, before any timer.
 *
 * @param now UTC milliseconds
 */
export function idleClock(afterMs: number, now: () => number = Date.now): IdleClock {
  let last = now();
  const left = () => afterMs - (now() - last);
  const isNear = () => left() <= warningMs;
  return {
    left,
    isNear,
    touched() {
      if (!isNear()) last = now();
    },
    stay() {
      if (left() > 0) last = now();
    },
  };
}

/** Counts while `watching`; `lockingIn` is the seconds left once a minute is left. Calls `idle` at the end. */
export function useIdle(watching: boolean, afterMs: number, idle: () => void): { lockingIn: number | null; stay: () => void } {
  const clock = useRef<IdleClock | null>(null);
  const [lockingIn, setLockingIn] = useState<number | null>(null);
  const stay = useCallback(() => {
    clock.current?.stay();
    setLockingIn(null);
  }, []);

  useEffect(() => {
    setLockingIn(null);
    if (!watching) return;
    const counting = idleClock(afterMs);
    clock.current = counting;
    for (const sign of signs) addEventListener(sign, counting.touched, { passive: true, capture: true });
    const tick = setInterval(() => {
      setLockingIn(counting.isNear() ? Math.max(0, Math.ceil(counting.left() / 1000)) : null);
      if (counting.left() <= 0) idle();
    }, 1000);
    return () => {
      clock.current = null;
      clearInterval(tick);
      for (const sign of signs) removeEventListener(sign, counting.touched, { capture: true });
    };
  }, [watching, afterMs, idle]);

  return { lockingIn, stay };
}
