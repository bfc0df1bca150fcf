/**
 * An emergency: a doctor breaks the glass of one patient's chart, for hours; whom it concerns is told, and nobody alone opens anything.
 */

import { CareletError } from '@carelet/care/model';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import type { Policy } from '@carelet/care/rules/sharing/policy';
import { approve, claim, endReplaced, invite, reject, renewManifest, retireDomain, takeWriterKeys } from '@carelet/client/enrolment';
import { decodeKeyring, encodeKeyring, type Keyring, newKeyring } from '@carelet/client/keyring/keyring';
import type { Authority, Cloud } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { ownReceipts } from '@carelet/client/receipts/own';
import { type ChartRef, type Reader, reader } from '@carelet/client/records/reader';
import { renewLocks } from '@carelet/client/records/renew';
import { breakGlass, brokenFor, brokenGlasses, reviewBreakGlass } from '@carelet/client/sharing/break-glass';
import { ownOffice } from '@carelet/client/sharing/office';
import { takeDoctorKeys } from '@carelet/client/sharing/roles';
import { hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { encodeCard } from '@carelet/crypto/cards/card';
import { decodeBreakGlass, encodeBreakGlass, signBreakGlass, signReview } from '@carelet/crypto/ma-kp-abe/break-glass';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let ada: Keyring;
let chen: Keyring;

type Said = Parameters<Cloud['breakGlass']['say']>[0];
type Listed = Awaited<ReturnType<Cloud['breakGlass']['list']>>['broken'][number];

/** Sees vital signs day by day, and everything that is not especially sensitive in an emergency. */
const onDuty: Partial<Policy> = { kinds: ['vital-signs'], parts: ['MI'], breakGlass: true };
const now = () => Math.floor(stage.clock() / 1000);
const why = 'She was brought in unconscious. I have to know what she takes.';

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  await stage.take(northgate, [
    patient('p-ada'),
    pulse('p-ada', 'pulse', '2026-11-16'),
    result('p-ada', 'blood', '2026-11-15'),
    result('p-ada', 'hiv', '2026-11-15', '75622-1'),
    result('p-ada', 'long-ago', '2014-05-01'),
  ]);
  await stage.take(northgate, [
    patient('p-ben', 'Okafor', 'Ben'),
    pulse('p-ben', 'bens-pulse', '2026-11-16'),
    result('p-ben', 'bens-blood', '2026-11-15'),
  ]);
  ada = stage.patient('Ada Marlow');
  await stage.cloudAs(ada).login.present({ card: encodeCard(ada.card), with: [] });
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
  chen = await stage.doctor('Dr Chen', { at: northgate, ...onDuty });
}, 120_000);

afterAll(() => stage?.[Symbol.asyncDispose]());
beforeEach(() => stage.clock.to(new Date(stage.clock() + 1000).toISOString()));

const refOf = async (who: Keyring, at = 0): Promise<ChartRef> =>
  (await stage.cloudAs(who).records.charts()).charts.find(({ pat }) => hex(pat) === hex(northgate.keyring.charts[at]!.pat))!;
/** Under which the emergencies of the hospital stand. */
const numberOf = ({ emergencyKeys: [key] }: Keyring) => key!.organisation;
const asking = (keyring: Keyring) => ({ keyring, cloud: stage.cloudAs(keyring), clock: stage.clock });
const readerOf = (keyring: Keyring): Reader =>
  reader({
    keyring,
    cloud: stage.cloudAs(keyring),
    cloudletOf: (organisation) => stage.cloudletOf(keyring, organisation),
    mathematics: mathematicsHere,
    clock: stage.clock,
  });

