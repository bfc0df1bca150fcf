/**
 * Hospitals to be observed: doctors of seven specialties, patients of seven diseases, and who may read what. Two customs:
 *
 * - _alike_: each specialty has as many doctors as any other, who read as many kinds of records, only others, of as many patients; every chart
 *   holds of each kind about as much. Which specialty is which stands in the labels and nowhere else.
 * - _as in life_: a specialty reads as many kinds as it needs, of as many patients as it has, and who has a disease has more of the
 *   records that go with it.
 *
 * @module
 */
import { CareletError, type Category, type Kind, type Sensitivity } from '@carelet/care/model';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import { usualConsent } from '@carelet/care/rules/sharing/consent';
import type { Policy } from '@carelet/care/rules/sharing/policy';
import { approve, enrolOrganisation, register } from '@carelet/client/enrolment';
import { type Keyring, newKeyring } from '@carelet/client/keyring/keyring';
import { connectAuthority, connectCloud, connectCloudlet } from '@carelet/client/login';
import type { Mathematics } from '@carelet/client/mathematics';
import { encodeBody } from '@carelet/client/records/body';
import { linkPatient } from '@carelet/client/records/link';
import { type Draft, writer } from '@carelet/client/records/writer';
import { offerHalf } from '@carelet/client/sharing/received';
import { takeDoctorKeys } from '@carelet/client/sharing/roles';
import { share } from '@carelet/client/sharing/share';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { OrganisationSlug } from '../cast.ts';
import type { Chance } from '../days/chance.ts';
import type { Town } from '../town.ts';
import { shuffle } from './guess.ts';

/** What a specialty reads; as in life: how many doctors it has, what they read, of how many patients, and what these have more of. */
type Specialty = {
  readonly name: string;
  readonly reads: readonly Kind[];
  readonly inLife: {
    readonly doctors: number;
    readonly reads: readonly Kind[];
    readonly patients: readonly [number, number];
    readonly more: readonly Kind[];
  };
};

const kinds = [
  'vital-signs',
  'laboratory',
  'imaging',
  'medications',
  'notes',
  'procedures',
  'encounters',
] as const satisfies readonly Kind[];

/** Where all are alike, each has so many doctors, and each kind is read by two of them. */
const alikeDoctors = 3;
export const specialties: readonly Specialty[] = [
  {
    name: 'cardiology',
    reads: ['vital-signs', 'procedures'],
    inLife: { doctors: 6, reads: ['vital-signs', 'procedures', 'medications', 'notes'], patients: [3, 4], more: ['vital-signs'] },
  },
  {
    name: 'hepatology',
    reads: ['laboratory', 'medications'],
    inLife: { doctors: 4, reads: ['laboratory'], patients: [1, 2], more: ['laboratory'] },
  },
  {
    name: 'pulmonology',
    reads: ['imaging', 'vital-signs'],
    inLife: { doctors: 3, reads: ['imaging', 'vital-signs', 'medications'], patients: [2, 3], more: ['imaging'] },
  },
  {
    name: 'psychiatry',
    reads: ['notes', 'medications'],
    inLife: { doctors: 3, reads: ['notes', 'medications', 'encounters', 'laboratory', 'vital-signs'], patients: [1, 1], more: ['notes'] },
  },
  {
    name: 'obstetrics',
    reads: ['encounters', 'imaging'],
    inLife: {
      doctors: 2,
      reads: ['encounters', 'imaging', 'laboratory', 'vital-signs', 'notes', 'procedures'],
      patients: [4, 5],
      more: ['encounters'],
    },
  },
  {
    name: 'nephrology',
    reads: ['laboratory', 'procedures'],
    inLife: { doctors: 2, reads: ['laboratory', 'procedures'], patients: [1, 2], more: ['procedures'] },
  },
  {
    name: 'geriatrics',
    reads: ['notes', 'encounters'],
    inLife: { doctors: 1, reads: kinds, patients: [3, 3], more: ['notes', 'medications'] },
  },
];

