/**
 * Asking for access, and what comes of it: a doctor asks, her patient opens what she asks, declines it, or shares.
 *
 * A doctor names her patient by a chart she sees something of; there is no other way, as any other would tell her whether somebody
 * is a patient here. Her request is sealed to the card of that chart's owner, and the owner's word comes back signed. To grant is to
 * share as ever (`share.ts`), with the request answered in the same act.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import { checkWish, readWish, requestDays, type Wish, wishParts } from '@carelet/care/rules/sharing/requests';
import { type Bytes, type Cbor, cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import type { Card, CardKind } from '@carelet/crypto/cards/card';
import { foundingHash } from '@carelet/crypto/cards/manifest';
import {
  openRequest,
  type RequestAnswer,
  type RequestCopy,
  type RequestPlace,
  sealRequest,
  signAnswer,
  verifyAnswer,
} from '@carelet/crypto/pre/requests';
import { verifyDeed } from '@carelet/crypto/records/chart';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { ChartRef } from '../records/reader.ts';
import { believedCards } from '../records/reading/believed.ts';

export type Asking = { readonly keyring: Keyring; readonly cloud: Cloud; readonly clock?: () => number };

/** Where a request lies: enough to answer it or to take it back. */
export type RequestRef = { readonly pat: Bytes; readonly request: Bytes };

/** A request that waits for its patient's decision. */
export type ReceivedRequest = RequestRef & {
  /** The card number of the doctor who asks; two issuers vouch for it. */
  readonly doctor: Bytes;
  /** UTC seconds, as she signed it. */
  readonly asked: number;
  readonly wish: Wish;
};

/** A request one made, and what its patient said. */
export type MadeRequest = RequestRef & {
  readonly owner: Bytes;
  readonly asked: number;
  readonly wish: Wish;
  readonly state: 'waits' | RequestAnswer;
};

/** How far a doctor's clock may be ahead, seconds. */
const skew = 600;

/**
 * Asks the owner of a chart; gives the request's number.
 *
 * @throws {CareletError} `invalid` for a wish that cannot be, `denied` for a chart of which nothing opens, `missing` for a patient
 *   without a keyring, `conflict` when too many wait already, `tampered` for a chart that is not its owner's
 */
export async function askAccess({ keyring, cloud, clock = Date.now }: Asking, chart: ChartRef, wish: Wish): Promise<RequestRef> {
  const op = 'ask for access';
  checkWish(wish, dayOf(clock()));
  const now = () => Math.floor(clock() / 1000);
  const cards = believedCards(keyring, cloud, now);
  await cards.learn([chart.owner, chart.writer]);
  const [owner, writer] = [cards.of(chart.owner), cards.of(chart.writer)];
  if (writer?.kind !== 'organisation' || !verifyDeed(writer.edVk, chart, chart.deed) || !owner) {
    throw new CareletError('tampered', op, { because: 'nobody vouches that this chart is its owner’s' });
  }
  if (owner.kind !== 'patient')
    throw new CareletError('missing', op, { because: 'this patient has no keyring yet, so nobody could answer' });
  const place = placeOf(keyring, { pat: chart.pat, request: systemRandom(16), patient: owner.id, doctor: keyring.card.id });
  const asked = { asked: now(), content: cbor(wishParts(wish)) };
  const sealed = sealRequest(keyring.secrets.edSk, place, asked, { patient: owner.hybridPk, doctor: keyring.card.hybridPk });
  const { pat, request } = place;
  await cloud.requests.ask({ pat, request, sealed: sealed.patient, own: sealed.doctor });
  return { pat, request };
}

/** Takes a request back that waits. */
export const withdrawRequest = async ({ cloud }: Asking, { pat, request }: RequestRef): Promise<void> =>
  cloud.requests.withdraw({ pat, request });

/** What a patient is asked. */
export type ReceivedRequests = {
  readonly requests: readonly ReceivedRequest[];
  /** How many the cloud brought that no doctor of this town asked of her so, or that are too old: nobody can say more of them. */
  readonly unreadable: number;
};