test('a doctor on duty sees her kinds; once she broke the glass of a chart everything of it but what is sensitive, for hours', async () => {
  const usual = await stage.open(chen);
  expect(usual.ids).toEqual(['bens-pulse', 'pulse']);
  expect(usual.problems).toEqual([]);
  const until = await breakGlass(asking(chen), await refOf(chen), { reason: why, hours: 2 });
  expect(until - Math.floor(stage.clock() / 1000)).toBe(7200);

  const open = await stage.open(chen);
  expect(open.ids).toEqual(['bens-pulse', 'blood', 'long-ago', 'p-ada', 'pulse']);
  expect(open.problems).toEqual([]);

  // Nothing of it lies in her keyring, and when the hours are over it is closed.
  stage.clock.to(new Date((until + 1) * 1000).toISOString());
  expect((await stage.open(chen)).ids).toEqual(['bens-pulse', 'pulse']);
});

test('the patient, the hospital and the log are told who, when, how long and why; the hospital says what it thinks of it', async () => {
  const told = async (who: Keyring) =>
    (await brokenGlasses(asking(who))).map(({ reason, verdict, word }) => [hex(word.doctor), reason, verdict]);
  const id = hex(chen.card.id);
  expect(await told(ada)).toEqual([[id, why, null]]);
  expect(await told(northgate.keyring)).toEqual([[id, why, null]]);
  // She knows what she said; it is sealed to others.
  expect(await told(chen)).toEqual([[id, null, null]]);
  expect(await told(await stage.doctor('Dr Lind', { at: northgate }))).toEqual([]);

  const [broken] = await brokenGlasses(asking(northgate.keyring));
  await reviewBreakGlass(asking(northgate.keyring), broken!, 'justified');
  expect(await told(ada)).toEqual([[id, why, 'justified']]);
  // Nobody else's word counts.
  const { pat, number } = broken!.word;
  const said = { verdict: 'not-justified', at: now() + 5 } as const;
  const forged = {
    pat,
    number,
    ...said,
    signature: signReview(chen.secrets.edSk, broken!.word, said),
  };
  expect(await refusal(stage.cloudAs(chen).breakGlass.review(forged))).toBe('denied');
  expect(await refusal(stage.cloudAs(northgate.keyring).breakGlass.review(forged))).toBe('invalid');

  const { charts } = await ownReceipts({ keyring: ada, cloud: stage.cloudAs(ada), clock: stage.clock });
  const kinds = charts.flatMap(({ receipts }) =>
    receipts.filter(({ receipt }) => hex(receipt.actor) === id).map(({ receipt }) => receipt.kind),
  );
  expect(kinds).toContain('break-glass');
  expect(kinds).toContain('transformation');
});

