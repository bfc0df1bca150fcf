import type { ItemView } from '../../house/items.ts';
import { Section } from '../../ui/kit.tsx';
import { SummaryList } from '../../ui/SummaryList.tsx';
import { useWords } from '../../words/words.ts';
import { useValues } from './values.ts';

/** What stands above already: naming it again would say nothing new. */
const saidAbove = (item: ItemView, name: string, value: string): boolean =>
  name === 'value'
    ? item.vital !== null || item.labs.length > 0
    : value === item.word && item.values.length === 0 && item.blocks.length === 0;

/** As nearly every record is; only another state is news. */
const isPlain = (name: string, value: string): boolean => name === 'status' && (value === 'final' || value === 'current');

/** What else a record says of itself, one fact a line. */
export function Facts({ item }: { item: ItemView }) {
  const t = useWords('record');
  const values = useValues();
  const facts = item.facts.filter(({ name, value }) => !saidAbove(item, name, value) && !isPlain(name, value));
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
