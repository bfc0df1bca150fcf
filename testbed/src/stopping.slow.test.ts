/**
 * Stopping and changing what is shared while something else is made of it: nothing goes on that the patient took back, and nothing is
 * lost that she did not.
 */
import { type Consent, usualConsent } from '@carelet/care/rules/sharing/consent';
import { decodeKeyring, encodeKeyring, type GivenGrant, type Keyring } from '@carelet/client/keyring/keyring';
import { mathematicsHere } from '@carelet/client/mathematics';
import { changeGrants } from '@carelet/client/sharing/change';
import { renewConsents } from '@carelet/client/sharing/renew';
import { endGrant, type SharingOptions, share, unshare, whoReads } from '@carelet/client/sharing/share';
import { foundTeam, renewTeam, type TeamsOptions } from '@carelet/client/sharing/teams/organisation';
import { type FoundTeam, teamsOfTown, teamTitle } from '@carelet/client/sharing/teams/patient';
import { hex } from '@carelet/crypto/algebra/bytes';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let harbour: Place;
let larkfield: Place;
let ada: Keyring;
/** Works in cardiology; her role opens nothing of Ada's. */
let chen: Keyring;

beforeAll(async () => {
  stage = await openStage();
  [northgate, harbour, larkfield] = [await stage.place('northgate'), await stage.place('harbour'), await stage.place('larkfield')];
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'today', '2026-11-20T08:00:00Z'), result('p-ada', 'blood', '2026-11-18')]);
  ada = stage.patient('Ada');
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
  chen = await stage.doctor('Dr Chen', { at: larkfield, ward: 'cardio', parts: ['MI'], kinds: ['immunizations'] });
  await foundTeam(teams(), { name: 'Cardiology', unit: 'cardio' });
  // She sees whose teams there are by the town's newest manifest.
  await stage.open(ada);
}, 120_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

// What is begun anew is dated a second later, and here clocks stand still.
beforeEach(() => stage.clock.to(new Date(stage.clock() + 5000).toISOString()));

const teams = (): TeamsOptions => ({
  ...{ keyring: larkfield.keyring, save: larkfield.save, cloud: stage.cloudAs(larkfield.keyring) },
  ...{ authority: stage.authorityAs(larkfield.keyring), mathematics: mathematicsHere, clock: stage.clock },
});
const options = (keyring: Keyring = ada): SharingOptions => ({
  ...{ keyring, save: async () => {}, cloud: stage.cloudAs(keyring), mathematics: mathematicsHere, clock: stage.clock },
  cloudletOf: (organisation) => stage.cloudletOf(keyring, organisation),
});
const copyOf = (keyring: Keyring = ada): Keyring => decodeKeyring(encodeKeyring(keyring));
const cardiology = async (): Promise<FoundTeam> => {
  const now = Math.floor(stage.clock() / 1000);
  return (await teamsOfTown({ keyring: ada, authority: stage.authorityAs(ada), now })).find(({ name }) => name === 'Cardiology')!;
};
const vitals: Consent = { ...usualConsent, kinds: ['vital-signs'], from: '2026-11-10', until: '2026-11-28' };
const laboratory: Consent = { ...vitals, kinds: ['laboratory'] };

async function give(around: SharingOptions, consent: Consent, instead: readonly Uint8Array[] = []): Promise<GivenGrant[]> {
  const team = await cardiology();
  const whom = { doctor: team.card.id, doctorName: teamTitle(team), as: 'team', of: team.organisation } as const;
  return share(around, { ...whom, consent, mediator: harbour.keyring.card.id, instead });
}
const shareNow = async (consent = vitals): Promise<GivenGrant> => (await give(options(), consent))[0]!;
const change = async (around: SharingOptions, before: GivenGrant) =>
  changeGrants(around, (await cardiology()).card.id, [before.grant], (instead) => give(around, laboratory, instead));

/** What opens to a member who remembers no node. */
async function opens(): Promise<readonly string[]> {
  chen.opened = {};
  return (await stage.open(chen)).ids;
}
const reads = (keyring: Keyring = ada) => whoReads(keyring, stage.clock() / 1000).map(({ grant }) => hex(grant));

/** The cloud, where something happens as soon as it took a grant. */
function once(around: SharingOptions, then: () => Promise<unknown>): SharingOptions {
  const { cloud } = around;
  const grant: typeof cloud.sharing.grant = async (asked) => {
    const answer = await cloud.sharing.grant(asked);
    await then();
    return answer;
  };
  return { ...around, cloud: { ...cloud, sharing: { ...cloud.sharing, grant } } };
}
class Killed extends Error {}

