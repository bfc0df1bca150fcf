/**
 * Organisations' domains as a service that holds parts of keys knows them: what is of a domain that was retired is not served.
 *
 * [Note: The newest word] That a domain was retired stands in the manifest alone. So whoever brings something of a domain that is
 * not the one we know has the authority asked, and a service that has just started asks before it serves.
 *
 * @module
 */
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { attempt } from '@carelet/crypto/algebra/strict';
import type { Manifest } from '@carelet/crypto/cards/manifest';
import { idOfDomain } from '@carelet/crypto/kp-abe/domain';
import type { Town } from './town.ts';

export type Domains = {
  /** Whether the town names the domain of this id for an organisation, today. */
  isToday(organisation: Bytes, id: Bytes): Promise<boolean>;
  /**
   * What stands under this number today: an organisation's domain, or its emergencies; `null` for neither. The authority is asked only
   * about a number that was not heard of.
   */
  kindOf(number: Bytes): Promise<'domain' | 'emergency' | null>;
  /** Takes the town's newest manifest from whoever brings it, and takes away what is kept of domains that it retired. */
  take(manifest: Bytes): Promise<void>;
  /** Asks the authority, unless it was asked since the start. */
  ready(): Promise<void>;
  /** Asks the authority, and takes away what is kept of domains that were retired. */
  hear(): Promise<void>;
};

/**
 * @param town one that may be asked at any moment
 * @param forget takes away what the service keeps of domains other than these; throws where it knows better
 */
export function domainsIn(town: Town, forget: (today: readonly DomainToday[]) => Promise<void>): Domains {
  let heard: readonly DomainToday[] | null = null;

  const note = async (manifest: Manifest): Promise<readonly DomainToday[]> => {
    const today = domainsToday(manifest);
    await forget(today);
    heard = today;
    return today;
  };
  const hear = async () => note(await town.refresh());
  const named = (today: readonly DomainToday[], organisation: Bytes, id: Bytes): boolean =>
    today.some((one) => equalPublic(one.organisation, organisation) && equalPublic(one.id, id));

  const under = (today: readonly DomainToday[], number: Bytes) => today.find(({ organisation }) => equalPublic(organisation, number));

  return {
    async kindOf(number) {
      const one = under(heard ?? [], number) ?? under(await hear(), number);
      return one ? (isForEmergencies(one) ? 'emergency' : 'domain') : null;
    },
    isToday: async (organisation, id) => named(heard ?? [], organisation, id) || named(await hear(), organisation, id),
    async take(manifest) {
      await note(await town.take(manifest));
    },
    async ready() {
      if (!heard) await hear();
    },
    async hear() {
      await hear();
    },
  };
}

/**
 * The domain an organisation seals for, by its id. What is for its emergencies stands under a number of its own, which is their
 * security domain's id as well.
 */
export type DomainToday = { readonly organisation: Bytes; readonly id: Bytes };

/** Whether it is one of emergencies. */
export const isForEmergencies = ({ organisation, id }: DomainToday): boolean => equalPublic(organisation, id);

const domainsToday = ({ domains }: Manifest): DomainToday[] =>
  domains.flatMap(({ organisation, publicKey, emergency }) => {
    const id = attempt(() => idOfDomain(publicKey));
    return [...(id ? [{ organisation, id }] : []), ...(emergency ? [{ organisation: emergency, id: emergency }] : [])];
  });
