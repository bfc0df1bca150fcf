// What sharing costs those who read and those who take back: a doctor opens a day and a year by a patient's consent and by a role,
// taking back is refused everywhere, and locks are made anew.
//
// `theirs`, where a chart is opened: the same rows fetched and looked at in the clear, and for each lock that was opened the
// mathematics of the doctor alone. What cloud and mediator compute for her is in ours only.
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import { usualConsent } from '@carelet/care/rules/sharing/consent';
import { cloudletsOf } from '@carelet/client/cloudlets';
import { approve, register, reject, renewManifest, retireDomain, takeWriterKeys } from '@carelet/client/enrolment';
import { connectAuthority, connectCloud, connectCloudlet } from '@carelet/client/login';
import { linkPatient } from '@carelet/client/records/link';
import { reader } from '@carelet/client/records/reader';
import { renewLocks } from '@carelet/client/records/renew';
import { renewConsents } from '@carelet/client/sharing/renew';
import { takeDoctorKeys } from '@carelet/client/sharing/roles';
import { endGrant, share, unshare } from '@carelet/client/sharing/share';
import { hex } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { setup, shareOut } from '@carelet/crypto/kp-abe/authority';
import { readTransform, transform } from '@carelet/crypto/kp-abe/cloud';
import { issue } from '@carelet/crypto/kp-abe/issuer';
import { mediate } from '@carelet/crypto/kp-abe/mediator';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { finish } from '@carelet/crypto/kp-abe/reader';
import { lookAt } from '@carelet/testbed/glass';
import { allRefused, answeredByRole, answeredQuestions } from '@carelet/testbed/refusal';
import { consent } from './consent.mjs';
import { figure, interleaved, median, size, timed } from './kit.mjs';
import { bundleText, clock, importInto, sourceOf, withStage } from './stage.mjs';

export const says = 'a day and a year opened by consent and by a role, the time from taking back to the refusal, locks made anew';

const doctors = ['dr-diaz', 'dr-osei'];
const only = { organisations: ['harbour', 'larkfield'], patients: ['ada', 'ben'], doctors };