/** Runs what is killed as soon as the cloud took a grant, and gives the keyring as it lay on disk. */
async function interrupted(run: (around: SharingOptions) => Promise<unknown>): Promise<Keyring> {
  const keyring = copyOf();
  let disk = keyring;
  let dead = false;
  const save = async () => {
    if (dead) throw new Killed();
    disk = copyOf(keyring);
  };
  const whole = options(keyring);
  const died = <T>(work: () => Promise<T>) => (dead ? Promise.reject(new Killed()) : work());
  const around = once({ ...whole, save }, () => {
    dead = true;
    return Promise.reject(new Killed());
  });
  const { cloud, cloudletOf } = around;
  const end: typeof cloud.sharing.end = (asked) => died(() => cloud.sharing.end(asked));
  await run({
    ...around,
    cloud: { ...cloud, sharing: { ...cloud.sharing, end } },
    cloudletOf: (of) => (dead ? null : cloudletOf(of)),
  }).catch(() => {});
  return disk;
}

describe('stopped while a grant is carried over to the team that follows', () => {
  test('what was carried over a moment before ends too', async () => {
    const before = await shareNow();
    expect(await opens()).toEqual(['today']);
    await renewTeam(teams(), 'Cardiology');
    await renewConsents(
      once(options(), async () => {
        // As her pages do: whatever else is under way, a stop waits for nothing.
        await endGrant(options(), before.grant);
      }),
    );
    expect(reads()).toEqual([]);
    expect(await opens()).toEqual([]);
  });

  test('and where another copy of her keyring stops it', async () => {
    const before = await shareNow();
    const copy = copyOf();
    await renewTeam(teams(), 'Cardiology');
    await renewConsents(once(options(), () => unshare(options(copy), before.grant)));
    expect(reads()).toEqual([]);
    expect(await opens()).toEqual([]);
  });

  test('and where the process that carried it over was killed before it ended the one before', async () => {
    const before = await shareNow();
    await renewTeam(teams(), 'Cardiology');
    ada = await interrupted(renewConsents);
    expect(reads()).toHaveLength(2);
    await unshare(options(), before.grant);
    expect(reads()).toEqual([]);
    expect(await opens()).toEqual([]);
  });

  test('and where it was carried over by a copy of her keyring that she does not see', async () => {
    const before = await shareNow();
    const copy = copyOf();
    await renewTeam(teams(), 'Cardiology');
    await renewTeam(teams(), 'Cardiology');
    expect(await renewConsents(options(copy))).toMatchObject({ grants: 1, left: 0 });
    expect(await opens()).toEqual(['today']);
    await unshare(options(), before.grant);
    expect(reads()).toEqual([]);
    expect(await opens()).toEqual([]);
  });
});

test('what one copy of a keyring took back is not given anew by another, which does not know yet', async () => {
  const before = await shareNow();
  const copy = copyOf();
  await unshare(options(copy), before.grant);
  expect(await renewConsents(options())).toMatchObject({ grants: 0 });
  expect(reads()).toEqual([]);
  expect(await opens()).toEqual([]);
});

describe('changed', () => {
  test('while what it is in the place of was carried over, ends that as well, to the team that follows too', async () => {
    const before = await shareNow();
    const copy = copyOf();
    await renewTeam(teams(), 'Cardiology');
    ada = await interrupted(renewConsents);
    expect(reads()).toHaveLength(2);
    const [now] = await change(options(), before);
    expect(reads()).toEqual([hex(now!.grant)]);
    expect(await opens()).toEqual(['blood']);
    expect(reads(copy)).toEqual([hex(before.grant)]);
    await unshare(options(), now!.grant);
  });

  test('by a process that is killed before it ended what was before, is finished the next time', async () => {
    const before = await shareNow();
    ada = await interrupted((around) => change(around, before));
    expect(reads()).toHaveLength(2);
    expect(await opens()).toEqual(['blood', 'today']);
    await renewConsents(options());
    expect(reads()).not.toContain(hex(before.grant));
    expect(await opens()).toEqual(['blood']);
    for (const { grant } of whoReads(ada, stage.clock() / 1000)) await unshare(options(), grant);
  });

  test('by a process that is killed before the cloud took it, leaves all as it was', async () => {
    const before = await shareNow();
    const keyring = copyOf();
    let disk = keyring;
    const whole = options(keyring);
    const grant = () => {
      disk = copyOf(keyring);
      return Promise.reject(new Killed());
    };
    await change({ ...whole, cloud: { ...whole.cloud, sharing: { ...whole.cloud.sharing, grant } } }, before).catch(() => {});
    ada = disk;
    await renewConsents(options());
    expect(reads()).toHaveLength(1);
    expect(await opens()).toEqual(['today']);
    for (const one of whoReads(ada, stage.clock() / 1000)) await unshare(options(), one.grant);
  });

  test('and stopped before it was finished, leaves nothing', async () => {
    const before = await shareNow();
    ada = await interrupted((around) => change(around, before));
    const [now] = ada.sharing.grants.slice(-1);
    await unshare(options(), now!.grant);
    expect(reads()).toEqual([]);
    expect(await opens()).toEqual([]);
  });

  test('and what it is in the place of stopped meanwhile, leaves nothing', async () => {
    const before = await shareNow();
    expect(
      await refusal(
        change(
          once(options(), () => endGrant(options(), before.grant)),
          before,
        ),
      ),
    ).toBe('conflict');
    expect(reads()).toEqual([]);
    expect(await opens()).toEqual([]);
  });
});
