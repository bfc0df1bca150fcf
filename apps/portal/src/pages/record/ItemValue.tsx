import type { Item } from '../../house/items.ts';
import { Pressure } from '../../ui/kit.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useValues } from './values.ts';

/** The short value of a record: `148/91 mmHg`, `5.4 mmol/L`, `Active`. A strip's is its latest reading. */
export function ItemValue({ item }: { item: Item }) {
  const values = useValues();
  const format = useFormat();
  const [first, second, ...more] = item.values;
  if (!first) return item.word === null ? null : <bdi>{values.word(item.word)}</bdi>;
  if (second && more.length === 0 && second.unit === first.unit && item.vital === 'blood-pressure') {
    const [top, bottom] = [first, second].map(({ value, unit, decimals }) => values.shown(value, unit, decimals, item.vital).value);
    return (
      <>
        <bdi dir="ltr">
          <Pressure top={top} bottom={bottom} />
        </bdi>
        {'\u00a0'}
        {values.shown(first.value, first.unit, first.decimals, item.vital).unit}
      </>
    );
  }
  return <>{format.list(item.values.map((quantity) => values.text(quantity, item.vital)))}</>;
}

/** What a record is called: a vital sign by its name here, anything else as it says itself. */
export function useItemTitle(): (item: Item) => string {
  const vitals = useWords('vitals');
  const t = useWords('record');
  return (item) => {
    if (item.vital !== null) return vitals(`name.${item.vital}`);
    return item.title === '' ? t(`kind.${item.kind}`) : item.title;
  };
}
