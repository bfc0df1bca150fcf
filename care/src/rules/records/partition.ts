/**
 * Parting a record: identity, quasi-identity and medical content, so that each can be sealed under keys of its own.
 *
 * A portion is the record again, with only what belongs to its part: whoever may read one gets something that
 * looks like the resource it came from. `merge` (in `merge.ts`) puts any of the three together; all three give
 * the record back, digit for digit, in its order. The table that decides is in `table/`. What R4 does not know
 * goes to MI, which is sealed like the rest, and is reported.
 *
 * @module
 */
import type { Entry, Json, JsonObject, Part } from '../../model/index.ts';
import { elementsOf, isObject, own, put } from '../../model/index.ts';
import { base64OfText, type Filling, type Scissors, scissors, textOfBase64 } from './freetext.ts';
import { type Chart, type Pseudonyms, pseudonymsOf } from './pseudonym.ts';
import { extensions, patientReference, type Rule, ruleOf } from './table/index.ts';

/** Words cut out of a text of MI or QID, by the text's pointer. */
export type Cut = { readonly at: string; readonly base64?: true; readonly words: readonly Filling[] };

/** One part of a record; plain JSON (`printJson`), so it can be sealed as it is. */
export type Portion = {
  readonly fullUrl?: string;
  readonly resource: JsonObject;
  /** Where members and items of parted objects and arrays stood, by JSON Pointer; in order of appearance here. */
  readonly at?: { readonly [pointer: string]: readonly number[] };
  readonly cuts?: readonly Cut[];
};

export type Portions = { readonly [part in Part]?: Portion };

export type Partition = Portions & {
  /** Paths R4 does not know (`Patient.shoeSize`), or a type without a table (`Basic`); kept in MI. */
  readonly unknown: readonly string[];
};

type Triple = { EID?: Json; QID?: Json; MI?: Json };
type Work = {
  readonly names: Pseudonyms;
  readonly cut: Scissors;
  readonly at: { [part in Part]: { [pointer: string]: number[] } };
  readonly cuts: { EID: Cut[]; QID: Cut[] };
  readonly unknown: Set<string>;
};
type Here = {
  readonly rule: Rule | undefined;
  readonly type: string | undefined;
  readonly part: Part;
  /** `Patient.contact.name`, for people. */
  readonly place: string;
  /** `/contact/0/name`, for `merge`. */
  readonly pointer: string;
  /** The name of the element, for what only some texts get. */
  readonly name: string;
  readonly contained: boolean;
};

const personTypes = new Set(['Patient', 'Person', 'RelatedPerson', 'Practitioner']);
const textual = /^text\/|^application\/(?:xml|xhtml\+xml|json)/;
/** Texts with a head: a narrative, a note. */
const withHead = new Set(['div', 'text', 'conclusion', 'description']);

/**
 * @param entry as `parseEntry` or `parseResource` gave it
 * @param chart the patient's pseudonym and references (the organisation's own for a resource of no patient)
 * @throws CareletError `invalid` for a chart that is none
 *
 * @example
 * ```ts
 * import { partition } from '@carelet/care/rules/records';
 * const chart = { pat: '00112233445566778899aabbccddeeff', references: ['Patient/ada'] };
 * const { EID, QID, MI } = partition(
 *   { resource: { resourceType: 'Patient', id: 'ada', active: true, name: [{ family: 'Lovelace' }], gender: 'female' } },
 *   chart,
 * );
 * EID?.resource; // { resourceType: 'Patient', id: 'ada', name: [{ family: 'Lovelace' }] }
 * QID?.resource; // { resourceType: 'Patient', gender: 'female' }
 * MI?.resource; // { resourceType: 'Patient', active: true }
 * ```
 */
