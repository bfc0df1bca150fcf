/**
 * A doctor of two organisations: she goes by another number at each, and reads by both at once.
 */
import { join } from 'node:path';
import { usualConsent } from '@carelet/care/rules/sharing/consent';
import { decodeKeyring, encodeKeyring, type Keyring } from '@carelet/client/keyring/keyring';
import { newNumber, numberAt, numbersOf } from '@carelet/client/keyring/numbers';
import { mathematicsHere } from '@carelet/client/mathematics';
import { noPromise, watchAsOne, watchOver } from '@carelet/client/receipts/watch';
import { recordsOf } from '@carelet/client/records/fhir';
import { joinedReader } from '@carelet/client/records/joined';
import { type OpenedChart, type Reader, reader } from '@carelet/client/records/reader';
import { share } from '@carelet/client/sharing/share';
import { logKey } from '@carelet/cloud/receipts/key';
import { hex } from '@carelet/crypto/algebra/bytes';
import { merkleRoot } from '@carelet/crypto/algebra/merkle';
import { openCheckpoint, signCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { signLimits } from '@carelet/crypto/records/limits';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';
import { putBackAfter } from './receipts.ts';

let stage: Stage;
let northgate: Place;
let harbour: Place;
let ada: Keyring;
let chen: Keyring;

beforeAll(async () => {
  stage = await openStage();
  [northgate, harbour] = [await stage.place('northgate'), await stage.place('harbour')];
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'pulse', '2026-11-16'), result('p-ada', 'iron', '2026-11-17')]);
  await stage.take(harbour, [patient('p-ben'), result('p-ben', 'sugar', '2026-11-18')]);
  ada = stage.patient('Ada');
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
  const role = { parts: ['MI'], kinds: ['laboratory'] } as const;
  chen = await stage.doctor('Dr Chen', { at: northgate, ...role }, { at: harbour, ...role });
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const at = (place: Place): Keyring => numberAt(chen, place.keyring.card.id)!;
const readerBy = (number: Keyring) =>
  reader({
    keyring: number,
    cloud: stage.cloudAs(number),
    cloudletOf: (organisation) => stage.cloudletOf(number, organisation),
    mathematics: mathematicsHere,
    clock: stage.clock,
  });
const read = () => joinedReader(chen, readerBy);
const idsOf = (opened: OpenedChart) =>
  recordsOf(opened)
    .flatMap(({ entries }) => entries.map(({ resource }) => String(resource.id)))
    .sort();

test('goes by a number at each, of which a cloud does not see that they are one', async () => {
  const [one, other] = [at(northgate), at(harbour)];
  expect(numbersOf(chen)).toEqual([one, other]);
  expect(hex(one.card.id)).not.toBe(hex(other.card.id));
  expect(one.doctorKeys.map(({ organisation }) => hex(organisation))).toEqual([hex(northgate.keyring.card.id)]);
  expect(other.doctorKeys.map(({ organisation }) => hex(organisation))).toEqual([hex(harbour.keyring.card.id)]);
  const rows = await stage.sql<{ of: string }>(
    'select organisation::text as of from entitlement where doctor in ($1, $2) group by doctor, organisation',
    [...[one.card.id, other.card.id]],
  );
  expect(rows.length).toBe(2);
  // Neither card, nor what is signed with it, has a byte of the other's keys.
  const keysOf = ({ card, secrets }: Keyring) => [card.edVk, card.hybridPk, secrets.edSk, secrets.hybridSk].map(hex);
  expect(keysOf(one).filter((key) => keysOf(other).includes(key))).toEqual([]);
});

test('reads the charts of both, and has all of it in one keyring', async () => {
  expect((await stage.open(chen)).ids).toEqual(['iron', 'sugar']);
  const kept = decodeKeyring(encodeKeyring(chen));
  expect(kept.elsewhere.map(({ card }) => hex(card.id))).toEqual(chen.elsewhere.map(({ card }) => hex(card.id)));
  expect((await stage.open({ ...kept, opened: {} })).ids).toEqual(['iron', 'sugar']);
  expect((await stage.open({ ...kept, elsewhere: [] })).ids).toEqual(['iron']);
});

