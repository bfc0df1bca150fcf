/**
 * An item: one line of a list or a timeline, in the record's own words.
 *
 * What the portal adds (names of types, of states, of units) it takes from its dictionary; nothing here is a
 * sentence.
 *
 * @module
 */
import { type JsonObject, own } from '../../model/json.ts';
import type { Kind } from '../../model/record.ts';
import type { Resource } from '../../model/resource.ts';
import { categoryOf } from '../records/kind.ts';
import { periodOf } from '../records/when.ts';
import { allWordsIn, at, codingsIn, idIn, numberIn, objectsIn, textIn, wordsIn } from './fhir.ts';
import { type Value, valueIn } from './value.ts';
import { type When, whenIn } from './when.ts';

/** A file that a record holds or points to; `data` is base64, as it is. */
export type Attachment = {
  readonly contentType?: string;
  /** Bytes. */
  readonly size?: number;
  readonly title?: string;
  readonly data?: string;
};

/** The short of it, by what kind of thing it is. Texts are the record's. */
export type Detail =
  | { readonly kind: 'values'; readonly values: readonly { readonly name?: string; readonly value: Value }[] }
  | { readonly kind: 'trace'; readonly leads: number }
  | { readonly kind: 'dosage'; readonly text?: string; readonly asNeeded: boolean }
  | { readonly kind: 'allergy'; readonly criticality?: string; readonly reactions: readonly string[] }
  | { readonly kind: 'dose'; readonly number: string }
  | { readonly kind: 'visit'; readonly class?: string; readonly reasons: readonly string[] }
  | { readonly kind: 'report'; readonly conclusion?: string; readonly results: number }
  | { readonly kind: 'document'; readonly type?: string; readonly attachments: readonly Attachment[] }
  | { readonly kind: 'steps'; readonly steps: readonly string[] }
  | { readonly kind: 'text'; readonly text: string };

export type Item = {
  readonly type: string;
  readonly id?: string;
  readonly kind: Kind;
  /** When it happened. */
  readonly when: When | null;
  /** When it ended, for what lasts. */
  readonly until: When | null;
  /** When it was written down. */
  readonly recorded: When | null;
  /** null where the record says nothing. */
  readonly title: string | null;
  readonly detail?: Detail;
  /** A FHIR code: `active`, `final`, `in-progress`. */
  readonly status?: string;
  /** Who wrote, measured or asked for it: a name, or else what the record refers to. */
  readonly author?: string;
};

/** What a type knows of itself; the rest is found the same way for all. */
type Telling = {
  readonly when?: When | null;
  readonly until?: When | null;
  readonly title?: string | undefined;
  readonly detail?: Detail | undefined;
  readonly status?: string | undefined;
  readonly author?: string | undefined;
};

/**
 * A resource as an item. It never throws: what is odd is not there.
 *
 * @param kind under which the record is filed, if that is known; else what it is about
 * @example
 * ```ts
 * import { itemOf } from '@carelet/care/rules/chart/item';
 * const item = itemOf({
 *   resourceType: 'AllergyIntolerance',
 *   code: { text: 'Penicillin' },
 *   onsetDateTime: '2003',
 *   criticality: 'low',
 *   reaction: [{ manifestation: [{ text: 'Rash' }] }],
 * });
 * item.title; // 'Penicillin'
 * item.detail; // { kind: 'allergy', criticality: 'low', reactions: ['Rash'] }
 * ```
 */
export function itemOf(resource: Resource, kind: Kind = categoryOf(resource).kind): Item {
  const type = resource.resourceType;
  const telling = tellingOf(resource);
  const id = textIn(own(resource, 'id'));
  const status = telling.status ?? textIn(own(resource, 'status'));
  const author = telling.author ?? authorIn(resource);
  return {
    type,
    ...(id === undefined ? {} : { id }),
    kind,
    when: whenOf(resource, telling),
    until: telling.until ?? null,
    recorded: recordedIn(resource),
    title: telling.title ?? titleIn(resource),
    ...(telling.detail === undefined ? {} : { detail: telling.detail }),
    ...(status === undefined ? {} : { status }),
    ...(author === undefined ? {} : { author }),
  };
}

/** When what a resource tells of happened; where nothing better is known, when it is filed. */
export const whenOf = (resource: Resource, telling: Pick<Telling, 'when'> = tellingOf(resource)): When | null =>
  telling.when ?? whenIn(periodOf(resource).period);

const tellingOf = (resource: Resource): Telling =>
  Object.hasOwn(tellings, resource.resourceType) ? tellings[resource.resourceType]!(resource) : {};