export const run = () =>
  withStage(
    async function* (stage) {
      const { town, keyrings, clinic, mathematics } = stage;
      const places = town.addresses.cloudlets.map(({ organisation, url }) => ({ organisation, where: url }));
      const cloudAs = (keyring) => connectCloud(town.addresses.cloud, keyring, clock);
      const cloudletOf = (keyring) => cloudletsOf(places, keyring, clock);
      const [diaz, osei] = await Promise.all(doctors.map(async (name) => (await keyrings.of('doctor', name, name)).keyring));
      const until = addDays(dayOf(clock()), 30);

      /** A patient whose chart at the clinic has a heart rate at each of these times. */
      const patientWith = async (name, times, unsealed = false) => {
        const { keyring } = await keyrings.of('patient', name, name);
        await renewManifest(connectAuthority(town.addresses.authority, keyring, clock), keyring);
        await importInto(stage, [sourceOf(name, bundleText([person(name), ...times.map((at, i) => pulse(name, i, at))]))], { unsealed });
        const chart = clinic.keyring.charts.find(({ references }) => references.includes(`urn:uuid:${name}`));
        if (!unsealed) await linkPatient({ keyring: clinic.keyring, save: async () => {}, cloud: stage.cloud }, chart, keyring.card);
        const options = { keyring, save: async () => {}, cloud: cloudAs(keyring), mathematics, cloudletOf: cloudletOf(keyring), clock };
        return { chart, options };
      };
      const give = async ({ options }, doctor, more = {}) => {
        const what = { ...usualConsent, kinds: ['vital-signs'], from: 'beginning', until, ...more };
        const [given] = await share(options, {
          ...{ doctor: doctor.card.id, doctorName: doctor.title, consent: what, mediator: clinic.keyring.card.id },
        });
        return given;
      };
      const read = reader({ keyring: diaz, cloud: cloudAs(diaz), cloudletOf: cloudletOf(diaz), mathematics, clock });
      const byConsent = await finishMs();
      const byRole = await finishByRoleMs();
      const chen = await doctorOfTheHouse(stage, cloudletOf);
      const readByRole = reader({ keyring: chen, cloud: cloudAs(chen), cloudletOf: cloudletOf(chen), mathematics, clock });

      const yesterday = Date.parse(`${addDays(dayOf(clock()), -1)}T00:00:00Z`);
      const spans = {
        'a day, 1,440 readings': Array.from({ length: size(1440, 10) }, (_, i) => yesterday + i * 60_000),
        'a year, 4 readings a day': Array.from({ length: size(1460, 10) }, (_, i) => yesterday - i * 6 * 3_600_000),
      };
      for (const [i, [name, times]] of Object.entries(spans).entries()) {
        const sealed = await patientWith(`bench-${i}`, times);
        const clear = await patientWith(`bench-clear-${i}`, times, true);
        const given = await give(sealed, diaz);
        const chart = (await read.charts()).find(({ pat }) => Buffer.compare(pat, sealed.chart.pat) === 0);
        let wraps = 0;
        const { ours, theirs } = await interleaved(
          {
            ours: async () => {
              diaz.opened = {};
              const { records, problems } = await read.open(chart);
              if (records.length < times.length) throw new Error(`${records.length} records opened: ${problems[0]?.what}`);
              wraps = Object.keys(diaz.opened).length;
            },
            theirs: async () => {
              for (const part of ['EID', 'QID', 'MI']) await lookAt(stage.cloud, clear.chart, part);
            },
          },
          size(5, 1),
        );
        yield figure(`${name}, opened by consent (${wraps} locks)`, 'ms', ours, theirs + wraps * byConsent, '<= 1.2×');
        await readByRole.charts();
        const role = await interleaved(
          {
            ours: async () => {
              chen.opened = {};
              const { records, problems } = await readByRole.open(chart);
              if (records.length < times.length) throw new Error(`${records.length} records opened: ${problems[0]?.what}`);
              wraps = Object.keys(chen.opened).length;
            },
            theirs: async () => {
              for (const part of ['EID', 'QID', 'MI']) await lookAt(stage.cloud, clear.chart, part);
            },
          },
          size(5, 1),
        );
        yield figure(`${name}, opened by a role (${wraps} locks)`, 'ms', role.ours, role.theirs + wraps * byRole, '<= 1.2×');
        await endGrant(sealed.options, given.grant);
      }

      const short = await patientWith('bench-short', spans['a day, 1,440 readings'].slice(0, 10));
      const [refusals, wholes] = [[], []];
      for (let i = 0; i < size(200, 2); i++) {
        const { grant, pat } = await give(short, diaz, { from: addDays(dayOf(clock()), -2) });
        const [cloud, cloudlet] = [cloudAs(diaz), cloudletOf(diaz)(clinic.keyring.card.id)];
        const questions = await answeredQuestions(cloud, cloudlet, { pat, grant });
        const began = performance.now();
        const over = unshare(short.options, grant);
        while (!(await isRefused(questions)));
        refusals.push(performance.now() - began);
        await over;
        wholes.push(performance.now() - began);
      }
      yield figure('from the patient’s word to the refusal of both, median', 'ms', median(refusals));
      yield figure(`the same, p99 of ${refusals.length}`, 'ms', nearestRank(refusals, 0.99), null, '<= 1000 ms');
      yield figure('the same, slowest', 'ms', Math.max(...refusals));
      const some = Math.min(20, wholes.length);
      yield figure(`until all of it is done, median of the first ${some} on one chart`, 'ms', median(wholes.slice(0, some)));
      yield figure(`the same, of the last ${some} of ${wholes.length}`, 'ms', median(wholes.slice(-some)));

      const ends = [];
      for (let i = 0; i < size(60, 2); i++)
        ends.push(await roleEnd(stage, { cloudAs, cloudletOf, places, pat: short.chart.pat, number: i }));
      yield figure('from an administrator’s word to the refusal of both to a role, median', 'ms', median(ends));
      yield figure(`the same, slowest of ${ends.length}`, 'ms', Math.max(...ends), null, '<= 1000 ms');

      const year = await patientWith('bench-anew', spans['a year, 4 readings a day']);
      await give(year, osei);
      const { grant } = await give(year, diaz);
      await unshare(year.options, grant);
      let made = 0;
      const ms = await timed(async () => {
        made = (await renewConsents(year.options)).wraps;
      });
      const anew = Object.keys((await locksOf(osei)).opened).length;
      yield figure('a year’s grant made anew for another doctor after that', 'ms', ms);
      yield figure(`locks made anew for it (${anew})`, 'locks/s', (anew * 1000) / ms);
      if (made !== 0 && anew === 0) throw new Error('nothing opens by the grant that was made anew');
      yield* resealed(stage);

      async function locksOf(keyring) {
        keyring.opened = {};
        const other = reader({ keyring, cloud: cloudAs(keyring), cloudletOf: cloudletOf(keyring), mathematics, clock });
        for (const chart of await other.charts()) await other.open(chart);
        return keyring;
      }
    },
    clock,
    only,
  );

/** The clinic's keys are retired, and all its locks for roles made anew: what is sealed, and what the cloud puts in the place of another. */
async function* resealed({ town, keyrings, clinic, cloud, mathematics }) {
  const authorityAs = (who) => connectAuthority(town.addresses.authority, who, clock);
  const { keyring } = clinic;
  for (const name of ['sam', 'mara', 'joan']) {
    const { keyring: by } = await keyrings.of('administrator', name, name);
    const office = { authority: authorityAs(by), keyring: by };
    if ((await retireDomain(office, { cloud, cloudlets: [] }, keyring.card.id)).retired) break;
  }
  await takeWriterKeys(authorityAs(keyring), keyring);
  let made = 0;
  const ms = await timed(async () => {
    ({ made } = await renewLocks({ keyring, cloud, mathematics, clock }));
  });
  if (made === 0) throw new Error('no lock was made anew');
  yield figure(`headers re-sealed after the clinic’s keys were retired (${made})`, 'headers/s', (made * 1000) / ms);
}

