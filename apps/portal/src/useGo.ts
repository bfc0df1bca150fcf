import { useNavigate } from '@tanstack/react-router';

/** How one goes: to another page or, where none is told, about this one. */
export type Going = { readonly to?: string; readonly replace?: boolean; readonly resetScroll?: boolean };

/** Goes to a page with what stands behind the question mark of its address; pages read that themselves, strictly. */
export function useGo(): (search: Readonly<Record<string, unknown>>, going?: Going) => void {
  const navigate: (to: Required<Pick<Going, 'to'>> & Going & { readonly search: Readonly<Record<string, unknown>> }) => Promise<void> =
    useNavigate();
  return (search, { to = '.', ...going } = {}) => void navigate({ to, search, ...going });
}
