/**
 * Who is treated for what, guessed from a stolen cloud: keys.md §6, attacked.
 *
 * An observer has every table of the cloud, and neither a label key nor the town's list of doctors. Of one hospital he knows besides who its
 * doctors are and what its patients have; with that he learns to guess, and guesses at another hospital: of every doctor the specialty, of
 * every patient the disease. What he gets right is held against the commonest answer and against luck. He must be able to guess: the same
 * observer is given the same tables with labels in words, and with scopes in words, and has to find everybody out.
 *
 * Labels hide what they say and no more. Two other hospitals are as in life, and what he guesses there is printed too: it is not promised.
 *
 * @module
 */

import { CareletError, confidentialities, kinds, parts, type Sensitivity, sensitivities } from '@carelet/care/model';
import { addDays, dayOf } from '@carelet/care/rules/records/calendar';
import { sources } from '@carelet/care/rules/sharing/attributes';
import { claim, invite } from '@carelet/client/enrolment';
import type { Keyring } from '@carelet/client/keyring/keyring';
import { connectAuthority } from '@carelet/client/login';
import type { Mathematics } from '@carelet/client/mathematics';
import { categoryName, namesOf } from '@carelet/client/sharing/scopes';
import { hex, unhex } from '@carelet/crypto/algebra/bytes';
import { labelOf, sensitiveLabel } from '@carelet/crypto/cards/label';
import { cloudTables } from './cloud-tables.ts';
import { type Chance, chanceOf } from './days/chance.ts';
import { commonestOf, type Guessed, judge, noLuck, renamed, shuffle, waysOf } from './labels/guess.ts';
import { enrolled, fill, type Grounds, groups, type Hospital, newcomer, specialties } from './labels/hospitals.ts';
import { type Dump, lookAt, type Sight } from './labels/observer.ts';
import { openTown, type Town } from './town.ts';

export type LabelsOptions = {
  /** An empty folder, used for this and then worthless. */
  readonly folder: string;
  readonly mathematics: Mathematics;
  readonly seed?: string;
  /** `false` trades safety against power cuts for speed: tests only. */
  readonly durable?: boolean;
  /** Told what is being done, a line each. */
  readonly tell?: (line: string) => void;
};

/** A question, and how well it was answered. */
export type Answered = Guessed & { readonly question: string };

export type LabelsProof = {
  readonly doctors: number;
  readonly patients: number;
  readonly rows: number;
  /** What labels, padding and pseudonyms have to hide. */
  readonly promised: readonly (Answered & { readonly held: boolean })[];
  /** The same observer, given more than he may have. */
  readonly controls: readonly (Answered & { readonly caught: boolean })[];
  /** What a stolen cloud tells all the same, where hospitals are as in life. */
  readonly seen: readonly Answered[];
  readonly seconds: number;
};

/** Settles four hospitals, steals the cloud's tables, guesses. */
export async function labels(options: LabelsOptions): Promise<LabelsProof> {
  const { folder, mathematics, seed = 'labels', durable = true, tell = () => {} } = options;
  const began = performance.now();
  const clock = Date.now;
  const chance = chanceOf(seed);
  await using town = await openTown({ folder, durable, clock });
  tell('a town: two hospitals alike but for what their specialties read, two as in life');
  const grounds = await groundsIn(town, mathematics, clock);
  const settled = async (slug: 'northgate' | 'larkfield' | 'st-brigids' | 'millbrook', custom: 'alike' | 'as in life') => {
    const hospital = await fill(grounds, await enrolled(grounds, slug), custom, chance.fork(slug));
    tell(`${slug}: ${hospital.doctors.length} doctors, ${hospital.patients.length} patients`);
    return hospital;
  };
  const alike = [await settled('northgate', 'alike'), await settled('larkfield', 'alike')] as const;
  const inLife = [await settled('st-brigids', 'as in life'), await settled('millbrook', 'as in life')] as const;

  tell('the cloud’s tables are stolen, and looked at');
  const dump = await dumpOf(town);
  const guess = (stolen: Dump, pair: readonly [Hospital, Hospital]) => guessed(stolen, pair, chance.fork('guesses'));
  const promised = guess(dump, alike);
  const today = dayOf(clock());
  const inWords = guess(withLabelsInWords(dump, alike, today), alike);
  const scopesInWords = guess(withScopesInWords(dump, alike), alike);
  const life = guess(dump, inLife);
  const directory = await directoryOf(town, alike[1].patients[0]!.keyring, clock);
  return {
    doctors: [...alike, ...inLife].reduce((sum, one) => sum + one.doctors.length, 0),
    patients: [...alike, ...inLife].reduce((sum, one) => sum + one.patients.length, 0),
    rows: Object.values(dump).reduce((sum, rows) => sum + rows.length, 0),
    promised: [promised.specialty, promised.disease, promised.group].map((one) => ({ ...one, held: one.p > noLuck })),
    controls: [
      { ...inWords.specialty, question: 'a doctor’s specialty, labels in words' },
      { ...inWords.disease, question: 'a patient’s disease, labels in words' },
      { ...inWords.group, question: 'which sensitive group, labels in words' },
      { ...scopesInWords.specialty, question: 'a doctor’s specialty, scopes in words' },
    ].map((one) => ({ ...one, caught: one.p <= noLuck })),
    seen: [
      { ...life.specialty, question: 'a doctor’s specialty, as in life' },
      { ...life.disease, question: 'a patient’s disease, as in life' },
      sensitiveAtAll(dump, alike[1], chance),
      sameDisease(dump, inLife[1], chance),
      { ...listed(alike[1], directory, chance), question: 'a doctor’s specialty, with the town’s list of doctors' },
      { ...listedDiseases(dump, alike[1], directory, chance), question: 'a patient’s disease, with the town’s list of doctors' },
    ],
    seconds: (performance.now() - began) / 1000,
  };
}

