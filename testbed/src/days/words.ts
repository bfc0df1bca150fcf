/**
 * Planted words: names, numbers, addresses, diagnoses, medicines and sentences that occur nowhere else, each laid
 * once into a bundle where it naturally belongs. Whoever searches a cloud for them afterwards must find none.
 *
 * @module
 */
import { dateTime, day, hour, type Moment } from './calendar.ts';
import { type Chance, chanceOf, uuidOf } from './chance.ts';
import { type Bundle, bundleOf, concept, type JsonObject, type Reference, type Resource, refer, systems } from './fhir.ts';

/** A planted string: `identity` names a person, `medical` tells of one. */
export type Planted = { readonly text: string; readonly about: 'identity' | 'medical'; readonly what: string };

const begin: Moment = Date.UTC(2026, 3, 6, 8);

/**
 * At least `n` planted strings and the bundle that carries each of them exactly once, in its JSON text as it
 * stands (not inside base64), unescaped UTF-8.
 *
 * @throws RangeError when n is not a whole number from 1 to 20,000
 * @example
 * ```ts
 * import { print, words } from '@carelet/testbed/days/index';
 * const { planted, bundle } = words(500, 'breach');
 * const text = print(bundle);
 * planted.every((word) => text.split(word.text).length === 2); // true
 * ```
 */
export function words(n: number, seed: string): { readonly planted: readonly Planted[]; readonly bundle: Bundle } {
  if (!Number.isSafeInteger(n) || n < 1 || n > 20_000) throw new RangeError('Cannot plant words: n is a whole number from 1 to 20,000');
  const planted: Planted[] = [];
  const resources: Resource[] = [];
  const used = new Set<string>();
  const chance = chanceOf(`words|${seed}`);
  /** Draws until the string is new, then writes it down. */
  const plant = (about: Planted['about'], what: string, draw: () => string): string => {
    let text = draw();
    while (used.has(text.toLowerCase())) text = draw();
    used.add(text.toLowerCase());
    planted.push({ text, about, what });
    return text;
  };
  const named = new Set<string>();
  const name = (): string => {
    let text = invented(chance, chance.whole(3, 4));
    while (named.has(text)) text = invented(chance, chance.whole(3, 4));
    named.add(text);
    return text;
  };
  while (planted.length < n) resources.push(...person(seed, resources.length, chance, plant, name));
  return { planted, bundle: bundleOf(uuidOf('words', seed), resources) };
}

type Plant = (about: Planted['about'], what: string, draw: () => string) => string;

/** One invented patient, his doctor and nine records, with every planted word once. */
function person(seed: string, number: number, chance: Chance, plant: Plant, name: () => string): Resource[] {
  const id = (what: string): string => uuidOf('words', seed, String(number), what);
  const identity = (what: string, draw: () => string): string => plant('identity', what, draw);
  const medical = (what: string, draw: () => string): string => plant('medical', what, draw);
  const digits = chance.digits;
  const patient = refer(id('Patient'));
  const doctor = refer(id('Practitioner'));
  const at = dateTime(begin + chance.whole(0, 200) * day + chance.whole(0, 9) * hour);
  const resource = (resourceType: string, body: JsonObject, what = resourceType): Resource => ({ resourceType, id: id(what), ...body });
  const text = (words: string): JsonObject => ({ text: words });
  const observed = (code: string, display: string, body: JsonObject): JsonObject => ({
    status: 'final',
    category: [concept(systems.terminology('observation-category'), 'exam', 'Exam')],
    code: concept(systems.loinc, code, display),
    subject: patient,
    effectiveDateTime: at,
    performer: [doctor],
    ...body,
  });
  return [
    resource('Practitioner', {
      identifier: [
        { system: 'https://medical-board.example/certificate', value: identity('certificate', () => `CX ${digits(3)} ${digits(4)}`) },
      ],
      name: [{ family: identity('doctor', name) }],
    }),
    patientWith(id('Patient'), chance, identity, name),
    resource(
      'Condition',
      conditionOf(
        patient,
        doctor,
        at,
        medical('diagnosis', () => diagnosis(chance)),
        medical('sentence', () => sentence(chance)),
      ),
    ),
    resource(
      'Condition',
      conditionOf(
        patient,
        doctor,
        at,
        medical('diagnosis', () => diagnosis(chance)),
        medical('sentence', () => sentence(chance)),
      ),
      'Condition 2',
    ),
    resource('AllergyIntolerance', {
      patient,
      recordedDate: at,
      code: text(medical('allergy', () => `${name()} ${chance.pick(['pollen', 'seed oil', 'latex', 'shellfish', 'adhesive'])}`)),
    }),
    ...[1, 2].map((one) =>
      resource(
        'MedicationRequest',
        {
          status: 'active',
          intent: 'order',
          medicationCodeableConcept: text(
            medical(
              'medicine',
              () =>
                `${invented(chance, 2)}${chance.pick(['pril', 'mab', 'statin', 'oxacin', 'zole'])} ${chance.whole(1, 99)}.${digits(1)} mg`,
            ),
          ),
          subject: patient,
          authoredOn: at,
          requester: doctor,
        },
        `MedicationRequest ${one}`,
      ),
    ),
    resource('Procedure', {
      status: 'completed',
      subject: patient,
      performedDateTime: at,
      code: text(medical('procedure', () => operation(chance))),
    }),
    resource('Device', { patient, serialNumber: identity('serial number', () => `SN${chance.pick(['A', 'K', 'W'])}-${digits(9)}`) }),
    resource('Observation', observed('8687-6', 'History of Social function', { valueString: medical('sentence', () => sentence(chance)) })),
    resource(
      'Observation',
      observed('29544-4', 'Physical findings', { note: [text(medical('sentence', () => sentence(chance)))] }),
      'Observation 2',
    ),
    resource('Encounter', {
      status: 'finished',
      class: { system: systems.act, code: 'AMB', display: 'ambulatory' },
      subject: patient,
      period: { start: at },
      reasonCode: [text(medical('reason', () => `${sentence(chance).replace(/\.$/, '')}, wants a second look`))],
    }),
    resource('CarePlan', {
      status: 'active',
      intent: 'plan',
      subject: patient,
      period: { start: at },
      description: medical('sentence', () => sentence(chance)),
    }),
  ];
}

