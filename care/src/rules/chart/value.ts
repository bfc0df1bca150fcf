/**
 * What an Observation answers: a quantity with its digits, words, yes or no, a range.
 *
 * @module
 */
import { isLosslessNumber, type Json, type JsonObject, own } from '../../model/json.ts';
import { at, numberIn, textIn, wordsIn } from './fhir.ts';
import { type When, whenIn } from './when.ts';

/** A number with its unit. `text` keeps the digits as they were written: 5.60 is not 5.6. */
export type Quantity = {
  readonly value: number;
  readonly text: string;
  /** As people write it. */
  readonly unit?: string;
  readonly ucum?: string;
  readonly comparator?: string;
};

export type Value =
  | { readonly kind: 'quantity'; readonly quantity: Quantity }
  | { readonly kind: 'range'; readonly low?: Quantity; readonly high?: Quantity }
  | { readonly kind: 'ratio'; readonly numerator: Quantity; readonly denominator: Quantity }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'flag'; readonly flag: boolean }
  | { readonly kind: 'when'; readonly when: When };

/** A Quantity, or undefined where there is no number. */
export function quantityIn(value: Json | undefined): Quantity | undefined {
  const digits = at(value, 'value');
  const number = numberIn(digits);
  if (number === undefined) return undefined;
  const [comparator, code] = [textIn(at(value, 'comparator')), textIn(at(value, 'code'))];
  const unit = textIn(at(value, 'unit')) ?? code;
  const ucum = at(value, 'system') === 'http://unitsofmeasure.org' ? code : undefined;
  return {
    value: number,
    text: isLosslessNumber(digits) ? digits.value : String(number),
    ...(unit === undefined ? {} : { unit }),
    ...(ucum === undefined ? {} : { ucum }),
    ...(comparator === undefined ? {} : { comparator }),
  };
}

/** The value of an Observation or of one of its components; undefined where it has none. */
export function valueIn(part: JsonObject): Value | undefined {
  const quantity = quantityIn(own(part, 'valueQuantity'));
  if (quantity) return { kind: 'quantity', quantity };
  const integer = own(part, 'valueInteger');
  const number = numberIn(integer);
  if (number !== undefined) return { kind: 'quantity', quantity: { value: number, text: String(number) } };
  const text = wordsIn(own(part, 'valueCodeableConcept')) ?? textIn(own(part, 'valueString')) ?? textIn(own(part, 'valueTime'));
  if (text !== undefined) return { kind: 'text', text };
  const flag = own(part, 'valueBoolean');
  if (typeof flag === 'boolean') return { kind: 'flag', flag };
  const when = whenIn(own(part, 'valueDateTime')) ?? whenIn(at(part, 'valuePeriod', 'start'));
  if (when) return { kind: 'when', when };
  return rangeIn(own(part, 'valueRange')) ?? ratioIn(own(part, 'valueRatio'));
}

function rangeIn(value: Json | undefined): Value | undefined {
  const [low, high] = [quantityIn(at(value, 'low')), quantityIn(at(value, 'high'))];
  if (!low && !high) return undefined;
  return { kind: 'range', ...(low ? { low } : {}), ...(high ? { high } : {}) };
}

function ratioIn(value: Json | undefined): Value | undefined {
  const [numerator, denominator] = [quantityIn(at(value, 'numerator')), quantityIn(at(value, 'denominator'))];
  return numerator && denominator && { kind: 'ratio', numerator, denominator };
}