/** The town's offices: two administrators and whose cloudlet mediates. */
async function groundsIn(town: Town, mathematics: Mathematics, clock: () => number): Promise<Grounds> {
  const administrators = [
    newcomer({ town, clock }, 'administrator', 'Sam Adeyemi'),
    newcomer({ town, clock }, 'administrator', 'Mara Holt'),
  ] as const;
  const [first, second] = administrators;
  const stranger = connectAuthority(town.authority.fetch, null, clock);
  await claim(stranger, first, (await town.authority.firstInvitation())!, 'Harbour Clinic');
  await claim(stranger, second, (await invite(connectAuthority(town.authority.fetch, first, clock), first)).code, 'Medical Board');
  const mediator = await enrolled({ town, clock, administrators }, 'harbour');
  return { town, mathematics, clock, administrators, mediator, mediatorSlug: 'harbour' };
}

/** Every table of the cloud, each in the order in which its rows lie. */
async function dumpOf(town: Town): Promise<Dump> {
  await using tables = await cloudTables(town);
  const names = await tables.sql<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'cloud' and table_type = 'BASE TABLE' order by 1",
  );
  const dump: Record<string, Record<string, unknown>[]> = {};
  for (const { name } of names) dump[name] = await tables.sql(`select * from "${name}" order by ctid`);
  return dump;
}

type Questions = 'specialty' | 'disease' | 'group';

/** Learns at one hospital, guesses at the other. */
function guessed(dump: Dump, [known, other]: readonly [Hospital, Hospital], chance: Chance): Record<Questions, Answered> {
  const [learnt, met] = [lookAt(dump, hex(known.keyring.card.id)), lookAt(dump, hex(other.keyring.card.id))];
  const answers = (truth: readonly number[], right: readonly number[], ways: ReturnType<typeof waysOf>, dealt: (() => number[])[]) =>
    judge(ways, commonestOf(truth), right, dealt);

  const [hers, theirs] = [known.doctors.map(({ specialty }) => specialty), other.doctors.map(({ specialty }) => specialty)];
  const doctorsIn = (sight: Sight, { doctors }: Hospital) => doctors.map(({ id }) => found(sight.doctors.get(id)));
  const chartsIn = (sight: Sight, patients: Hospital['patients']) => patients.map(({ pat }) => found(sight.charts.get(pat)));
  const diseases = ({ patients }: Hospital) => patients.map(({ disease }) => disease);
  const sensitive = ({ patients }: Hospital) => patients.filter(({ group }) => group > 0);
  const groupsOf = (hospital: Hospital) => sensitive(hospital).map(({ group }) => group);
  return {
    specialty: {
      ...answers(hers, theirs, waysOf(doctorsIn(learnt, known), hers, doctorsIn(met, other)), [
        () => shuffle(theirs, chance),
        () => renamed(theirs, specialties.length, chance),
      ]),
      question: 'a doctor’s specialty',
    },
    disease: {
      ...answers(
        diseases(known),
        diseases(other),
        waysOf(chartsIn(learnt, known.patients), diseases(known), chartsIn(met, other.patients)),
        [() => diseasesDealtAnew(other, chance), () => renamed(diseases(other), specialties.length, chance)],
      ),
      question: 'a patient’s disease',
    },
    group: {
      ...answers(
        groupsOf(known),
        groupsOf(other),
        waysOf(chartsIn(learnt, sensitive(known)), groupsOf(known), chartsIn(met, sensitive(other))),
        [() => shuffle(groupsOf(other), chance)],
      ),
      question: 'which sensitive group',
    },
  };
}

/** Patients of one doctor have one disease, so they are right or wrong together: her specialty is dealt anew, not each disease. */
function diseasesDealtAnew({ doctors, patients }: Hospital, chance: Chance): number[] {
  const dealt = shuffle(
    doctors.map(({ specialty }) => specialty),
    chance,
  );
  return patients.map(({ treatedBy }) => dealt[treatedBy]!);
}

function found<T>(seen: T | undefined): T {
  if (seen === undefined)
    throw new CareletError('internal', 'prove labels', { because: 'somebody of the town is not in the cloud’s tables' });
  return seen;
}

