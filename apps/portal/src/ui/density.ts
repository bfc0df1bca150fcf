import { useLayoutEffect } from 'react';

/** How close things stand: 17 px for people reading about themselves, 15 px for people at work. */
export type Density = 'patient' | 'staff';

/** Sets the density of the whole page while a door is open. */
export function useDensity(density: Density): void {
  useLayoutEffect(() => {
    document.documentElement.dataset.density = density;
    return () => {
      delete document.documentElement.dataset.density;
    };
  }, [density]);
}
