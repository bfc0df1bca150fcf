/**
 * What pages ask the house, each with the name it is remembered by.
 *
 * Everything about a patient begins with `['patient', id]`: when something new lies in a chart, that is asked again.
 *
 * @module
 */
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { house } from './house/front.ts';
import type { ItemFilter } from './house/house.ts';
import type { VitalName } from './house/vitals.ts';

export const makeQueries = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      // What lies in the worker is as new as it gets: it tells when that changes.
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 5 * 60_000,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });

export const ask = {
  resting: () => queryOptions({ queryKey: ['resting'], queryFn: () => house.resting() }),
  patients: () => queryOptions({ queryKey: ['patients'], queryFn: () => house.patients() }),
  triage: () => queryOptions({ queryKey: ['triage'], queryFn: () => house.triage() }),
  overview: (patient: string) => queryOptions({ queryKey: ['patient', patient, 'overview'], queryFn: () => house.overview(patient) }),
  items: (patient: string, filter: ItemFilter) =>
    queryOptions({ queryKey: ['patient', patient, 'items', filter], queryFn: () => house.items(patient, filter) }),
  item: (patient: string, item: string) =>
    queryOptions({ queryKey: ['patient', patient, 'item', item], queryFn: () => house.item(patient, item) }),
  vital: (patient: string, vital: VitalName, days: number) =>
    queryOptions({
      queryKey: ['patient', patient, 'vital', vital, days],
      queryFn: () => house.vital(patient, vital, days),
      placeholderData: (before) => before,
    }),
  trace: (patient: string, item: string) =>
    queryOptions({ queryKey: ['patient', patient, 'trace', item], queryFn: () => house.trace(patient, item) }),
  /** Live: asked anew whenever the pane is opened. */
  proof: (patient: string, item: string) =>
    queryOptions({ queryKey: ['proof', patient, item], queryFn: () => house.proof(patient, item), staleTime: 0, gcTime: 0 }),
  /** Whom one lets read, every few seconds while somebody looks: another copy of the keyring may change it, and days end it. */
  whoReads: () =>
    queryOptions({ queryKey: ['sharing', 'whoReads'], queryFn: () => house.whoReads(), staleTime: 0, refetchInterval: 10_000 }),
  /** How one's charts are limited, now and then while somebody looks: a hospital follows with its next records. */
  limits: () => queryOptions({ queryKey: ['sharing', 'limits'], queryFn: () => house.limits(), staleTime: 0, refetchInterval: 30_000 }),
  /** What doctors ask, every few seconds while somebody looks: it may come, be taken back or end. */
  requests: () => queryOptions({ queryKey: ['requests'], queryFn: () => house.requests(), staleTime: 0, refetchInterval: 10_000 }),
  /** What was opened in emergencies, every few seconds while somebody looks. */
  emergencies: () => queryOptions({ queryKey: ['emergencies'], queryFn: () => house.emergencies(), staleTime: 0, refetchInterval: 10_000 }),
  /** Emergencies at an administrator's organisation, every few seconds while somebody looks. */
  reviews: () => queryOptions({ queryKey: ['reviews'], queryFn: () => house.reviews(), staleTime: 0, refetchInterval: 10_000 }),
  /** What a doctor asked of a patient; told anew when something changes in her chart, and looked for beside that. */
  asked: (patient: string) =>
    queryOptions({
      queryKey: ['patient', patient, 'asked'],
      queryFn: () => house.asked(patient),
      staleTime: 0,
      refetchInterval: 10_000,
    }),
  /** Who shares with one as a carer; told anew with what lies in anybody's records. */
  sharedWithMe: () => queryOptions({ queryKey: ['patients', 'sharedWithMe'], queryFn: () => house.sharedWithMe() }),
  /** A doctor's own roles, every few seconds while somebody looks. */
  roles: () => queryOptions({ queryKey: ['roles'], queryFn: () => house.roles(), staleTime: 0, refetchInterval: 3_000 }),
  people: () => queryOptions({ queryKey: ['sharing', 'people'], queryFn: () => house.people(), staleTime: 0 }),
  directory: () => queryOptions({ queryKey: ['sharing', 'directory'], queryFn: () => house.directory(), staleTime: 0 }),
  teams: () => queryOptions({ queryKey: ['sharing', 'teams'], queryFn: () => house.teams(), staleTime: 0 }),
  /** Who looked: checked anew whenever somebody comes to it. */
  receipts: () => queryOptions({ queryKey: ['receipts'], queryFn: () => house.receipts(), staleTime: 0 }),
  /** The town's counts, every few seconds while somebody looks. */
  town: () => queryOptions({ queryKey: ['town'], queryFn: () => house.town(), staleTime: 0, refetchInterval: 5_000 }),
  lately: () => queryOptions({ queryKey: ['lately'], queryFn: () => house.lately(), staleTime: 0, refetchInterval: 5_000 }),
  devices: () => queryOptions({ queryKey: ['devices'], queryFn: () => house.devices(), staleTime: 0, refetchInterval: 5_000 }),
  doctors: () => queryOptions({ queryKey: ['doctors'], queryFn: () => house.doctors(), staleTime: 0, refetchInterval: 10_000 }),
};