/** The tables as they would lie there if labels were words: what the keys of labels are for. */
function withLabelsInWords(dump: Dump, hospitals: readonly Hospital[], today: string): Dump {
  const words = new Map<string, string>();
  for (const { keyring, patients } of hospitals) {
    const { orgKey } = keyring.writer!;
    const put = (name: string, values: readonly string[]) => {
      for (const value of values) words.set(labelOf(orgKey, name, value), `${name}:${value}`);
    };
    put('part', parts);
    put('kind', kinds);
    put('conf', confidentialities);
    put('sens', ['none']);
    put('src', sources);
    put('ver', ['1']);
    put('org', [hex(keyring.card.id)]);
    put('t', ['always', ...Array.from({ length: 30 }, (_, i) => addDays(today, i))]);
    for (const { pat } of patients) {
      put('pat', [pat]);
      for (const group of sensitivities as readonly Sensitivity[]) words.set(sensitiveLabel(orgKey, unhex(pat), group), `sens:${group}`);
    }
  }
  const inWords = (label: string) => words.get(label) ?? label;
  return {
    ...dump,
    wrap: dump.wrap!.map((row) => ({ ...row, labels: (row.labels as string[]).map(inWords) })),
    entitlement: dump.entitlement!.map((row) => ({ ...row, formula: String(row.formula).replace(/l:[0-9a-f]{32}/g, inWords) })),
  };
}

/** The tables as they would lie there if what patients publish were named by what it is. */
function withScopesInWords(dump: Dump, hospitals: readonly Hospital[]): Dump {
  const words = new Map<string, string>();
  for (const { pat, keyring } of hospitals.flatMap(({ patients }) => patients)) {
    const { patient } = keyring.sharing;
    if (!patient) continue;
    const named = { pat: unhex(pat), names: namesOf(patient.root, unhex(pat)) };
    for (const kind of kinds) words.set(categoryName(named, { kind, conf: 'N', sens: 'none' }), kind);
  }
  const states = dump.scope_state!.map((row) => ({ ...row, category: words.get(String(row.category)) ?? row.category }));
  return { ...dump, scope_state: states };
}

/** Whether a chart holds anything especially sensitive shows: it has a label of its own besides its patient's. */
function sensitiveAtAll(dump: Dump, hospital: Hospital, chance: Chance): Answered {
  const { charts } = lookAt(dump, hex(hospital.keyring.card.id));
  const truth = hospital.patients.map(({ group }) => Number(group > 0));
  const guesses = hospital.patients.map(({ pat }) => Number(found(charts.get(pat)).numbers['labels nobody else has']! > 1));
  const way = { name: 'labels nobody else has', guesses };
  return {
    ...judge([way], commonestOf(truth), truth, [() => shuffle(truth, chance)]),
    question: `whether a chart holds anything of ${groups.slice(1).join(' or ')}`,
  };
}

/** Two patients whom one doctor may read. */
function sameDisease(dump: Dump, hospital: Hospital, chance: Chance): Answered {
  const { meets } = lookAt(dump, hex(hospital.keyring.card.id));
  const pairs = hospital.patients.flatMap((one, i) =>
    hospital.patients.flatMap((other, j) =>
      j > i && [...meets.get(one.pat)!].some((doctor) => meets.get(other.pat)!.has(doctor)) ? [[i, j] as const] : [],
    ),
  );
  const alike = (diseases: readonly number[]) => pairs.map(([i, j]) => Number(diseases[i] === diseases[j]));
  const way = { name: 'one doctor reads both', guesses: pairs.map(() => 1) };
  return {
    ...judge([way], 0, alike(hospital.patients.map(({ disease }) => disease)), [() => alike(diseasesDealtAnew(hospital, chance))]),
    question: 'that two patients of a doctor have one disease',
  };
}

/** Whose specialty is what, as the authority tells any patient: by number in hex. */
async function directoryOf(town: Town, patient: Keyring, clock: () => number): Promise<Map<string, string>> {
  const { doctors } = await connectAuthority(town.authority.fetch, patient, clock).enrolment.directory();
  return new Map(doctors.map(({ doctor, specialty }) => [hex(doctor), specialty]));
}

const numberOf = (specialty: string | undefined): number => specialties.findIndex(({ name }) => name === specialty);

function listed({ doctors }: Hospital, directory: ReadonlyMap<string, string>, chance: Chance): Guessed {
  const truth = doctors.map(({ specialty }) => specialty);
  const way = { name: 'the list', guesses: doctors.map(({ id }) => numberOf(directory.get(id))) };
  return judge([way], commonestOf(truth), truth, [() => shuffle(truth, chance)]);
}

function listedDiseases(dump: Dump, hospital: Hospital, directory: ReadonlyMap<string, string>, chance: Chance): Guessed {
  const { meets } = lookAt(dump, hex(hospital.keyring.card.id));
  const truth = hospital.patients.map(({ disease }) => disease);
  const guesses = hospital.patients.map(({ pat }) => commonestOf([...meets.get(pat)!].map((doctor) => numberOf(directory.get(doctor)))));
  return judge([{ name: 'the list', guesses }], commonestOf(truth), truth, [() => diseasesDealtAnew(hospital, chance)]);
}