/** By type, in the order of a chart. */
const tellings: Readonly<Record<string, (resource: Resource) => Telling>> = {
  Observation: (resource) => ({
    when: firstWhen(resource, 'effectiveDateTime', 'effectiveInstant') ?? whenIn(at(resource, 'effectivePeriod', 'start')),
    until: whenIn(at(resource, 'effectivePeriod', 'end')),
    detail: observed(resource),
  }),
  Condition: (resource) => ({
    when: firstWhen(resource, 'onsetDateTime') ?? whenIn(at(resource, 'onsetPeriod', 'start')) ?? whenIn(own(resource, 'recordedDate')),
    until: firstWhen(resource, 'abatementDateTime') ?? whenIn(at(resource, 'abatementPeriod', 'start')),
    status: clinicalStatus(resource),
    detail: textDetail(textIn(own(resource, 'onsetString'))),
  }),
  AllergyIntolerance: (resource) => {
    const criticality = textIn(own(resource, 'criticality'));
    const reactions = objectsIn(own(resource, 'reaction')).flatMap((reaction) => allWordsIn(own(reaction, 'manifestation')));
    return {
      when: firstWhen(resource, 'onsetDateTime', 'recordedDate'),
      status: clinicalStatus(resource),
      detail: { kind: 'allergy', ...(criticality === undefined ? {} : { criticality }), reactions },
    };
  },
  MedicationRequest: (resource) => ({ ...medication(resource, 'dosageInstruction'), when: firstWhen(resource, 'authoredOn') }),
  MedicationStatement: (resource) => medication(resource, 'dosage'),
  MedicationDispense: (resource) => medication(resource, 'dosageInstruction'),
  MedicationAdministration: (resource) => medication(resource, 'dosage'),
  Immunization: (resource) => {
    const protocol = at(resource, 'protocolApplied', 0);
    const number = numberIn(at(protocol, 'doseNumberPositiveInt'))?.toString() ?? textIn(at(protocol, 'doseNumberString'));
    return {
      when: firstWhen(resource, 'occurrenceDateTime'),
      title: wordsIn(own(resource, 'vaccineCode')),
      detail: number === undefined ? undefined : { kind: 'dose', number },
    };
  },
  Procedure: (resource) => ({
    when: firstWhen(resource, 'performedDateTime') ?? whenIn(at(resource, 'performedPeriod', 'start')),
    until: whenIn(at(resource, 'performedPeriod', 'end')),
    detail: textDetail(textIn(at(resource, 'note', 0, 'text')) ?? wordsIn(own(resource, 'outcome'))),
  }),
  Encounter: (resource) => {
    const visitClass = textIn(at(resource, 'class', 'code'));
    return {
      when: whenIn(at(resource, 'period', 'start')),
      until: whenIn(at(resource, 'period', 'end')),
      title: allWordsIn(own(resource, 'type'))[0] ?? wordsIn(own(resource, 'class')),
      author: allWordsIn(objectsIn(own(resource, 'participant')).flatMap((one) => objectsIn(own(one, 'individual'))))[0],
      detail: {
        kind: 'visit',
        ...(visitClass === undefined ? {} : { class: visitClass }),
        reasons: allWordsIn(own(resource, 'reasonCode')),
      },
    };
  },
  DiagnosticReport: (resource) => {
    const conclusion = textIn(own(resource, 'conclusion'));
    const results = objectsIn(own(resource, 'result')).length;
    return {
      when: firstWhen(resource, 'effectiveDateTime') ?? whenIn(at(resource, 'effectivePeriod', 'start')) ?? whenIn(own(resource, 'issued')),
      detail: { kind: 'report', ...(conclusion === undefined ? {} : { conclusion }), results },
    };
  },
  DocumentReference: (resource) => {
    const attachments = objectsIn(own(resource, 'content')).flatMap((content) => objectsIn(own(content, 'attachment')).map(attachmentOf));
    const type = wordsIn(own(resource, 'type'));
    return {
      when: whenIn(own(resource, 'date')) ?? whenIn(at(resource, 'context', 'period', 'start')),
      title: textIn(own(resource, 'description')) ?? attachments.find(({ title }) => title !== undefined)?.title ?? type,
      detail: { kind: 'document', ...(type === undefined ? {} : { type }), attachments },
    };
  },
  Binary: (resource) => ({ detail: { kind: 'document', attachments: [attachmentOf(resource)] } }),
  Media: (resource) => ({
    detail: { kind: 'document', attachments: objectsIn(own(resource, 'content')).map(attachmentOf) },
    title: wordsIn(own(resource, 'type')),
  }),
  Composition: (resource) => ({
    when: whenIn(own(resource, 'date')),
    title: textIn(own(resource, 'title')) ?? wordsIn(own(resource, 'type')),
    detail: {
      kind: 'steps',
      steps: objectsIn(own(resource, 'section')).flatMap((section) => textIn(own(section, 'title')) ?? wordsIn(own(section, 'code')) ?? []),
    },
  }),
  CarePlan: (resource) => ({
    when: whenIn(at(resource, 'period', 'start')) ?? whenIn(own(resource, 'created')),
    until: whenIn(at(resource, 'period', 'end')),
    title: textIn(own(resource, 'title')) ?? allWordsIn(own(resource, 'category'))[0],
    detail: {
      kind: 'steps',
      steps: objectsIn(own(resource, 'activity')).flatMap(
        (activity) => textIn(at(activity, 'detail', 'description')) ?? wordsIn(at(activity, 'detail', 'code')) ?? [],
      ),
    },
  }),
  Goal: (resource) => ({
    when: firstWhen(resource, 'startDate', 'statusDate'),
    title: wordsIn(own(resource, 'description')),
    status: textIn(own(resource, 'lifecycleStatus')),
    detail: textDetail(wordsIn(own(resource, 'achievementStatus'))),
  }),
};

