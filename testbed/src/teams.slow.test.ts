/**
 * Teams: a patient lets everybody of a ward or a clinic read, today and later. Who is a member is decided by cloud and mediator, each for
 * itself, and what she takes back ends for all of them.
 */
import { CareletError, vital } from '@carelet/care/model';
import { type Consent, recipientOf, teamsOrganisation, usualConsent } from '@carelet/care/rules/sharing/consent';
import { packStrip } from '@carelet/care/rules/strip/index';
import { reject } from '@carelet/client/enrolment';
import { decodeKeyring, encodeKeyring, type GivenGrant, type Keyring } from '@carelet/client/keyring/keyring';
import { numberAt, numbersOf } from '@carelet/client/keyring/numbers';
import type { Cloud, Cloudlet } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { ownReceipts } from '@carelet/client/receipts/own';
import { recordsOf } from '@carelet/client/records/fhir';
import { reader } from '@carelet/client/records/reader';
import { pairDevice } from '@carelet/client/session/pair';
import { sender } from '@carelet/client/session/send';
import { allow, deny } from '@carelet/client/sharing/deny';
import { openLetter } from '@carelet/client/sharing/letter';
import { renewConsents } from '@carelet/client/sharing/renew';
import { type SharingOptions, share, unshare, whoReads } from '@carelet/client/sharing/share';
import { foundTeam, layTeams, renewTeam, type TeamsOptions, teamsNow } from '@carelet/client/sharing/teams/organisation';
import { type FoundTeam, teamsOfTown, teamTitle } from '@carelet/client/sharing/teams/patient';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { encodeCard, vouch } from '@carelet/crypto/cards/card';
import { teamSecrets } from '@carelet/crypto/cards/owner';
import { readNotice, signBond, signNotice, signTeamName } from '@carelet/crypto/cards/team';
import { readGrant } from '@carelet/crypto/pre/grant';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let harbour: Place;
let larkfield: Place;
let ada: Keyring;
let [chen, diaz, elsewhere, onlyAda, onlyHers]: Keyring[] = [];
let sendPulse: (rate: number) => Promise<void>;

// What these doctors’ roles open is nothing of Ada’s: whatever they read, she let them.
const little = { parts: ['MI'], kinds: ['immunizations'], until: '2026-11-24' } as const;

