/**
 * Consent is a key: what a patient shares with a doctor by name opens to her, and to nobody else; taken back, nothing does.
 */
import { CareletError } from '@carelet/care/model';
import type { Consent } from '@carelet/care/rules/sharing/consent';
import { usualConsent } from '@carelet/care/rules/sharing/consent';
import { decodeKeyring, encodeKeyring, type GivenGrant, type Keyring } from '@carelet/client/keyring/keyring';
import { mathematicsHere } from '@carelet/client/mathematics';
import { changeGrants } from '@carelet/client/sharing/change';
import { together } from '@carelet/client/sharing/remembered';
import { renewConsents } from '@carelet/client/sharing/renew';
import { finishEnding, type SharingOptions, share, unshare, whoReads } from '@carelet/client/sharing/share';
import { hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hivTest, openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let harbour: Place;
let ada: Keyring;

beforeAll(async () => {
  stage = await openStage();
  [northgate, harbour] = [await stage.place('northgate'), await stage.place('harbour')];
  await stage.take(northgate, [
    patient('p-ada'),
    pulse('p-ada', 'today', '2026-11-20T08:00:00Z'),
    pulse('p-ada', 'october', '2026-10-03T08:00:00Z'),
    pulse('p-ada', 'long-ago', '2014-05-01'),
    pulse('p-ada', 'undated', undefined),
    result('p-ada', 'blood', '2026-11-18'),
    result('p-ada', 'hiv', '2026-11-18', hivTest),
  ]);
  ada = stage.patient('Ada');
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const options = (who: Keyring = ada): SharingOptions => ({
  keyring: who,
  save: async () => {},
  cloud: stage.cloudAs(who),
  mathematics: mathematicsHere,
  cloudletOf: (organisation) => stage.cloudletOf(who, organisation),
  clock: stage.clock,
});

/** A doctor of another house, whose role opens nothing here. */
const colleague = (name: string): Promise<Keyring> => stage.doctor(name, { at: harbour, parts: ['MI'], kinds: ['immunizations'] });

const vitals: Consent = { ...usualConsent, kinds: ['vital-signs'], from: 'beginning', until: '2026-12-20' };

const shareWith = async (doctor: Keyring, consent: Consent = vitals, who = ada): Promise<GivenGrant> => {
  const [given] = await share(options(who), {
    doctor: doctor.card.id,
    doctorName: doctor.title,
    consent,
    mediator: harbour.keyring.card.id,
  });
  return given!;
};

describe('what a patient shares with a doctor by name', () => {
  let diaz: Keyring;
  let given: GivenGrant;
  beforeAll(async () => {
    diaz = await colleague('Dr Diaz');
    expect((await stage.open(diaz)).charts).toEqual([]);
    given = await shareWith(diaz);
  });

  test('opens to her, old and new, and nothing beside it', async () => {
    const { ids, problems } = await stage.open(diaz);
    expect(ids).toEqual(['long-ago', 'october', 'today', 'undated']);
    expect(problems).toEqual([]);
  });

  test('opens to no other doctor, and she does not hear that it was shared', async () => {
    const osei = await colleague('Dr Osei');
    expect((await stage.open(osei)).charts).toEqual([]);
    const cloud = stage.cloudAs(osei);
    expect((await cloud.sharing.grants()).grants).toEqual([]);
    const nodes = [{ nodeId: systemRandom(16), scope: systemRandom(16) }];
    expect(await refusal(cloud.sharing.turn({ pat: given.pat, grant: given.grant, nodes }))).toBe('denied');
    const mediator = stage.cloudletOf(osei, given.mediator)!;
    expect(await refusal(mediator.sharing.mediate({ grant: given.grant, turned: [new Uint8Array(576)] }))).toBe('denied');
  });

  test('opens what a hospital writes afterwards, while the patient is away', async () => {
    await stage.take(northgate, [pulse('p-ada', 'later', '2026-11-20T09:00:00Z'), result('p-ada', 'sugar', '2026-11-20')]);
    expect((await stage.open(diaz)).ids).toEqual(['later', 'long-ago', 'october', 'today', 'undated']);
    stage.clock.to('2026-11-23T09:00:00Z');
    await stage.take(northgate, [pulse('p-ada', 'monday', '2026-11-23T08:30:00Z'), pulse('p-ada', 'found', '2013-02-02')]);
    expect((await stage.open(diaz)).ids).toEqual(['found', 'later', 'long-ago', 'monday', 'october', 'today', 'undated']);
  });

  test('is remembered by the patient, in words that FHIR knows', () => {
    const [one] = whoReads(ada, stage.clock() / 1000);
    expect(one).toMatchObject({ doctorName: 'Dr Diaz', grant: given.grant });
    const consent = JSON.parse(one!.consent);
    expect(consent).toMatchObject({
      resourceType: 'Consent',
      status: 'active',
      provision: { type: 'permit', period: { end: '2026-12-20' } },
    });
    expect(decodeKeyring(encodeKeyring(ada)).sharing).toEqual(ada.sharing);
  });

  test('tells the cloud neither what it is about nor whose name it is', async () => {
    for (const table of ['consent', 'scope_state', 'writer_letter', 'rekey', 'wrap']) {
      const rows = await stage.sql<{ row: string }>(`select row_to_json(t)::text as row from ${table} t`);
      expect(rows.length, table).toBeGreaterThan(0);
      for (const { row } of rows) {
        // Bytes stand there in hex; words in them are looked for as they are written.
        const text = row.replaceAll(/\\\\x([0-9a-f]*)/g, (_, bytes: string) => Buffer.from(bytes, 'hex').toString('latin1'));
        // What is there is found.
        if (table === 'scope_state') expect(text).toContain('carelet/v1/scope');
        for (const word of ['vital-signs', 'laboratory', 'cHIV', '2026-1', 'Diaz', 'Marlow', 'Consent']) {
          expect(text, table).not.toContain(word);
        }
      }
    }
  });

  test('taken back, opens nothing at once: neither old nor new, and the chart is gone from her list', async () => {
    expect(await unshare(options(), given.grant)).toEqual({ cloud: true, mediator: true });
    expect((await stage.open(diaz)).charts).toEqual([]);
    expect(whoReads(ada, stage.clock() / 1000)).toEqual([]);
    const left = await stage.sql('select 1 from rekey where grant_id = $1', [given.grant]);
    expect(left).toEqual([]);
  });
});

test('of a window, only the days inside it open', async () => {
  const novak = await colleague('Dr Novak');
  await shareWith(novak, { ...vitals, from: '2026-11-01' });
  expect((await stage.open(novak)).ids).toEqual(['later', 'monday', 'today', 'undated']);
});

test('a laboratory consent opens no HIV result, one that names it does', async () => {
  const walsh = await colleague('Dr Walsh');
  await shareWith(walsh, { ...vitals, kinds: ['laboratory'] });
  expect((await stage.open(walsh)).ids).toEqual(['blood', 'sugar']);
  await shareWith(walsh, { ...vitals, kinds: ['laboratory'], sensitivity: ['none', 'HIV'] });
  expect((await stage.open(walsh)).ids).toEqual(['blood', 'hiv', 'sugar']);
});

test('what a hospital marked as restricted opens where it is named, each level by itself', async () => {
  const marked = (id: string, code: string) =>
    result('p-ada', id, '2026-11-19', '718-7', {
      meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code }] },
    });
  await stage.take(northgate, [marked('restricted', 'R'), marked('very-restricted', 'V')]);
  const rao = await colleague('Dr Rao');
  await shareWith(rao, { ...vitals, kinds: ['laboratory'] });
  expect((await stage.open(rao)).ids).toEqual(['blood', 'sugar']);
  await shareWith(rao, { ...vitals, kinds: ['laboratory'], confidentiality: ['N', 'R'] });
  expect((await stage.open(rao)).ids).toEqual(['blood', 'restricted', 'sugar']);
  await shareWith(rao, { ...vitals, kinds: ['laboratory'], confidentiality: ['V'] });
  expect((await stage.open(rao)).ids).toEqual(['blood', 'restricted', 'sugar', 'very-restricted']);
});

