/**
 * What the portal's own server says of the town, before anybody has unlocked anything.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';

export type TownSays = {
  readonly town: string;
  /** Whether everyone in it is invented and their keyrings are handed out. */
  readonly demo: boolean;
  /** Whether it has settled; until then, what it is doing. */
  readonly ready: boolean;
  readonly doing: string | null;
};

/** Somebody of the demo town whose door one may take. */
export type DemoPerson = {
  readonly slug: string;
  readonly title: string;
  readonly door: 'patient' | 'doctor' | 'administrator';
  /** Who they are, in a sentence. */
  readonly about: string;
};

/** Asked plainly, so that it is what the document's `Link` header has already sent for; the answer itself says that nobody keeps it. */
async function json<T>(address: string): Promise<T> {
  const response = await fetch(address, { redirect: 'error' });
  if (!response.ok) throw new Error('the portal’s own server does not answer');
  return (await response.json()) as T;
}

export const townQuery = queryOptions({
  queryKey: ['town-says'],
  queryFn: () => json<TownSays>('/town.json'),
  refetchInterval: ({ state }) => (state.data?.ready === false ? 1000 : false),
});

export const peopleQuery = queryOptions({ queryKey: ['demo-people'], queryFn: () => json<DemoPerson[]>('/demo/people.json') });

/** The locked keyring of somebody of the demo town. */
export async function demoKeyring(slug: string): Promise<Uint8Array> {
  const response = await fetch(`/demo/keyrings/${encodeURIComponent(slug)}`, { credentials: 'omit', cache: 'no-store', redirect: 'error' });
  if (!response.ok) throw new Error('this keyring is not there');
  return new Uint8Array(await response.arrayBuffer());
}
