/**
 * Key distribution: the authority carries what people and the key servers say to each other. Both ways it is closed, so it learns
 * that somebody asks, and neither who nor for what; it can keep things back, and so can each server by itself.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { authorityContract } from '@carelet/care/wire/contract/authority';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import type { KnownCaller } from '@carelet/ground/login';
import type { Issuers } from './issuers.ts';

export function kdc(issuers: Issuers, caller: KnownCaller | null): RoleOf<typeof authorityContract>['kdc'] {
  return {
    async found() {
      if (!caller) throw new CareletError('denied', 'make key servers', { because: 'the request is not signed' });
      await issuers.foundKeyServers();
    },

    async servers() {
      // One that is away shows no keys, and nothing is said to it.
      const keys = [0, 1, 2].map((place) =>
        issuers
          .one(place)
          .town.keys()
          .then(({ keys: bytes }) => bytes)
          .catch(() => null),
      );
      return { keys: await Promise.all(keys) };
    },

    carry: ({ server, sealed }) => issuers.one(server - 1).kdc.answer({ sealed }),
  };
}
