import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

/**
 * What the house says of a rule, as a list in words, with what is said already after it; a word that this page has none for is shown as it
 * came.
 */
export function useSaid(): (said: readonly string[], after?: readonly string[]) => string {
  const t = useWords('admin');
  const format = useFormat();
  const keyOf = (word: string) => word.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  return (said, after = []) => format.list([...said.map((word) => t(`said.${keyOf(word)}`, { defaultValue: word })), ...after]);
}
