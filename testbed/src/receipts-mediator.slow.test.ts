/**
 * What mediators write down beside the cloud: a patient holds the two against each other, and notices when one of them kept silent.
 */
import { CareletError } from '@carelet/care/model';
import { usualConsent } from '@carelet/care/rules/sharing/consent';
import { renewManifest } from '@carelet/client/enrolment';
import type { Keyring } from '@carelet/client/keyring/keyring';
import type { Cloudlet } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { askMediators, type Mediating, mediators } from '@carelet/client/receipts/mediators';
import { ownReceipts } from '@carelet/client/receipts/own';
import { noPromise } from '@carelet/client/receipts/watch';
import { share, unshare } from '@carelet/client/sharing/share';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { commitment, decodeReceipt, encodeReceipt, receiptOf } from '@carelet/crypto/receipts/leaf';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, type Stage } from './fixture.testing.ts';
import { putBackAfter } from './receipts.ts';

let stage: Stage;
let northgate: Place;
let harbour: Place;
let ada: Keyring;
let chen: Keyring;
let diaz: Keyring;
let pat: Bytes;

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  harbour = await stage.place('harbour');
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'today', '2026-11-20T08:00:00Z')]);
  ada = stage.patient('Ada');
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
  pat = northgate.keyring.charts[0]!.pat;
  chen = await stage.doctor('Dr Chen', { at: northgate });
  diaz = await stage.doctor('Dr Diaz', { at: harbour, parts: ['MI'], kinds: ['immunizations'] });
  await renewManifest(stage.authorityAs(ada), ada);
}, 120_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const cloudletOf = (organisation: Bytes) => stage.cloudletOf(ada, organisation);

/** What Ada is told who asks the mediators, then the cloud. */
async function compared(of: (organisation: Bytes) => Cloudlet | null = cloudletOf): Promise<Mediating> {
  const compare = await askMediators({ keyring: ada, cloudletOf: of, clock: stage.clock });
  const { charts } = await ownReceipts({ keyring: ada, cloud: stage.cloudAs(ada), clock: stage.clock });
  return compare(charts);
}

const later = (minutes = 1) => stage.clock.to(new Date(stage.clock() + minutes * 60_000 + 1000).toISOString());
const opens = async (who: Keyring) => {
  who.opened = {};
  return (await stage.open(who, { pat })).ids;
};
const kindsOf = ({ acts }: Mediating) => acts.map(({ kind }) => kind).sort();
const sharing = () => ({
  keyring: ada,
  save: async () => {},
  cloud: stage.cloudAs(ada),
  mathematics: mathematicsHere,
  cloudletOf,
  clock: stage.clock,
});
/** Whatever happens to the lines of the mediator is undone. */
async function lied(work: () => Promise<void>): Promise<void> {
  const tables = ['act', 'act_log', 'act_node'];
  for (const table of tables) await stage.sql(`create table public.${table} as table cloudlet_harbour.${table}`);
  try {
    await putBackAfter(stage, [ada, chen, diaz], stage.cloudAs(ada), work);
  } finally {
    for (const table of tables) {
      await stage.sql(`truncate cloudlet_harbour.${table}`);
      await stage.sql(`insert into cloudlet_harbour.${table} select * from public.${table}`);
      await stage.sql(`drop table public.${table}`);
    }
  }
}
const forgetLines = (where: string) => stage.sql(`delete from cloudlet_harbour.act where ${where}`);

test('an opening by consent stands in both logs, once for each time, and so do the grant and its end', async () => {
  const consent = { ...usualConsent, kinds: ['vital-signs'], from: 'beginning', until: '2026-12-20' } as const;
  const who = { doctor: diaz.card.id, doctorName: 'Dr Diaz', mediator: harbour.keyring.card.id };
  const [given] = await share(sharing(), { ...who, consent });
  expect(await opens(diaz)).toContain('today');
  later();
  const first = await compared();
  expect(first).toMatchObject({ problems: [], unfinished: 0 });
  expect(new Set(kindsOf(first))).toEqual(new Set(['grant', 'factor']));
  expect(first.acts.find(({ kind }) => kind === 'factor')).toMatchObject({ actor: diaz.card.id });
  await unshare(sharing(), given!.grant);
  expect(kindsOf(await compared())).toContain('taking-back');
  await share(sharing(), { ...who, consent });
});

