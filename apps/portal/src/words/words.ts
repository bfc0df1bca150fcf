/**
 * What the portal says, in the reader's language.
 *
 * English is complete and comes with the pages that speak it; other languages are fetched when chosen and fall back to
 * English word by word. Plurals follow CLDR (`key_one`, `key_other`, …).
 *
 * @module
 */
import i18next, { type TFunction } from 'i18next';
import { useSyncExternalStore } from 'react';
import door from '../locales/en/door.json';
import shell from '../locales/en/shell.json';
import { firstLanguage, type Language, remember, speak } from './language.ts';

/** One file of words a room: `locales/en/patient.json`. */
export const rooms = [
  'shell',
  'door',
  'patient',
  'record',
  'sharing',
  'limits',
  'requests',
  'break-glass',
  'receipts',
  'doctor',
  'roles',
  'admin',
  'vitals',
] as const;
export type Room = (typeof rooms)[number];

/** Where a language has no region from the browser: the digits and dates most of its readers know. */
const defaults: Readonly<Record<Language, string>> = { en: 'en-GB', es: 'es', hi: 'hi', ar: 'ar-EG' };

/** The reader's locale: the language chosen, with the browser's region where it speaks the same language. */
export function localeOf(language: Language): string {
  // A browser that was started without a language says `en-US@posix`, which nothing that writes numbers or days takes.
  const own = navigator.languages.find((tag) => tag.startsWith(`${language}-`) && !tag.includes('@'));
  return own ?? defaults[language];
}

/** What the first page says comes with it; everything else is fetched when it is wanted. */
const files = import.meta.glob<Record<string, unknown>>(['../locales/*/*.json', '!../locales/en/{door,shell}.json'], { import: 'default' });

async function load(language: Language, room: Room): Promise<void> {
  if (i18next.hasResourceBundle(language, room)) return;
  const file = files[`../locales/${language}/${room}.json`];
  if (file) i18next.addResourceBundle(language, room, await file());
}

/** Makes words ready; to be awaited before anything is drawn. */
export async function startWords(): Promise<void> {
  const language = firstLanguage();
  await i18next.init({
    lng: language,
    fallbackLng: 'en',
    ns: [],
    defaultNS: 'shell',
    interpolation: { escapeValue: false },
    resources: { en: { door, shell } },
    returnNull: false,
    showSupportNotice: false,
  });
  // Numbers inside sentences have the digits of those beside them.
  i18next.services.formatter?.add('number', (value: number, language) =>
    new Intl.NumberFormat(localeOf(language as Language)).format(value),
  );
  await Promise.all((['shell', 'door'] as const).map((room) => loadRoom(room)));
}

const loaded = new Set<Room>();

/** Makes the words of a room ready in the language of now; routes await it before their page. */
export async function loadRoom(...wanted: Room[]): Promise<void> {
  await Promise.all(
    wanted.flatMap((room) => {
      loaded.add(room);
      return [load('en', room), load(i18next.language as Language, room)];
    }),
  );
}

export async function chooseLanguage(language: Language): Promise<void> {
  await Promise.all([...loaded].map((room) => load(language, room)));
  await i18next.changeLanguage(language);
  remember(language);
  speak(language);
}

function subscribe(heard: () => void): () => void {
  i18next.on('languageChanged', heard);
  return () => i18next.off('languageChanged', heard);
}

export type Words = TFunction;

/** The words of a room, and again when the language changes. */
export function useWords(room: Room): Words {
  const language = useLanguage();
  return i18next.getFixedT(language, room);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => i18next.language as Language);
}
