/**
 * The town's cloudlets: the one of a clinic, and the one that showed a pairing code.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { cloudletsOf } from '@carelet/client/cloudlets';
import type { Holders } from '@carelet/client/enrolment';
import { keyServersAt } from '@carelet/client/kdc/servers';
import type { Keyring } from '@carelet/client/keyring/keyring';
import { connectAuthority, connectCloudlet } from '@carelet/client/login';
import { listedBy } from '@carelet/client/sharing/people';
import { begin, newDevice } from '@carelet/crypto/session/device';
import type { Pairing } from '@carelet/crypto/session/pairing';
import type { TownAddresses } from '@carelet/testbed/town';
import type { Io } from './io.ts';
import type { Person } from './person.ts';

export type CloudletAddress = TownAddresses['cloudlets'][number];

/**
 * The cloudlet of a clinic, by its name or the beginning of it.
 *
 * @throws {CareletError} `missing` for none, `conflict` for several
 */
export function cloudletOf({ cloudlets }: TownAddresses, who: string): CloudletAddress {
  const op = 'find cloudlet';
  const wanted = who.trim().toLowerCase();
  const exact = cloudlets.filter(({ organisation }) => organisation.toLowerCase() === wanted);
  const found = exact.length > 0 ? exact : cloudlets.filter(({ organisation }) => organisation.toLowerCase().startsWith(wanted));
  const all = cloudlets.map(({ organisation }) => organisation).join(', ');
  const [first] = found;
  if (!first) throw new CareletError('missing', op, { subject: who, because: `no such clinic has one; there are ${all || 'none'}` });
  if (found.length === 1) return first;
  throw new CareletError('conflict', op, {
    subject: who,
    because: `it could be any of ${found.map(({ organisation }) => organisation).join(', ')}`,
  });
}

/** The other parties in what patients share: the clinics' cloudlets, the key servers, and who lists the doctors. */
export const partiesFor = (town: TownAddresses, keyring: Keyring, clock: () => number) => ({
  cloudletOf: cloudletsFor(town, keyring, clock),
  keyServers: keyServersAt(town.authority, keyring, clock),
  directory: listedBy(connectAuthority(town.authority, keyring, clock)),
});

/** `cloudletsOf` the town's addresses. */
export const cloudletsFor = ({ cloudlets }: TownAddresses, keyring: Keyring, clock: () => number) =>
  cloudletsOf(
    cloudlets.map(({ organisation, url }) => ({ organisation, where: url })),
    keyring,
    clock,
  );

/** Where parts of doctors' keys lie in this town, for an administrator who ends some. */
export const holdersFor = ({ cloud, keyring, town }: Person, { clock }: Pick<Io, 'clock'>): Holders => ({
  cloud,
  cloudlets: town.cloudlets.map(({ url }) => connectCloudlet(url, keyring, clock)),
});

/**
 * The cloudlet whose keys stand in a pairing code: the one with which a device so paired would begin a session.
 *
 * @param now UTC seconds
 */
export async function cloudletThatShowed({ cloudlets }: TownAddresses, pairing: Pairing, now: number): Promise<CloudletAddress> {
  const silent: string[] = [];
  for (const one of cloudlets) {
    try {
      const { staticPublicKey, announcement } = await connectCloudlet(one.url, null).sessions.announcement();
      if (begin(newDevice(pairing), staticPublicKey, announcement, { now, trusted: true })) return one;
    } catch (thrown) {
      if (!(thrown instanceof CareletError) || thrown.kind !== 'unavailable') throw thrown;
      silent.push(one.organisation);
    }
  }
  throw new CareletError('missing', 'find cloudlet', {
    because:
      silent.length > 0
        ? `none that answers has shown this code, and the one of ${silent.join(' and ')} does not answer`
        : 'none of this town has shown this code; name it with --cloudlet <url>',
  });
}
