import { Button } from '@mantine/core';
import type { ItemView } from '../../house/items.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Action, Value } from '../../ui/kit.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { ItemValue, useItemTitle } from './ItemValue.tsx';
import { OfWhom } from './OfWhom.tsx';
import classes from './RecordPage.module.css';
import { useRecordPaths } from './recordPaths.ts';
import { RangeWord, StandingWord } from './StandingWord.tsx';
import { VitalValue } from './VitalValue.tsx';
import { Who } from './Who.tsx';

/** What a record is, its value, when and where it is from, who can see it, and the ways on from here. */
export function RecordHead({ patient, item }: { patient: string; item: ItemView }) {
  const t = useWords('record');
  const format = useFormat();
  const title = useItemTitle();
  const paths = useRecordPaths(patient);
  const place = item.place.name;
  return (
    <header className={classes.head}>
      <div className={classes.title}>
        <OfWhom patient={patient} />
        <h1>{title(item)}</h1>
        <div className={classes.now}>
          <LoudValue item={item} />
          <div>
            {item.vital !== null && item.standing !== 'unknown' && <StandingWord standing={item.standing} against="own" />}
            {item.vital === null && <RangeWord standing={item.standing} />}
            <p className="meta">
              {item.when === null ? t('page.undated', { place }) : t('page.from', { when: format.when(item.when, item.precision), place })}
            </p>
            {item.readings > 1 && <p className="meta">{t('page.strip', { count: item.readings })}</p>}
          </div>
        </div>
      </div>
      <div className={`${classes.tools} no-print`}>
        <Button variant="default" leftSection={<Icon name="printer" size={20} />} onClick={() => print()}>
          {t('page.print')}
        </Button>
      </div>
      <div className={classes.who}>
        <Who audience={item.audience} linked />
        {item.sharedUntil !== null && <span className="meta">{t('page.shared', { date: format.born(item.sharedUntil) })}</span>}
        <Action href={paths.proof(item.id)}>{t('page.know')}</Action>
        {item.vital !== null && (
          <Action href={paths.vital(item.vital)} end="caret-right">
            {t('page.trend')}
          </Action>
        )}
      </div>
    </header>
  );
}

/** The number alone, large; a longer value in the size of text. */
function LoudValue({ item }: { item: ItemView }) {
  const [first, second] = item.values;
  if (!first) return item.word === null || item.blocks.length > 0 ? null : <ItemValue item={item} />;
  if (item.vital !== null && (item.values.length === 1 || item.vital === 'blood-pressure')) {
    const { unit, decimals } = first;
    return <VitalValue size="lg" latest={{ values: item.values.map(({ value }) => value) }} of={{ vital: item.vital, unit, decimals }} />;
  }
  if (!second) return <LoudQuantity quantity={first} />;
  return item.labs.length > 0 ? null : <ItemValue item={item} />;
}

function LoudQuantity({ quantity: { value, unit, decimals } }: { quantity: ItemView['values'][number] }) {
  const shown = useFormat().written(value, unit, decimals);
  return (
    <Value size="lg" unit={shown.unit}>
      {shown.value}
    </Value>
  );
}