describe('an administrator who signs for the hospital', () => {
  let joan: Keyring;
  let sam: Keyring;
  const office = async (who: Keyring) => (await ownOffice(stage.authorityAs(who), who))!;
  const lookingAs = async (who: Keyring, cloud = stage.cloudAs(who)) => ({ ...asking(who), cloud, office: await office(who) });
  /** Lets the hours of the one before pass. */
  const closed = () => stage.clock.to(new Date(stage.clock() + 3_601_000).toISOString());
  const breaks = async (more: { authority?: Authority } = {}) => {
    closed();
    await breakGlass({ ...asking(chen), authority: stage.authorityAs(chen), ...more }, await refOf(chen), { reason: why, hours: 1 });
  };
  const newestOf = async (who: Keyring, cloud = stage.cloudAs(who)) => (await brokenGlasses({ ...asking(who), cloud }))[0]!;
  /** The cloud, but it says this in the place of what the hospital said of the newest. */
  const saying = (who: Keyring, review: Listed['review']): Cloud => {
    const cloud = stage.cloudAs(who);
    const list: Cloud['breakGlass']['list'] = async (input) => {
      const [first, ...others] = (await cloud.breakGlass.list(input)).broken;
      return { broken: [{ ...first!, review }, ...others] };
    };
    return { ...cloud, breakGlass: { ...cloud.breakGlass, list } };
  };
  const listed = async (who: Keyring) => (await stage.cloudAs(who).breakGlass.list({})).broken[0]!;

  beforeAll(async () => {
    const [first, mara] = await stage.administrators();
    sam = first;
    joan = newKeyring('administrator', 'joan', 'Joan Pike', stage.town.manifest, now() + 400 * 86_400);
    const { code } = await invite(stage.authorityAs(sam), sam);
    await invite(stage.authorityAs(mara), mara, code);
    await claim(stage.authorityAs(null), joan, code, 'northgate');
    for (const who of [joan, sam, ada]) await renewManifest(stage.authorityAs(who), who);
    await stage.place('harbour');
  });

  afterAll(closed);

  test('reads who, when and why, and not whose chart; patient and hospital read what she says of it', async () => {
    await breaks();
    const [one] = await brokenGlasses(await lookingAs(joan));
    expect(one).toMatchObject({ owner: null, reason: why, verdict: null });
    expect(hex(one!.word.doctor)).toBe(hex(chen.card.id));
    await reviewBreakGlass(await lookingAs(joan), one!, 'not-justified');
    for (const who of [ada, northgate.keyring, chen]) expect((await newestOf(who)).verdict).toBe('not-justified');
    // She, or the hospital itself, says it anew; the last word counts.
    await reviewBreakGlass(asking(northgate.keyring), await newestOf(northgate.keyring), 'justified');
    expect((await newestOf(ada)).verdict).toBe('justified');
    expect((await brokenGlasses(await lookingAs(joan)))[0]!.verdict).toBe('justified');
  });

  test('of another organisation, or of none, gets the one answer of whom there is nothing for', async () => {
    await breaks();
    const { word } = await newestOf(northgate.keyring);
    const { pat, number, organisation } = word;
    const { words: joans } = await office(joan);
    const sams = (await stage.authorityAs(sam).enrolment.office()).words;
    expect(await ownOffice(stage.authorityAs(sam), sam)).toBeNull();
    const review = async (who: Keyring, more: { words?: typeof joans; number?: Uint8Array } = {}) => {
      const said = { verdict: 'justified', at: now() } as const;
      const signature = signReview(who.secrets.edSk, word, said);
      const asked = { pat, number: more.number ?? number, ...said, signature, ...(more.words && { office: more.words }) };
      return stage
        .cloudAs(who)
        .breakGlass.review(asked)
        .then(
          () => 'ok',
          ({ kind, because }: CareletError) => `${kind}: ${because}`,
        );
    };
    const none = await review(joan, { words: joans, number: systemRandom(16) });
    expect(none).toMatch(/^denied: /);
    expect(await review(sam, { words: sams })).toBe(none);
    // By another's words, or by one issuer's said twice; and without any.
    expect(await review(sam, { words: joans })).toBe(none);
    expect(await review(joan, { words: [joans[0]!, joans[0]!] })).toBe(none);
    expect(await review(joan)).toBe(none);
    expect(await review(chen, { words: joans })).toBe(none);
    const list = (who: Keyring, words: typeof joans, of = organisation) =>
      refusal(stage.cloudAs(who).breakGlass.list({ office: { organisation: of, words } }));
    expect(await list(joan, joans)).toBe('ok');
    expect(await list(sam, sams)).toBe('denied');
    expect(await list(sam, joans)).toBe('denied');
    expect(await list(joan, joans, (await stage.place('harbour')).keyring.card.id)).toBe('denied');
    // Neither does a patient believe a cloud that takes it.
    const said = { verdict: 'justified', at: now() } as const;
    const forged = { ...said, signature: signReview(sam.secrets.edSk, word, said), by: { card: encodeCard(sam.card), words: sams } };
    expect((await newestOf(ada, saying(ada, forged))).verdict).toBeNull();
    expect((await newestOf(ada, saying(ada, { ...forged, by: { ...forged.by, words: joans } }))).verdict).toBeNull();
    expect((await newestOf(ada, saying(ada, { ...forged, by: null }))).verdict).toBeNull();
  });

  test('says it at a time: a cloud that shows an older word, or none any more, is noticed, also by the keyring of another day', async () => {
    await breaks();
    const [one] = await brokenGlasses(await lookingAs(joan));
    await reviewBreakGlass(await lookingAs(joan), one!, 'justified');
    const before = (await listed(ada)).review!;
    expect((await newestOf(ada)).verdict).toBe('justified');
    await reviewBreakGlass(await lookingAs(joan), one!, 'not-justified');
    for (const who of [ada, northgate.keyring]) {
      expect(await newestOf(who)).toMatchObject({ verdict: 'not-justified', older: false });
      const another = decodeKeyring(encodeKeyring(who));
      for (const shown of [before, null]) {
        expect(await newestOf(another, saying(another, shown))).toMatchObject({ verdict: null, older: true });
      }
    }
    // Nor does the cloud take an older one, or one of another day.
    const { pat, number } = one!.word;
    const at = async (time: number) => {
      const said = { verdict: 'justified', at: time } as const;
      const asked = { pat, number, ...said, signature: signReview(joan.secrets.edSk, one!.word, said), office: (await office(joan)).words };
      return refusal(stage.cloudAs(joan).breakGlass.review(asked));
    };
    expect(await at(before.at)).toBe('conflict');
    expect(await at(now() + 3600)).toBe('invalid');
    // Changed on its way: the time is signed.
    expect((await newestOf(ada, saying(ada, { ...before, at: before.at + 100 }))).verdict).toBeNull();
  });

  test('is not waited for: while the authority is away the hospital alone reads why', async () => {
    const away = async (): Promise<never> => {
      throw new CareletError('unavailable', 'ask', { because: 'away' });
    };
    const authority = stage.authorityAs(chen);
    await breaks({ authority: { ...authority, enrolment: { ...authority.enrolment, reviewers: away } } });
    expect((await brokenGlasses(await lookingAs(joan)))[0]!.reason).toBeNull();
    expect((await newestOf(northgate.keyring)).reason).toBe(why);
  });

  test('is told why only if two issuers say that she signs for this hospital, whatever the authority says', async () => {
    const authority = stage.authorityAs(chen);
    const { words } = await authority.enrolment.office().catch(() => ({ words: [] }));
    const sams = { card: encodeCard(sam.card), words: (await stage.authorityAs(sam).enrolment.office()).words };
    expect(words).toEqual([]);
    const reviewers = async () => ({ administrators: [sams, { ...sams, words: (await office(joan)).words }] });
    await breaks({ authority: { ...authority, enrolment: { ...authority.enrolment, reviewers } } });
    expect((await listed(northgate.keyring)).reasons.administrators).toEqual([]);
  });
});

