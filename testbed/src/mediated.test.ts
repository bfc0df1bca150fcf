/**
 * A key by a role is never whole: cloud, mediator and doctor open together, and each of the first two can end it at once.
 */
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import type { Policy } from '@carelet/care/rules/sharing/policy';
import { approve, endReplaced, reject } from '@carelet/client/enrolment';
import { decodeKeyring, encodeKeyring, type Keyring } from '@carelet/client/keyring/keyring';
import { mathematicsHere } from '@carelet/client/mathematics';
import { type ChartRef, reader } from '@carelet/client/records/reader';
import { takeDoctorKeys } from '@carelet/client/sharing/roles';
import { hex } from '@carelet/crypto/algebra/bytes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'monday', '2026-11-16'), pulse('p-ada', 'long-ago', '2014-05-01')]);
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

/** Everything a doctor holds, as it was: a copy that she hid, without the node keys she opened. */
const hidden = (who: Keyring): Keyring => ({ ...decodeKeyring(encodeKeyring(who)), opened: {} });
const expel = async (doctor: Keyring, holders: 'cloud' | 'cloudlet' | 'both' = 'both') => {
  const [sam] = await stage.administrators();
  const away = { sharing: { ...stage.cloudAs(sam).sharing, endKeys: () => Promise.reject(new Error('away')) } };
  const gone = { sharing: { ...stage.cloudletAs(sam).sharing, endKeys: () => Promise.reject(new Error('away')) } };
  const cloud = holders === 'cloudlet' ? away : stage.cloudAs(sam);
  const cloudlets = [holders === 'cloud' ? gone : stage.cloudletAs(sam)];
  return reject({ authority: stage.authorityAs(sam), keyring: sam }, { cloud, cloudlets }, doctor.card.id, 'her licence has ended');
};
const refOf = async (who: Keyring): Promise<ChartRef> =>
  (await stage.cloudAs(who).records.charts()).charts.find(({ pat }) => hex(pat) === hex(northgate.keyring.charts[0]!.pat))!;

test('a doctor opens by her role with cloud and mediator, and looks again without them', async () => {
  const chen = await stage.doctor('Dr Chen', { at: northgate });
  expect((await stage.open(chen)).ids).toEqual(['long-ago', 'monday', 'p-ada']);
  const read = reader({
    keyring: chen,
    cloud: stage.cloudAs(chen),
    cloudletOf: () => null,
    mathematics: mathematicsHere,
    clock: stage.clock,
  });
  const again = await read.open((await read.charts())[0]!);
  expect([again.records.length, again.problems]).toEqual([4, []]);
});

test('where the mediator is away she is told so', async () => {
  const osei = await stage.doctor('Dr Osei', { at: northgate });
  const alone = (keyring: Keyring) =>
    reader({ keyring, cloud: stage.cloudAs(keyring), cloudletOf: () => null, mathematics: mathematicsHere, clock: stage.clock });
  const read = alone(osei);
  const { records, problems } = await read.open((await read.charts())[0]!);
  expect(records).toEqual([]);
  expect([...new Set(problems.map(({ what }) => what))]).toEqual(['what your role opens waits: cloud or mediator cannot be reached']);
});

test('whom an administrator turns down opens nothing more, with everything she ever held but the nodes she opened', async () => {
  const diaz = await stage.doctor('Dr Diaz', { at: northgate });
  const before = hidden(diaz);
  expect((await stage.open(diaz)).ids).toEqual(['long-ago', 'monday', 'p-ada']);
  const ref = await refOf(diaz);
  expect(await expel(diaz)).toEqual({ cloud: true, cloudlets: 1 });
  for (const who of [diaz, before, hidden(diaz)]) expect((await stage.open(who)).charts).toEqual([]);
  // Whatever she asks for by name.
  const asked = { pat: ref.pat, organisation: northgate.keyring.card.id, nodes: [ref.pat] };
  expect(await refusal(stage.cloudAs(diaz).sharing.transform(asked))).toBe('denied');
  expect(await refusal(stage.cloudletAs(diaz).sharing.enter({ organisation: asked.organisation, factors: [] }))).toBe('denied');
  expect(await takeDoctorKeys(stage.issuing(diaz), diaz, mathematicsHere)).toEqual({ kind: 'rejected', reason: 'her licence has ended' });
});