function patientWith(id: string, chance: Chance, identity: (what: string, draw: () => string) => string, name: () => string): Resource {
  const { digits } = chance;
  const phone = (): string => `+44 1632 ${digits(3)} ${digits(4)}`;
  return {
    resourceType: 'Patient',
    id,
    identifier: [
      { system: 'https://planted.example/id/record', value: identity('record number', () => `PL${digits(4)}-${digits(5)}`) },
      { system: 'https://health.example/id/national', value: identity('national id', () => `${digits(3)} ${digits(3)} ${digits(4)}`) },
      { system: 'https://health.example/id/insurance', value: identity('insurance', () => `HB-${digits(4)}-${digits(3)}-${digits(3)}`) },
    ],
    name: [{ family: identity('family name', name), given: [identity('given name', name)] }],
    telecom: [
      { system: 'phone', value: identity('phone', phone) },
      {
        system: 'email',
        value: identity(
          'email',
          () =>
            `${chance.pick(['reach', 'write', 'mail', 'hello'])}.${digits(3)}.${chance.pick(['owl', 'elm', 'fog', 'tin'])}${digits(4)}@post.example`,
        ),
      },
    ],
    gender: chance.pick(['female', 'male']),
    birthDate: `${chance.whole(1932, 2015)}-0${chance.whole(1, 9)}-1${chance.whole(0, 9)}`,
    address: [
      {
        line: [
          identity(
            'street',
            () => `${chance.whole(100, 999)} ${name()} ${chance.pick(['Terrace', 'Crescent', 'Causeway', 'Mews', 'Rise'])}`,
          ),
        ],
        city: identity('town', () => `${name()}-on-${chance.pick(['Wey', 'Tarn', 'Fell', 'Loch'])}`),
        postalCode: identity('postcode', () => `${letters(chance, 2)}${chance.whole(10, 99)} ${chance.whole(1, 9)}${letters(chance, 3)}`),
      },
    ],
    contact: [{ name: { family: identity('relative', name) }, telecom: [{ system: 'phone', value: identity("relative's phone", phone) }] }],
  };
}

const conditionOf = (subject: Reference, recorder: Reference, at: string, words: string, note: string): JsonObject => ({
  clinicalStatus: concept(systems.terminology('condition-clinical'), 'active', 'Active'),
  subject,
  recorder,
  onsetDateTime: at,
  code: { text: words },
  note: [{ text: note }],
});

const syllables = 'bra clen dor fal gwy hest jor kel lum mær nor øst pyr quil rund sæv tam ulf vren wick xan yor zel thrip'.split(' ');
const endings = 'wick mund dale thorpe ström vík nault rique lenko ashti'.split(' ');

/** A name nobody has: `syllableCount` syllables and an ending. */
function invented(chance: Chance, syllableCount: number): string {
  const word =
    Array.from({ length: syllableCount - 1 }, () => chance.pick(syllables)).join('') +
    chance.pick(syllables).slice(0, 2) +
    chance.pick(endings);
  return word[0]!.toUpperCase() + word.slice(1);
}

const letters = (chance: Chance, length: number): string => Array.from({ length }, () => chance.pick([...'ABDEFGHJLNPQRSTUWXYZ'])).join('');

const parts = [
  'left heel',
  'right wrist',
  'lower lip',
  'third rib',
  'left shoulder',
  'right eyelid',
  'tailbone',
  'left ankle',
  'jaw',
  'right elbow',
];
const troubles = ['Contusion', 'Cellulitis', 'Burn', 'Abscess', 'Fracture', 'Sprain', 'Ulcer', 'Neuralgia', 'Haematoma', 'Laceration'];
const causes = [
  'after a fall from a ladder',
  'after a dog bite',
  'from a frying pan',
  'from a bicycle chain',
  'after a long flight',
  'from new boots',
  'after a football match',
];

const diagnosis = (chance: Chance): string =>
  `${chance.pick(troubles)} of the ${chance.pick(parts)} ${chance.pick(causes)}, ${chance.whole(11, 99)} mm, for ${chance.whole(2, 30)} days`;

const operation = (chance: Chance): string =>
  `Repair of the ${chance.pick(parts)} with ${chance.whole(3, 39)} stitches in ${chance.whole(12, 240)} minutes, theatre ${chance.whole(2, 19)}`;

const doings = [
  'mending a net',
  'carrying a wardrobe',
  'chasing the goat',
  'painting the ceiling',
  'dancing at a wedding',
  'digging potatoes',
  'waiting for the ferry',
];
const feelings = ['a burning', 'a tearing', 'a dull', 'a throbbing', 'a stabbing', 'a creeping'];
const effects = [
  'could not sleep',
  'missed two shifts',
  'was sick once',
  'forgot the soup on the stove',
  'called the neighbour',
  'wept, which is new',
];

const sentence = (chance: Chance): string =>
  `Felt ${chance.pick(feelings)} pain in the ${chance.pick(parts)} at ${chance.whole(10, 23)}:${chance.whole(10, 59)} while ${chance.pick(doings)} with ${chance.whole(3, 60)} others, and ${chance.pick(effects)}.`;
