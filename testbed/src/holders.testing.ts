/**
 * A cloud and a mediator of a test's own: whoever issuers seal their parts of doctors' keys to, with nothing behind them.
 *
 * @module
 */
import type { Issuing } from '@carelet/client/sharing/roles';
import { type Bytes, cbor, concat, hex } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { type Card, encodeCard } from '@carelet/crypto/cards/card';
import { openForCloud, openForDoctor, openForMediator } from '@carelet/crypto/cards/issued';
import type { CardSecrets } from '@carelet/crypto/cards/owner';
import { encodeServiceKey } from '@carelet/crypto/cards/service';
import { readTransform, transform } from '@carelet/crypto/kp-abe/cloud';
import { forLogin, mediate } from '@carelet/crypto/kp-abe/mediator';
import { factorCheck, finish } from '@carelet/crypto/kp-abe/reader';
import { hybridKeygen, sealTo } from '@carelet/crypto/ntru/hybrid';
import { lineTypes, printKey } from '@carelet/crypto/receipts/note';

type Doctor = { readonly card: Card; readonly secrets: CardSecrets };
/** What an issuer made, by its place. */
export type Part = { readonly issuer: number; readonly doctor: Bytes; readonly cloud: Bytes; readonly mediator: Bytes };
type Opened = {
  readonly domain: Bytes;
  readonly issuers: Bytes;
  readonly pq: Bytes;
  readonly transform: Bytes;
  /** The mediator's. */
  readonly agrees: Bytes;
  /** The doctor's. */
  readonly finishes: Bytes;
};

export type Holders = {
  /** The log of this cloud, as an authority names it. */
  readonly log: string;
  /** What issuers are shown when they are asked for keys. */
  servicesOf(house: Doctor): { readonly cloud: Bytes; readonly mediator: { readonly organisation: Bytes; readonly key: Bytes } };
  /** Everybody's parts of a key, opened. */
  opened(doctor: Doctor, organisation: Bytes, part: Part): Opened;
  /** Whether the three parts of one issuer belong together. */
  fits(opened: Opened): Promise<boolean>;
  /** What comes of a text when cloud, mediator and doctor each do their part; `null` when it does not open. */
  open(opened: readonly Opened[], context: Bytes, sealed: Bytes): Promise<Bytes | null>;
  /** The cloud and the cloudlet as a doctor who takes her keys meets them. */
  as(doctor: Doctor, house: Doctor): Omit<Issuing, 'authority'>;
};

export function holders(): Holders {
  const seed = signingKey();
  const log = { name: `log-${hex(seed.public.subarray(0, 8))}`, key: seed.public, secret: seed.secret };
  const [cloud, mediator] = [hybridKeygen(), hybridKeygen()];

  const servicesOf: Holders['servicesOf'] = ({ card, secrets }) => ({
    cloud: encodeServiceKey('cloud', cloud.publicKey, log.secret),
    mediator: { organisation: encodeCard(card), key: encodeServiceKey('mediator', mediator.publicKey, secrets.edSk) },
  });
  const baseOf = async (bytes: Bytes): Promise<Bytes> => readTransform(await loadGroup('mcl'), bytes)!.base;

  return {
    log: printKey(log, lineTypes.signature),
    servicesOf,

    opened({ card, secrets }, organisation, part) {
      const place = { doctor: card.id, organisation, issuer: part.issuer };
      const own = openForDoctor(secrets.hybridSk, place, part.doctor)!;
      const { transform: bytes } = openForCloud(cloud.secretKey, place, part.cloud)!;
      const { factor } = openForMediator(mediator.secretKey, place, part.mediator)!;
      return { domain: own.domain, issuers: own.issuers, pq: own.pq, transform: bytes, agrees: factor, finishes: own.factor };
    },

    async fits({ domain, issuers, transform: bytes, agrees, finishes }) {
      const group = await loadGroup('mcl');
      return factorCheck(group, domain, issuers, finishes, mediate(group, agrees, await baseOf(bytes))!);
    },

    async open(opened, context, sealed) {
      const group = await loadGroup('mcl');
      const answers = opened.map((one) => {
        const transformed = transform(group, readTransform(group, one.transform)!, sealed);
        return transformed && mediate(group, one.agrees, transformed);
      });
      if (answers.some((answer) => answer === null)) return null;
      const [{ domain, pq }] = opened as [Opened];
      const factors = opened.map(({ finishes }) => finishes);
      return finish(group, domain, factors, answers as Bytes[], context, sealed, { pq });
    },

    as({ card }, house) {
      let factors: Bytes[] = [];
      const asked: Issuing['cloud']['sharing'] = {
        service: async () => ({ key: servicesOf(house).cloud }),
        async enter({ transforms }) {
          const bases: Bytes[] = [];
          for (const { issuer, sealed } of transforms) {
            const place = { doctor: card.id, organisation: house.card.id, issuer };
            bases.push(await baseOf(openForCloud(cloud.secretKey, place, sealed)!.transform));
          }
          return { bases };
        },
      };
      const answered: NonNullable<ReturnType<Issuing['cloudletOf']>>['sharing'] = {
        async mediator() {
          return servicesOf(house).mediator;
        },
        keep: async () => {},
        async enter({ organisation, factors: brought }) {
          const split = brought.map(({ issuer, sealed }) =>
            forLogin(openForMediator(mediator.secretKey, { doctor: card.id, organisation, issuer }, sealed)!.factor),
          );
          factors = split.map(({ factor }) => factor);
          const login = systemRandom(16);
          const context = cbor(['carelet/v1/sharing/login', card.id, organisation, login]);
          return { login, session: sealTo(card.hybridPk, context, cbor(split.map(({ session }) => session))) };
        },
        async answer({ transformed }) {
          const group = await loadGroup('mcl');
          return {
            answers: transformed.map((both) =>
              concat(...factors.map((factor, i) => mediate(group, factor, both.subarray(576 * i, 576 * (i + 1)))!)),
            ),
          };
        },
        leave: async () => {},
      };
      return { cloud: { sharing: asked }, cloudletOf: () => ({ sharing: answered }) };
    },
  };
}
