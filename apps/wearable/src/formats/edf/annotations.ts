/**
 * Time-stamped annotation lists of EDF+: `+12.5<21>3<20>apnoea<20>hypopnoea<20><0>`.
 *
 * The first list of a record has an empty text: it says when the record begins.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';

/** Seconds since the start of the file; an empty text is the record's own beginning. */
export type EdfAnnotation = { readonly onset: number; readonly duration: number | undefined; readonly text: string };

/** What ends an onset and each text, and what stands before a duration. */
const end = String.fromCharCode(20);
const before = String.fromCharCode(21);

/**
 * @throws {CareletError} `invalid` for a list without an onset
 */
export function annotationsIn(bytes: Uint8Array, name: string): EdfAnnotation[] {
  const lists = new TextDecoder().decode(bytes).split('\0');
  return lists.flatMap((list) => {
    if (list === '') return [];
    const [time = '', ...texts] = list.split(end);
    const [onset = '', duration] = time.split(before);
    const numbers = /^[+-]\d+(?:\.\d*)?$/.test(onset) && (duration === undefined || /^\d+(?:\.\d*)?$/.test(duration));
    if (!numbers || texts.pop() !== '')
      throw new CareletError('invalid', 'read EDF', { subject: name, because: 'an annotation has no onset' });
    return texts.map((text) => ({ onset: Number(onset), duration: duration === undefined ? undefined : Number(duration), text }));
  });
}