test('without a key for it, without the cloud, without the mediator nobody breaks a glass', async () => {
  const ref = await refOf(chen);
  const osei = await stage.doctor('Dr Osei', { at: northgate, kinds: ['vital-signs'] });
  expect(osei.emergencyKeys).toEqual([]);
  expect(await refusal(breakGlass(asking(osei), ref, { reason: why }))).toBe('denied');
  // Nor with somebody else's: the cloud asks for what was issued to her.
  const borrowed = { ...osei, emergencyKeys: chen.emergencyKeys };
  expect(await refusal(breakGlass(asking(borrowed), ref, { reason: why }))).toBe('denied');

  const number = numberOf(chen);
  const nodes = [(await stage.sql<{ node_id: Uint8Array }>(`select node_id from wrap where kind = 'emergency' limit 1`))[0]!.node_id];
  expect(await refusal(stage.cloudAs(chen).sharing.transform({ pat: ref.pat, organisation: number, nodes }))).toBe('denied');
  expect(await refusal(stage.cloudletAs(chen).sharing.enter({ organisation: number, factors: [] }))).toBe('denied');
});

test('a mediator does its part for the doctor’s own word of now that the cloud noted, and for nothing else', async () => {
  const [ref, number] = [await refOf(chen), numberOf(chen)];
  await breakGlass(asking(chen), ref, { reason: why, hours: 1 });
  const broken = (await brokenFor(asking(chen), ref))!;
  const enter = (breakGlass: typeof broken, who = chen) =>
    refusal(stage.cloudletAs(who).sharing.enter({ organisation: number, factors: [], breakGlass }));
  expect(await enter(broken)).toBe('ok');
  const read = decodeBreakGlass(broken.word)!;
  // Of a cloud that noted nothing; of another number, signed by her; of somebody else's word.
  expect(await enter({ ...broken, noted: systemRandom(64) })).toBe('denied');
  const other = encodeBreakGlass(signBreakGlass(chen.secrets.edSk, { ...read, number: systemRandom(16) }));
  expect(await enter({ word: other, noted: broken.noted })).toBe('denied');
  const novak = await stage.doctor('Dr Novak', { at: northgate, ...onDuty });
  expect(await enter(broken, novak)).toBe('denied');
  // A login lasts as long as the glass.
  const { login } = await stage.cloudletAs(chen).sharing.enter({ organisation: number, factors: [], breakGlass: broken });
  const ask = () => refusal(stage.cloudletAs(chen).sharing.answer({ login, transformed: [new Uint8Array(1152)] }));
  expect(await ask()).toBe('ok');
  stage.clock.to(new Date(read.until * 1000 + 1000).toISOString());
  expect(await ask()).toBe('denied');
  expect(await enter(broken)).toBe('denied');
});

