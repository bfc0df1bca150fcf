import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import type { Item } from '../../house/items.ts';
import { Link } from '../../ui/Link.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { ItemValue, useItemTitle } from '../record/ItemValue.tsx';
import { useRecordPaths } from '../record/recordPaths.ts';
import { RangeWord } from '../record/StandingWord.tsx';
import classes from './ChartPage.module.css';

/** Lines that show before the rest is asked for. */
const first = 6;

/** Records as short lines: what, its value or word, when. */
export function ItemLines({ patient, items }: { patient: string; items: readonly Item[] }) {
  const t = useWords('doctor');
  const format = useFormat();
  const titleOf = useItemTitle();
  const links = useRecordPaths(patient);
  const id = useId();
  const [all, setAll] = useState(false);
  const more = items.length - first;
  return (
    <>
      <ul id={id} className={classes.plain}>
        {items.slice(0, all ? undefined : first).map((item) => (
          <li key={item.id}>
            <span>
              <Link href={links.record(item.id)} className={classes.itemLink}>
                {titleOf(item)}
              </Link>
              <span className={classes.itemValue}>
                <ItemValue item={item} /> <RangeWord standing={item.standing} />
              </span>
            </span>
            <span className="meta">
              {item.when !== null && format.when(item.when, item.precision === 'instant' ? 'day' : item.precision)}
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <Button variant="subtle" aria-expanded={all} aria-controls={id} onClick={() => setAll(!all)}>
          {all ? t('chart.less') : t('chart.more', { count: more })}
        </Button>
      )}
    </>
  );
}
