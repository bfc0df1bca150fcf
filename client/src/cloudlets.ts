/**
 * The cloudlets of a town, by the organisations of its manifest.
 *
 * @module
 */
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import type { Keyring } from './keyring/keyring.ts';
import { type Cloudlet, connectCloudlet, type Where } from './login.ts';

/** Where cloudlets are, by the names of their organisations. */
export type CloudletPlace = { readonly organisation: string; readonly where: Where };

/** Connects to the cloudlet of an organisation by its card's number; `null` where nobody knows one. */
export const cloudletsOf =
  (places: readonly CloudletPlace[], keyring: Keyring, clock: () => number) =>
  (organisation: Bytes): Cloudlet | null => {
    const name = keyring.manifest.domains.find((domain) => equalPublic(domain.organisation, organisation))?.name;
    const place = places.find((one) => one.organisation === name);
    return place ? connectCloudlet(place.where, keyring, clock) : null;
  };
