/**
 * What a doctor asks, in words for the middle of a sentence.
 *
 * @module
 */
import type { AskedWhat } from '../../house/requests.ts';
import { useFormat } from '../../words/format.ts';
import { useWhatWords } from '../sharing/whatWords.ts';

/** `{ what: 'test results, also of mental health', until: '20 December 2026' }` */
export function useWishWords(): (wish: Omit<AskedWhat, 'why'>) => { what: string; until: string } {
  const format = useFormat();
  const words = useWhatWords();
  return ({ kinds, sensitive, until }) => ({ what: words.what({ kinds, sensitive, from: 'beginning' }), until: format.born(until) });
}
