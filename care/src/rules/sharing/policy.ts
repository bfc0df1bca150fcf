/**
 * A role's policy: who may open what, said in nouns, and the formula a key carries for it.
 *
 * Every policy names part, confidentiality and sensitivity and has `t:always` in its time cover; one that does
 * not cannot be said here. Groups are padded to fixed shapes with labels that match nothing, so that the cloud
 * cannot tell a narrow role from a wide one by the length of its key (keys.md §6).
 *
 * @module
 */
import {
  CareletError,
  type Confidentiality,
  confidentialities,
  type Kind,
  kinds,
  type Part,
  type Period,
  parts,
  type Sensitivity,
  sensitivities,
} from '../../model/index.ts';
import { type Attribute, byNameUnit, isByName, isTeam } from './attributes.ts';

/** What a doctor's key opens at one organisation. */
export type Policy = {
  /** Which parts of a record. */
  readonly parts: readonly Part[];
  readonly kinds: readonly Kind[];
  readonly confidentiality: readonly Confidentiality[];
  /** `none` is most records; a named group is opened only for named patients. */
  readonly sensitivity: readonly Sensitivity[];
  /** Chart pseudonyms (32 hex digits), or everyone of the unit; a team's among them says that she is in it. */
  readonly patients: 'everyone' | readonly string[];
  /** The organisation's card id in hex, then units separated by `/`. */
  readonly unit: string;
  /** First day of the records meant, `YYYY-MM-DD`, or from the beginning. */
  readonly from: string | 'beginning';
  /** Last day, `YYYY-MM-DD`: the key ends with it, at most a quarter ahead. */
  readonly until: string;
  /** Whether she may break the glass: in an emergency, for hours, open what `inEmergency` says of one patient at a time. */
  readonly breakGlass?: true | undefined;
  /**
   * Charts for which she is named, by their pseudonyms: what she opens of them while they are open to named doctors only, beside what
   * `patients` says of all others.
   */
  readonly named?: readonly string[] | undefined;
};

/**
 * What a doctor with this policy opens once she broke the glass: everything of the whole organisation that is not especially
 * sensitive nor very restricted, of every time.
 */
export const inEmergency = ({ unit, until }: Policy): Policy => ({
  parts,
  kinds,
  confidentiality: ['N', 'R'],
  sensitivity: ['none'],
  patients: 'everyone',
  unit: unit.split('/')[0]!,
  from: 'beginning',
  until,
});

/** How a label is made of an attribute; the patient only matters for sensitive groups. */
export type Labelling = {
  readonly label: (attribute: Attribute) => string;
  readonly sensitive: (pat: string, group: Sensitivity) => string;
  /** A label that matches nothing. */
  readonly blank: () => string;
};

/** Rows of the largest formula a key can carry (kp-abe.md §2). */
const longest = 256;

const shape = { parts: 3, confidentiality: 3, kinds: 20, patients: [1, 8, 32, 64], sensitive: [1, 8, 32], times: 16 } as const;

/**
 * The formula of a policy, in labels, as `kp-abe/formula` reads it.
 *
 * @param times the periods its key names, from `timeCover`
 * @throws {CareletError} `invalid` when the policy opens nothing, names a sensitive group for everyone, or is for everyone by name
 */
