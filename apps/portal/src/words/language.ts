/**
 * Which language the reader reads. It knows no word, so that it is known before anything is drawn.
 *
 * @module
 */

export const languages = [
  { tag: 'en', name: 'English', dir: 'ltr' },
  { tag: 'es', name: 'Español', dir: 'ltr' },
  { tag: 'hi', name: 'हिन्दी', dir: 'ltr' },
  { tag: 'ar', name: 'العربية', dir: 'rtl' },
] as const;
export type Language = (typeof languages)[number]['tag'];

const place = 'carelet-language';

/** The language chosen before, else the browser's, else English. */
export function firstLanguage(): Language {
  const known = (tag: string | null): Language | undefined => languages.find((one) => one.tag === tag?.split('-')[0])?.tag;
  return known(localStorage.getItem(place)) ?? navigator.languages.map(known).find((tag) => tag !== undefined) ?? 'en';
}

/** Begins with this language the next time. */
export const remember = (language: Language): void => localStorage.setItem(place, language);

/** Tells the browser in which language the page speaks, and from which side it is read. */
export function speak(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

export const directionOf = (language: Language): 'ltr' | 'rtl' => languages.find(({ tag }) => tag === language)!.dir;
