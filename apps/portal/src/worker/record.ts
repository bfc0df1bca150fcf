/**
 * The page about one record.
 *
 * @module
 */
import { CareletError, type Json, printJson, type Resource } from '@carelet/care/model';
import { idIn } from '@carelet/care/rules/chart/fhir';
import { itemOf } from '@carelet/care/rules/chart/item';
import { historyOf, isLab, type LabResult, labOf, labsOf, membersOf } from '@carelet/care/rules/chart/labs';
import { notesOf } from '@carelet/care/rules/chart/notes';
import type { Attachment, Block, ItemView, LabLine } from '../house/items.ts';
import type { Audience } from '../house/vitals.ts';
import { indented } from './indented.ts';
import { leading, lineOf, quantityOf, textOf } from './items.ts';
import { once } from './once.ts';
import { beginningOf } from './trace.ts';
import type { PatientView, Shown } from './view.ts';

/**
 * A patient's record of this number.
 *
 * @throws {CareletError} `missing`
 */
export function recordIn(view: PatientView, id: string): Shown {
  const record = view.record(id);
  if (!record) throw new CareletError('missing', 'find record', { because: 'there is none of this number in sight' });
  return record;
}

/** @param sharedUntil see `sharedUntil` */
export function recordPage(view: PatientView, record: Shown, sharedUntil: string | null): ItemView {
  const resource = leading(record);
  const resources = record.entries.map(({ resource: one }) => one);
  return {
    ...lineOf(view, record),
    audience: audienceOf(view, record),
    sharedUntil,
    facts: factsOf(resource),
    labs: labLines(view, record, resource),
    blocks: resources.length === 1 ? blocksOf(resource) : [],
    attachments: resources.flatMap(attachmentsOf),
    trace0: beginningOf(view, record),
    withheld: record.parts.withheld,
    fhir: indented(printJson((resources.length === 1 ? resources[0]! : resources) as Json)),
  };
}

/** Who may open a record beside its owner. */
export const audienceOf = (view: PatientView, { place, parts }: Shown): Audience => ({
  organisations: [place.name],
  people: view.people(parts.grant.category),
});

/** What a record says of itself beside its title and value, in the order of a chart. */
function factsOf(resource: Resource): ItemView['facts'] {
  const { status, author, detail } = itemOf(resource);
  const facts: { name: string; value: string }[] = [];
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined) facts.push({ name, value });
  };
  add('status', status);
  add('author', author === undefined || /^[A-Z][A-Za-z]+\/|^urn:|^https?:|^#/.test(author) ? undefined : author);
  switch (detail?.kind) {
    case 'dosage':
      add('dosage', detail.text);
      if (detail.asNeeded) add('as-needed', 'true');
      break;
    case 'allergy':
      add('criticality', detail.criticality);
      for (const reaction of detail.reactions) add('reaction', reaction);
      break;
    case 'dose':
      add('dose', detail.number);
      break;
    case 'visit':
      add('class', detail.class);
      for (const reason of detail.reasons) add('reason', reason);
      break;
    case 'document':
      add('type', detail.type);
      break;
    case 'steps':
      for (const step of detail.steps) add('step', step);
      break;
    case 'text':
      add('note', detail.text);
      break;
    case 'values':
      for (const { name, value } of detail.values) {
        const quantity = quantityOf(value);
        const text = quantity ? `${quantity.value.toFixed(quantity.decimals)} ${quantity.unit}`.trim() : textOf(value);
        if (name !== undefined && text !== null) add('value', `${name}: ${text}`);
      }
      break;
    case 'report':
    case 'trace':
    case undefined:
      break;
  }
  return facts;
}

/** The results of a report or a panel, or the one result this is. */
function labLines(view: PatientView, record: Shown, resource: Resource): LabLine[] {
  const all = once(() => labsOf(view.resources()));
  const lineFor = (result: LabResult, item: string | null): LabLine => {
    const at = result.when?.start ?? Number.NEGATIVE_INFINITY;
    return {
      title: result.title ?? '',
      value: quantityOf(result.value),
      text: textOf(result.value),
      range: { low: result.range?.low?.value ?? null, high: result.range?.high?.value ?? null, text: result.range?.text ?? null },
      standing: result.standing === 'within' ? 'usual' : result.standing,
      before: historyOf(all(), result).flatMap((one) => {
        const value = quantityOf(one.value);
        const earlier = view.recordOf(one.id);
        return value && one.when && one.when.start < at && earlier ? [{ at: one.when.start, value: value.value, item: earlier.id }] : [];
      }),
      item,
    };
  };
  const linesFor = (result: LabResult, item: string | null): LabLine[] => [
    ...(result.value === undefined && result.parts.length > 0 ? [] : [lineFor(result, item)]),
    ...result.parts.map((part) => lineFor(part, item)),
  ];
  const members = membersOf(resource).flatMap((reference) => {
    const member = view.recordOf(idIn(reference));
    const found = member?.entries.find((entry) => entry.resource.id === idIn(reference))?.resource;
    return member && found && isLab(found) ? linesFor(labOf(found), member === record ? null : member.id) : [];
  });
  return members.length > 0 || !isLab(resource) ? members : linesFor(labOf(resource), null);
}

/** Text in blocks; items that follow each other are a list. */
function blocksOf(resource: Resource): Block[] {
  const blocks: Block[] = [];
  for (const { kind, text } of notesOf(resource)) {
    const last = blocks.at(-1);
    if (kind !== 'item') blocks.push({ kind, text });
    else if (last?.kind === 'list') blocks[blocks.length - 1] = { kind: 'list', items: [...last.items, text] };
    else blocks.push({ kind: 'list', items: [text] });
  }
  return blocks;
}

function attachmentsOf(resource: Resource): Attachment[] {
  const { detail } = itemOf(resource);
  if (detail?.kind !== 'document') return [];
  return detail.attachments.map(({ title, contentType, size, data }) => {
    const bytes = data === undefined ? null : bytesOfBase64(data);
    return { title: title ?? '', type: contentType ?? 'application/octet-stream', size: bytes?.length ?? size ?? 0, bytes };
  });
}

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return null; // no base64: a file nobody can open
  }
}