export function compile(policy: Policy, times: readonly Period[], labelling: Labelling): string {
  const refuse = (because: string) => new CareletError('invalid', 'compile policy', { because });
  check(policy.parts, parts, 'part', refuse);
  check(policy.kinds, kinds, 'kind of record', refuse);
  check(policy.confidentiality, confidentialities, 'confidentiality', refuse);
  check(policy.sensitivity, sensitivities, 'sensitivity', refuse);
  if (!times.includes('always')) throw refuse('its time cover leaves out undated records');
  const groups = policy.sensitivity.filter((group) => group !== 'none');
  if (groups.length > 0 && policy.patients === 'everyone') throw refuse(`${groups.join(', ')} can only be opened for named patients`);
  checkNamed(policy);
  const charts = policy.named ?? [];
  if (policy.patients !== 'everyone' && policy.patients.length + charts.length === 0) throw refuse('it names no patient');

  const { label, sensitive, blank } = labelling;
  const anyOf = (labels: readonly string[], size: number): string => {
    const padded = [...labels, ...Array.from({ length: Math.max(0, size - labels.length) }, blank)].sort();
    return padded.length === 1 ? padded[0]! : `(${padded.join(' or ')})`;
  };
  const named = (name: Attribute['name'], values: readonly string[]) => values.map((value) => label({ name, value }));

  // Identity and quasi-identity hang on trees of their own kind, whatever the medicine is about.
  const kindsMeant = policy.parts.some((part) => part !== 'MI') ? [...new Set<Kind>([...policy.kinds, 'identity'])] : policy.kinds;
  const sensitiveLabels =
    policy.patients === 'everyone'
      ? []
      : [...new Set([...policy.patients, ...charts])].flatMap((pat) => groups.map((group) => sensitive(pat, group)));
  const sensLabels = [...(policy.sensitivity.includes('none') ? named('sens', ['none']) : []), ...sensitiveLabels];

  const clauses = [
    anyOf(named('part', policy.parts), shape.parts),
    anyOf(named('conf', policy.confidentiality), shape.confidentiality),
    anyOf(sensLabels, fitting(shape.sensitive, sensLabels.length)),
    anyOf(named('kind', kindsMeant), shape.kinds),
    reach(),
    anyOf(named('t', times), Math.ceil(times.length / shape.times) * shape.times),
  ];
  const formula = clauses.join(' and ');
  if (formula.split(/ and | or /).length > longest) throw refuse('it names too many patients and periods for one key; divide it');
  return formula;

  /** Whose records: of her unit, of the charts that name her, or of both. */
  function reach(): string {
    const of = (pats: readonly string[]) => anyOf(named('pat', pats), fitting(shape.patients, pats.length));
    const unit = label({ name: 'org', value: policy.unit });
    const usual = policy.patients === 'everyone' ? unit : policy.patients.length > 0 ? `${unit} and ${of(policy.patients)}` : null;
    if (charts.length === 0) return usual!;
    const byName = `${label({ name: 'org', value: byNameUnit(policy.unit.split('/')[0]!) })} and ${of(charts)}`;
    return usual ? `(${usual.includes(' ') ? `(${usual})` : usual} or (${byName}))` : byName;
  }
}

/**
 * Charts that are open by name want doctors who are named.
 *
 * @throws {CareletError} `invalid` for a policy that would open them to everyone of a unit
 */
export function checkNamed({ unit, named }: Pick<Policy, 'unit' | 'named'>): void {
  const refuse = (because: string) => new CareletError('invalid', 'compile policy', { because });
  if (isByName(unit)) throw refuse('charts that are open to named doctors are named one by one, never as a unit');
  const strange = named?.find((pat) => !/^[0-9a-f]{32}$/.test(pat));
  if (strange !== undefined) throw refuse(`"${strange}" is no chart that could name a doctor`);
}

/**
 * The labels of one node, as its wrap carries them.
 */
export function labelsOf(attributes: readonly Attribute[], pat: string, { label, sensitive }: Omit<Labelling, 'blank'>): string[] {
  return attributes.map((attribute) =>
    attribute.name === 'sens' && attribute.value !== 'none' ? sensitive(pat, attribute.value as Sensitivity) : label(attribute),
  );
}

/** A policy's canonical text: fixed order of fields, sorted lists. Both approvers sign these very characters. */
export function policyText(policy: Policy): string {
  const { parts, kinds, confidentiality, sensitivity, patients, unit, from, until, breakGlass, named } = policy;
  const sorted = (words: readonly string[]) => [...new Set(words)].sort();
  return JSON.stringify({
    parts: sorted(parts),
    kinds: sorted(kinds),
    confidentiality: sorted(confidentiality),
    sensitivity: sorted(sensitivity),
    patients: patients === 'everyone' ? patients : sorted(patients),
    unit,
    from,
    until,
    ...(breakGlass && { breakGlass }),
    ...(named && named.length > 0 && { named: sorted(named) }),
  });
}

/** What the parts of a record hold. */
export const partWords = { EID: 'names and contact data', QID: 'birth date, sex and town', MI: 'medical content' } as const;