test('it is of the parts of one chart that she names: of another nothing opens by it', async () => {
  const until = await breakGlass(asking(chen), await refOf(chen, 1), { reason: why, hours: 1, parts: ['MI'] });
  const { ids } = await stage.open(chen);
  expect(ids).toContain('bens-blood');
  for (const closed of ['p-ben', 'blood', 'long-ago']) expect(ids).not.toContain(closed);
  stage.clock.to(new Date((until + 1) * 1000).toISOString());
});

test('a word is refused that is too long, too late, for another chart’s hospital or changed; said twice it is one', async () => {
  const [ref, place] = [await refOf(chen), { reason: why }];
  expect(await refusal(breakGlass(asking(chen), ref, { ...place, hours: 5 }))).toBe('invalid');
  expect(await refusal(breakGlass(asking(chen), ref, { reason: '  ' }))).toBe('invalid');
  expect(await refusal(breakGlass(asking(chen), ref, { reason: 'x'.repeat(1001) }))).toBe('invalid');
  expect(await refusal(breakGlass(asking(chen), ref, { ...place, parts: [] }))).toBe('invalid');

  const cloud = stage.cloudAs(chen);
  let said: Said | undefined;
  let first: Awaited<ReturnType<typeof cloud.breakGlass.say>> | undefined;
  const listening = {
    ...cloud,
    breakGlass: {
      ...cloud.breakGlass,
      say: async (input: Said) => {
        said = input;
        first = await cloud.breakGlass.say(input);
        return first;
      },
    },
  };
  await breakGlass({ ...asking(chen), cloud: listening }, ref, { reason: why, hours: 1 });
  const word = decodeBreakGlass(said!.word)!;
  // As after an answer that was lost: the same word, the same receipt, and no second one.
  expect(first!.promise).toBeDefined();
  expect(await cloud.breakGlass.say(said!)).toEqual(first);
  const saying = (change: Partial<typeof word>) =>
    refusal(cloud.breakGlass.say({ ...said!, word: encodeBreakGlass(signBreakGlass(chen.secrets.edSk, { ...word, ...change })) }));
  expect(await saying({ parts: ['EID'] })).toBe('conflict');
  expect(await saying({ number: systemRandom(16), town: systemRandom(32) })).toBe('invalid');
  expect(await saying({ number: systemRandom(16), reasons: systemRandom(32) })).toBe('invalid');
  expect(await saying({ number: systemRandom(16), since: word.since - 3600, until: word.until - 3600 })).toBe('invalid');
  expect(await saying({ number: systemRandom(16), organisation: systemRandom(16) })).toBe('denied');
  // A chart there is none of gets the same answer.
  expect(await saying({ number: systemRandom(16), pat: systemRandom(16) })).toBe('denied');
  const spoilt = said!.word.map((byte, i) => (i === said!.word.length - 5 ? byte ^ 1 : byte));
  expect(await refusal(cloud.breakGlass.say({ ...said!, word: spoilt }))).toBe('invalid');
});

