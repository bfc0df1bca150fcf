/**
 * A doctor asks for access; her patient decides; what is granted opens. The cloud between them reads nothing of it and forges nothing.
 */
import { CareletError } from '@carelet/care/model';
import { consentOf, type Wish } from '@carelet/care/rules/sharing/requests';
import type { Keyring } from '@carelet/client/keyring/keyring';
import type { Cloud } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import type { ChartRef } from '@carelet/client/records/reader';
import {
  type Asking,
  askAccess,
  declineRequest,
  type ReceivedRequest,
  requestsMade,
  requestsReceived,
  withdrawRequest,
} from '@carelet/client/sharing/requests';
import { type SharingOptions, share, whoReads } from '@carelet/client/sharing/share';
import { cbor, hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { encodeCard } from '@carelet/crypto/cards/card';
import { foundingHash } from '@carelet/crypto/cards/manifest';
import { sealRequest, signAnswer } from '@carelet/crypto/pre/requests';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let harbour: Place;
let ada: Keyring;
let chen: Keyring;
let chart: ChartRef;

beforeAll(async () => {
  stage = await openStage();
  [northgate, harbour] = [await stage.place('northgate'), await stage.place('harbour')];
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'today', '2026-11-20T08:00:00Z'), result('p-ada', 'blood', '2026-11-18')]);
  ada = stage.patient('Ada');
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
  // Her role opens results and nothing else.
  chen = await stage.doctor('Dr Chen', { at: northgate, parts: ['MI'], kinds: ['laboratory'] });
  chart = (await stage.open(chen)).charts[0]!.chart;
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());
afterEach(() => stage.sql('delete from request'));

const as = (keyring: Keyring, cloud: Cloud = stage.cloudAs(keyring)): Asking => ({ keyring, cloud, clock: stage.clock });
const wish: Wish = { kinds: ['vital-signs'], sensitive: [], until: '2026-12-20', why: 'Your results make me want to see your pulse.' };
const options = (): SharingOptions => ({
  ...{ keyring: ada, save: async () => {}, cloud: stage.cloudAs(ada), mathematics: mathematicsHere, clock: stage.clock },
  cloudletOf: (organisation) => stage.cloudletOf(ada, organisation),
});
const decide = (answering: ReceivedRequest, wanted = answering.wish) =>
  share(options(), {
    ...{ doctor: answering.doctor, doctorName: 'Dr Chen', consent: consentOf(wanted), mediator: harbour.keyring.card.id },
    answering: { pat: answering.pat, request: answering.request },
  });
/** The cloud, where it answers a list with something else. */
const lying = (who: Keyring, list: (told: Awaited<ReturnType<Cloud['requests']['list']>>) => typeof told): Cloud => {
  const cloud = stage.cloudAs(who);
  return { ...cloud, requests: { ...cloud.requests, list: async () => list(await cloud.requests.list()) } };
};

test('what a doctor asks, her patient reads: who, what, until when, and why', async () => {
  await askAccess(as(chen), chart, wish);
  const { requests, unreadable } = await requestsReceived(as(ada));
  expect(unreadable).toBe(0);
  expect(requests).toMatchObject([{ pat: chart.pat, doctor: chen.card.id, asked: stage.clock() / 1000, wish }]);
  expect(await requestsMade(as(chen))).toMatchObject([{ owner: ada.card.id, wish, state: 'waits' }]);
});

test('granted, it opens in the same act, and its doctor learns that it does', async () => {
  await askAccess(as(chen), chart, wish);
  expect((await stage.open(chen)).ids).toEqual(['blood']);
  const [asked] = (await requestsReceived(as(ada))).requests;
  // She gives it for less time than was asked.
  await decide(asked!, { ...asked!.wish, until: '2026-11-30' });
  expect((await stage.open(chen)).ids).toEqual(['blood', 'today']);
  expect((await requestsReceived(as(ada))).requests).toEqual([]);
  expect(await requestsMade(as(chen))).toMatchObject([{ wish, state: 'granted' }]);
});

