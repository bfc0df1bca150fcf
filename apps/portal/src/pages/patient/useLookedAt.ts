import { useEffect } from 'react';
import { house } from '../../house/front.ts';

/** From when on a page counts as looked at, and how short a visit may be to count when it is left. */
const afterMs = 5000;
const shortestMs = 1000;

/** Notes that somebody looked at a patient: once after five seconds, or on leaving. */
export function useLookedAt(patient: string | undefined, shown: boolean): void {
  useEffect(() => {
    if (patient === undefined || !shown) return;
    const began = performance.now();
    let told = false;
    const tell = () => {
      if (told) return;
      told = true;
      // A look that was not noted shows the same news once more: nothing is lost by it.
      house.lookedAt(patient).catch(() => undefined);
    };
    const timer = setTimeout(tell, afterMs);
    return () => {
      clearTimeout(timer);
      if (performance.now() - began >= shortestMs) tell();
    };
  }, [patient, shown]);
}
