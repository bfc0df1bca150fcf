import type { Item } from '../../house/items.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Link } from '../../ui/Link.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { ItemValue, useItemTitle } from '../record/ItemValue.tsx';
import { RangeWord, StandingWord } from '../record/StandingWord.tsx';
import { iconOf } from '../record/sections.ts';
import classes from './RecordRow.module.css';

/** One record of a list: what it is, its value, when and where. The whole row is one link. */
export function RecordRow({ item, href }: { item: Item; href: string }) {
  const t = useWords('record');
  const format = useFormat();
  const title = useItemTitle();
  const many = item.readings > 1 && item.when !== null;
  return (
    <div className={classes.row}>
      <Icon name={iconOf(item)} size={22} />
      <div className={classes.title}>
        <Link href={href} className={classes.link}>
          {title(item)}
        </Link>
      </div>
      <div className={classes.value}>
        {many ? (
          t('strip', { count: item.readings, time: format.time(item.when!) })
        ) : (
          <span>
            <ItemValue item={item} />
          </span>
        )}
        {!many &&
          (item.vital === null ? (
            <RangeWord standing={item.standing} />
          ) : (
            item.standing !== 'usual' && item.standing !== 'unknown' && <StandingWord standing={item.standing} against="own" />
          ))}
      </div>
      <div className={classes.when}>
        <span>{item.when === null ? t('undated') : format.when(item.when, item.precision)}</span>
        <span className={classes.place}>{item.place.name}</span>
      </div>
    </div>
  );
}
