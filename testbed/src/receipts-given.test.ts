/**
 * What a patient gives and takes back leaves a receipt, and her client asks whether it was written: a cloud that promises none has
 * done nothing as far as she is concerned, one that does not keep its promise is told on.
 */
import { type Consent, usualConsent } from '@carelet/care/rules/sharing/consent';
import type { Keyring } from '@carelet/client/keyring/keyring';
import type { Cloud } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { ownReceipts } from '@carelet/client/receipts/own';
import { brokenPromise, noPromise, watchOver } from '@carelet/client/receipts/watch';
import { finishEnding, type SharingOptions, share, unshare } from '@carelet/client/sharing/share';
import { decodePromise } from '@carelet/crypto/receipts/promise';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, type Stage } from './fixture.testing.ts';
import { putBackAfter } from './receipts.ts';

let stage: Stage;
let harbour: Place;
let ada: Keyring;
let diaz: Keyring;
let saved: { due: number }[] = [];

beforeAll(async () => {
  stage = await openStage();
  const northgate = await stage.place('northgate');
  harbour = await stage.place('harbour');
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'today', '2026-11-20T08:00:00Z')]);
  ada = stage.patient('Ada');
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
  diaz = await stage.doctor('Dr Diaz', { at: harbour, parts: ['MI'], kinds: ['immunizations'] });
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

afterEach(async () => {
  for (const { grant, holds } of ada.sharing.grants) if (holds.cloud || holds.mediator) await unshare(options(), grant);
  ada.receipts.due = [];
  saved = [];
});

const options = (cloud: Cloud = stage.cloudAs(ada)): SharingOptions => ({
  keyring: ada,
  save: async () => void saved.push({ due: ada.receipts.due.length }),
  cloud,
  mathematics: mathematicsHere,
  cloudletOf: (organisation) => stage.cloudletOf(ada, organisation),
  clock: stage.clock,
});

const vitals: Consent = { ...usualConsent, kinds: ['vital-signs'], from: 'beginning', until: '2026-12-20' };
const shareWith = (cloud?: Cloud) =>
  share(options(cloud), { doctor: diaz.card.id, doctorName: 'Dr Diaz', consent: vitals, mediator: harbour.keyring.card.id });
const own = () => ownReceipts({ keyring: ada, cloud: stage.cloudAs(ada), clock: stage.clock });
const holding = () => ada.sharing.grants.filter(({ holds }) => holds.cloud || holds.mediator);

/** The cloud, but that it promises nothing where something is given or taken back, or forgets what it promised. */
function lying(how: 'promises nothing' | 'forgets'): Cloud {
  const cloud = stage.cloudAs(ada);
  const { grant, end } = cloud.sharing;
  const changed = async <A extends { promise?: Uint8Array | undefined }>(answer: A): Promise<A> => {
    if (how === 'promises nothing') return { ...answer, promise: undefined };
    await stage.sql('delete from receipt where place is null');
    return answer;
  };
  const sharing = {
    ...cloud.sharing,
    grant: async (asked: Parameters<typeof grant>[0]) => changed(await grant(asked)),
    end: async (asked: Parameters<typeof end>[0]) => changed(await end(asked)),
  };
  return { ...cloud, sharing };
}

test('a grant and its end are promised, kept in mind beside the grant, and found written', async () => {
  const [given] = await shareWith();
  expect(ada.receipts.due.map((promise) => decodePromise(promise)?.time)).toEqual([Math.floor(stage.clock() / 1000)]);
  expect(saved.at(-1)).toEqual({ due: 1 });
  await unshare(options(), given!.grant);
  expect(ada.receipts.due.length).toBe(2);
  const { charts, problems } = await own();
  expect(problems).toEqual([]);
  expect(ada.receipts.due).toEqual([]);
  expect(charts[0]!.receipts.map(({ receipt }) => receipt.kind)).toEqual(expect.arrayContaining(['grant', 'taking-back']));
});

test('a grant whose receipt the cloud does not promise does not hold', async () => {
  expect(await refusal(shareWith(lying('promises nothing')))).toBe('tampered');
  // The cloud promises nothing of the end either, so it is told again; the mediator has heard.
  expect(holding().map(({ holds }) => holds)).toEqual([{ cloud: true, mediator: false }]);
  expect(await finishEnding(options())).toBe(0);
  expect(holding()).toEqual([]);
});

test('an end whose receipt the cloud does not promise counts as not heard, and nothing opens', async () => {
  const [given] = await shareWith();
  expect(await unshare(options(lying('promises nothing')), given!.grant)).toEqual({ cloud: false, mediator: true });
  expect((await stage.open(diaz)).ids).toEqual([]);
  expect(await finishEnding(options())).toBe(0);
});

test('a grant and an end that were promised and never written are told on', async () => {
  await putBackAfter(stage, [ada], stage.cloudAs(ada), async () => {
    const [given] = await shareWith(lying('forgets'));
    // It has a minute.
    expect((await own()).problems).toEqual([]);
    expect(ada.receipts.due.length).toBe(1);
    stage.clock.to(new Date(stage.clock() + 61_000).toISOString());
    expect((await own()).problems).toEqual([brokenPromise]);

    await unshare(options(lying('forgets')), given!.grant);
    stage.clock.to(new Date(stage.clock() + 61_000).toISOString());
    expect((await own()).problems).toEqual([brokenPromise]);
  });
});

test('whoever opens, by consent or by a role, is told of a cloud that does not promise to write that down', async () => {
  await shareWith();
  const chen = await stage.doctor('Dr Chen', { at: await stage.place('northgate'), parts: ['MI'], kinds: ['vital-signs'] });
  for (const who of [diaz, chen]) {
    const cloud = stage.cloudAs(who);
    const { turn, transform } = cloud.sharing;
    const silent: Pick<typeof cloud.sharing, 'turn' | 'transform'> = {
      turn: async (asked) => ({ ...(await turn(asked)), promise: undefined }),
      transform: async (asked) => ({ ...(await transform(asked)), promise: undefined }),
    };
    who.opened = {};
    const told = await stage.open(who, { cloud: { ...cloud, sharing: { ...cloud.sharing, ...silent } } });
    expect(told.problems.map(({ what }) => what)).toContain(noPromise);
    who.opened = {};
    expect((await stage.open(who)).problems).toEqual([]);
  }
});

test('two who watch with one keyring ask one after the other, so that neither is taken for a liar', async () => {
  const cloud = stage.cloudAs(ada);
  const watchers = [1, 2].map(() => watchOver({ keyring: ada, cloud, now: () => Math.floor(stage.clock() / 1000) }));
  const [slow, quick] = await Promise.all([
    watchers[0]!.ask(async (seen) => {
      const answer = await cloud.receipts.head({ seen });
      await stage.open(diaz);
      await stage.take(await stage.place('northgate'), [patient('p-ada'), pulse('p-ada', 'later', '2026-11-20T09:00:00Z')]);
      return answer;
    }),
    watchers[1]!.ask((seen) => cloud.receipts.head({ seen })),
  ]);
  expect([slow?.kind, quick?.kind]).toEqual(['holds', 'holds']);
});
