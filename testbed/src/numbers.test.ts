/**
 * A doctor of two organisations: she goes by another number at each, and reads by both at once.
 */
import { usualConsent } from '@carelet/care/rules/sharing/consent';
import { decodeKeyring, encodeKeyring, type Keyring } from '@carelet/client/keyring/keyring';
import { newNumber, numberAt, numbersOf } from '@carelet/client/keyring/numbers';
import { mathematicsHere } from '@carelet/client/mathematics';
import { recordsOf } from '@carelet/client/records/fhir';
import { joinedReader } from '@carelet/client/records/joined';
import { type OpenedChart, reader } from '@carelet/client/records/reader';
import { share } from '@carelet/client/sharing/share';
import { hex } from '@carelet/crypto/algebra/bytes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

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

test('a number that nobody approved yet is asked nothing, and keeps nothing from opening', async () => {
  const lark = await stage.place('larkfield');
  const more = { ...chen, elsewhere: [...chen.elsewhere] };
  const fresh = newNumber(more, lark.keyring.card.id);
  expect(numberAt(more, lark.keyring.card.id)).toBe(fresh);
  expect((await stage.open(more)).ids).toEqual(expect.arrayContaining(['iron', 'sugar']));
});