test('declined, nothing opens, and its doctor learns that and no more', async () => {
  await askAccess(as(chen), chart, wish);
  const [asked] = (await requestsReceived(as(ada))).requests;
  await declineRequest(as(ada), asked!);
  expect((await requestsReceived(as(ada))).requests).toEqual([]);
  expect(await requestsMade(as(chen))).toMatchObject([{ wish, state: 'declined' }]);
  expect(await refusal(decide(asked!))).toBe('conflict');
});

test('taken back while she decides, it is not granted any more, and nothing is shared', async () => {
  const held = whoReads(ada, stage.clock() / 1000).length;
  const made = await askAccess(as(chen), chart, wish);
  const [asked] = (await requestsReceived(as(ada))).requests;
  await withdrawRequest(as(chen), made);
  expect(await refusal(decide(asked!))).toBe('conflict');
  expect(whoReads(ada, stage.clock() / 1000)).toHaveLength(held);
  expect(await requestsMade(as(chen))).toEqual([]);
});

test('no doctor asks by a chart she sees nothing of, and she is told nothing of it', async () => {
  const diaz = await stage.doctor('Dr Diaz', { at: harbour, parts: ['MI'], kinds: ['immunizations'] });
  const because = (of: ChartRef) =>
    askAccess(as(diaz), of, wish).catch((thrown: unknown) => (thrown instanceof CareletError ? `${thrown.kind} ${thrown.because}` : ''));
  expect(await because(chart)).toBe('denied nothing of this chart opens to you');
  expect((await requestsReceived(as(ada))).requests).toEqual([]);
});

test('a chart that is not its owner’s by its writer’s word is not asked by: the request would be sealed to somebody else', async () => {
  const ivy = stage.patient('Ivy');
  await stage.cloudAs(ivy).login.present({ card: encodeCard(ivy.card), with: [] });
  expect(await refusal(askAccess(as(chen), { ...chart, owner: ivy.card.id }, wish))).toBe('tampered');
});

test('a wish that cannot be is not sent', async () => {
  for (const wrong of [
    { ...wish, why: '' },
    { ...wish, kinds: [] },
    { ...wish, until: '2026-11-19' },
  ])
    expect(await refusal(askAccess(as(chen), chart, wrong))).toBe('invalid');
});

test('what the cloud changed, swapped, invented or kept too long is counted and not shown; what is whole beside it is', async () => {
  await askAccess(as(chen), chart, wish);
  const [{ request: number }] = (await requestsReceived(as(ada))).requests as [ReceivedRequest];
  const lies: ((one: Received) => Received)[] = [
    (one) => ({ ...one, sealed: one.sealed.map((byte, at) => (at === 3000 ? byte ^ 1 : byte)) }),
    (one) => ({ ...one, sealed: systemRandom(one.sealed.length) }),
    (one) => ({ ...one, request: systemRandom(16) }),
    (one) => ({ ...one, pat: systemRandom(16) }),
    (one) => ({ ...one, doctor: northgate.keyring.card.id }),
    (one) => ({ ...one, doctor: systemRandom(16) }),
    (one) => ({ ...one, doctor: ada.card.id }),
    // Its doctor's own copy is not the patient's.
    (one) => ({ ...one, sealed: systemRandom(5374) }),
  ];
  for (const [i, lie] of lies.entries()) {
    const told = await requestsReceived(
      as(
        ada,
        lying(ada, (all) => ({ ...all, received: [...all.received, ...all.received.map(lie)] })),
      ),
    );
    // A lie under the very number of the true one takes its place in the list.
    const shown = told.requests.length;
    expect(told.unreadable, `lie ${i}`).toBe(1);
    expect(shown, `lie ${i}`).toBe([0, 1, 7].includes(i) ? 0 : 1);
  }
  const doubled = await requestsReceived(
    as(
      ada,
      lying(ada, (all) => ({ ...all, received: [...all.received, ...all.received] })),
    ),
  );
  expect(doubled).toMatchObject({ requests: [{ request: number }], unreadable: 0 });
  const before = stage.clock();
  const kept = await stage.cloudAs(ada).requests.list();
  stage.clock.to(new Date(before + 31 * 86_400_000).toISOString());
  expect(
    await requestsReceived(
      as(
        ada,
        lying(ada, () => kept),
      ),
    ),
  ).toEqual({ requests: [], unreadable: 1 });
  stage.clock.to(new Date(before).toISOString());
});