/** The policy in words, for the doctor, the approvers and the patient. */
export function inWords(policy: Policy): string {
  const what = policy.kinds.length === kinds.length ? 'all kinds of records' : list(policy.kinds.map((kind) => kind.replaceAll('-', ' ')));
  const named = policy.named?.length ?? 0;
  const onlyNamed = named > 0 && policy.patients.length === 0;
  const of = policy.patients === 'everyone' ? everyoneIn(policy.unit) : onlyNamed ? patientsIn(named) : ofWhom(policy.patients);
  const groups = policy.sensitivity.filter((group) => group !== 'none');
  return [
    `${what} of ${of}`,
    list(policy.parts.map((part) => partWords[part])),
    levels(policy.confidentiality),
    groups.length > 0 ? `and ${list(groups)}` : 'nothing especially sensitive',
    policy.from === 'beginning' ? `until ${policy.until}` : `from ${policy.from} until ${policy.until}`,
    ...(policy.patients !== 'everyone' && !onlyNamed && policy.unit.includes('/') ? [`written in ${below(policy.unit)}`] : []),
    ...(named > 0
      ? [
          onlyNamed
            ? 'only charts that are open to named doctors'
            : `and ${named === 1 ? 'one chart' : `${named} charts`} open to named doctors only`,
        ]
      : []),
    ...(policy.breakGlass ? ['and may break the glass in an emergency'] : []),
  ].join('; ');
}

/**
 * The kinds a policy's words name: what `inWords` wrote, read back. Words of another form name
 * none.
 */
export function kindsInWords(words: string): readonly Kind[] {
  const [what = '', parts = ''] = words.split('; ');
  const named = /^(.*) of (?:everyone there|everyone in [a-z0-9/-]+|(?:no|one) patient|\d+ patients)(?: and for (?:one|\d+) teams?)?$/.exec(
    what,
  )?.[1];
  if (named === undefined) return [];
  // Names, birth dates and addresses are kept as a kind of their own.
  const identity: Kind[] = /names and contact data|birth date/.test(parts) ? ['identity'] : [];
  if (named === 'all kinds of records') return kinds;
  const said = new Set(named.split(/, | and /));
  return kinds.filter((kind) => said.has(kind.replaceAll('-', ' ')) || identity.includes(kind));
}

/** `everyone there`, `everyone in cardio/icu`. */
const everyoneIn = (unit: string): string => (below(unit) === '' ? 'everyone there' : `everyone in ${below(unit)}`);

/** The unit within its organisation, `cardio/icu`; empty for the whole of it. */
export const below = (unit: string): string => unit.split('/').slice(1).join('/');

/** `one patient`, `3 patients and for one team`. */
function ofWhom(named: readonly string[]): string {
  const teams = named.filter(isTeam).length;
  const patients = named.length - teams;
  return `${patientsIn(patients)}${teams === 0 ? '' : ` and for ${teamsIn(teams)}`}`;
}

/** `restricted ones too`, and which: very restricted ones are not the same. */
function levels(confidentiality: Policy['confidentiality']): string {
  const marked = [...(confidentiality.includes('R') ? ['restricted'] : []), ...(confidentiality.includes('V') ? ['very restricted'] : [])];
  return marked.length === 0 ? 'normal confidentiality only' : `${list(marked)} ones ${confidentiality.includes('N') ? 'too' : 'only'}`;
}

export const teamsIn = (count: number): string => (count === 1 ? 'one team' : `${count} teams`);
export const patientsIn = (count: number): string => (count === 0 ? 'no patient' : count === 1 ? 'one patient' : `${count} patients`);

function check(values: readonly string[], known: readonly string[], what: string, refuse: (because: string) => CareletError): void {
  if (values.length === 0) throw refuse(`it names no ${what}`);
  const strange = values.find((value) => !known.includes(value));
  if (strange !== undefined) throw refuse(`"${strange}" is no ${what}; there are ${known.join(', ')}`);
}

function fitting(sizes: readonly number[], length: number): number {
  return sizes.find((size) => size >= length) ?? length;
}

export function list(words: readonly string[]): string {
  return words.length <= 1 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
