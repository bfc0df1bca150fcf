/**
 * What giving has in common, whether a clinic mediates or the key servers do: which charts are meant, whose cards are believed, and all
 * charts or none.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import { type Consent, checkConsent } from '@carelet/care/rules/sharing/consent';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { type Card, cardStands, decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import type { OwnChart } from '@carelet/crypto/kdc/asking';
import type { GivenGrant, Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { ChartRef } from '../records/reader.ts';
import { endedBy, grantIn } from './heirs.ts';
import { refuseDenied } from './limits.ts';
import type { Listed } from './people.ts';

/** The patient who gives, and the cloud as she meets it. */
type Giving = {
  readonly keyring: Keyring;
  readonly save: () => Promise<void>;
  readonly cloud: Cloud;
  readonly clock?: () => number;
  readonly directory?: () => Promise<readonly Listed[]>;
};

/** What is to be given, to whom, of which charts. */
type Meant = {
  /** The card number of whoever is let read. */
  readonly reader: Bytes;
  readonly consent: Consent;
  /** All of the patient's unless told. */
  readonly charts?: readonly Bytes[] | undefined;
};

const op = 'share records';

/**
 * The charts of hers that are meant, once it is settled that this reader may be given something.
 *
 * @throws {CareletError} `invalid` for a consent that cannot be, or to oneself, `missing` where no chart is meant, `conflict` for somebody
 *   whom she denies
 */
export async function chartsMeant(
  { keyring, cloud, clock = Date.now, directory }: Giving,
  { reader, consent, charts }: Meant,
): Promise<ChartRef[]> {
  checkConsent(consent, dayOf(clock()));
  if (equalPublic(reader, keyring.card.id)) throw new CareletError('invalid', op, { because: 'what is yours you read already' });
  const mine = (await cloud.records.charts()).charts.filter(({ owner }) => equalPublic(owner, keyring.card.id));
  const meant = mine.filter(({ pat }) => !charts || charts.some((one) => equalPublic(one, pat)));
  if (meant.length === 0) throw new CareletError('missing', op, { because: 'no chart of yours is meant' });
  await refuseDenied({ keyring, cloud, ...(directory && { directory }) }, meant, reader);
  return meant;
}

/**
 * A card from the cloud or a cloudlet, once the manifest's issuers vouch for it and it is the one that was asked for: of a patient's
 * its number says so, which comes from its keys.
 *
 * @param now UTC seconds
 * @throws {CareletError} `tampered`
 */
export function believed({ manifest }: Pick<Keyring, 'manifest'>, bytes: Bytes, kind: Card['kind'], id: Bytes, now: number): Card {
  const card = decodeCard(bytes);
  if (card?.kind === kind && equalPublic(card.id, id) && cardStands(card, manifest, now)) return card;
  throw new CareletError('tampered', op, { because: `the ${kind}’s card is not the one that was asked for, or nobody vouches for it` });
}

/**
 * The same of a card that is asked for at the cloud.
 *
 * @throws {CareletError} `missing` where the cloud has none, `tampered` for another
 */
export async function cardAtCloud(
  { keyring, cloud, clock = Date.now }: Pick<Giving, 'keyring' | 'cloud' | 'clock'>,
  id: Bytes,
  kind: Card['kind'],
): Promise<Card> {
  const [bytes] = (await cloud.login.cards({ ids: [id] })).cards;
  if (!bytes) throw new CareletError('missing', op, { because: 'whoever is meant has not been seen at the cloud yet' });
  return believed(keyring, bytes, kind, id, Math.floor(clock() / 1000));
}

/** What shows others whose chart it is: the deed, and the card of the writer who signed it. */
export const shownChart = async (
  options: Pick<Giving, 'keyring' | 'cloud' | 'clock'>,
  { writer, deed }: Pick<ChartRef, 'writer' | 'deed'>,
): Promise<OwnChart> => ({ writer: encodeCard(await cardAtCloud(options, writer, 'organisation')), deed });

/** A grant about to be given: of this number, for this chart, with which these end. */
export type Next = { readonly chart: ChartRef; readonly grant: Bytes; readonly ends: readonly Bytes[]; readonly isLast: boolean };

/**
 * Gives a grant for each chart; where one cannot be given, what was given of it, or may have been, is taken back. Where nobody can be
 * reached it does not count as holding, and they are told the next time.
 *
 * @param instead numbers of the grants in whose place these are
 * @param end tells whoever holds a part of a grant that it is over
 */
export async function allOrNone(
  { keyring, save }: Pick<Giving, 'keyring' | 'save'>,
  charts: readonly ChartRef[],
  instead: readonly Bytes[] | undefined,
  give: (next: Next) => Promise<GivenGrant>,
  end: (given: GivenGrant) => Promise<unknown>,
): Promise<GivenGrant[]> {
  const numbers = charts.map(() => systemRandom(16));
  const given: GivenGrant[] = [];
  try {
    for (const [i, chart] of charts.entries()) {
      const ends = endedBy(keyring, instead, charts, chart);
      given.push(await give({ chart, grant: numbers[i]!, ends, isLast: i === charts.length - 1 }));
    }
    return given;
  } catch (thrown) {
    for (const number of numbers) await withdraw(number);
    throw thrown;
  }

  async function withdraw(number: Bytes): Promise<void> {
    const one = grantIn(keyring, number);
    if (!one) return;
    // In whose place it was to be, that stays.
    one.ends = [];
    try {
      await end(one);
    } catch {
      const now = grantIn(keyring, number)!;
      now.holds = { ...now.holds, mediator: false };
      await save();
    }
  }
}
