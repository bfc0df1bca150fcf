/**
 * Carers: what a patient shares with somebody who cares for her opens to that person as to a doctor, by the code she handed over,
 * and stands apart from her own chart.
 */
import { type Consent, recipientOf, usualConsent } from '@carelet/care/rules/sharing/consent';
import { decodeKeyring, encodeKeyring, type GivenGrant, type Keyring } from '@carelet/client/keyring/keyring';
import type { Cloud } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { carerCode, findCarer } from '@carelet/client/sharing/carer';
import { offerHalf } from '@carelet/client/sharing/received';
import { renewConsents } from '@carelet/client/sharing/renew';
import { askAccess } from '@carelet/client/sharing/requests';
import { type SharingOptions, share, unshare, whoReads } from '@carelet/client/sharing/share';
import { type Card, decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { cardCode } from '@carelet/crypto/cards/code';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hivTest, openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let harbour: Place;
let ada: Keyring;
let ruth: Keyring;
let code: string;

beforeAll(async () => {
  stage = await openStage();
  [northgate, harbour] = [await stage.place('northgate'), await stage.place('harbour')];
  await stage.take(northgate, [
    patient('p-ada'),
    pulse('p-ada', 'today', '2026-11-20T08:00:00Z'),
    pulse('p-ada', 'long-ago', '2014-05-01'),
    result('p-ada', 'blood', '2026-11-18'),
    result('p-ada', 'hiv', '2026-11-18', hivTest),
  ]);
  await stage.take(northgate, [patient('p-ruth', 'Okafor', 'Ruth'), pulse('p-ruth', 'own', '2026-11-20T08:00:00Z')]);
  [ada, ruth] = [stage.patient('Ada'), stage.patient('Ruth')];
  const [hers, ruths] = northgate.keyring.charts;
  await stage.link(northgate, hers!, ada);
  await stage.link(northgate, ruths!, ruth);
  code = await carerCode(offering(ruth));
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const offering = (keyring: Keyring) => ({ keyring, save: async () => {}, cloud: stage.cloudAs(keyring), mathematics: mathematicsHere });
const options = (who: Keyring = ada): SharingOptions => ({
  ...offering(who),
  cloudletOf: (organisation) => stage.cloudletOf(who, organisation),
  clock: stage.clock,
});
const now = () => Math.floor(stage.clock() / 1000);
const found = (said: string, cloud: Cloud = stage.cloudAs(ada)): Promise<Card> => findCarer({ keyring: ada, cloud, now: now() }, said);
const vitals: Consent = { ...usualConsent, kinds: ['vital-signs'], from: 'beginning', until: '2026-12-20' };

const shareWith = async (carer: Card, consent: Consent = vitals, around = options()): Promise<GivenGrant> => {
  const wanted = { doctor: carer.id, doctorName: 'Ruth', as: 'carer', consent, mediator: harbour.keyring.card.id } as const;
  return (await share(around, wanted))[0]!;
};
/** What opens to somebody of Ada's chart. */
const ofAda = async (who: Keyring) => {
  const { charts, ids, problems } = await stage.open(who, { pat: northgate.keyring.charts[0]!.pat });
  return { charts: charts.length, ids, problems };
};
/** What opens to Ruth in all. */
const toRuth = async () => (await stage.open(ruth)).ids;
const nothing = { charts: 0, ids: [], problems: [] };

test('who was granted nothing opens nothing of another’s, whatever code was handed over', async () => {
  expect(await ofAda(ruth)).toEqual(nothing);
  expect(await toRuth()).toEqual(['own', 'p-ruth']);
});

test('a carer opens what was meant for her, with her own reader, beside her own chart; nobody else does', async () => {
  const given = await shareWith(await found(code.toLowerCase().replaceAll('-', ' ')));
  expect(recipientOf(JSON.parse(given.consent))).toBe('carer');
  expect(await ofAda(ruth)).toEqual({ charts: 1, ids: ['long-ago', 'today'], problems: [] });
  expect(await toRuth()).toEqual(['long-ago', 'own', 'p-ruth', 'today']);
  const ben = stage.patient('Ben');
  await carerCode(offering(ben));
  expect(await ofAda(ben)).toEqual(nothing);
  // The other way round nothing was shared.
  expect((await stage.open(ada)).ids).toEqual(['blood', 'hiv', 'long-ago', 'p-ada', 'today']);
});

test('a carer is told what she may see, and cannot ask for more', async () => {
  const [chart] = (await stage.open(ruth, { pat: northgate.keyring.charts[0]!.pat })).charts;
  const more = { kinds: ['laboratory'], sensitive: [], until: '2026-12-20', why: 'I worry.' } as const;
  const asking = { keyring: ruth, cloud: stage.cloudAs(ruth), clock: stage.clock };
  expect(await refusal(askAccess(asking, chart!.chart, more))).toBe('denied');
});

test('what is especially sensitive is meant only where it is named', async () => {
  const given = await shareWith(await found(code), { ...vitals, kinds: ['laboratory'] });
  expect((await ofAda(ruth)).ids).toEqual(['blood', 'long-ago', 'today']);
  await unshare(options(), given.grant);
});

test('another’s taking back gives a carer a new grant, as a carer', async () => {
  const ben = stage.patient('Ben');
  const other = await shareWith(await found(await carerCode(offering(ben))));
  expect((await ofAda(ben)).ids).toEqual(['long-ago', 'today']);
  await unshare(options(), other.grant);
  expect(await renewConsents(options())).toMatchObject({ grants: 1, left: 0 });
  await stage.take(northgate, [pulse('p-ada', 'later', '2026-11-20T09:00:00Z')]);
  expect((await ofAda(ruth)).ids).toEqual(['later', 'long-ago', 'today']);
  expect(whoReads(ada, now()).map(({ consent }) => recipientOf(JSON.parse(consent)))).toEqual(['carer']);
});

test('taken back, nothing opens at once, not even what is old, and to a fresh start as little', async () => {
  for (const { grant } of whoReads(ada, now())) expect(await unshare(options(), grant)).toEqual({ cloud: true, mediator: true });
  expect(await ofAda(ruth)).toEqual(nothing);
  ruth.opened = {};
  expect(await ofAda(ruth)).toEqual(nothing);
  expect(await toRuth()).toEqual(['own', 'p-ruth']);
});

test.each(['cloud', 'mediator'] as const)('taken back by the %s alone, nothing opens to who remembers nothing', async (reached) => {
  const given = await shareWith(await found(code));
  const whole = options();
  const end = () => Promise.reject(new Error('away'));
  const away: SharingOptions =
    reached === 'cloud'
      ? { ...whole, cloudletOf: () => null }
      : { ...whole, cloud: { ...whole.cloud, sharing: { ...whole.cloud.sharing, end } } };
  expect(await unshare(away, given.grant)).toEqual({ cloud: reached === 'cloud', mediator: reached === 'mediator' });
  ruth.opened = {};
  expect((await ofAda(ruth)).ids).toEqual([]);
  await unshare(whole, given.grant);
});

test('a grant to a carer ends with its last day', async () => {
  await shareWith(await found(code), { ...vitals, until: '2026-11-25' });
  expect((await ofAda(ruth)).ids).toContain('today');
  const before = new Date(stage.clock()).toISOString();
  stage.clock.to('2026-11-26T00:00:01Z');
  expect(await ofAda(ruth)).toEqual(nothing);
  stage.clock.to(before);
});

test('a code is somebody else’s, whole, and of somebody who offered', async () => {
  expect(await refusal(found('Ruth'))).toBe('invalid');
  expect(await refusal(found(code.slice(0, -1)))).toBe('invalid');
  expect(await refusal(found(await carerCode(offering(ada))))).toBe('invalid');
  expect(await refusal(found(cardCode(stage.patient('Nobody').card)))).toBe('missing');
  expect(await refusal(found(code.startsWith('0') ? `2${code.slice(1)}` : `0${code.slice(1)}`))).toBe('missing');
  expect(await refusal(found(code.endsWith('0') ? `${code.slice(0, -1)}2` : `${code.slice(0, -1)}0`))).toBe('tampered');
});

/** A cloud that answers whoever asks for a half with these. */
const lying = (delegates: { delegate: Uint8Array; card: Uint8Array }[], cloud = stage.cloudAs(ada)): Cloud => ({
  ...cloud,
  sharing: { ...cloud.sharing, delegates: async () => ({ delegates }) },
});
const offeredBy = ({ sharing, card }: Keyring, as: Card = card) => [{ delegate: sharing.half!.delegate, card: encodeCard(as) }];

test('a cloud that serves another card for a carer’s number gets no grant', async () => {
  const ivy = stage.patient('Ivy');
  await carerCode(offering(ivy));
  const ofRuth = await found(code);
  for (const served of [ivy.card, { ...ivy.card, id: ruth.card.id }, { ...ruth.card, hybridPk: ivy.card.hybridPk }]) {
    const cloud = lying(offeredBy(ivy, served));
    expect(await refusal(found(code, cloud))).toBe('tampered');
    // Not where the code was compared before, either.
    expect(await refusal(shareWith(ofRuth, vitals, { ...options(), cloud }))).toBe('tampered');
  }
  expect(await refusal(shareWith(ofRuth, vitals, { ...options(), cloud: lying(offeredBy(ivy, ruth.card)) }))).toBe('invalid');
  expect(await ofAda(ivy)).toEqual(nothing);
});

test('a carer is a patient: no doctor, organisation or administrator is let read as one, and no carer as a doctor', async () => {
  const chen = await stage.doctor('Dr Chen', { at: harbour, parts: ['MI'], kinds: ['immunizations'] });
  const [sam] = await stage.administrators();
  for (const other of [chen, harbour.keyring, sam]) {
    other.sharing.half ??= (({ half: secret, delegate }) => ({ secret, delegate }))(
      await mathematicsHere.newHalf({ id: other.card.id, edSk: other.secrets.edSk }),
    );
    const cloud = lying(offeredBy(other));
    expect(await refusal(found(cardCode(other.card), cloud))).toBe('tampered');
    expect(await refusal(shareWith(other.card, vitals, { ...options(), cloud }))).toBe('tampered');
  }
  for (const other of [harbour.keyring, sam]) expect(await refusal(offerHalf(offering(other)))).toBe('invalid');
  const asDoctor = { doctor: ruth.card.id, doctorName: 'Dr Ruth', consent: vitals, mediator: harbour.keyring.card.id };
  expect(await refusal(share(options(), asDoctor))).toBe('tampered');
  await expect(shareWith(ada.card)).rejects.toThrow('what is yours you read already');
});

test('what a carer holds lies in her keyring, and her card stays the one that was handed over', async () => {
  expect(decodeKeyring(encodeKeyring(ruth)).sharing).toEqual(ruth.sharing);
  expect(await carerCode(offering(ruth))).toBe(code);
  expect(decodeCard(encodeCard(await found(code)))).toEqual(ruth.card);
});