test('of a chart that opens to her by both, reads what opens by either, and looks again', async () => {
  const consent = { ...usualConsent, kinds: ['vital-signs', 'laboratory'] as const, from: 'beginning', until: '2026-12-10' };
  const number = at(harbour);
  await share(
    {
      keyring: ada,
      save: async () => {},
      cloud: stage.cloudAs(ada),
      mathematics: mathematicsHere,
      cloudletOf: (organisation) => stage.cloudletOf(ada, organisation),
      clock: stage.clock,
    },
    { doctor: number.card.id, doctorName: 'Dr Chen', consent, mediator: harbour.keyring.card.id },
  );
  const by = read();
  const charts = await by.charts();
  const adas = charts.find(({ owner }) => hex(owner) === hex(ada.card.id))!;
  expect(charts.filter(({ pat }) => hex(pat) === hex(adas.pat)).length).toBe(1);
  // By what she has of the hospital she acts there.
  expect(hex(by.numberFor(adas)!.card.id)).toBe(hex(at(northgate).card.id));
  const opened = await by.open(adas);
  expect(opened.problems).toEqual([]);
  expect(idsOf(opened)).toEqual(['iron', 'pulse']);
  for (const record of opened.records) {
    const rows = await by.rowsOf(opened, record);
    expect(rows.length).toBeGreaterThan(0);
    for (const { same } of rows) expect(same).toBe(true);
  }
  expect(await refusal(by.rowsOf(opened, { ...opened.records[0]! }))).toBe('invalid');
  await stage.take(northgate, [pulse('p-ada', 'later', '2026-11-19')]);
  const again = await by.refresh(opened, { parts: ['MI'] });
  expect(idsOf(again)).toEqual(['iron', 'later', 'pulse']);
  await by.leave();
});

describe('of what the cloud shows of its log', () => {
  /** A copy of her keyring: what it is shown stays with it. */
  const copy = () => decodeKeyring(encodeKeyring(chen));
  type Open = Reader['open'];
  /** Ada's chart, opened by both numbers, each in its way. */
  async function openAda(who: Keyring, open: (number: Keyring, honest: Open) => Open): Promise<OpenedChart> {
    const by = joinedReader(who, (number) => {
      const honest = readerBy(number);
      return { ...honest, open: open(number, honest.open) };
    });
    const adas = (await by.charts()).find(({ owner }) => hex(owner) === hex(ada.card.id))!;
    const opened = await by.open(adas);
    await by.leave();
    return opened;
  }
  const honestly = (_: Keyring, honest: Open) => honest;
  const words = ({ problems }: OpenedChart) => problems.map(({ kind, what }) => `${kind}: ${what}`);

  test('says what the number says that was shown the least', async () => {
    const witnessed = (...by: string[]) => ({ kind: 'witnessed', by }) as const;
    const cases = [
      [
        { standing: witnessed('a'), ownerSaw: 7 },
        { standing: { kind: 'unwitnessed' }, ownerSaw: 5 },
      ],
      [
        { standing: { kind: 'unwitnessed' }, ownerSaw: null },
        { standing: witnessed('a'), ownerSaw: 5 },
      ],
      [
        { standing: witnessed('a', 'b'), ownerSaw: 5 },
        { standing: witnessed('b'), ownerSaw: 5 },
      ],
    ] as const;
    const said = [];
    for (const [one, other] of cases) {
      const who = copy();
      const opened = await openAda(who, (number, honest) => async (...asked) => ({
        ...(await honest(...asked)),
        ...(number === who ? one : other),
      }));
      said.push([opened.standing, opened.ownerSaw]);
    }
    expect(said).toEqual([
      [{ kind: 'unwitnessed' }, 5],
      [{ kind: 'unwitnessed' }, null],
      [witnessed('b'), 5],
    ]);
  });

  test('takes no log for one number that does not go on from what another was shown', async () => {
    const who = copy();
    const forked = await openAda(who, (number, honest) => async (...asked) => {
      let opened: OpenedChart | undefined;
      const work = async () => {
        opened = await honest(...asked);
      };
      // What the log holds of the first number’s reading is gone again before the second one reads.
      await (number === who ? putBackAfter(stage, [], stage.cloudAs(number), work) : work());
      return opened!;
    });
    expect(words(forked).join()).toMatch(/tampered: the cloud (shows an older log than before|signed two logs)/);
    expect(words(await openAda(copy(), honestly))).toEqual([]);
  });

  test('brings together what each number saw before, if it is one log', async () => {
    const [who, other] = [copy(), copy().elsewhere[0]!];
    Object.assign(who, { elsewhere: [other] });
    await stage.take(northgate, [pulse('p-ada', 'between', '2026-11-20')]);
    await stage.open({ ...who, elsewhere: [] });
    expect(hex(who.receipts.seen!)).not.toBe(hex(other.receipts.seen!));
    expect(words(await openAda(who, honestly))).toEqual([]);
    expect(hex(who.receipts.seen!)).toBe(hex(other.receipts.seen!));

    const log = await logKey(join(stage.town.folder, 'keys', 'cloud'));
    const { checkpoint } = openCheckpoint(other.receipts.seen!, log)!;
    const shorter = { ...checkpoint, size: checkpoint.size - 1, root: merkleRoot([]) };
    other.receipts.seen = signCheckpoint(log, shorter);
    expect(words(await openAda(who, honestly)).join()).toContain('tampered');
  });
});

