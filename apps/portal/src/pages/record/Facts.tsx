import type { ItemView } from '../../house/items.ts';
import { Section } from '../../ui/kit.tsx';
import { SummaryList } from '../../ui/SummaryList.tsx';
import { useWords } from '../../words/words.ts';
import { useValues } from './values.ts';

/** Whose numbers stand above already: naming them again would say nothing new. */
const saidAbove = (item: ItemView, name: string): boolean => name === 'value' && (item.vital !== null || item.labs.length > 0);

/** What else a record says of itself, one fact a line. */
export function Facts({ item }: { item: ItemView }) {
  const t = useWords('record');
  const values = useValues();
  const facts = item.facts.filter(({ name }) => !saidAbove(item, name));
  if (facts.length === 0) return null;
  const said = (name: string, value: string) =>
    name === 'class' && /^[A-Z]{2,8}$/.test(value) ? t(`class.${value}`, { defaultValue: value }) : values.word(value);
  return (
    <Section title={t('page.facts')}>
      <SummaryList
        facts={facts.map(({ name, value }) => ({
          name: t(`fact.${name}`, { defaultValue: name }),
          value: <bdi>{said(name, value)}</bdi>,
        }))}
      />
    </Section>
  );
}