describe('with either half of taking back alone, nothing opens', () => {
  test.each(['cloud', 'mediator'] as const)('only the %s heard of it', async (reached) => {
    const doctor = await colleague(`Dr Lind ${reached}`);
    const given = await shareWith(doctor);
    expect((await stage.open(doctor)).ids.length).toBeGreaterThan(3);
    const whole = options();
    const away: SharingOptions =
      reached === 'cloud'
        ? { ...whole, cloudletOf: () => null }
        : {
            ...whole,
            cloud: { ...whole.cloud, sharing: { ...whole.cloud.sharing, end: async () => Promise.reject(new Error('away')) } },
          };
    expect(await unshare(away, given.grant)).toEqual({ cloud: reached === 'cloud', mediator: reached === 'mediator' });
    // What she opened before she may remember; a fresh start has nothing.
    doctor.opened = {};
    expect((await stage.open(doctor)).ids).toEqual([]);
    expect(await unshare(whole, given.grant)).toEqual({ cloud: true, mediator: true });
  });
});

describe('something else in the place of what was shared', () => {
  const laboratory: Consent = { ...vitals, kinds: ['laboratory'] };
  const change = (around: SharingOptions, doctor: Keyring, before: GivenGrant) =>
    changeGrants(around, doctor.card.id, [before.grant], () =>
      share(around, { doctor: doctor.card.id, doctorName: doctor.title, consent: laboratory, mediator: harbour.keyring.card.id }),
    );

  test('opens what is meant now, also what is written next, and no more what was meant before', async () => {
    const doctor = await colleague('Dr Amin');
    const before = await shareWith(doctor);
    expect((await stage.open(doctor)).ids).toContain('today');
    const [now] = await change(options(), doctor, before);
    doctor.opened = {};
    expect((await stage.open(doctor)).ids).toEqual(['blood', 'sugar']);
    await renewConsents(options());
    await stage.take(northgate, [result('p-ada', 'iron', '2026-11-20'), pulse('p-ada', 'evening', '2026-11-20T20:00:00Z')]);
    expect((await stage.open(doctor)).ids).toEqual(['blood', 'iron', 'sugar']);
    await unshare(options(), now!.grant);
  });

  test('where what was shared cannot be ended, all is as it was', async () => {
    const doctor = await colleague('Dr Berg');
    const before = await shareWith(doctor);
    const whole = options();
    const { end } = whole.cloud.sharing;
    const cloudEnd: typeof end = (asked) => (hex(asked.grant) === hex(before.grant) ? Promise.reject(new Error('away')) : end(asked));
    const cloudletOf: SharingOptions['cloudletOf'] = (organisation) => {
      const cloudlet = whole.cloudletOf(organisation)!;
      const endThere: typeof cloudlet.sharing.end = (asked) =>
        hex(asked.grant) === hex(before.grant) ? Promise.reject(new Error('away')) : cloudlet.sharing.end(asked);
      return { ...cloudlet, sharing: { ...cloudlet.sharing, end: endThere } };
    };
    const away = { ...whole, cloudletOf, cloud: { ...whole.cloud, sharing: { ...whole.cloud.sharing, end: cloudEnd } } };
    await expect(change(away, doctor, before)).rejects.toThrow('away');
    const ids = (await stage.open(doctor)).ids;
    expect(ids).toContain('today');
    expect(ids).not.toContain('blood');
    expect(whoReads(ada, stage.clock() / 1000).filter(({ doctorName }) => doctorName === 'Dr Berg')).toHaveLength(1);
    await unshare(whole, before.grant);
  });

  test('is refused where it was somebody else’s', async () => {
    const [one, other] = [await colleague('Dr Cole'), await colleague('Dr Dahl')];
    const before = await shareWith(one);
    expect(await refusal(change(options(), other, before))).toBe('invalid');
    expect(await refusal(change(options(), one, { ...before, grant: systemRandom(16) }))).toBe('invalid');
    expect((await stage.open(other)).ids).toEqual([]);
    await unshare(options(), before.grant);
  });
});

