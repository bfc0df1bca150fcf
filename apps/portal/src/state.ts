/**
 * How the town is: each service asked for its health and its counts, all at once and not for long.
 *
 * Counts are all there is to ask: no service knows more that it could tell.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { connect } from '@carelet/care/wire';
import { authorityContract } from '@carelet/care/wire/contract/authority';
import { cloudContract } from '@carelet/care/wire/contract/cloud';
import { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';

/** Where everything is, for whoever wants to speak with the town. */
export type TownAddresses = {
  readonly town: string;
  readonly authority: string;
  readonly cloud: string;
  readonly cloudlets: readonly { readonly organisation: string; readonly url: string }[];
  /** Hex hash of the town manifest. */
  readonly manifest: string;
};

/** A service as it is seen from outside. */
export type Health =
  | { readonly kind: 'well' }
  /** It answers, and says what stands in its way. */
  | { readonly kind: 'unwell'; readonly because: readonly string[] }
  | { readonly kind: 'silent' };

type StateOf<Contract> = RoleOf<Contract> extends { readonly town: { readonly state: () => Promise<infer State> } } ? State : never;
type AuthorityState = StateOf<typeof authorityContract>;
type CloudState = StateOf<typeof cloudContract>;
type CloudletState = StateOf<typeof cloudletContract>;

export type ServiceState<State> = { readonly url: string; readonly health: Health; readonly state: State | null };

export type TownState = {
  readonly authority: ServiceState<AuthorityState>;
  readonly cloud: ServiceState<CloudState>;
  readonly cloudlets: readonly (ServiceState<CloudletState> & { readonly organisation: string })[];
};

const patienceMs = 1_500;

/** Asks every service of the town. A service that is silent is part of the answer, never an error. */
export async function stateOf({ authority, cloud, cloudlets }: TownAddresses): Promise<TownState> {
  const options = { timeoutMs: patienceMs, retry: { attempts: 1 } };
  const [authorityState, cloudState, ...cloudletStates] = await Promise.all([
    ask(authority, (url) => connect(authorityContract, { url, ...options }).town.state()),
    ask(cloud, (url) => connect(cloudContract, { url, ...options }).town.state()),
    ...cloudlets.map(async ({ url, organisation }) => ({
      organisation,
      ...(await ask(url, (address) => connect(cloudletContract, { url: address, ...options }).town.state())),
    })),
  ]);
  return { authority: authorityState, cloud: cloudState, cloudlets: cloudletStates };
}

async function ask<State>(url: string, state: (url: string) => Promise<State>): Promise<ServiceState<State>> {
  const [health, counts] = await Promise.all([
    healthOf(url),
    state(url).catch((thrown: unknown) => {
      if (thrown instanceof CareletError) return null;
      throw thrown;
    }),
  ]);
  return { url, health, state: counts };
}

async function healthOf(url: string): Promise<Health> {
  try {
    const response = await fetch(new URL('/readyz', url), { redirect: 'error', signal: AbortSignal.timeout(patienceMs) });
    const { ready, because } = (await response.json()) as { ready?: unknown; because?: unknown };
    if (ready === true) return { kind: 'well' };
    return { kind: 'unwell', because: Array.isArray(because) ? because.map(String) : [] };
  } catch {
    return { kind: 'silent' };
  }
}