const textDetail = (text: string | undefined): Detail | undefined => (text === undefined ? undefined : { kind: 'text', text });

const clinicalStatus = (resource: Resource): string | undefined => codingsIn(own(resource, 'clinicalStatus'))[0]?.code;

function observed(resource: Resource): Detail | undefined {
  const parts = [resource, ...objectsIn(own(resource, 'component'))];
  const leads = parts.filter((part) => own(part, 'valueSampledData') !== undefined).length;
  if (leads > 0) return { kind: 'trace', leads };
  const values = parts.flatMap((part, i) => {
    const value = own(part, 'dataAbsentReason') === undefined ? valueIn(part) : undefined;
    if (!value) return [];
    const name = i === 0 ? undefined : wordsIn(own(part, 'code'));
    return [name === undefined ? { value } : { name, value }];
  });
  return values.length === 0 ? undefined : { kind: 'values', values };
}

function medication(resource: Resource, dosages: string): Telling {
  const dosage = objectsIn(own(resource, dosages))[0];
  const text = dosage && (textIn(own(dosage, 'text')) ?? textIn(own(dosage, 'patientInstruction')));
  const asNeeded =
    dosage !== undefined && (own(dosage, 'asNeededBoolean') === true || own(dosage, 'asNeededCodeableConcept') !== undefined);
  const period = own(resource, 'effectivePeriod');
  return {
    when: firstWhen(resource, 'effectiveDateTime') ?? whenIn(at(period, 'start')) ?? firstWhen(resource, 'dateAsserted', 'authoredOn'),
    until: whenIn(at(period, 'end')),
    title: wordsIn(own(resource, 'medicationCodeableConcept')) ?? referredMedication(resource),
    detail: dosage && { kind: 'dosage', ...(text === undefined ? {} : { text }), asNeeded },
  };
}

/** The name of the medicine a reference leads to inside the resource, or the reference's own word for it. */
function referredMedication(resource: Resource): string | undefined {
  const reference = own(resource, 'medicationReference');
  const contained = objectsIn(own(resource, 'contained')).find((one) => own(one, 'id') === idIn(reference));
  return wordsIn(contained && own(contained, 'code')) ?? textIn(at(reference, 'display'));
}

function attachmentOf(value: JsonObject): Attachment {
  const [contentType, title] = [textIn(own(value, 'contentType')), textIn(own(value, 'title'))];
  const [size, data] = [numberIn(own(value, 'size')), textIn(own(value, 'data'))];
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(size === undefined ? {} : { size }),
    ...(title === undefined ? {} : { title }),
    ...(data === undefined ? {} : { data }),
  };
}

function firstWhen(resource: Resource, ...names: readonly string[]): When | null {
  for (const name of names) {
    const when = whenIn(own(resource, name));
    if (when) return when;
  }
  return null;
}

const recordedIn = (resource: Resource): When | null =>
  firstWhen(resource, 'issued', 'recordedDate', 'authoredOn', 'dateAsserted', 'recorded', 'date', 'authored', 'sent', 'created');

const titleIn = (resource: Resource): string | null =>
  wordsIn(own(resource, 'code')) ??
  textIn(own(resource, 'title')) ??
  textIn(own(resource, 'description')) ??
  wordsIn(own(resource, 'description')) ??
  textIn(own(resource, 'name')) ??
  wordsIn(own(resource, 'type')) ??
  allWordsIn(own(resource, 'type'))[0] ??
  allWordsIn(own(resource, 'category'))[0] ??
  null;

function authorIn(resource: Resource): string | undefined {
  const people = ['performer', 'author', 'recorder', 'asserter', 'requester', 'informationSource', 'sender'].flatMap((name) =>
    objectsIn(own(resource, name)),
  );
  const references = people.map((person) => own(person, 'actor') ?? person);
  return (
    references.map((reference) => textIn(at(reference, 'display'))).find((name) => name !== undefined) ??
    references.map((reference) => textIn(at(reference, 'reference'))).find((name) => name !== undefined)
  );
}