/** Sensitive groups, of which a third of the patients has the one, a third the other. */
export const groups = ['none', 'HIV', 'PSY'] as const satisfies readonly Sensitivity[];

export type Custom = 'alike' | 'as in life';

/** Somebody of the town and what is true of him: the number of his specialty, or of the specialty of his disease. */
export type Doctor = { readonly id: string; readonly specialty: number };
export type Patient = {
  readonly pat: string;
  /** The doctor who treats the disease, by his place among the doctors. */
  readonly treatedBy: number;
  readonly disease: number;
  readonly group: number;
  readonly keyring: Keyring;
};

export type Hospital = {
  readonly keyring: Keyring;
  readonly doctors: readonly Doctor[];
  readonly patients: readonly Patient[];
};

/** What a hospital is made in. */
export type Grounds = {
  readonly town: Town;
  readonly mathematics: Mathematics;
  readonly clock: () => number;
  readonly administrators: readonly Keyring[];
  /** Whose cloudlet mediates. */
  readonly mediator: Keyring;
  readonly mediatorSlug: OrganisationSlug;
};

const years = 10 * 365 * 86_400;

export const newcomer = ({ town, clock }: Pick<Grounds, 'town' | 'clock'>, kind: Parameters<typeof newKeyring>[0], name: string): Keyring =>
  newKeyring(kind, name, name, town.manifest, Math.floor(clock() / 1000) + years);

export async function enrolled(
  { town, clock, administrators }: Pick<Grounds, 'town' | 'clock' | 'administrators'>,
  slug: OrganisationSlug,
): Promise<Keyring> {
  const keyring = newcomer({ town, clock }, 'organisation', slug);
  const as = (who: Keyring) => connectAuthority(town.authority.fetch, who, clock);
  const [first] = administrators;
  await enrolOrganisation({ authority: as(first!), keyring: first! }, () => as(keyring), keyring);
  const { card, secrets, writer: keys } = keyring;
  await town.cloudlets.get(slug)?.install({ card, edSk: secrets.edSk, ...keys! });
  return keyring;
}

/**
 * Fills a hospital with doctors and their patients.
 *
 * @param chance everything that is not a key
 */
