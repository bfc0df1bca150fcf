/**
 * How the town is: every service asked for its health and its counts, all at once and not for long.
 *
 * @module
 */
import { connectAuthority, connectCloud, connectCloudlet, type Where } from '@carelet/client/login';
import type { CloudletStatus, TownStatus } from '../house/admin.ts';
import type { TownMap } from './surroundings.ts';

type Health = CloudletStatus['health'];
type State<T> = { readonly health: Health; readonly because: readonly string[]; readonly state: T | null };

const patience = 2_500;

/** Asks what anyone may ask. A service that is silent is part of the answer, never an error. */
export async function townStatus({ town, authority, cloud, cloudlets }: TownMap, now: number): Promise<TownStatus> {
  const [ofAuthority, ofCloud, ...ofCloudlets] = await Promise.all([
    ask(authority, () => connectAuthority(authority, null).town.state()),
    ask(null, () => connectCloud(cloud, null).town.state()),
    ...cloudlets.map(({ where }) => ask(where, () => connectCloudlet(where, null).town.state())),
  ]);
  const shelves = ofCloud.state?.shelves;
  return {
    town,
    at: now,
    cloudlets: ofCloudlets.map(({ health, because, state }, i) => ({
      organisation: cloudlets[i]!.organisation,
      health,
      because,
      devices: state?.devices ?? 0,
      waiting: state?.waiting ?? 0,
      forwarded: state?.forwarded ?? 0,
      cloud: state?.cloud ?? 'unknown',
      lastForward: timeIn(state?.lastForward),
      waitingSince: timeIn(state?.waitingSince),
      outages: state?.outages ?? 0,
      outageSince: timeIn(state?.outageSince),
      unkept: state?.unkept ?? 0,
    })),
    cloud: {
      health: ofCloud.health,
      charts: ofCloud.state?.charts ?? 0,
      parts: shelves ? shelves.EID + shelves.QID + shelves.MI : 0,
      bytes: ofCloud.state?.bytes ?? 0,
    },
    authority: {
      health: ofAuthority.health,
      doctors: ofAuthority.state?.doctors ?? { pending: 0, approved: 0, rejected: 0 },
      organisations: ofAuthority.state?.organisations ?? [],
    },
  };
}

/** A service that gives its counts is well unless it says itself that it is not; the cloud tells its readiness to no browser (`null`). */
async function ask<T>(where: Where | null, counts: () => Promise<T>): Promise<State<T>> {
  const [state, because] = await Promise.all([inTime(counts()), where ? inTime(obstacles(where)) : null]);
  if (state === null) return { health: because === null ? 'silent' : 'unwell', because: because ?? [], state };
  return { health: because && because.length > 0 ? 'unwell' : 'well', because: because ?? [], state };
}

/** What stands in a service's way, in its own words; rejects where it cannot be asked. */
async function obstacles(where: Where): Promise<string[]> {
  const url = new URL(`${typeof where === 'string' ? where.replace(/\/$/, '') : 'http://in-process'}/readyz`);
  const request = new Request(url, { redirect: 'error', credentials: 'omit', signal: AbortSignal.timeout(patience) });
  const answer = await (typeof where === 'string' ? fetch(request) : where(request));
  const told: unknown = await answer.json();
  const because = typeof told === 'object' && told !== null && 'because' in told ? told.because : [];
  return Array.isArray(because) ? because.map(String) : [];
}

async function inTime<T>(work: Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patience);
  });
  // Whatever went wrong, the page says that it got no answer.
  const answer = work.catch(() => null);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a service says for a time and is none is as if it said nothing: no one of them spoils the page about all. */
function timeIn(text: string | null | undefined): number | null {
  const time = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
