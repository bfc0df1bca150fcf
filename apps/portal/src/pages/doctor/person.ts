/**
 * A patient in words. What one's key does not open is not said, and never guessed.
 *
 * @module
 */
import type { Identity, PatientLine } from '../../house/patients.ts';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { shortNumber } from './byName.ts';

export type PersonWords = {
  /** `Ada Marlow`, or that the name is locked, or not open yet. */
  name(patient: Pick<PatientLine, 'id' | 'identity' | 'open'>): string;
  /** `71`; empty when it is locked. */
  age(identity: Identity): string;
  /** `71, woman, born 14 March 1955, record 204 871 at Northgate Hospital`. */
  facts(identity: Identity): string;
};

export function usePersonWords(): PersonWords {
  const t = useWords('doctor');
  const format = useFormat();
  const age = ({ age: years }: Identity) => (years === null ? '' : format.number(years));
  const sexOf = ({ sex, age: years }: Identity) => {
    if (sex === null) return '';
    const child = years !== null && years < 18 && (sex === 'female' || sex === 'male');
    return t(`person.sex.${sex}${child ? 'Child' : ''}`);
  };
  return {
    name: ({ id, identity, open }) => identity.name ?? `${t(open ? 'person.locked' : 'patients.opening')}, ${shortNumber(id)}`,
    age,
    facts(identity) {
      const numbers = identity.numbers.map((one) => t('person.numberOf', one));
      const born = identity.born === null ? '' : t('person.born', { date: format.born(identity.born) });
      return [age(identity), sexOf(identity), born, ...numbers].filter((fact) => fact !== '').join(', ');
    },
  };
}