/** A doctor whose role at the clinic reaches everybody there. */
async function doctorOfTheHouse({ town, keyrings, clinic, mathematics }, cloudletOf, name = 'dr-bench') {
  const { keyring } = await keyrings.of('doctor', name, 'Dr Bench');
  const authorityAs = (who) => connectAuthority(town.addresses.authority, who, clock);
  await register(authorityAs(null), keyring, { certificate: `B ${name}`, specialty: 'cardiology', organisation: clinic.keyring.title });
  const policy = {
    ...{ parts: ['EID', 'QID', 'MI'], kinds: ['vital-signs', 'identity'], confidentiality: ['N'], sensitivity: ['none'] },
    ...{ patients: 'everyone', unit: hex(clinic.keyring.card.id), from: 'beginning', until: addDays(dayOf(clock()), 90) },
  };
  for (const signer of ['sam', 'mara', 'joan']) {
    const { keyring: by } = await keyrings.of('administrator', signer, signer);
    await approve(authorityAs(by), by, keyring.card, policy, clock() / 1000);
  }
  const issuing = {
    authority: authorityAs(keyring),
    cloud: connectCloud(town.addresses.cloud, keyring, clock),
    cloudletOf: cloudletOf(keyring),
  };
  const taken = await takeDoctorKeys(issuing, keyring, mathematics);
  if (taken.kind !== 'taken' || taken.keys !== 1) throw new Error(`no key: ${taken.kind}`);
  return keyring;
}

/**
 * From an administrator's word, who turns down a doctor that opens by her role, to the refusal of cloud and mediator, in ms: what both answered
 * a moment before.
 */
async function roleEnd(stage, { cloudAs, cloudletOf, places, pat, number }) {
  const { town, keyrings } = stage;
  const doctor = await doctorOfTheHouse(stage, cloudletOf, `dr-ends-${number}`);
  // Her sight of the chart is there from her first look on.
  await reader({ keyring: doctor, cloud: cloudAs(doctor), cloudletOf: cloudletOf(doctor), mathematics: stage.mathematics, clock }).charts();
  const [{ organisation, mediator }] = doctor.doctorKeys;
  const [cloud, cloudlet] = [cloudAs(doctor), cloudletOf(doctor)(mediator)];
  const { keyring: sam } = await keyrings.of('administrator', 'sam', 'sam');
  const holders = { cloud: cloudAs(sam), cloudlets: places.map(({ where }) => connectCloudlet(where, sam, clock)) };
  const office = { authority: connectAuthority(town.addresses.authority, sam, clock), keyring: sam };
  const questions = await answeredByRole(cloud, cloudlet, { pat, organisation });
  return timed(async () => {
    await reject(office, holders, doctor.card.id, 'This is measured.');
    await allRefused(questions);
  });
}

const isRefused = (questions) =>
  allRefused(questions).then(
    () => true,
    () => false,
  );

/** The smallest of some numbers that so many of them do not exceed. */
const nearestRank = (values, share) => [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1];

/** What she alone computes to open one lock by a role, in ms. */
async function finishByRoleMs() {
  const group = await loadGroup('mcl');
  const random = seededRandom('bench/sharing');
  const { domain, master } = setup(group, 'Bench', random);
  const attributes = Array.from({ length: 10 }, (_, i) => `l:${i}`);
  const parts = shareOut(group, domain, master, { issuers: 3, needed: 2 }, random)
    .shares.slice(0, 2)
    .map((share) => issue(group, share, attributes.join(' and '), random));
  const [context, message] = [random(32), random(64)];
  const sealed = seal(group, [{ domain }], attributes, context, message, random);
  const answers = parts.map((part) =>
    mediate(group, part.mediator, transform(group, readTransform(group, part.transform, random), sealed)),
  );
  const factors = parts.map(({ doctor }) => doctor);
  const times = size(50, 2);
  const finishing = async () => {
    const ms = await timed(async () => {
      for (let i = 0; i < times; i++) if (!finish(group, domain, factors, answers, context, sealed)) throw new Error('it does not open');
    });
    return ms / times;
  };
  return (await interleaved({ finishing }, size(5, 1))).finishing;
}

/** What a doctor alone computes to open one lock, in ms. */
async function finishMs() {
  const group = await loadGroup('mcl');
  const times = size(50, 2);
  const repeat = (work) => () => timed(async () => void Array.from({ length: times }, work)).then((ms) => ms / times);
  const { 'Consent: doctor opens': opens } = consent(group, seededRandom('bench/sharing'), repeat);
  return (await interleaved({ opens }, size(5, 1))).opens;
}

const person = (name) => ({ resourceType: 'Patient', id: name, name: [{ family: 'Bench', given: [name] }] });

const pulse = (name, i, at) => ({
  resourceType: 'Observation',
  id: `${name}-${i}`,
  status: 'final',
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
  subject: { reference: `urn:uuid:${name}` },
  effectiveDateTime: new Date(at).toISOString(),
  valueQuantity: { value: 60 + (i % 40), unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
});