test('a cloud that takes her word and signs nothing, or opens another’s reason, is noticed', async () => {
  const ref = await refOf(chen);
  const cloud = stage.cloudAs(chen);
  const lying = {
    ...cloud,
    breakGlass: { ...cloud.breakGlass, say: async (said: Said) => ({ ...(await cloud.breakGlass.say(said)), noted: new Uint8Array(64) }) },
  };
  expect(await refusal(breakGlass({ ...asking(chen), cloud: lying }, ref, { reason: why, hours: 1 }))).toBe('tampered');
  // Reasons exchanged between two words: neither opens.
  const honest = stage.cloudAs(ada);
  const { broken } = await honest.breakGlass.list({});
  const mixed = {
    ...honest,
    breakGlass: {
      ...honest.breakGlass,
      list: async () => ({ broken: broken.map((one, i) => ({ ...one, reasons: broken[(i + 1) % broken.length]!.reasons })) }),
    },
  };
  expect(broken.length).toBeGreaterThan(1);
  expect((await brokenGlasses({ ...asking(ada), cloud: mixed })).map(({ reason }) => reason)).toEqual(broken.map(() => null));
});

test('a key for emergencies ends with the one for every day', async () => {
  const walsh = await stage.doctor('Dr Walsh', { at: northgate, ...onDuty });
  const ref = await refOf(walsh);
  await breakGlass(asking(walsh), ref, { reason: why, hours: 4 });
  expect((await stage.open(walsh)).ids).toContain('blood');
  const before: Keyring = { ...decodeKeyring(encodeKeyring(walsh)), opened: {} };
  // What the issuers sealed for cloud and mediator, as she may have kept it.
  const services = {
    cloud: (await stage.cloudAs(walsh).sharing.service()).key,
    mediator: await stage.cloudletAs(walsh).sharing.mediator(),
  };
  const { keys: issued } = await stage.authorityAs(walsh).keys.issue({ ...services, anew: [] });
  const { organisation, entitlement, parts } = issued.find(({ emergency }) => emergency)!;
  const approvers = await stage.administrators();
  stage.clock.to(new Date(stage.clock() + 2000).toISOString());
  const narrower: Policy = {
    ...{ parts: ['MI'], kinds: ['vital-signs'], confidentiality: ['N'], sensitivity: ['none'], patients: 'everyone' },
    ...{ unit: hex(northgate.keyring.card.id), from: 'beginning', until: addDays(dayOf(stage.clock()), 20) },
  };
  let last = 0;
  for (const approver of approvers) {
    const { replaces } = await approve(stage.authorityAs(approver), approver, walsh.card, narrower, stage.clock() / 1000);
    last = replaces ?? 0;
  }
  const [sam] = approvers;
  const holders = { cloud: stage.cloudAs(sam), cloudlets: [stage.cloudletAs(sam)] };
  const key = { doctor: walsh.card.id, organisation: northgate.keyring.card.id, issued: last };
  await endReplaced({ authority: stage.authorityAs(sam), keyring: sam }, holders, key, Math.floor(stage.clock() / 1000));
  expect((await stage.open(before)).ids).toEqual([]);
  const transforms = parts.map(({ issuer, cloud: sealed }) => ({ issuer, sealed }));
  expect(await refusal(stage.cloudAs(walsh).sharing.enter({ entitlement, transforms }))).toBe('conflict');
  const factors = parts.map(({ issuer, mediator: sealed }) => ({ issuer, sealed }));
  expect(await refusal(stage.cloudletAs(walsh).sharing.keep({ organisation, factors }))).toBe('conflict');
  expect(await refusal(breakGlass(asking(walsh), ref, { reason: why }))).toMatch(/denied|conflict/);
  await takeDoctorKeys(stage.issuing(walsh), walsh, mathematicsHere);
  expect(walsh.emergencyKeys).toEqual([]);
  expect((await stage.open(walsh)).ids).toEqual(['bens-pulse', 'pulse']);
});