export async function fill(grounds: Grounds, keyring: Keyring, custom: Custom, chance: Chance): Promise<Hospital> {
  const { town, mathematics, clock } = grounds;
  const today = dayOf(clock());
  // In no order: who came first says nothing.
  const ofDoctors = shuffle(
    specialties.flatMap(({ inLife }, i) => Array.from({ length: custom === 'alike' ? alikeDoctors : inLife.doctors }, () => i)),
    chance,
  );
  const treating = shuffle(
    ofDoctors.flatMap((specialty, doctor) => {
      const [fewest, most] = custom === 'alike' ? [1, 3] : specialties[specialty]!.inLife.patients;
      return Array.from({ length: chance.whole(fewest, most) }, () => doctor);
    }),
    chance,
  );

  const save = async () => {};
  const mediating = (who: Keyring) => (organisation: Bytes) =>
    equalPublic(organisation, grounds.mediator.card.id)
      ? connectCloudlet(town.cloudlets.get(grounds.mediatorSlug)!.fetch, who, clock)
      : null;
  const hospitalsCloud = connectCloud(town.cloud.fetch, keyring, clock);
  const patients: Patient[] = [];
  for (const [i, treatedBy] of treating.entries()) {
    const disease = ofDoctors[treatedBy]!;
    const group = chance.whole(0, groups.length - 1);
    const own = newcomer(grounds, 'patient', `patient ${i}`);
    const writes = writer({ keyring, save, cloud: hospitalsCloud, mathematics, clock });
    const chart = await writes.chartFor([`${keyring.name}-${i}`]);
    await writes.post(chart, [identity]);
    await linkPatient({ keyring, save, cloud: hospitalsCloud }, chart, own.card);
    await writes.post(chart, drafts(custom, disease, group, today, chance));
    patients.push({ pat: hex(chart.pat), treatedBy, disease, group, keyring: own });
  }

  const doctors: Keyring[] = [];
  for (const [i, specialty] of ofDoctors.entries()) {
    const { name, reads, inLife } = specialties[specialty]!;
    const own = newcomer(grounds, 'doctor', `doctor ${i}`);
    const as = (who: Keyring | null) => connectAuthority(town.authority.fetch, who, clock);
    await register(as(null), own, { certificate: `C ${i}`, specialty: name, organisation: keyring.title });
    const policy: Policy = {
      ...{ parts: ['MI'], confidentiality: ['N'], sensitivity: ['none'], from: today, unit: hex(keyring.card.id) },
      kinds: custom === 'alike' ? reads : inLife.reads,
      patients: patients.filter(({ treatedBy }) => treatedBy === i).map(({ pat }) => pat),
      until: addDays(today, chance.whole(3, 12)),
    };
    for (const administrator of grounds.administrators) await approve(as(administrator), administrator, own.card, policy, clock() / 1000);
    const cloud = connectCloud(town.cloud.fetch, own, clock);
    const taken = await takeDoctorKeys({ authority: as(own), cloud, cloudletOf: mediating(own) }, own, mathematics);
    if (taken.kind !== 'taken') throw new CareletError('internal', 'prove labels', { because: `a doctor’s key is ${taken.kind}` });
    await offerHalf({ keyring: own, save, cloud, mathematics });
    doctors.push(own);
  }

  // Most let another doctor read as well: of whatever specialty; as in life, often of the same.
  for (const { keyring: own, disease } of shuffle(patients, chance).filter(() => chance.happens(0.8))) {
    const colleagues = doctors.filter((_, i) => custom === 'alike' || chance.happens(0.3) || ofDoctors[i] === disease);
    const doctor = chance.pick(colleagues.length > 0 ? colleagues : doctors);
    const { reads, inLife } = specialties[ofDoctors[doctors.indexOf(doctor)]!]!;
    await share(
      {
        ...{ keyring: own, save, cloud: connectCloud(town.cloud.fetch, own, clock), mathematics, clock },
        cloudletOf: mediating(own),
      },
      {
        ...{ doctor: doctor.card.id, doctorName: doctor.title, mediator: grounds.mediator.card.id },
        consent: {
          ...{ ...usualConsent, kinds: custom === 'alike' ? reads : inLife.reads, from: today },
          until: addDays(today, chance.whole(1, 4)),
        },
      },
    );
  }
  return { keyring, doctors: doctors.map(({ card }, i) => ({ id: hex(card.id), specialty: ofDoctors[i]! })), patients };
}

const body = (length: number) => encodeBody({ kind: 'fhir', json: JSON.stringify({ resourceType: 'Basic', text: 'x'.repeat(length) }) });

const identity: Draft = {
  ...{ type: 'Patient', id: 'identity', period: 'always', category: { kind: 'identity', conf: 'N', sens: 'none' } },
  bodies: { EID: body(300), QID: body(100) },
};

/** What a chart holds. */
function drafts(custom: Custom, disease: number, group: number, today: string, chance: Chance): Draft[] {
  const many = (kind: (typeof kinds)[number]): number => {
    if (custom === 'alike') return chance.happens(0.9) ? chance.whole(1, 3) : 0;
    const usual = kinds.indexOf(kind) < 4 ? chance.whole(1, 3) : chance.whole(0, 2);
    return usual + (specialties[disease]!.inLife.more.includes(kind) ? chance.whole(3, 6) : 0);
  };
  const record = (category: Category, i: number): Draft => ({
    ...{ type: category.kind, id: `${category.sens}-${i}`, category, period: today },
    bodies: { MI: body(chance.whole(100, 1_500)) },
  });
  const sensitive = group === 0 ? [] : [record({ kind: 'laboratory', conf: 'N', sens: groups[group]! }, 0)];
  return shuffle(
    [...kinds.flatMap((kind) => Array.from({ length: many(kind) }, (_, i) => record({ kind, conf: 'N', sens: 'none' }, i))), ...sensitive],
    chance,
  );
}