test('an opening by a role is found at the mediator by whoever has the cloud’s receipt of it, and is nobody’s else to list', async () => {
  expect(await opens(chen)).toContain('today');
  later();
  const found = await compared();
  expect(found).toMatchObject({ problems: [], unfinished: 0 });
  expect(found.acts.some(({ actor }) => String(actor) === String(chen.card.id))).toBe(false);
  const asked = { commitments: [], seen: 0 };
  expect((await stage.cloudletOf(chen, harbour.keyring.card.id)!.receipts.mediated(asked)).acts).toEqual([]);
});

test('a cloud that keeps silent of what a mediator did its part in is found out', async () => {
  await lied(async () => {
    const [before] = await stage.sql<{ size: string }>('select size from log');
    await opens(diaz);
    // It hides the receipts from their owner; the log has their leaves.
    await stage.sql('delete from receipt where place >= $1', [before!.size]);
    const { problems, silentOf } = await compared();
    expect(problems).toEqual([mediators.cloudSilent]);
    // Who read is named.
    expect(silentOf).toEqual([diaz.card.id]);
  });
});

/** Diaz opens, and what the cloud promised him with the turnings is kept here. */
async function promisesOf(who: Keyring): Promise<Bytes[]> {
  const cloud = stage.cloudAs(who);
  const promises: Bytes[] = [];
  const turn: typeof cloud.sharing.turn = async (asked) => {
    const answer = await cloud.sharing.turn(asked);
    promises.push(answer.promise!);
    return answer;
  };
  who.opened = {};
  await stage.open(who, { pat, cloud: { ...cloud, sharing: { ...cloud.sharing, turn } } });
  return promises;
}

test('a doctor who hands the mediator no promise, an old one, or one that came with something else, is refused', async () => {
  const { grant } = ada.sharing.grants.find(({ holds }) => holds.cloud && holds.mediator)!;
  const { mediate } = stage.cloudletOf(diaz, harbour.keyring.card.id)!.sharing;
  const turned = [new Uint8Array(576)];
  await lied(async () => {
    const [promise] = await promisesOf(diaz);
    expect(await refusal(mediate({ grant, turned }))).toBe('conflict');
    expect(await refusal(mediate({ grant, turned, promise: promise! }))).toBe('conflict');
    later(10);
    expect(await refusal(mediate({ grant, turned, promise: promise! }))).toBe('conflict');
    expect((await compared()).problems).toEqual([]);
    // A cloud that promises nothing is told once; nothing opens by it.
    const cloud = stage.cloudAs(diaz);
    const turn: typeof cloud.sharing.turn = async (asked) => ({ ...(await cloud.sharing.turn(asked)), promise: undefined });
    diaz.opened = {};
    const opened = await stage.open(diaz, { pat, cloud: { ...cloud, sharing: { ...cloud.sharing, turn } } });
    expect([opened.ids, [...new Set(opened.problems.map(({ what }) => what))]]).toEqual([[], [noPromise]]);
  });
});

test('a doctor who goes on with something else than the cloud turned for her is told of, by her name', async () => {
  const { grant } = ada.sharing.grants.find(({ holds }) => holds.cloud && holds.mediator)!;
  const cloud = stage.cloudAs(diaz);
  const { mediate } = stage.cloudletOf(diaz, harbour.keyring.card.id)!.sharing;
  const [node] = await stage.sql<{ node_id: Bytes; domain: Bytes }>(
    "select node_id, domain from wrap where pat = $1 and kind = 'consent' and domain in (select scope from rekey)",
    [pat],
  );
  const nodes = [{ nodeId: node!.node_id, scope: node!.domain }];
  await lied(async () => {
    const { promise } = await cloud.sharing.turn({ pat, grant, nodes });
    await mediate({ grant, turned: [new Uint8Array(576)], promise: promise! });
    const { problems, silentOf } = await compared();
    expect([problems, silentOf]).toEqual([[mediators.cloudSilent], [diaz.card.id]]);
  });
});

