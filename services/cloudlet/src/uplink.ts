/**
 * The way up: the cloud as this clinic speaks with it.
 *
 * @module
 */
import { connect } from '@carelet/care/wire';
import { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { introducing } from '@carelet/care/wire/introduce';
import { encodeCard } from '@carelet/crypto/cards/card';
import { signRequest } from '@carelet/crypto/login/request';
import type { Organisation } from './organisation.ts';

export type CloudRole = RoleOf<typeof cloudContract>;

/** The cloud at this address, every request signed as the clinic. */
export function uplink(url: string, { card, edSk }: Organisation, clock: () => number): CloudRole {
  const role = connect(cloudContract, {
    url,
    clock,
    authorize: async ({ op, body, skew }) =>
      signRequest({ id: card.id, edSk }, { audience: 'cloud', op, body }, Math.floor((clock() + skew) / 1000)),
  });
  return introducing(role, () => role.login.present({ card: encodeCard(card), with: [] }));
}