test('it is enough that the mediator heard of it: a cloud that goes on serving her serves what she cannot open', async () => {
  const walsh = await stage.doctor('Dr Walsh', { at: northgate });
  const before = hidden(walsh);
  expect(await expel(walsh, 'cloudlet')).toEqual({ cloud: false, cloudlets: 1 });
  const { records, problems } = await stage.open(before);
  expect(records).toEqual([]);
  expect([...new Set(problems.map(({ what }) => what))]).toEqual(['the key of your role for this organisation holds no more']);
});

test('it is enough that the cloud heard of it, and a mediator that was away hears of it from the authority', async () => {
  const novak = await stage.doctor('Dr Novak', { at: northgate });
  const before = hidden(novak);
  expect(await expel(novak, 'cloud')).toEqual({ cloud: true, cloudlets: 0 });
  expect((await stage.open(before)).charts).toEqual([]);
  const { organisation } = novak.doctorKeys[0]!;
  const enter = () => refusal(stage.cloudletAs(novak).sharing.enter({ organisation, factors: [] }));
  expect(await enter()).toBe('ok');
  await stage.town.cloudlets.get('harbour')!.hearEndedKeys();
  expect(await enter()).toBe('denied');
});

test('a narrower policy counts from when it was approved, whether she takes the key for it or not', async () => {
  const karim = await stage.doctor('Dr Karim', { at: northgate });
  const before = hidden(karim);
  const approvers = await stage.administrators();
  const narrower: Policy = {
    ...{ parts: ['EID', 'QID', 'MI'], kinds: ['laboratory'], confidentiality: ['N'], sensitivity: ['none'], patients: 'everyone' },
    ...{ unit: hex(northgate.keyring.card.id), from: 'beginning', until: addDays(dayOf(stage.clock()), 20) },
  };
  let replaced: number | null = null;
  // A moment later: the key that is issued then is told from the one before.
  stage.clock.to(new Date(stage.clock() + 2000).toISOString());
  for (const approver of approvers) {
    const said = await approve(stage.authorityAs(approver), approver, karim.card, narrower, stage.clock() / 1000);
    replaced = said.replaces;
  }
  expect(replaced).not.toBeNull();
  const [sam] = approvers;
  const holders = { cloud: stage.cloudAs(sam), cloudlets: [stage.cloudletAs(sam)] };
  const key = { doctor: karim.card.id, organisation: northgate.keyring.card.id, issued: replaced! };
  const office = { authority: stage.authorityAs(sam), keyring: sam };
  expect(await endReplaced(office, holders, key, Math.floor(stage.clock() / 1000))).toEqual({ cloud: true, cloudlets: 1 });
  expect((await stage.open(before)).charts).toEqual([]);
  expect(before.doctorKeys).toEqual([]);
  expect(await takeDoctorKeys(stage.issuing(karim), karim, mathematicsHere)).toEqual({ kind: 'taken', keys: 1, fresh: 1 });
  karim.opened = {};
  // Names and no readings: what is approved now.
  expect((await stage.open(karim)).ids).toEqual(['p-ada']);
});

test('what held for a session holds no more when she has left', async () => {
  const rao = await stage.doctor('Dr Rao', { at: northgate });
  const logins: Uint8Array[] = [];
  const cloudlet = stage.cloudletAs(rao);
  const watched = {
    ...cloudlet,
    sharing: {
      ...cloudlet.sharing,
      enter: async (asked: Parameters<typeof cloudlet.sharing.enter>[0]) => {
        const answer = await cloudlet.sharing.enter(asked);
        logins.push(answer.login);
        return answer;
      },
    },
  };
  const options = { keyring: rao, cloud: stage.cloudAs(rao), cloudletOf: () => watched, mathematics: mathematicsHere, clock: stage.clock };
  const read = reader(options);
  expect((await read.open((await read.charts())[0]!)).problems).toEqual([]);
  expect(logins.length).toBe(1);
  const answer = () => refusal(cloudlet.sharing.answer({ login: logins[0]!, transformed: [new Uint8Array(1152)] }));
  expect(await answer()).toBe('ok');
  await read.leave();
  expect(await answer()).toBe('denied');
  // A reader that goes on logs in again.
  rao.opened = {};
  expect((await read.open((await read.charts())[0]!)).problems).toEqual([]);
  expect(logins.length).toBe(2);
});