export function partition(entry: Entry, chart: Chart): Partition {
  const work: Work = {
    names: pseudonymsOf(chart),
    cut: scissors(chart.words),
    at: { EID: {}, QID: {}, MI: {} },
    cuts: { EID: [], QID: [] },
    unknown: new Set(),
  };
  const { resource, fullUrl } = entry;
  const parts = splitObject(
    resource,
    { rule: undefined, type: 'Resource', part: 'MI', place: '', pointer: '', name: '', contained: false },
    work,
  );
  const own = addressPart(resource.resourceType);
  const portion = (part: Part): Portion | undefined => {
    const content = parts[part];
    const address = own === part && fullUrl !== undefined;
    if (content === undefined && !address) return undefined;
    const cuts = part === 'MI' ? [] : work.cuts[part];
    return {
      ...(address ? { fullUrl: part === 'EID' ? fullUrl : work.names.conceal(fullUrl) } : {}),
      resource: (content as JsonObject | undefined) ?? { resourceType: resource.resourceType },
      ...(Object.keys(work.at[part]).length > 0 ? { at: work.at[part] } : {}),
      ...(cuts.length > 0 ? { cuts } : {}),
    };
  };
  // Cuts may be all that a part has.
  for (const part of ['EID', 'QID'] as const) if (work.cuts[part].length > 0) parts[part] ??= { resourceType: resource.resourceType };
  const [EID, QID, MI] = [portion('EID'), portion('QID'), portion('MI')];
  return { ...(EID && { EID }), ...(QID && { QID }), ...(MI && { MI }), unknown: [...work.unknown] };
}

/** A person's address in a bundle is the person's. */
const addressPart = (type: string): 'EID' | 'MI' => (type === 'Patient' || type === 'Person' ? 'EID' : 'MI');

function split(value: Json, here: Here, work: Work): Triple {
  if (here.part === 'EID') return { EID: value };
  if (Array.isArray(value)) return splitArray(value, here, work);
  if (isObject(value)) return splitObject(value, here, work);
  return { [here.part]: typeof value === 'string' ? splitText(value, here, work) : value };
}

function splitObject(value: JsonObject, here: Here, work: Work): Triple {
  const names = Object.keys(value);
  if (names.length === 0) return { [here.part]: value };
  const inside = here.type === 'Resource' ? resourceIn(value, here, work) : here;
  const elements = inside.type === undefined ? undefined : elementsOf(inside.type);
  const link = own(value, 'reference');
  const rule = typeof link === 'string' && work.names.means(link) ? patientReference : inside.rule;
  const out: { [part in Part]?: { [name: string]: Json } } = {};
  const positions: { [part in Part]: number[] } = { EID: [], QID: [], MI: [] };
  names.forEach((name, position) => {
    const bare = name.startsWith('_') ? name.slice(1) : name;
    const element = elements?.get(bare);
    if (elements && !element) work.unknown.add(`${inside.place}.${name}`);
    const named = inside.contained && name === 'id' ? undefined : rule?.children.get(bare);
    const type = bare === name ? element?.type : 'Element';
    const child = named ?? (type === undefined ? undefined : ruleOf(type));
    const member = value[name]!;
    const triple =
      isAttachedText(name, value, inside) && inside.part !== 'EID'
        ? { [inside.part]: splitAttached(member as string, `${here.pointer}/data`, work) }
        : split(
            member,
            {
              rule: child,
              type,
              part: isPersonsAddress(name, value, inside) ? 'EID' : (child?.part ?? inside.part),
              place: `${inside.place}.${name}`,
              pointer: `${here.pointer}/${escapeToken(name)}`,
              name,
              contained: name === 'contained',
            },
            work,
          );
    for (const part of ['EID', 'QID', 'MI'] as const) {
      const piece = triple[part];
      if (piece === undefined) continue;
      out[part] ??= {};
      put(out[part], name, piece);
      positions[part].push(position);
    }
  });
  const parts = (['EID', 'QID', 'MI'] as const).filter((part) => out[part]);
  if (parts.length > 1) {
    const type = here.type === 'Resource' ? value.resourceType : undefined;
    for (const part of parts) {
      if (part === 'MI') continue; // what the others do not say is MI's, in order
      if (type !== undefined) {
        // Each portion says what it is a portion of.
        out[part] = { resourceType: type, ...out[part] };
        positions[part].unshift(names.indexOf('resourceType'));
      }
      work.at[part][here.pointer] = positions[part];
    }
  }
  return out;
}

