/**
 * The patient's own references, replaced by his pseudonym wherever they stand.
 *
 * A hospital's `Patient/4711` or `urn:uuid:…` leads to its register, so no sealed medical content carries it:
 * MI and QID say `Patient/<pat>`. A chart may know several references to the same person (a bundle's address
 * and the server's id); the one at index i > 0 becomes `Patient/<pat>-<i>`, so that each comes back as it was.
 * Text that already held a pseudonym is escaped (`Patient/<pat>-0…`), so restoring is exact whatever was written.
 *
 * The list of references only ever grows at its end: an index stays what it was when the record was sealed.
 *
 * @module
 */
import { CareletError } from '../../model/index.ts';

export type Chart = {
  /** The chart's pseudonym, 16 bytes in hex. */
  readonly pat: string;
  /** What the organisation calls this patient in references, oldest first; empty for who may not know. */
  readonly references: readonly string[];
  /** Names and numbers of the patient, to be cut out of free text (`wordsOf`); only a writer knows them. */
  readonly words?: readonly string[];
};

export type Pseudonyms = {
  /** Does this reference lead to the patient? */
  readonly means: (reference: string) => boolean;
  readonly conceal: (text: string) => string;
  /** What `conceal` was given; a pseudonym whose reference the chart does not know stays. */
  readonly reveal: (text: string) => string;
};

/**
 * @throws CareletError `invalid` if `pat` is not 16 bytes in hex or a reference is empty
 *
 * @example
 * ```ts
 * import { pseudonymsOf } from '@carelet/care/rules/records';
 * const pat = '00112233445566778899aabbccddeeff';
 * const { conceal, reveal } = pseudonymsOf({ pat, references: ['urn:uuid:1', 'Patient/ada'] });
 * conceal('Patient/ada'); // 'Patient/00112233445566778899aabbccddeeff-1'
 * reveal(conceal('see Patient/ada.')); // 'see Patient/ada.'
 * ```
 */
export function pseudonymsOf(chart: Chart): Pseudonyms {
  const { pat, references } = chart;
  if (!/^[0-9a-f]{32}$/.test(pat)) throw new CareletError('invalid', 'part record', { because: 'the pseudonym is not 16 bytes in hex' });
  if (references.includes('')) throw new CareletError('invalid', 'part record', { because: 'a reference to the patient is empty' });
  const alias = `Patient/${pat}`;
  // Longest first, and whole: `Patient/1` is not meant by `Patient/12`, but it is by `http://host/Patient/1/_history/2`.
  const known = [...new Set(references)].sort((a, b) => b.length - a.length).map(literal);
  const bounded = known.length === 0 ? [] : [`(?<![A-Za-z0-9-])(${known.join('|')})(?![A-Za-z0-9-]|\\.[A-Za-z0-9-])`];
  const hidden = new RegExp([...bounded, alias].join('|'), 'g');
  const whole = known.length === 0 ? undefined : new RegExp(`^(?:${known.join('|')})(?:/_history/[A-Za-z0-9.-]+)?$`);
  const shown = new RegExp(`${alias}(?:-(0|[1-9][0-9]*))?`, 'g');
  return {
    means: (reference) => whole?.test(reference) ?? false,
    conceal: (text) =>
      text.replace(hidden, (_, reference?: unknown) => {
        // Without a group there is no reference, but an offset: the pseudonym itself, found as text.
        const index = typeof reference === 'string' ? references.indexOf(reference) : -1;
        return index === -1 ? `${alias}-0` : index === 0 ? alias : `${alias}-${index}`;
      }),
    reveal: (text) =>
      // Nearly no text of a record names its patient.
      text.includes(alias)
        ? text.replace(shown, (found, index: string | undefined) => (index === '0' ? alias : (references[Number(index ?? 0)] ?? found)))
        : text,
  };
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