describe('of several charts, all are shared or none', () => {
  let ivy: Keyring;
  beforeAll(async () => {
    ivy = stage.patient('Ivy');
    for (const place of [northgate, harbour]) {
      await stage.take(place, [patient('p-ivy'), pulse('p-ivy', `at-${place.slug}`, '2026-11-20T08:00:00Z')]);
      await stage.link(place, place.keyring.charts.at(-1)!, ivy);
    }
  });

  const shareIvys = (around: SharingOptions, doctor: Keyring) =>
    share(around, {
      doctor: doctor.card.id,
      doctorName: doctor.title,
      consent: vitals,
      mediator: harbour.keyring.card.id,
    });
  type Given = ReturnType<SharingOptions['cloud']['sharing']['grant']>;
  /** The cloud takes so many grants; what becomes of the next is told. */
  const after = (grants: number, next: (give: () => Given) => Given): SharingOptions => {
    const whole = options(ivy);
    let left = grants;
    const grant: typeof whole.cloud.sharing.grant = (asked) => {
      const give = () => whole.cloud.sharing.grant(asked);
      return left-- > 0 ? give() : next(give);
    };
    return { ...whole, cloud: { ...whole.cloud, sharing: { ...whole.cloud.sharing, grant } } };
  };
  const away = () => Promise.reject(new CareletError('unavailable', 'grant', { because: 'the line is down' }));

  test('where the second fails, the first is taken back', async () => {
    const doctor = await colleague('Dr Rao');
    expect(await refusal(shareIvys(after(1, away), doctor))).toBe('unavailable');
    expect(whoReads(ivy, stage.clock() / 1000)).toEqual([]);
    expect((await stage.open(doctor)).ids).toEqual([]);
    expect(ivy.sharing.grants.map(({ holds }) => holds)).toEqual(Array(2).fill({ cloud: false, mediator: false }));
    expect(await stage.sql('select 1 from consent where doctor = $1 and ended is null', [doctor.card.id])).toEqual([]);
  });

  test('where an answer was lost, what the cloud has is taken back as well', async () => {
    const doctor = await colleague('Dr Moss');
    const lost = async (give: () => Given) => {
      await give();
      return away();
    };
    expect(await refusal(shareIvys(after(1, lost), doctor))).toBe('unavailable');
    expect((await stage.open(doctor)).ids).toEqual([]);
    expect(await stage.sql('select 1 from consent where doctor = $1 and ended is null', [doctor.card.id])).toEqual([]);
  });

  test('where nobody can be reached any more, what never arrived does not count as holding, and is ended the next time', async () => {
    const doctor = await colleague('Dr Wells');
    let down = false;
    const cut = after(0, () => {
      down = true;
      return away();
    });
    const whole = options(ivy);
    const end: typeof whole.cloud.sharing.end = (asked) => (down ? away() : whole.cloud.sharing.end(asked));
    const around: SharingOptions = {
      ...cut,
      cloud: { ...cut.cloud, sharing: { ...cut.cloud.sharing, end } },
      cloudletOf: (organisation) => (down ? null : whole.cloudletOf(organisation)),
    };
    expect(await refusal(shareIvys(around, doctor))).toBe('unavailable');
    expect(whoReads(ivy, stage.clock() / 1000)).toEqual([]);
    expect(await finishEnding(whole)).toBe(0);
    expect(ivy.sharing.grants.at(-1)!.holds).toEqual({ cloud: false, mediator: false });
  });

  test('and all of them open', async () => {
    const doctor = await colleague('Dr Hale');
    expect(await shareIvys(options(ivy), doctor)).toHaveLength(2);
    expect((await stage.open(doctor)).ids).toEqual(['at-harbour', 'at-northgate']);
  });
});

