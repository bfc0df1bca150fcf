/**
 * Putting portions together: all three give the record, fewer give what the reader may see.
 *
 * @module
 */
import { CareletError, type Entry, isObject, type Json, type JsonObject, type Part, put, type Resource } from '../../model/index.ts';
import { base64OfText, type Filling, fill, textOfBase64 } from './freetext.ts';
import type { Cut, Portion, Portions } from './partition.ts';
import { type Chart, pseudonymsOf } from './pseudonym.ts';

type Node = { readonly part: Part; readonly value: Json };
type Text = { readonly base64: boolean; readonly fillings: Filling[] };
type Work = {
  readonly portions: Portions;
  readonly reveal: (text: string) => string;
  readonly texts: ReadonlyMap<string, Text>;
};

/**
 * `merge(partition(entry, chart), chart)` deep-equals `entry`. Without a portion its fields are missing, without
 * `chart.references` the patient is a pseudonym, and what was cut out of a text is `█`.
 *
 * @param portions as `partition` gave them, any one at least; from one record (their commitment says so, not we)
 * @param chart with the references known when the record was parted, in their order; more may follow
 * @throws CareletError `missing` without a portion, `invalid` for portions that do not fit
 *
 * @example
 * ```ts
 * import { merge, partition } from '@carelet/care/rules/records';
 * const chart = { pat: '00112233445566778899aabbccddeeff', references: ['Patient/ada'] };
 * const pulse = { resourceType: 'Observation', subject: { reference: 'Patient/ada', display: 'Ada' }, valueInteger: 72 };
 * const { MI } = partition({ resource: pulse }, chart);
 * merge({ MI }, { ...chart, references: [] }).resource.subject; // { reference: 'Patient/00112233445566778899aabbccddeeff' }
 * ```
 */
export const merge = (portions: Portions, chart: Chart): Entry => merging(chart)(portions);

/** `merge` for many records of one chart: what its pseudonym is found by is made once. */
export function merging(chart: Chart): (portions: Portions) => Entry {
  const { reveal } = pseudonymsOf(chart);
  return (portions) => mergeWith(portions, reveal);
}

function mergeWith(portions: Portions, reveal: Work['reveal']): Entry {
  const present = (['MI', 'QID', 'EID'] as const).filter((part) => portions[part]);
  if (present.length === 0) throw new CareletError('missing', 'merge record', { because: 'no part of it is here' });
  const work: Work = { portions, reveal, texts: textsOf([portions.EID, portions.QID]) };
  const [only] = present as [Part];
  const alone = present.length === 1 && only !== 'EID' && portions[only]!.at === undefined && work.texts.size === 0;
  const resource = (
    alone
      ? revealIn(portions[only]!.resource, reveal)
      : mergeNodes(
          present.map((part) => ({ part, value: portions[part]!.resource })),
          '',
          work,
        )
  ) as Resource;
  const addressed = present.find((part) => portions[part]!.fullUrl !== undefined);
  if (addressed === undefined) return { resource };
  const address = portions[addressed]!.fullUrl!;
  return { fullUrl: addressed === 'EID' ? address : reveal(address), resource };
}

/** What merging comes to where there is nothing to merge: of most readings only the medical part is more than nothing. */
function revealIn(value: Json, reveal: Work['reveal']): Json {
  if (typeof value === 'string') return reveal(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => revealIn(item, reveal));
  if (!isObject(value)) return value;
  const object: { [name: string]: Json } = {};
  for (const name of Object.keys(value)) put(object, name, revealIn(value[name]!, reveal));
  return object;
}

function textsOf(portions: readonly (Portion | undefined)[]): ReadonlyMap<string, Text> {
  const texts = new Map<string, Text>();
  for (const cut of portions.flatMap((portion): readonly Cut[] => portion?.cuts ?? [])) {
    const text = texts.get(cut.at) ?? { base64: cut.base64 === true, fillings: [] };
    text.fillings.push(...cut.words);
    texts.set(cut.at, text);
  }
  return texts;
}

function mergeNodes(nodes: readonly Node[], pointer: string, work: Work): Json {
  const [first] = nodes as readonly [Node];
  if (nodes.every(({ value }) => Array.isArray(value))) return mergeArrays(nodes, pointer, work);
  if (nodes.every(({ value }) => isObject(value))) return mergeObjects(nodes, pointer, work);
  // A leaf is in one portion; only `resourceType` is in more, and the same.
  if (first.part === 'EID' || typeof first.value !== 'string') return first.value;
  return work.reveal(filled(first.value, work.texts.get(pointer)));
}

function filled(value: string, text: Text | undefined): string {
  if (!text) return value;
  if (!text.base64) return fill(value, text.fillings);
  const inside = textOfBase64(value);
  if (inside === undefined) throw new CareletError('invalid', 'merge record', { because: 'its parts do not fit together' });
  return base64OfText(fill(inside, text.fillings));
}

function mergeArrays(nodes: readonly Node[], pointer: string, work: Work): Json {
  const [first] = nodes as readonly [Node];
  if (nodes.length === 1 && first.part === 'EID') return first.value;
  const items = new Map<number, Node[]>();
  for (const { part, value } of nodes) {
    const at = positionsOf(part, pointer, (value as readonly Json[]).length, work);
    (value as readonly Json[]).forEach((item, i) => {
      const index = at?.[i] ?? i;
      const known = items.get(index);
      if (known) known.push({ part, value: item });
      else items.set(index, [{ part, value: item }]);
    });
  }
  return [...items].sort(([a], [b]) => a - b).map(([index, item]) => mergeNodes(item, `${pointer}/${index}`, work));
}

function mergeObjects(nodes: readonly Node[], pointer: string, work: Work): Json {
  const [first] = nodes as readonly [Node];
  if (nodes.length === 1 && first.part === 'EID') return first.value;
  const members = new Map<string, Node[]>();
  const placed = new Map<string, number>();
  for (const { part, value } of nodes) {
    const names = Object.keys(value as JsonObject);
    const at = positionsOf(part, pointer, names.length, work);
    names.forEach((name, i) => {
      const node: Node = { part, value: (value as JsonObject)[name]! };
      const known = members.get(name);
      if (known) known.push(node);
      else members.set(name, [node]);
      if (at) placed.set(name, at[i]!);
    });
  }
  const object: { [name: string]: Json } = {};
  for (const name of inOrder([...members.keys()], placed)) {
    put(object, name, mergeNodes(members.get(name)!, `${pointer}/${escapeToken(name)}`, work));
  }
  return object;
}

/** Names whose place is known stand there; the others fill the gaps in the order they came. */
function inOrder(names: readonly string[], placed: ReadonlyMap<string, number>): readonly string[] {
  if (placed.size === 0) return names;
  const fixed = names.filter((name) => placed.has(name)).sort((a, b) => placed.get(a)! - placed.get(b)!);
  const loose = names.filter((name) => !placed.has(name));
  const ordered: string[] = [];
  for (let place = 0, i = 0, j = 0; ordered.length < names.length; place++) {
    const next = fixed[i];
    if (next !== undefined && (placed.get(next)! <= place || j === loose.length)) {
      ordered.push(next);
      i++;
    } else ordered.push(loose[j++]!);
  }
  return ordered;
}

function positionsOf(part: Part, pointer: string, length: number, work: Work): readonly number[] | undefined {
  const at = work.portions[part]!.at?.[pointer];
  if (at !== undefined && at.length !== length) {
    throw new CareletError('invalid', 'merge record', { because: 'its parts do not fit together' });
  }
  return at;
}

/** RFC 6901. */
const escapeToken = (name: string): string => (/[~/]/.test(name) ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name);