type Received = Awaited<ReturnType<Cloud['requests']['list']>>['received'][number];

test('what a vouched doctor signs, but is no wish, is counted and not shown', async () => {
  const asks = async (content: Uint8Array, asked = Math.floor(stage.clock() / 1000)) => {
    const place = {
      town: foundingHash(chen.manifest),
      request: systemRandom(16),
      pat: chart.pat,
      patient: ada.card.id,
      doctor: chen.card.id,
    };
    const keys = { patient: ada.card.hybridPk, doctor: chen.card.hybridPk };
    const { patient: sealed, doctor: own } = sealRequest(chen.secrets.edSk, place, { asked, content }, keys);
    await stage.cloudAs(chen).requests.ask({ pat: place.pat, request: place.request, sealed, own });
  };
  await asks(new Uint8Array([0xff, 0xff]));
  await asks(cbor([1, ['gossip'], [], '2026-12-20', 'why']));
  await asks(cbor([1, ['conditions'], [], '2026-12-20', 'why']), Math.floor(stage.clock() / 1000) + 86_400);
  expect(await requestsReceived(as(ada))).toEqual({ requests: [], unreadable: 3 });
  expect((await requestsMade(as(chen))).map(({ wish: { kinds } }) => kinds)).toEqual([['conditions']]);
});

test('an answer the patient did not sign is none, whatever the cloud says', async () => {
  await askAccess(as(chen), chart, wish);
  const other = { pat: chart.pat, request: systemRandom(16), doctor: chen.card.id };
  for (const signature of [
    systemRandom(64),
    signAnswer(chen.secrets.edSk, other, 'declined'),
    signAnswer(ada.secrets.edSk, other, 'declined'),
  ]) {
    const cloud = lying(chen, (all) => ({ ...all, made: all.made.map((one) => ({ ...one, answer: { word: 'declined', signature } })) }));
    expect(await requestsMade(as(chen, cloud))).toMatchObject([{ state: 'waits' }]);
  }
});

test('a request whose last day is over waits for nobody', async () => {
  await askAccess(as(chen), chart, { ...wish, until: '2026-11-21' });
  const before = stage.clock();
  stage.clock.to('2026-11-22T08:00:00Z');
  expect(await requestsReceived(as(ada))).toEqual({ requests: [], unreadable: 0 });
  stage.clock.to(new Date(before).toISOString());
});

test('the cloud keeps no word of it, and one size of all', async () => {
  await askAccess(as(chen), chart, wish);
  await askAccess(as(chen), chart, { ...wish, kinds: ['conditions', 'notes'], sensitive: ['PSY'], why: 'x'.repeat(500) });
  const rows = await stage.sql<{ row: string }>('select row_to_json(t)::text as row from request t');
  expect(new Set(rows.map(({ row }) => row.length)).size).toBe(1);
  for (const { row } of rows) {
    expect(row).toContain(hex(chart.pat));
    const text = row.replaceAll(/\\\\x([0-9a-f]*)/g, (_, bytes: string) => Buffer.from(bytes, 'hex').toString('latin1'));
    for (const word of ['vital-signs', 'notes', 'PSY', '2026-12', 'results', 'carelet/v1']) expect(text).not.toContain(word);
  }
});

test('a request leaves no receipt: it opens nothing', async () => {
  const receipts = async () => (await stage.sql('select 1 from receipt')).length;
  const before = await receipts();
  await askAccess(as(chen), chart, wish);
  const [asked] = (await requestsReceived(as(ada))).requests;
  await declineRequest(as(ada), asked!);
  expect(await receipts()).toBe(before);
});
