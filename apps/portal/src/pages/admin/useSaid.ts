import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

/** What the house says of a rule, as a list in words; one that this page has no word for is shown as it came. */
export function useSaid(): (said: readonly string[]) => string {
  const t = useWords('admin');
  const format = useFormat();
  return (said) => format.list(said.map((word) => t(`said.${word.replaceAll(/[^a-z]+/g, '-')}`, { defaultValue: word })));
}
