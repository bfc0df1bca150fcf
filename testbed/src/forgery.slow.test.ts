/**
 * Forgeries that were possible once: a cloud that makes up a hospital, a cloud and a patient together, a watch
 * that says more than it measured, one pairing code for two watches.
 */
import { ancestors, dayOf } from '@carelet/care/rules/records/calendar';
import { encodeBody } from '@carelet/client/records/body';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { sign } from '@carelet/crypto/algebra/sign';
import { type Card, cardLabel, cardParts, encodeCard } from '@carelet/crypto/cards/card';
import { signDeed } from '@carelet/crypto/records/chart';
import { rowIdOf } from '@carelet/crypto/records/row';
import { encodeStrip } from '@carelet/crypto/records/strip';
import { childKey, nodeId } from '@carelet/crypto/records/tree';
import { bind, sealRow } from '@carelet/crypto/records/writer';
import { expect, test } from 'vitest';
import { openStage, patient, pulse, refusal } from './fixture.testing.ts';
import { watchesAt } from './watch.testing.ts';

/** A card of any kind under a number and with keys of one's choice, rightly signed by these keys. */
function madeUp(card: Card, edSk: Bytes, changes: Partial<Card>): Card {
  const body = { ...card, ...changes, vouchers: [] };
  return { ...body, selfSignature: sign(edSk, cardLabel, cardParts(body)) };
}

test("a cloud that answers with cards of its own making forges no hospital's records", async () => {
  await using stage = await openStage();
  await using elsewhere = await openStage();
  const ada = stage.patient('ada');
  const forger = await elsewhere.place('northgate');
  await elsewhere.take(forger, [patient('p'), pulse('p', 'forged', '2026-11-18')]);
  await elsewhere.link(forger, forger.keyring.charts[0]!, ada);
  const evil = elsewhere.cloudAs(ada);
  for (const kind of ['patient', 'cradle', 'organisation', 'device'] as const) {
    const fake = encodeCard(madeUp(forger.keyring.card, forger.keyring.secrets.edSk, { kind }));
    const cards = async ({ ids }: { ids: Bytes[] }) => ({ cards: ids.map(() => fake) });
    const { ids, problems } = await stage.open(ada, { cloud: { ...evil, login: { ...evil.login, cards } } });
    expect(ids).toEqual([]);
    expect(problems.length).toBeGreaterThan(0);
  }
});

test('a stranger under the clinic’s number pairs no watch at its cloudlet', async () => {
  await using stage = await openStage();
  const harbour = await stage.place('harbour');
  const ivy = stage.patient('ivy');
  const posing = { ...ivy, card: madeUp(ivy.card, ivy.secrets.edSk, { id: harbour.keyring.card.id }) };
  expect(await refusal(stage.cloudletAs(posing).sessions.pair())).toBe('denied');
  expect(await refusal(stage.cloudletAs(ivy).sessions.pair())).toBe('denied');
  await stage.cloudletAs(harbour.keyring).sessions.pair();
});

test("a cloud that calls Ben's chart Ada's gets no deed for it from the clinic", async () => {
  await using stage = await openStage();
  const at = await watchesAt(stage);
  const ben = stage.patient('ben');
  await stage.take(at.harbour, [patient('p-ben', 'Okoro', 'Ben'), pulse('p-ben', 'bens', '2026-11-19')]);
  const chart = at.harbour.keyring.charts.find(({ cradle }) => cradle)!;
  await stage.link(at.harbour, chart, ben);
  await stage.cloudAs(at.ada).records.charts();
  await stage.sql('update chart set owner = $1 where pat = $2', [Buffer.from(at.ada.card.id), Buffer.from(chart.pat)]);
  const hers = await at.pairFor(at.ada, 'hers');
  expect(hex(hers.pat)).not.toBe(hex(chart.pat));
  const { deed } = (await stage.cloudAs(at.ada).records.charts()).charts.find(({ pat }) => equalPublic(pat, chart.pat))!;
  const stolen = { pat: chart.pat, writer: at.harbour.keyring.card.id, owner: at.ada.card.id };
  expect(deed).not.toEqual(signDeed(at.harbour.keyring.secrets.edSk, stolen));
});

test('a watch speaks in strips of its own, and whatever else it sends hides nothing', async () => {
  await using stage = await openStage();
  const at = await watchesAt(stage);
  await stage.take(at.harbour, [patient('p-ada'), pulse('p-ada', 'clinics', '2026-11-19')]);
  await stage.link(at.harbour, at.harbour.keyring.charts.find(({ cradle }) => cradle)!, at.ada);
  const clinics = (await stage.open(at.ada)).records.find(({ entries }) => entries[0]?.resource.id === 'clinics')!;
  const wearable = await at.pairFor(at.ada, 'watch');
  const watch = at.watchOf(wearable);
  const chen = await stage.doctor('Dr Chen', { at: at.harbour, patients: [hex(wearable.pat)] });

  const tree = wearable.trees.find(({ kind }) => kind === 'vital-signs')!;
  const day = dayOf(stage.clock());
  const way = [...ancestors(day), day];
  const links = way.map((period, i) => ({
    nodeId: nodeId(tree.treeId, period),
    parent: i === 0 ? new Uint8Array() : nodeId(tree.treeId, way[i - 1]!),
  }));
  const say = async (rid: Bytes, body: Bytes) => {
    const number = wearable.next++;
    const [contents] = bind([{ rid, version: 1, bodies: { MI: body } }], { id: wearable.card.id, secret: wearable.edSk });
    const place = { part: 'MI', rowId: rowIdOf(wearable.ridKey, 'MI', rid), version: 1, nodeId: nodeId(tree.treeId, day) };
    const row = sealRow(childKey(tree.months[day.slice(0, 7)]!, day), place, contents!.MI!);
    const strip = encodeStrip({ number, part: 'MI', row, links, wrap: null });
    wearable.waiting.push({ number, lane: 2, body: strip, at: [], past: [], reached: false });
    await watch.sender.send();
    await at.forwarded();
  };
  const { MI } = clinics.bodies;
  const resource = MI?.kind === 'fhir' ? MI.json.replaceAll('clinics', 'forged') : '';
  await say(new Uint8Array(16).fill(7), encodeBody({ kind: 'fhir', json: resource }));
  await say(clinics.rid, encodeBody({ kind: 'fhir', json: resource }));
  await say(new Uint8Array(16).fill(8), encodeBody({ kind: 'strip', device: clinics.author, number: 0, packed: new Uint8Array(8) }));
  await say(new Uint8Array(16).fill(9), encodeBody({ kind: 'strip', device: wearable.card.id, number: 0, packed: new Uint8Array(8) }));

  const { ids, problems } = await stage.open(chen, { pat: wearable.pat });
  expect(ids).toContain('clinics');
  expect(ids).not.toContain('forged');
  expect(problems.length).toBe(4);
  expect(problems.every(({ kind }) => kind === 'tampered')).toBe(true);
});

test('of two watches paired with one code, the first is refused from the start and the second works', async () => {
  await using stage = await openStage();
  const at = await watchesAt(stage);
  const { code } = await stage.cloudletAs(at.harbour.keyring).sessions.pair();
  const first = at.watchOf(await at.pairFor(at.ada, 'first', code));
  const second = at.watchOf(await at.pairFor(at.ada, 'second', code));
  await first.keep(70);
  expect(await refusal(first.sender.send())).toBe('cannot-open');
  await second.keep(71);
  expect(await second.sender.send()).toBe(1);
  expect(await refusal(at.pairFor(at.ada, 'third', code))).toBe('denied');
});
