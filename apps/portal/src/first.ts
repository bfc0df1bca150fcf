/**
 * Before anything is drawn: in which language and from which side the page is read, and whether it is light or dark.
 *
 * The first picture waits for this and for the stylesheet, and for no other script.
 *
 * @module
 */
import { firstLanguage, speak } from './words/language.ts';

/** Where Mantine keeps what was chosen; anything but light or dark is left to the device. */
const chosen = localStorage.getItem('mantine-color-scheme-value');
const isDark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);

document.documentElement.dataset.mantineColorScheme = isDark ? 'dark' : 'light';
speak(firstLanguage());