/** `fullUrl` of a person inside a bundle inside a record. */
function isPersonsAddress(name: string, value: JsonObject, here: Here): boolean {
  const inside = here.type === 'Bundle.entry' && name === 'fullUrl' ? own(value, 'resource') : undefined;
  return isObject(inside) && addressPart(String(inside.resourceType)) === 'EID';
}

/** An object that is a resource: its own type, its own table. */
function resourceIn(value: JsonObject, here: Here, work: Work): Here {
  const type = own(value, 'resourceType');
  if (typeof type !== 'string') return { ...here, type: undefined };
  const rule = ruleOf(type);
  const place = here.place === '' ? type : `${here.place}/${type}`;
  if (!rule) work.unknown.add(place);
  return { ...here, type: rule ? type : undefined, rule, place };
}

function splitArray(items: readonly Json[], here: Here, work: Work): Triple {
  // Arrays of primitives, and their twins with nulls in them, stay whole.
  if (items.length === 0 || !items.every(isObject)) return { [here.part]: concealAll(items, work) };
  const out: { [part in Part]?: Json[] } = {};
  const positions: { [part in Part]: number[] } = { EID: [], QID: [], MI: [] };
  items.forEach((item, index) => {
    const pointer = `${here.pointer}/${index}`;
    const triple = split(item, here.type === 'Extension' ? inExtension(item, { ...here, pointer }, work) : { ...here, pointer }, work);
    for (const part of ['EID', 'QID', 'MI'] as const) {
      const piece = triple[part];
      if (piece === undefined) continue;
      out[part] ??= [];
      out[part].push(piece);
      positions[part].push(index);
    }
  });
  for (const part of ['EID', 'QID', 'MI'] as const) {
    if (out[part] && out[part].length < items.length) work.at[part][here.pointer] = positions[part];
  }
  return out;
}

/** An extension belongs where its address says; one of a person whose address says nothing is reported. */
function inExtension(item: JsonObject, here: Here, work: Work): Here {
  const url = own(item, 'url');
  const part = typeof url === 'string' ? extensions.get(url) : undefined;
  if (part !== undefined) return { ...here, part: part === 'MI' ? here.part : part };
  const [owner, ...rest] = (here.place.split('/').at(-1) ?? '').split('.');
  if (owner !== undefined && personTypes.has(owner) && rest.length === 1) {
    work.unknown.add(`${here.place}(${typeof url === 'string' && /^[!-~]{1,200}$/.test(url) ? url : '?'})`);
  }
  return here;
}

function splitText(text: string, here: Here, work: Work): string {
  if (here.name === 'resourceType') return text;
  const concealed = work.names.conceal(text);
  return take(concealed, work.cut(concealed, withHead.has(here.name)), here.pointer, false, work);
}

/** `Attachment.data` of a text: the words inside the base64. */
function isAttachedText(name: string, value: JsonObject, here: Here): boolean {
  const kind = own(value, 'contentType');
  return name === 'data' && here.type === 'Attachment' && typeof kind === 'string' && textual.test(kind) && typeof value.data === 'string';
}

function splitAttached(data: string, pointer: string, work: Work): string {
  const text = textOfBase64(data);
  const cut = text === undefined ? undefined : work.cut(text, true);
  return cut === undefined ? work.names.conceal(data) : base64OfText(take(text!, cut, pointer, true, work));
}

function take(text: string, cut: ReturnType<Scissors>, at: string, base64: boolean, work: Work): string {
  if (cut === undefined) return text;
  for (const part of ['EID', 'QID'] as const) {
    if (cut[part].length > 0) work.cuts[part].push({ at, ...(base64 ? { base64: true } : {}), words: cut[part] });
  }
  return cut.text;
}

function concealAll(value: Json, work: Work): Json {
  if (typeof value === 'string') return work.names.conceal(value);
  if (Array.isArray(value)) return value.map((item) => concealAll(item, work));
  if (!isObject(value)) return value;
  const copy: { [name: string]: Json } = {};
  for (const [name, member] of Object.entries(value)) put(copy, name, concealAll(member, work));
  return copy;
}

/** RFC 6901. */
const escapeToken = (name: string): string => (/[~/]/.test(name) ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name);