test('taken back while another copy of the keyring is brought in, is taken back', async () => {
  const doctor = await colleague('Dr Swan');
  const given = await shareWith(doctor);
  const whole = options();
  const end: typeof whole.cloud.sharing.end = async (asked) => {
    const answer = await whole.cloud.sharing.end(asked);
    ada.sharing = together(ada.sharing, decodeKeyring(encodeKeyring(ada)).sharing);
    return answer;
  };
  await unshare({ ...whole, cloud: { ...whole.cloud, sharing: { ...whole.cloud.sharing, end } } }, given.grant);
  expect(ada.sharing.grants.find(({ grant }) => hex(grant) === hex(given.grant))!.holds).toEqual({ cloud: false, mediator: false });
});

test('a grant ends with its last day, by the clocks of cloud and mediator', async () => {
  const doctor = await colleague('Dr Tan');
  const given = await shareWith(doctor, { ...vitals, until: '2026-11-25' });
  expect((await stage.open(doctor)).ids.length).toBeGreaterThan(3);
  const before = new Date(stage.clock()).toISOString();
  stage.clock.to('2026-11-26T00:00:01Z');
  doctor.opened = {};
  expect((await stage.open(doctor)).charts).toEqual([]);
  const mediator = stage.cloudletOf(doctor, given.mediator)!;
  expect(await refusal(mediator.sharing.mediate({ grant: given.grant, turned: [new Uint8Array(576)] }))).toBe('denied');
  stage.clock.to(before);
});

test('a grant is nobody’s but the patient’s to make and to end', async () => {
  const ivy = stage.patient('Ivy');
  const doctor = await colleague('Dr Karim');
  const given = await shareWith(doctor);
  expect(await refusal(shareWith(doctor, vitals, ivy))).toBe('missing');
  const cloud = stage.cloudAs(ivy);
  const asked = { pat: given.pat, grant: given.grant, end: new Uint8Array(64) };
  expect(await refusal(cloud.sharing.end(asked))).toBe('denied');
  expect(await refusal(stage.cloudletOf(ivy, given.mediator)!.sharing.end(asked))).toBe('denied');
  expect(await refusal(cloud.sharing.scopes({ pat: given.pat }))).toBe('denied');
  expect((await stage.open(doctor)).ids.length).toBeGreaterThan(3);
  expect(hex(given.grant)).toHaveLength(32);
});