beforeAll(async () => {
  stage = await openStage();
  [northgate, harbour, larkfield] = [await stage.place('northgate'), await stage.place('harbour'), await stage.place('larkfield')];
  await stage.take(northgate, [
    patient('p-ada'),
    pulse('p-ada', 'today', '2026-11-20T08:00:00Z'),
    pulse('p-ada', 'long-ago', '2014-05-01'),
    result('p-ada', 'blood', '2026-11-18'),
  ]);
  ada = stage.patient('Ada');
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
  const { code } = await stage.cloudletAs(harbour.keyring).sessions.pair();
  await stage.open(ada);
  const around = {
    keyring: ada,
    cloud: stage.cloudAs(ada),
    cloudlet: stage.cloudletAs(ada),
    mathematics: mathematicsHere,
    clock: stage.clock,
  };
  const wearable = await pairDevice(around, { name: 'watch', code, address: '' });
  const watch = sender({ wearable, save: async () => {}, cloudlet: stage.cloudletAs(null), clock: stage.clock });
  sendPulse = async (rate) => {
    const at = stage.clock();
    await watch.keep({ kind: 'vital-signs', from: at, bytes: packStrip([vital('heart-rate', at, 'watch', [rate])]) });
    await watch.send();
    await expect.poll(async () => (await stage.open(ada)).records.filter(({ author }) => isOfDevice(author)).length).toBeGreaterThan(0);
  };
  chen = await stage.doctor('Dr Chen', { at: larkfield, ward: 'cardio', ...little });
  diaz = await stage.doctor('Dr Diaz', { at: larkfield, ward: 'cardio', ...little });
  elsewhere = await stage.doctor('Dr Walsh', { at: harbour, ward: 'cardio', ...little }, { at: larkfield, ward: 'lungs', ...little });
  onlyAda = await stage.doctor('Dr Novak', { at: larkfield, ...little, patients: [hex(northgate.keyring.charts[0]!.pat)] });
  await foundTeam(teams(), { name: 'Cardiology', unit: 'cardio' });
  await foundTeam(teams(), { name: 'Everyone' });
}, 120_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const isOfDevice = (writer: Bytes) => ![northgate, harbour, larkfield].some(({ keyring }) => equalPublic(keyring.card.id, writer));
const teams = ({ keyring, save }: Place = larkfield): TeamsOptions => ({
  ...{ keyring, save, cloud: stage.cloudAs(keyring), authority: stage.authorityAs(keyring) },
  ...{ mathematics: mathematicsHere, clock: stage.clock },
});
const options = (): SharingOptions => ({
  ...{ keyring: ada, save: async () => {}, cloud: stage.cloudAs(ada), mathematics: mathematicsHere, clock: stage.clock },
  cloudletOf: (organisation) => stage.cloudletOf(ada, organisation),
});
const now = () => Math.floor(stage.clock() / 1000);
const found = async (name: string): Promise<FoundTeam> =>
  (await teamsOfTown({ keyring: ada, authority: stage.authorityAs(ada), now: now() })).find((one) => one.name === name)!;
const vitals: Consent = { ...usualConsent, kinds: ['vital-signs'], from: '2026-11-18', until: '2026-11-24' };
const shareWith = async (team: FoundTeam, around = options()): Promise<GivenGrant[]> => {
  const whom = { doctor: team.card.id, doctorName: teamTitle(team), as: 'team', of: team.organisation } as const;
  return share(around, { ...whom, consent: vitals, mediator: harbour.keyring.card.id });
};
const forgetful = (who: Keyring): Keyring => ({ ...decodeKeyring(encodeKeyring(who)), opened: {} });
/** Keeps the secret of a team, and no key of a node. */
const withSecrets = (who: Keyring): Keyring => {
  const secrets = Object.entries(who.opened).filter(([, { length }]) => length === 32);
  return { ...forgetful(who), opened: Object.fromEntries(secrets) };
};

/** What opens to somebody of what is Ada’s: the hospital’s by id, her watch’s by their number. */
async function ofAda(who: Keyring, { cloud = stage.cloudAs(who), cloudletOf = (of: Bytes) => stage.cloudletOf(who, of) } = {}) {
  const read = reader({ keyring: who, cloud, cloudletOf, mathematics: mathematicsHere, clock: stage.clock });
  const charts = [];
  for (const chart of await read.charts()) if (equalPublic(chart.owner, ada.card.id)) charts.push(await read.open(chart));
  await read.leave();
  const records = charts.flatMap(recordsOf);
  const byWatch = records.filter(({ author }) => isOfDevice(author));
  const ids = records.filter((one) => !byWatch.includes(one)).flatMap(({ entries }) => entries.map(({ resource }) => String(resource.id)));
  return { charts: charts.length, ids: ids.sort(), byWatch: byWatch.length };
}
const nothing = { charts: 0, ids: [], byWatch: 0 };

test('the directory shows a team once, as its organisation named it, and the town’s clients believe nobody else’s name', async () => {
  const all = await teamsOfTown({ keyring: ada, authority: stage.authorityAs(ada), now: now() });
  expect(all.map((team) => [teamTitle(team), team.whole])).toEqual([
    ['larkfield', true],
    ['Cardiology, larkfield', false],
  ]);
  const { teams: said } = await stage.authorityAs(ada).teams.list();
  const lied = async (more: (typeof said)[number][]) =>
    (
      await teamsOfTown({
        keyring: ada,
        authority: { teams: { ...stage.authorityAs(ada).teams, list: async () => ({ teams: more }) } },
        now: now(),
      })
    ).length;
  const [one, other] = said as [(typeof said)[number], (typeof said)[number]];
  expect(
    await lied([
      { ...one, name: 'Psychiatry' },
      { ...one, card: other.card },
      { ...one, whole: !one.whole },
    ]),
  ).toBe(0);
  expect(await lied([{ ...one, organisation: encodeCard(harbour.keyring.card) }])).toBe(0);
});

test('the directory takes a name from the team’s own organisation alone, as it signed it', async () => {
  const { card } = await found('Cardiology');
  const { notice } = (await stage.cloudAs(ada).teams.of({ teams: [card.id] })).teams[0]!;
  const named = { team: card.id, organisation: larkfield.keyring.card.id, name: 'Heart', whole: false };
  const { secret } = teamsNow(larkfield.keyring).find((team) => equalPublic(team.card.id, card.id))!;
  const { edSk } = teamSecrets(secret, card)!;
  const bond = signBond(edSk, named);
  const signed = (by: Keyring, more = {}) => ({
    ...{ card: encodeCard(card), notice, bond, name: named.name, whole: named.whole },
    signature: signTeamName(by.secrets.edSk, { ...named, ...more }),
  });
  const names = (by: Keyring, asked = signed(by)) => refusal(stage.authorityAs(by).teams.name(asked));
  expect(await names(ada)).toBe('denied');
  expect(await names(harbour.keyring)).toBe('invalid');
  expect(await names(larkfield.keyring, signed(harbour.keyring))).toBe('invalid');
  expect(await names(larkfield.keyring, signed(larkfield.keyring, { name: 'Lungs' }))).toBe('invalid');
  expect(await names(larkfield.keyring, signed(larkfield.keyring, { whole: true }))).toBe('invalid');
  expect(
    await names(larkfield.keyring, { ...signed(larkfield.keyring), notice: notice.map((byte, i) => (i === 40 ? byte ^ 1 : byte)) }),
  ).toBe('invalid');
  expect(await names(larkfield.keyring, { ...signed(larkfield.keyring, { name: 'Everyone' }), name: 'Everyone' })).toBe('conflict');
  expect(
    await names(larkfield.keyring, { ...signed(larkfield.keyring), bond: signBond(edSk, { ...named, organisation: ada.card.id }) }),
  ).toBe('invalid');
  // Under another organisation's word, with the team's own key too, it stays whose it was and is called what it was.
  const theirs = { ...named, organisation: harbour.keyring.card.id };
  const { edSk: harbourSk } = harbour.keyring.secrets;
  const taken = {
    ...{ card: encodeCard(vouch({ ...card, vouchers: [] }, theirs.organisation, harbourSk)), name: 'Gone', whole: false },
    notice: signNotice(harbourSk, { ...readNotice(notice, larkfield.keyring.card.edVk)!, organisation: theirs.organisation }),
    signature: signTeamName(harbourSk, { ...theirs, name: 'Gone' }),
  };
  expect(await names(harbour.keyring, { ...taken, bond })).toBe('invalid');
  expect(await names(harbour.keyring, { ...taken, bond: signBond(edSk, theirs) })).toBe('conflict');
  expect((await found('Cardiology')).card).toEqual(card);
});

test('a name is used once, and a team is one unit', async () => {
  expect(await refusal(foundTeam(teams(), { name: 'Cardiology', unit: 'lungs' }))).toBe('conflict');
  expect(await refusal(foundTeam(teams(), { name: 'Cardiology' }))).toBe('conflict');
  expect(await refusal(foundTeam(teams(), { name: 'All of us' }))).toBe('conflict');
  expect(await refusal(foundTeam(teams(), { name: ' ', unit: 'lungs' }))).toBe('invalid');
  expect(await refusal(foundTeam(teams(), { name: 'Lungs', unit: 'Lungs!' }))).toBe('invalid');
  expect(await refusal(renewTeam(teams(), 'Lungs'))).toBe('missing');
  // Said again it is the same team.
  const before = teamsNow(larkfield.keyring).map(({ card }) => hex(card.id));
  await foundTeam(teams(), { name: 'Cardiology', unit: 'cardio' });
  await layTeams(teams());
  expect(
    teamsNow(larkfield.keyring)
      .map(({ card }) => hex(card.id))
      .sort(),
  ).toEqual(before.sort());
  expect(decodeKeyring(encodeKeyring(larkfield.keyring)).teams).toEqual(larkfield.keyring.teams);
  expect(await refusal(stage.authorityAs(ada).teams.units())).toBe('denied');
});

test('nobody reads before something is shared, members as little as others', async () => {
  for (const who of [chen!, diaz!, ...numbersOf(elsewhere!), onlyAda!]) expect(await ofAda(who)).toEqual(nothing);
});

test('every member opens what was meant, of the hospital and of the watch; who works elsewhere or for single patients opens nothing', async () => {
  const given = await shareWith(await found('Cardiology'));
  expect(given.map(({ consent }) => [recipientOf(JSON.parse(consent)), teamsOrganisation(JSON.parse(consent))])).toEqual(
    given.map(() => ['team', hex(larkfield.keyring.card.id)]),
  );
  await sendPulse(72);
  for (const who of [chen!, diaz!]) expect(await ofAda(who)).toEqual({ charts: 2, ids: ['today'], byWatch: 1 });
  for (const who of [...numbersOf(elsewhere!), onlyAda!]) expect(await ofAda(who)).toEqual(nothing);
  expect(whoReads(ada, now()).map(({ doctorName }) => doctorName)).toEqual(['Cardiology, larkfield', 'Cardiology, larkfield']);
});

test('a receipt says which of them looked', async () => {
  await ofAda(forgetful(chen!));
  const { charts } = await ownReceipts({ keyring: ada, cloud: stage.cloudAs(ada), clock: stage.clock });
  const turned = charts.flatMap(({ receipts }) => receipts.filter(({ receipt }) => receipt.kind === 're-encryption'));
  const actors = new Set(turned.map(({ receipt }) => hex(receipt.actor)));
  expect(actors).toEqual(new Set([chen!, diaz!].map(({ card }) => hex(card.id))));
});

test('a doctor who joins later reads, and the patient does nothing for it', async () => {
  const osei = await stage.doctor('Dr Osei', { at: larkfield, ward: 'cardio', ...little });
  expect(await ofAda(osei)).toEqual({ charts: 2, ids: ['today'], byWatch: 1 });
  const whole = await stage.doctor('Dr Amadi', { at: larkfield, ...little });
  expect((await ofAda(whole)).charts).toBe(2);
});

test('who is let read single patients is in a team where her policy names it among them, also once another team took its place', async () => {
  const { pseudonym } = teamsNow(larkfield.keyring).find(({ name }) => name === 'Cardiology')!;
  const patients = [hex(northgate.keyring.charts[0]!.pat), hex(pseudonym)];
  onlyHers = await stage.doctor('Dr Novak', { at: larkfield, ward: 'cardio', ...little, patients });
  expect((await ofAda(onlyHers)).ids).toEqual(['today']);
});

const expel = async (doctor: Keyring) => {
  const [sam] = await stage.administrators();
  const holders = { cloud: stage.cloudAs(sam), cloudlets: [stage.cloudletAs(sam)] };
  return reject({ authority: stage.authorityAs(sam), keyring: sam }, holders, doctor.card.id, 'her licence has ended');
};

/** A cloud that does for anybody what it does for this doctor: of the two that must agree, one lies. */
const lyingFor = (member: Keyring): { cloud: Cloud } => ({ cloud: stage.cloudAs(member) });

/** Cloud and mediator that both lie: they take whoever asks for this member. */
function lyingBothFor(member: Keyring): { cloud: Cloud; cloudletOf: (of: Bytes) => Cloudlet | null } {
  const own = async () => {
    const { entitlement } = member.doctorKeys.find(({ organisation }) => equalPublic(organisation, larkfield.keyring.card.id))!;
    return (await stage.cloudAs(member).teams.mine()).teams.map(({ notice }) => ({ entitlement, notice }));
  };
  return {
    ...lyingFor(member),
    cloudletOf(of) {
      const honest = stage.cloudletOf(member, of);
      const mediate: Cloudlet['sharing']['mediate'] = async (asked) => {
        for (const membership of await own()) {
          const answer = await honest!.sharing.mediate({ ...asked, membership }).catch(() => null);
          if (answer) return answer;
        }
        throw new Error('not even a lying mediator has a factor of that');
      };
      return honest && { ...honest, sharing: { ...honest.sharing, mediate } };
    },
  };
}

test('who is turned down is refused at once, with the team’s secret and a cloud that lies for her; the others read on', async () => {
  const kept = withSecrets(diaz!);
  expect(Object.keys(kept.opened)).toHaveLength(1);
  expect(await expel(diaz!)).toEqual({ cloud: true, cloudlets: 1 });
  expect(await ofAda(diaz!)).toEqual(nothing);
  expect(await ofAda(kept)).toEqual(nothing);
  const byLie = await ofAda(withSecrets(kept), lyingFor(chen!));
  expect([byLie.ids, byLie.byWatch]).toEqual([[], 0]);
  expect((await ofAda(forgetful(chen!))).ids).toEqual(['today']);
  // What both of them together could do: it is for this that another team is made.
  expect((await ofAda(withSecrets(kept), lyingBothFor(chen!))).ids).toEqual(['today']);
  diaz = kept;
});

test('another team in its place is given the grants by the patient’s client, and the old secret opens nothing that comes, whoever lies', async () => {
  const before = await found('Cardiology');
  await renewTeam(teams(), 'Cardiology');
  const after = await found('Cardiology');
  expect(hex(after.card.id)).not.toBe(hex(before.card.id));
  expect(await renewConsents(options())).toMatchObject({ grants: 2, left: 0 });
  expect(whoReads(ada, now()).map(({ doctor, doctorName }) => [hex(doctor), doctorName])).toEqual(
    [after, after].map(({ card }) => [hex(card.id), 'Cardiology, larkfield']),
  );
  await stage.take(northgate, [pulse('p-ada', 'later', '2026-11-20T09:00:00Z')]);
  await renewConsents(options());
  for (const who of [chen!, forgetful(chen!), onlyHers!]) {
    expect(await ofAda(who)).toEqual({ charts: 2, ids: ['later', 'today'], byWatch: 1 });
  }
  // With both it is herself she cannot be taken for: a login is sealed to whose it is.
  for (const lies of [{}, lyingFor(chen!), lyingBothFor(chen!)]) {
    const ids = await ofAda(withSecrets(diaz!), lies).then(
      (opened) => opened.ids,
      (thrown: { kind?: string }) => thrown.kind,
    );
    expect(['tampered', []]).toContainEqual(ids);
  }
  const old = larkfield.keyring.teams.find(({ card }) => equalPublic(card.id, before.card.id))!;
  const { hybridSk } = teamSecrets(old.secret, old.card)!;
  const { grants } = await stage.cloudAs(chen!).sharing.grants();
  expect(grants.map(({ grant, letter }) => openLetter(hybridSk, readGrant(grant, ada.card.edVk)!.grant, letter))).toEqual([null, null]);
  // It is done once.
  expect(await renewConsents(options())).toMatchObject({ wraps: 0, grants: 0, left: 0 });
});

test('a cloud cannot say that another team came in the place of one: its organisation signs that', async () => {
  const [team, strange] = [await found('Cardiology'), await found('Everyone')];
  const whole = options();
  const of: Cloud['teams']['of'] = async (asked) => ({
    teams: (await whole.cloud.teams.of(asked)).teams.map((one) => ({ ...one, followedBy: strange.card.id })),
  });
  const cloud: Cloud = { ...whole.cloud, teams: { ...whole.cloud.teams, of } };
  expect(await renewConsents({ ...whole, cloud })).toMatchObject({ grants: 0, left: 0 });
  // Nor put another team, or half, in its place when something is shared.
  const served = (await whole.cloud.teams.of({ teams: [strange.card.id] })).teams[0]!;
  for (const lie of [served, { ...served, card: encodeCard(team.card) }, { ...served, organisation: encodeCard(harbour.keyring.card) }]) {
    const lying: Cloud = { ...whole.cloud, teams: { ...whole.cloud.teams, of: async () => ({ teams: [lie] }) } };
    expect(['tampered', 'invalid']).toContain(await refusal(shareWith(team, { ...whole, cloud: lying })));
  }
  const elsewhereOf = { ...team, organisation: harbour.keyring.card.id };
  expect(await refusal(shareWith(elsewhereOf))).toBe('tampered');
});

test('taken back, nothing opens to anybody at once, not even what is old', async () => {
  for (const { grant } of whoReads(ada, now())) await unshare(options(), grant);
  for (const who of [chen!, withSecrets(chen!), diaz!]) expect(await ofAda(who)).toEqual(nothing);
});

test.each(['cloud', 'mediator'] as const)(
  'taken back by the %s alone, nothing opens to a member who remembers no node',
  async (reached) => {
    const given = await shareWith(await found('Cardiology'));
    expect((await ofAda(withSecrets(chen!))).ids).toEqual(['later', 'today']);
    const tables = ['rekey', 'consent'];
    for (const table of tables) await stage.sql(`create table kept_${table} as select * from ${table}`);
    const whole = options();
    const end = () => Promise.reject(new Error('away'));
    const away: SharingOptions =
      reached === 'cloud'
        ? { ...whole, cloudletOf: () => null }
        : { ...whole, cloud: { ...whole.cloud, sharing: { ...whole.cloud.sharing, end } } };
    for (const { grant } of given) await unshare(away, grant);
    expect((await ofAda(withSecrets(chen!))).ids).toEqual([]);
    if (reached === 'mediator') {
      // A cloud that forgot that anything ended.
      for (const table of tables) await stage.sql(`delete from ${table}; insert into ${table} select * from kept_${table}`);
      expect((await ofAda(withSecrets(chen!))).ids).toEqual([]);
    }
    for (const table of tables) await stage.sql(`drop table kept_${table}`);
    for (const { grant } of given) await unshare(whole, grant);
  },
);

test('everyone of a clinic: whoever has a policy for one of its units, once it was laid down', async () => {
  await shareWith(await found('Everyone'));
  expect((await ofAda(forgetful(chen!))).charts).toBe(2);
  // A unit that nobody was in before.
  const rao = await stage.doctor('Dr Rao', { at: larkfield, ward: 'mind', ...little });
  expect(await ofAda(rao)).toEqual(nothing);
  await foundTeam(teams(), { name: 'Everyone' });
  expect((await ofAda(rao)).ids).toEqual(['later', 'today']);
  expect(await ofAda(onlyAda!)).toEqual(nothing);
  // In the lungs of Larkfield she is one of them as well.
  expect((await ofAda(numberAt(elsewhere!, larkfield.keyring.card.id)!)).charts).toBe(2);
});

test('a member whom the patient denies is refused by the mediator too, so that a cloud that lies opens nothing; also by a grant made meanwhile', async () => {
  const lind = await stage.doctor('Dr Lind', { at: larkfield, ward: 'cardio', ...little });
  for (const { grant } of whoReads(ada, now())) await unshare(options(), grant);
  await shareWith(await found('Cardiology'));
  expect((await ofAda(lind)).ids).toEqual(['later', 'today']);
  const byLie = async () => (await ofAda(withSecrets(lind), lyingFor(chen!))).ids;
  /** Hers, at a cloud that does for her what it does for Chen: the mediator is asked by herself. */
  const asHerself = async () => {
    const { grant } = whoReads(ada, now())[0]!;
    const { entitlement } = lind.doctorKeys.find(({ organisation }) => equalPublic(organisation, larkfield.keyring.card.id))!;
    const { mediate } = stage.cloudletOf(lind, harbour.keyring.card.id)!.sharing;
    const answers: string[] = [];
    for (const { notice } of (await stage.cloudAs(chen!).teams.mine()).teams) {
      answers.push(await refusal(mediate({ grant, turned: [new Uint8Array(576)], membership: { entitlement, notice } })));
    }
    // By the notice of another team she is no member.
    return answers.find((one) => one !== 'denied') ?? 'denied';
  };
  // A member lacks the cloud's promise alone.
  expect(await asHerself()).toBe('conflict');
  expect(await deny(options(), lind.card.id)).toMatchObject({ left: 0 });
  expect([await asHerself(), await byLie()]).toEqual(['denied', []]);
  expect((await ofAda(forgetful(chen!))).ids).toEqual(['later', 'today']);
  await shareWith(await found('Cardiology'));
  expect([await asHerself(), await byLie()]).toEqual(['denied', []]);
  // A mediator that was away hears of it when her client is used next.
  await allow({ ...options(), cloudletOf: () => null }, lind.card.id);
  expect(await asHerself()).toBe('denied');
  await renewConsents(options());
  expect(await asHerself()).toBe('conflict');

  // Of several grants at one mediator another copy of her keyring ended the last: it is told by one that it has.
  for (const { grant } of whoReads(ada, now())) await unshare(options(), grant);
  await shareWith(await found('Cardiology'));
  const last = await shareWith(await found('Everyone'));
  const copy = decodeKeyring(encodeKeyring(ada));
  for (const { grant } of last) await unshare({ ...options(), keyring: copy, cloud: stage.cloudAs(copy) }, grant);
  expect(await asHerself()).toBe('conflict');
  expect(await deny(options(), lind.card.id)).toMatchObject({ left: 0 });
  expect([await asHerself(), await byLie()]).toEqual(['denied', []]);
  // One that refuses for another reason has not heard it; one that has a part of none need not.
  const refusing = (kind: 'internal' | 'denied'): SharingOptions => ({
    ...options(),
    cloudletOf: (of) => {
      const limits = () => Promise.reject(new CareletError(kind, 'tell the clinic', { because: 'it does not take it' }));
      const honest = stage.cloudletOf(ada, of);
      return honest && { ...honest, sharing: { ...honest.sharing, limits } };
    },
  });
  expect((await deny(refusing('internal'), lind.card.id)).left).toBeGreaterThan(0);
  expect((await deny(refusing('denied'), lind.card.id)).left).toBe(0);
});