test('whom an administrator turns down has no emergencies either, with a glass that is still broken', async () => {
  const karim = await stage.doctor('Dr Karim', { at: northgate, ...onDuty });
  const ref = await refOf(karim);
  await breakGlass(asking(karim), ref, { reason: why, hours: 4 });
  const read = readerOf(karim);
  const opened = await read.open(ref);
  expect(opened.records.length).toBeGreaterThan(2);
  const [sam] = await stage.administrators();
  const holders = { cloud: stage.cloudAs(sam), cloudlets: [stage.cloudletAs(sam)] };
  await reject({ authority: stage.authorityAs(sam), keyring: sam }, holders, karim.card.id, 'her licence has ended');
  expect((await read.open(ref)).records).toEqual([]);
  expect(await refusal(breakGlass(asking(karim), ref, { reason: why }))).toBe('denied');
});

test('once the hospital’s keys are retired its emergencies are founded anew, and the keys of before open nothing with a broken glass', async () => {
  const lind = await stage.doctor('Dr Lind', { at: northgate, ...onDuty });
  const before: Keyring = { ...decodeKeyring(encodeKeyring(lind)), opened: {} };
  const ref = await refOf(lind);
  await breakGlass(asking(lind), ref, { reason: why, hours: 4 });
  const old = numberOf(lind);
  for (const by of await stage.administrators()) {
    const holders = { cloud: stage.cloudAs(by), cloudlets: [stage.cloudletAs(by)] };
    await retireDomain({ authority: stage.authorityAs(by), keyring: by }, holders, northgate.keyring.card.id);
  }
  expect((await stage.open(before)).ids).toEqual([]);
  const broken = (await brokenFor(asking(lind), ref))!;
  const enter = () => refusal(stage.cloudletAs(lind).sharing.enter({ organisation: old, factors: [], breakGlass: broken }));
  expect(await enter()).toMatch(/conflict|missing/);

  await takeWriterKeys(stage.authorityAs(northgate.keyring), northgate.keyring);
  const { keyring } = northgate;
  await renewLocks({ keyring, cloud: stage.cloudAs(keyring), mathematics: mathematicsHere, clock: stage.clock });
  const left = await stage.sql(`select 1 from wrap where kind = 'emergency' and domain = $1`, [Buffer.from(old)]);
  expect(left).toEqual([]);
  await takeDoctorKeys(stage.issuing(lind), lind, mathematicsHere);
  expect(hex(numberOf(lind))).not.toBe(hex(old));
  // Her word still stands, and what she has now opens by it.
  expect((await stage.open(lind)).ids).toContain('blood');
  expect((await stage.open(before)).ids).toEqual([]);
});

test('of what is especially sensitive there is no lock for emergencies at all', async () => {
  const kinds = await stage.sql<{ kind: string; n: string }>('select kind, count(*) as n from wrap group by kind');
  const count = (kind: string) => Number(kinds.find((one) => one.kind === kind)?.n ?? 0);
  expect(count('emergency')).toBeGreaterThan(0);
  expect(count('emergency')).toBeLessThan(count('policy'));
});