test('every line that names an opening by a role is looked at: one of something else beside the one that fits hides nothing', async () => {
  await lied(async () => {
    await compared();
    await opens(chen);
    later(1);
    expect(await compared()).toMatchObject({ problems: [], unfinished: 0 });
    // As it could be before one promise was of one part: a second line of hers under the same receipt, whichever stands first.
    for (const before of [true, false]) {
      const lines = await stage.sql<{ body: Bytes; named: Bytes }>(
        'select body, named from cloudlet_harbour.act where patient is null and named is not null',
      );
      const [line] = lines.filter(({ body }) => decodeReceipt(new Uint8Array(body))!.version > 0);
      const fits = decodeReceipt(new Uint8Array(line!.body))!;
      const other = receiptOf({ ...fits, rows: new Uint8Array(32).fill(before ? 1 : 2) });
      await stage.sql(
        'insert into cloudlet_harbour.act (commitment, body, named, patient, place) values ($1, $2, $3, null, null)',
        [commitment(other), encodeReceipt(other), line!.named].map((bytes) => Buffer.from(bytes)),
      );
      const { problems, silentOf, unfinished } = await compared();
      expect([problems, silentOf, unfinished]).toEqual([[mediators.cloudSilent], [chen.card.id], 0]);
    }
  });
});

test('a mediator that keeps silent leaves a turning at the cloud without its part, by consent and by role', async () => {
  for (const who of [diaz, chen]) {
    await lied(async () => {
      await compared();
      await opens(who);
      await forgetLines('place is null');
      later();
      const { problems, unfinished, unfinishedOf } = await compared();
      expect(problems).toEqual([]);
      expect(unfinished).toBeGreaterThan(0);
      expect(unfinishedOf).toEqual([{ reader: who.card.id, times: unfinished }]);
      // Another that answers with an error, whichever, hides none of it; and it is told who did not answer.
      for (const kind of ['unavailable', 'denied', 'internal'] as const) {
        const mediated = () => Promise.reject(new CareletError(kind, 'ask the clinic', { because: 'it does not answer' }));
        const other = (of: Bytes) => {
          const one = stage.cloudletOf(ada, harbour.keyring.card.id)!;
          return equalPublic(of, harbour.keyring.card.id) ? one : { ...one, sharing: { ...one.sharing, mediator: mediated } };
        };
        const told = await compared(other);
        expect([told.unfinishedOf, told.problems]).toEqual([unfinishedOf, []]);
        expect(told.away).toContainEqual(northgate.keyring.card.id);
      }
    });
  }
});

test('a mediator that takes out a line it showed, or begins anew under the same key or another, is told', async () => {
  await lied(async () => {
    await compared();
    await forgetLines('place = 0');
    await stage.sql('update cloudlet_harbour.act set place = null');
    await stage.sql('truncate cloudlet_harbour.act_node');
    await stage.sql("update cloudlet_harbour.act_log set size = 0, roots = '{}'");
    expect((await compared()).problems).toContain(mediators.another);
  });
  const honest = cloudletOf(harbour.keyring.card.id)!;
  type Answer = Awaited<ReturnType<Cloudlet['receipts']['mediated']>>;
  const lies: ((answer: Answer) => Partial<Answer>)[] = [
    () => ({ voucher: new Uint8Array(64) }),
    () => ({ key: new Uint8Array(32) }),
    ({ acts }) => ({ acts: acts.map((line) => ({ ...line, path: line.path.slice(1) })) }),
    ({ acts }) => ({ acts: acts.map((line) => ({ ...line, receipt: new Uint8Array(9) })) }),
  ];
  for (const lie of lies) {
    const mediated: Cloudlet['receipts']['mediated'] = async (asked) => {
      const answer = await honest.receipts.mediated(asked);
      return { ...answer, ...lie(answer) };
    };
    expect((await compared((of) => cloudletOf(of) && { ...honest, receipts: { mediated } })).problems).toContain(mediators.another);
  }
});
