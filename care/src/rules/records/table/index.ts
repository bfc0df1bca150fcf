/**
 * The partition as a table: FHIR path → part.
 *
 * One row a type. Paths are relative to the type, elements joined by dots; a path means everything below it,
 * and the longest one wins. What no path names follows the table of its data type (a `HumanName` is EID wherever
 * it stands, a street too, a city is QID), and is MI if that is silent. `patient` names references to the
 * patient: who reads MI must see *that* it is the patient (as a pseudonym), so only what is printed beside the
 * reference, `display` and `identifier`, is EID.
 *
 * @module
 */
import type { Part } from '../../../model/index.ts';
import { clinical } from './clinical.ts';
import { documents } from './documents.ts';
import { medication } from './medication.ts';
import { money } from './money.ts';
import { persons } from './persons.ts';
import { plans } from './plans.ts';
import { types } from './types.ts';

export { extensions } from './types.ts';

export type PartsOf = {
  /** Identifies alone. */
  readonly EID?: string;
  /** Identifies in combination. */
  readonly QID?: string;
  /** Said only where a data type would say otherwise. */
  readonly MI?: string;
  /** References to the patient. */
  readonly patient?: string;
};

/** A table as a tree of elements; `part` is what everything from here down belongs to. */
export type Rule = { readonly part: Part | undefined; readonly children: ReadonlyMap<string, Rule> };

export const resourceTable: Readonly<Record<string, PartsOf>> = {
  ...persons,
  ...clinical,
  ...medication,
  ...plans,
  ...documents,
  ...money,
};

const rules: ReadonlyMap<string, Rule> = new Map(
  [...Object.entries(resourceTable), ...Object.entries(types)].map(([type, parts]) => [type, compile(parts)]),
);

/** The rule of a resource type or a data type, or undefined if no table names it. */
export const ruleOf = (type: string): Rule | undefined => rules.get(type);

/** What is printed beside a reference to the patient. */
export const patientReference: Rule = compile({ EID: 'display identifier' });

type Growing = { part: Part | undefined; children: Map<string, Growing> };

function compile(parts: PartsOf): Rule {
  const root: Growing = { part: undefined, children: new Map() };
  const sow = (paths: string | undefined, part: Part, below = '') => {
    for (const path of paths?.split(/\s+/) ?? []) {
      let here = root;
      for (const name of `${path}${below}`.split('.')) {
        if (name === '*') break;
        let next = here.children.get(name);
        if (!next) {
          next = { part: undefined, children: new Map() };
          here.children.set(name, next);
        }
        here = next;
      }
      here.part = part;
    }
  };
  sow(parts.EID, 'EID');
  sow(parts.QID, 'QID');
  sow(parts.MI, 'MI');
  sow(parts.patient, 'EID', '.display');
  sow(parts.patient, 'EID', '.identifier');
  return root;
}