/** The requests that wait for one's decision, the newest first; one whose last day is over is nobody's to decide any more. */
export async function requestsReceived({ keyring, cloud, clock = Date.now }: Asking): Promise<ReceivedRequests> {
  const now = () => Math.floor(clock() / 1000);
  const cards = believedCards(keyring, cloud, now);
  const offered = unlike((await cloud.requests.list()).received, ({ pat, doctor, request }) => [pat, doctor, request]);
  await cards.learn(offered.map(({ doctor }) => doctor));
  const read = offered.map(({ pat, request, doctor, sealed }): ReceivedRequest | null => {
    const place = placeOf(keyring, { pat, request, patient: keyring.card.id, doctor });
    const opened = open(keyring, place, 'patient', ofKind(cards.of(doctor), 'doctor'), sealed);
    const fresh = opened && opened.asked <= now() + skew && opened.asked > now() - requestDays * 86_400 - skew;
    return fresh ? { pat, request, doctor, ...opened } : null;
  });
  const requests = read.filter((one) => one !== null);
  return {
    requests: requests.filter(({ wish }) => wish.until >= dayOf(clock())).sort((a, b) => b.asked - a.asked),
    unreadable: read.length - requests.length,
  };
}

/** The requests one made in the last thirty days: first what waits, then what was granted, the newest first. What the cloud says of an answer counts once its patient signed it. */
export async function requestsMade({ keyring, cloud, clock = Date.now }: Asking): Promise<MadeRequest[]> {
  const cards = believedCards(keyring, cloud, () => Math.floor(clock() / 1000));
  const offered = unlike((await cloud.requests.list()).made, ({ pat, request }) => [pat, request]);
  await cards.learn(offered.map(({ owner }) => owner));
  return offered
    .flatMap(({ pat, request, owner, own, answer }): MadeRequest[] => {
      const place = placeOf(keyring, { pat, request, patient: owner, doctor: keyring.card.id });
      const opened = open(keyring, place, 'doctor', keyring.card, own);
      if (!opened) return [];
      const patient = ofKind(cards.of(owner), 'patient');
      const said = answer && patient && verifyAnswer(patient.edVk, place, answer.word, answer.signature) ? answer.word : null;
      return [{ pat, request, owner, ...opened, state: said ?? 'waits' }];
    })
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.asked - a.asked);
}

/** The same of somebody who goes by several numbers: each with whoever made it. */
export async function requestsMadeBy(all: readonly Asking[]): Promise<(MadeRequest & { readonly by: Asking })[]> {
  const each = await Promise.all(all.map(async (by) => (await requestsMade(by)).map((one) => ({ ...one, by }))));
  return each.flat();
}

const order: readonly MadeRequest['state'][] = ['waits', 'granted', 'declined'];

/** Declines a request: what it said is gone, and its doctor learns the word and no reason. */
export async function declineRequest({ keyring, cloud }: Asking, { pat, request, doctor }: RequestRef & { doctor: Bytes }): Promise<void> {
  const signature = signAnswer(keyring.secrets.edSk, { pat, request, doctor }, 'declined');
  await cloud.requests.decline({ pat, request, doctor, signature });
}

/** What goes with a grant that answers a request. */
export const grantedAnswer = ({ secrets }: Keyring, { pat, request }: RequestRef, doctor: Bytes) => ({
  ...{ pat, request },
  signature: signAnswer(secrets.edSk, { pat, request, doctor }, 'granted'),
});

const placeOf = ({ manifest }: Keyring, place: Omit<RequestPlace, 'town'>): RequestPlace => ({ town: foundingHash(manifest), ...place });

const ofKind = (card: Card | null, kind: CardKind): Card | null => (card?.kind === kind ? card : null);

function open({ secrets }: Keyring, place: RequestPlace, copy: RequestCopy, doctor: Card | null, sealed: Bytes) {
  const opened = doctor && openRequest(secrets.hybridSk, place, copy, doctor.edVk, sealed);
  if (!opened) return null;
  let parts: Cbor;
  try {
    parts = uncbor(opened.content);
  } catch {
    return null;
  }
  const wish = readWish(parts);
  return wish && { asked: opened.asked, wish };
}

/** Each once, whatever the cloud repeats. */
const unlike = <One>(all: readonly One[], name: (one: One) => readonly Bytes[]): One[] => [
  ...new Map(all.map((one) => [name(one).map(hex).join(), one])).values(),
];
