/**
 * Notes: a page of plain text as a DocumentReference, the way a hospital sends a letter.
 *
 * The first lines name place, person and date, as letterheads do; the text follows after an empty line. What was
 * measured at the visit and what the house knows of the patient (problems, allergies, medicines on that day) is
 * printed below it from the chart, so that a note never contradicts the records beside it. Labelled facts appear
 * only in notes under the same label.
 *
 * @module
 */
import { clinicianOf, fullName } from '../cast.ts';
import { clock, dateTime, type Moment, spoken } from './calendar.ts';
import type { Chart, Labelled, Privacy } from './chart.ts';
import { concept, type JsonObject, systems } from './fhir.ts';
import { nameAt } from './people.ts';
import type { Visit } from './visits.ts';

const kinds = {
  visit: ['11506-3', 'Progress note', 'Visit note'],
  letter: ['11488-4', 'Consult note', 'Letter'],
  emergency: ['34111-5', 'Emergency department Note', 'Emergency note'],
  discharge: ['18842-5', 'Discharge summary', 'Discharge letter'],
  mind: ['34788-0', 'Psychiatry Consult note', 'Psychiatric note'],
  birth: ['15508-5', 'Labor and delivery records', 'Birth note'],
} as const;

export type Note = {
  readonly kind: keyof typeof kinds;
  readonly title: string;
  /** Heading and paragraph, in order. */
  readonly sections: readonly (readonly [heading: string, text: string])[];
  readonly privacy?: Privacy;
};

/** A note written at a visit by whoever saw the patient. */
export function note(chart: Chart, visit: Visit, plan: Note): void {
  chart.atEnd(() => write(chart, visit, plan));
}

function write(chart: Chart, visit: Visit, { kind, title, sections, privacy }: Note): void {
  // What sums up a stay is written when it ends.
  const at = ['emergency', 'discharge', 'birth'].includes(kind) ? visit.end : visit.at;
  if (at > chart.time.to) return;
  const [code, display, text] = kinds[kind];
  const page = pageOf(chart, at, visit.by, title, [...sections, ...printed(chart, at, visit, privacy)]);
  const bytes = Buffer.from(page, 'utf8');
  chart.add(
    'DocumentReference',
    `${kind}/${dateTime(at)}`,
    {
      status: 'current',
      docStatus: 'final',
      type: concept(systems.loinc, code, display, text),
      category: [concept('http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category', 'clinical-note', 'Clinical Note')],
      subject: chart.patient,
      date: dateTime(at),
      author: [chart.by(visit.by)],
      custodian: chart.organisation,
      description: title,
      content: [
        {
          attachment: {
            contentType: 'text/plain; charset=utf-8',
            language: 'en',
            data: bytes.toString('base64'),
            size: bytes.length,
            title,
            creation: dateTime(at),
          },
        },
      ],
      context: { encounter: [visit.reference], period: { start: dateTime(visit.at) } },
    },
    privacy,
  );
}

function pageOf(chart: Chart, at: Moment, by: string, title: string, sections: Note['sections']): string {
  const { place, person } = chart;
  const who = clinicianOf(by);
  const head = [
    `${place.name}, ${who.specialty.word.replace('-', ' ')}`,
    `${fullName(nameAt(person, place))}, born ${spoken(person.born)}, record ${person.records[place.slug]}`,
    `${spoken(at)}, ${clock(at)}`,
    '',
    title,
    '',
  ];
  const body = sections.flatMap(([heading, text]) => [heading.toUpperCase(), ...wrapped(text, 84), '']);
  return [...head, ...body, `${fullName(who.name)}, certificate ${who.certificate.number}`, ''].join('\n');
}

/** Lines of at most `width` letters, broken between words. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** What the chart prints below a note, in the words of its own resources; what there is nothing of is left out. */
function printed(chart: Chart, at: Moment, { reference }: Visit, privacy: Privacy | undefined): Note['sections'] {
  const group = privacy?.slice(0, 3);
  const visible = (one: Labelled): boolean => one.privacy === undefined || one.privacy.slice(0, 3) === group;
  const now = dateTime(at).slice(0, 10);
  const all = (resourceType: string): JsonObject[] =>
    chart
      .all(resourceType)
      .filter(visible)
      .map(({ resource }) => resource);
  const measured = new Map<string, string>();
  for (const one of all('Observation')) {
    const [what, value] = [words(one.code), shown(one)];
    if ((one.encounter as JsonObject | undefined)?.reference !== reference.reference) continue;
    if (value !== undefined && !measured.has(what)) measured.set(what, `${what} ${value}`);
  }
  const problems = all('Condition')
    .filter((one) => day(one.onsetDateTime) <= now && !(day(one.abatementDateTime ?? '9999') < now))
    .map((one) => `${words(one.code)}, since ${day(one.onsetDateTime).slice(0, 4)}`);
  const medicines = all('MedicationRequest')
    .filter((one) => {
      const { start, end } = (one.dispenseRequest as { validityPeriod: { start: string; end?: string } }).validityPeriod;
      return day(start) <= now && day(end ?? '9999') > now;
    })
    .map((one) => `${words(one.medicationCodeableConcept)} (${(one.dosageInstruction as readonly JsonObject[])[0]!.text})`);
  const allergies = all('AllergyIntolerance').map((one) => `${words(one.code)}, since ${day(one.onsetDateTime).slice(0, 4)}`);
  const lines = [
    ['Measured at this visit', [...measured.values()]],
    ['Problems known here', problems],
    ['Allergies known here', allergies],
    ['Medicines from this house', medicines],
  ] as const;
  return lines.filter(([, items]) => items.length > 0).map(([heading, items]) => [heading, `${items.join('; ')}.`]);
}

const day = (value: unknown): string => String(value).slice(0, 10);
const words = (value: unknown): string => String((value as JsonObject).text);

/** A quantity, or a blood pressure as it is spoken; nothing for a trace. */
function shown(one: JsonObject): string | undefined {
  const [value, low] = [one, ...((one.component as readonly JsonObject[] | undefined) ?? [])]
    .map((part) => part.valueQuantity as JsonObject | undefined)
    .filter((quantity) => quantity !== undefined);
  if (value === undefined) return undefined;
  const unit = String(value.unit).replace('{score}', 'points');
  return low === undefined ? `${value.comparator ?? ''}${value.value} ${unit}` : `${value.value} over ${low.value} ${unit}`;
}
