/**
 * The places behind each door, in the order of rail and bar. A page that comes later adds its line here.
 *
 * @module
 */
import type { Door } from '../house/house.ts';
import { paths } from '../paths.ts';
import type { IconName } from '../ui/Icon.tsx';

export type Place = { readonly id: string; readonly icon: IconName; readonly href: string; readonly key: string };

export const places: Readonly<Record<Door, readonly Place[]>> = {
  patient: [
    { id: 'home', icon: 'house', href: paths.patient.home, key: 'h' },
    { id: 'records', icon: 'clipboard-text', href: paths.patient.records, key: 'r' },
    { id: 'sharing', icon: 'users', href: paths.patient.sharing, key: 's' },
  ],
  doctor: [
    { id: 'today', icon: 'pulse', href: paths.doctor.today, key: 't' },
    { id: 'patients', icon: 'users', href: paths.doctor.patients, key: 'p' },
  ],
  admin: [
    { id: 'status', icon: 'gauge', href: paths.admin.status, key: 's' },
    { id: 'devices', icon: 'watch', href: paths.admin.devices, key: 'd' },
    { id: 'people', icon: 'identification-card', href: paths.admin.people, key: 'p' },
  ],
};

export const accountOf: Readonly<Record<Door, string>> = {
  patient: paths.patient.account,
  doctor: paths.doctor.account,
  admin: paths.admin.account,
};

/** Which place an address lies in; `null` for the account. */
export function placeAt(door: Door, address: string): string | null {
  if (address.startsWith(accountOf[door])) return null;
  const inside = places[door].filter(({ href }) => address === href || address.startsWith(`${href}/`));
  // The first place is the root of its door: a longer match wins, and what lies nowhere else lies there.
  const best = inside.sort((a, b) => b.href.length - a.href.length)[0];
  if (best && (best.href !== places[door][0]!.href || address === best.href)) return best.id;
  return address.includes('/vitals/') ? places[door][1]!.id : (best?.id ?? null);
}
