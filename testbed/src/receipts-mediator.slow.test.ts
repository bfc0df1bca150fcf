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
import { share, unshare } from '@carelet/client/sharing/share';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, type Stage } from './fixture.testing.ts';
import { putBackAfter } from './receipts.ts';

let stage: Stage;
let harbour: Place;
let ada: Keyring;
let chen: Keyring;
let diaz: Keyring;
let pat: Bytes;

beforeAll(async () => {
  stage = await openStage();
  const northgate = await stage.place('northgate');
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

const later = () => stage.clock.to(new Date(stage.clock() + 61_000).toISOString());
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
    const { problems } = await compared();
    expect(problems).toEqual([mediators.cloudSilent]);
  });
});

test('a doctor who hands the mediator no promise, or something else than the cloud turned, is told of', async () => {
  const { grant } = ada.sharing.grants.find(({ holds }) => holds.cloud && holds.mediator)!;
  const mediate = stage.cloudletOf(diaz, harbour.keyring.card.id)!.sharing.mediate;
  await lied(async () => {
    await mediate({ grant, turned: [new Uint8Array(576)] });
    expect((await compared()).problems).toEqual([mediators.cloudSilent]);
  });
  await lied(async () => {
    const cloud = stage.cloudAs(diaz);
    const promises: (Bytes | undefined)[] = [];
    const turn: typeof cloud.sharing.turn = async (asked) => {
      const answer = await cloud.sharing.turn(asked);
      promises.push(answer.promise);
      return answer;
    };
    diaz.opened = {};
    await stage.open(diaz, { pat, cloud: { ...cloud, sharing: { ...cloud.sharing, turn } } });
    expect((await compared()).problems).toEqual([]);
    await mediate({ grant, turned: [new Uint8Array(576)], promise: promises[0] });
    expect((await compared()).problems).toEqual([mediators.cloudSilent]);
  });
});

test('a mediator that keeps silent leaves a turning at the cloud without its part, by consent and by role', async () => {
  for (const who of [diaz, chen]) {
    await lied(async () => {
      await compared();
      await opens(who);
      await forgetLines('place is null');
      later();
      const { problems, unfinished } = await compared();
      expect(problems).toEqual([]);
      expect(unfinished).toBeGreaterThan(0);
      // Where it does not answer, nobody can say.
      const mediated = () => Promise.reject(new CareletError('unavailable', 'ask the clinic', { because: 'it does not answer' }));
      expect(
        (
          await compared((of) => {
            const one = cloudletOf(of);
            return one && { ...one, receipts: { mediated } };
          })
        ).unfinished,
      ).toBe(0);
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
