import { join } from 'node:path';
import { vital } from '@carelet/care/model';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import { packStrip } from '@carelet/care/rules/strip';
import { handDomain, renewManifest, retireDomain, takeWriterKeys } from '@carelet/client/enrolment';
import { mathematicsHere } from '@carelet/client/mathematics';
import { pairDevice } from '@carelet/client/session/pair';
import { renewDevices } from '@carelet/client/session/renew';
import { sender } from '@carelet/client/session/send';
import { takeDoctorKeys } from '@carelet/client/sharing/roles';
import { installedOrganisation } from '@carelet/cloudlet/organisation';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { expect, test } from 'vitest';
import { openStage, refusal, type Stage } from './fixture.testing.ts';

/** Ada's watch at Harbour Clinic, and Dr Chen with a key for its chart that lasts until the given day. */
async function wearing(stage: Stage) {
  const harbour = await stage.place('harbour');
  const ada = stage.patient('ada');
  await renewManifest(stage.authorityAs(ada), ada);
  const { code } = await stage.cloudletAs(harbour.keyring).sessions.pair();
  const clients = { keyring: ada, cloud: stage.cloudAs(ada), mathematics: mathematicsHere, clock: stage.clock };
  const wearable = await pairDevice({ ...clients, cloudlet: stage.cloudletAs(ada) }, { name: 'watch', code, address: 'http://here' });
  const send = sender({ wearable, save: async () => {}, cloudlet: stage.cloudletAs(null), clock: stage.clock });
  const arrived = () => expect.poll(async () => (await stage.cloudletAs(null).town.state()).waiting, { timeout: 20_000 }).toBe(0);
  return {
    ada,
    wearable,
    /** One pulse measured now, all the way to the cloud. */
    async measure(pulse: number) {
      const reading = vital('heart-rate', stage.clock(), 'watch', [pulse]);
      await send.keep({ kind: 'vital-signs', from: stage.clock(), bytes: packStrip([reading]) });
      await send.send();
      await arrived();
    },
    renew: () =>
      renewDevices({
        ...clients,
        cloudletOf: (organisation) => (equalPublic(organisation, harbour.keyring.card.id) ? stage.cloudletAs(ada) : null),
      }),
    /** A doctor whose key lasts as long as one may. */
    chen: () =>
      stage.doctor('chen', {
        at: harbour,
        kinds: ['vital-signs'],
        patients: [hex(wearable.pat)],
        until: addDays(dayOf(stage.clock()), 90),
      }),
  };
}

const pulses = async (stage: Stage, who: Parameters<Stage['open']>[0]) => {
  const { records, problems } = await stage.open(who);
  expect(problems).toEqual([]);
  const entries = records.flatMap((record) => record.entries) as unknown as { resource: { valueQuantity?: { value: number } } }[];
  return entries
    .flatMap(({ resource }) => resource.valueQuantity?.value ?? [])
    .map(Number)
    .sort();
};

test('a week on, a doctor sees new readings once the patient’s client was used again', async () => {
  await using stage = await openStage({ today: '2026-11-20T09:00:00Z' });
  const { ada, measure, renew, chen } = await wearing(stage);
  await measure(71);
  const doctor = await chen();
  expect(await pulses(stage, doctor)).toEqual([71]);
  expect(await renew()).toBe(0);

  stage.clock.to('2026-11-29T09:00:00Z');
  await measure(79);
  expect(await pulses(stage, ada)).toEqual([71, 79]);
  expect(await pulses(stage, doctor)).toEqual([71]);
  expect(await renew()).toBeGreaterThan(0);
  expect(await pulses(stage, doctor)).toEqual([71, 79]);
});

test('a watch whose keys have run out starts a tree of its own, forgets its root, and nothing is lost', async () => {
  await using stage = await openStage({ today: '2026-11-20T09:00:00Z' });
  const { ada, wearable, measure, renew, chen } = await wearing(stage);
  await measure(71);
  const doctor = await chen();
  expect(wearable.trees.length).toBe(2);

  stage.clock.to('2027-01-05T09:00:00Z');
  await measure(75);
  expect(wearable.trees.length).toBe(3);
  expect(Object.keys(wearable.trees[2]!.months)).toEqual(['2027-01', '2027-02']);
  expect(await pulses(stage, ada)).toEqual([71, 75]);
  expect(await pulses(stage, doctor)).toEqual([71]);
  await renew();
  expect(await pulses(stage, doctor)).toEqual([71, 75]);
});

test('after the clinic’s keys were retired a patient’s client locks anew what her watch wrote, once the clinic’s cloudlet has the new ones', async () => {
  await using stage = await openStage({ today: '2026-11-20T09:00:00Z' });
  const { ada, measure, renew, chen } = await wearing(stage);
  await measure(71);
  const doctor = await chen();
  const harbour = await stage.place('harbour');
  const old = harbour.keyring.writer!;
  for (const by of await stage.administrators()) {
    const holders = { cloud: stage.cloudAs(by), cloudlets: [stage.cloudletAs(by)] };
    await retireDomain({ authority: stage.authorityAs(by), keyring: by }, holders, harbour.keyring.card.id);
  }
  const here = stage.cloudletAs(harbour.keyring);
  // Its keyring has not heard yet, and hands over what is retired.
  expect(await refusal(handDomain(here, harbour.keyring))).toBe('conflict');
  await renewManifest(stage.authorityAs(ada), ada);
  expect(await refusal(renew())).toBe('unavailable');

  await takeWriterKeys(stage.authorityAs(harbour.keyring), harbour.keyring);
  await expect(handDomain(stage.cloudletAs(ada), harbour.keyring)).rejects.toMatchObject({ kind: 'denied' });
  expect(await refusal(here.sharing.domain({ sealed: new Uint8Array(2000) }))).toBe('cannot-open');
  await handDomain(here, harbour.keyring);
  const { domain, orgKey, pq, emergency } = (await installedOrganisation(join(stage.town.folder, 'keys', 'harbour')))!;
  expect({ domain, orgKey, pq, emergency }).toEqual(harbour.keyring.writer);
  expect(domain).not.toEqual(old.domain);
  expect(await renew()).toBeGreaterThan(0);
  expect(await renew()).toBe(0);
  expect(await takeDoctorKeys(stage.issuing(doctor), doctor, mathematicsHere)).toMatchObject({ kind: 'taken', fresh: 1 });
  doctor.opened = {};
  expect(await pulses(stage, doctor)).toEqual([71]);
});