test('a cloud that never shows her numbers one log is not believed, and what each saw stays as evidence', async () => {
  const who = decodeKeyring(encodeKeyring(chen));
  const [other] = who.elsewhere as [Keyring];
  const cloud = stage.cloudAs(who);
  const log = await logKey(join(stage.town.folder, 'keys', 'cloud'));
  const sizeOf = (note: Uint8Array | null) => openCheckpoint(note!, log)!.checkpoint.size;
  const write = async (id: string) => {
    await stage.take(northgate, [pulse('p-ada', id, '2026-11-20')]);
    return cloud.receipts.head({ seen: 0 });
  };
  who.receipts.seen = (await write('first')).note;
  const [first, second] = [sizeOf(who.receipts.seen), await write('second')];
  other.receipts.seen = second.note;
  const shown = await cloud.receipts.head({ seen: first });
  await write('third');
  // To the question from the first it answers as of before, to every other as of now.
  const head: typeof cloud.receipts.head = async ({ seen }) => (seen === first ? shown : cloud.receipts.head({ seen }));
  watchAsOne([who, other]);
  const watch = watchOver({ keyring: who, cloud: { ...cloud, receipts: { ...cloud.receipts, head } }, now: () => stage.clock() / 1000 });
  const judged = await watch.ask((seen) => cloud.receipts.head({ seen }));
  expect(judged).toMatchObject({ kind: 'fails', what: expect.stringContaining('one log to one of your numbers') });
  expect([who, other].map(({ receipts }) => sizeOf(receipts.seen))).toEqual([first, sizeOf(second.note)]);
});

test('what the cloud promised one of her numbers is no promise to the next', async () => {
  const who = decodeKeyring(encodeKeyring(chen));
  const [other] = who.elsewhere as [Keyring];
  const cloud = stage.cloudAs(ada);
  const [{ pat } = { pat: new Uint8Array() }] = (await cloud.records.charts()).charts;
  const said = { pat, seq: 1, byName: false, denied: [], time: Math.floor(stage.clock() / 1000), prevHash: new Uint8Array(32) };
  const { promise } = await cloud.limits.say({ pat, state: signLimits(ada.secrets.edSk, said) });
  const took = (number: Keyring) =>
    watchOver({ keyring: number, cloud: stage.cloudAs(number), now: () => Math.floor(stage.clock() / 1000) }).took(promise);
  watchAsOne([who, other]);
  expect([took(who), took(other), took(who)]).toEqual([null, noPromise, noPromise]);
});

test('a number that nobody approved yet is asked nothing, and keeps nothing from opening', async () => {
  const lark = await stage.place('larkfield');
  const more = { ...chen, elsewhere: [...chen.elsewhere] };
  const fresh = newNumber(more, lark.keyring.card.id);
  expect(numberAt(more, lark.keyring.card.id)).toBe(fresh);
  expect((await stage.open(more)).ids).toEqual(expect.arrayContaining(['iron', 'sugar']));
});
