/**
 * What a doctor asks a patient to let her read: which kinds, until when, and why, in her own words.
 *
 * It is a wish and no consent: the patient may give less, more, or nothing.
 *
 * @module
 */
import { CareletError, type Kind, kinds, type Period, type Sensitivity, sensitivities } from '../../model/index.ts';
import { spanOf } from '../records/calendar.ts';
import { type Consent, checkConsent, consentInWords, usualConsent } from './consent.ts';

/** A sensitive group that is named. */
export type SensitiveGroup = Exclude<Sensitivity, 'none'>;

export const sensitiveGroups = sensitivities.filter((group): group is SensitiveGroup => group !== 'none');

export type Wish = {
  readonly kinds: readonly Kind[];
  /** Especially sensitive groups, only where she names them. */
  readonly sensitive: readonly SensitiveGroup[];
  /** The last day on which she would read, `YYYY-MM-DD`. */
  readonly until: Period;
  /** In her own words, for the patient. */
  readonly why: string;
};

/** The most characters of a reason. */
export const longestWhy = 500;

/** Days after which a request that was not answered is over. */
export const requestDays = 30;

/**
 * Checks a wish before it is sent.
 *
 * @throws {CareletError} `invalid` saying what is wrong
 */
export function checkWish(wish: Wish, today: Period): void {
  const refuse = (because: string) => new CareletError('invalid', 'ask for access', { because });
  const whyNot = faultOfWhy(wish.why);
  if (whyNot) throw refuse(whyNot);
  try {
    checkConsent(consentOf(wish), today);
  } catch (thrown) {
    throw thrown instanceof CareletError ? refuse(thrown.because) : thrown;
  }
}

/** The consent that would fulfil a wish. */
export const consentOf = ({ kinds: named, sensitive, until }: Wish): Consent => ({
  ...usualConsent,
  kinds: named,
  sensitivity: ['none', ...sensitive],
  from: 'beginning',
  until,
});

/** A wish in words, without its reason. */
export const wishInWords = (wish: Wish): string => consentInWords(consentOf(wish));

/** A wish as it is sent: `[version, kinds, sensitive groups, until, why]`. */
export const wishParts = ({ kinds: named, sensitive, until, why }: Wish) => [1, [...named], [...sensitive], until, why] as const;

/** Reads what `wishParts` wrote; `null` for anything else. Whether its day is over is not asked here. */
export function readWish(parts: unknown): Wish | null {
  if (!Array.isArray(parts) || parts.length !== 5) return null;
  const [version, named, groups, until, why] = parts as readonly unknown[];
  const read = {
    kinds: wordsOf(named, kinds),
    sensitive: wordsOf(groups, sensitiveGroups),
  };
  if (version !== 1 || !read.kinds || read.kinds.length === 0 || !read.sensitive) return null;
  if (typeof until !== 'string' || spanOf(until) !== 'day' || typeof why !== 'string' || faultOfWhy(why)) return null;
  return { kinds: read.kinds, sensitive: read.sensitive, until, why };
}

/** Words of a closed list, each once; `null` where one is not. */
function wordsOf<Word extends string>(value: unknown, known: readonly Word[]): Word[] | null {
  if (!Array.isArray(value) || new Set(value).size !== value.length) return null;
  const words = value.flatMap((one) => known.find((word) => word === one) ?? []);
  return words.length === value.length ? words : null;
}

/** What is wrong with a reason; `null` for nothing. Characters that nobody sees could make it read as something else. */
function faultOfWhy(why: string): string | null {
  if (why.trim() === '') return 'it says no reason';
  if (why.length > longestWhy) return `its reason has more than ${longestWhy} characters`;
  if (why !== why.trim() || !why.isWellFormed()) return 'its reason is not plain text';
  return /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(why.replaceAll('\n', '')) ? 'its reason is not plain text' : null;
}
