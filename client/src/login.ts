/**
 * Speaking with the services as somebody: each request signed by one's card, the card shown when a service
 * does not know it yet.
 *
 * @module
 */
import { type ConnectOptions, connect } from '@carelet/care/wire';
import { authorityContract } from '@carelet/care/wire/contract/authority';
import { cloudContract } from '@carelet/care/wire/contract/cloud';
import { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { introducing } from '@carelet/care/wire/introduce';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { type Card, encodeCard } from '@carelet/crypto/cards/card';
import type { CardSecrets } from '@carelet/crypto/cards/owner';
import { signRequest } from '@carelet/crypto/login/request';

export type Cloud = RoleOf<typeof cloudContract>;
export type Cloudlet = RoleOf<typeof cloudletContract>;
export type Authority = RoleOf<typeof authorityContract>;

/** Somebody who can sign: a keyring fits. */
export type Signer = { readonly card: Card; readonly secrets: CardSecrets };

/** Where a service is: its URL, or its fetch handler when it runs in this process. */
export type Where = string | ((request: Request) => Promise<Response>);

export const connectCloud = (where: Where, as: Signer | null, clock?: () => number): Cloud => signedRole(cloudContract, where, as, clock);
export const connectCloudlet = (where: Where, as: Signer | null, clock?: () => number): Cloudlet =>
  signedRole(cloudletContract, where, as, clock);
export const connectAuthority = (where: Where, as: Signer | null, clock?: () => number): Authority =>
  signedRole(authorityContract, where, as, clock);

type AnyContract = typeof cloudContract | typeof cloudletContract | typeof authorityContract;
type Presenting = { login: { present(input: { card: Bytes; with: Bytes[] }): Promise<void> } };

function signedRole<C extends AnyContract>(contract: C, where: Where, as: Signer | null, clock: () => number = Date.now): RoleOf<C> {
  const options: ConnectOptions = {
    ...(typeof where === 'string' ? { url: where } : { fetch: where }),
    clock,
    ...(as && {
      authorize: async ({ op, body, skew }) =>
        signRequest({ id: as.card.id, edSk: as.secrets.edSk }, { audience: contract.name, op, body }, Math.floor((clock() + skew) / 1000)),
    }),
  };
  const role = connect<C>(contract, options);
  if (!as) return role;
  const present = () => (role as unknown as Presenting).login.present({ card: encodeCard(as.card), with: [] });
  return introducing(role as object, present) as RoleOf<C>;
}
