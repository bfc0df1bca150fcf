/**
 * The clinics' devices, as an administrator sees them.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { connectCloudlet } from '@carelet/client/login';
import { hex } from '@carelet/crypto/algebra/bytes';
import { pairingLifetime } from '@carelet/crypto/session/pairing';
import type { AdminHouse, ClinicDevices, DeviceLine } from '../house/admin.ts';
import type { Person } from './person.ts';
import type { TownMap } from './surroundings.ts';

/** Every clinic's devices; a clinic whose box does not answer says nothing, and spoils no other's list. */
export function clinicDevices({ cloudlets }: TownMap, { keyring }: Person, clock: () => number): Promise<ClinicDevices[]> {
  return Promise.all(
    cloudlets.map(async ({ organisation, where }) => {
      const { devices } = await connectCloudlet(where, keyring, clock)
        .devices.list()
        .catch((thrown: unknown) => {
          if (thrown instanceof CareletError && thrown.kind === 'denied') throw thrown;
          return { devices: null };
        });
      return { organisation, devices: devices === null ? null : devices.map(line) };
    }),
  );
}

/** @throws {CareletError} `missing` for a clinic that has no box */
export async function offerDevice(
  map: TownMap,
  { keyring }: Person,
  organisation: string,
  clock: () => number,
): ReturnType<AdminHouse['pairDevice']> {
  const expires = clock() + pairingLifetime * 1000;
  const { code, device } = await connectCloudlet(boxOf(map, organisation), keyring, clock).sessions.pair();
  return { code, device: hex(device), expires };
}

/** @throws {CareletError} `missing` for a clinic that has no box, or a device that it does not know */
export const endDevice = (map: TownMap, { keyring }: Person, organisation: string, device: string, clock: () => number): Promise<void> =>
  connectCloudlet(boxOf(map, organisation), keyring, clock).devices.end({ device });

function boxOf({ cloudlets }: TownMap, organisation: string) {
  const found = cloudlets.find((one) => one.organisation === organisation);
  if (!found)
    throw new CareletError('missing', 'look after devices', { subject: organisation, because: 'this clinic has no cloudlet here' });
  return found.where;
}

type Told = Awaited<ReturnType<ReturnType<typeof connectCloudlet>['devices']['list']>>['devices'][number];

const line = ({ device, person, expires, lastSeen, lastStrip, ...rest }: Told): DeviceLine => ({
  ...rest,
  id: device,
  person: person === null ? null : person.toUpperCase(),
  expires: timeOf(expires),
  lastSeen: timeOf(lastSeen),
  lastReading: timeOf(lastStrip),
});

function timeOf(text: string | null): number | null {
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : time;
}
