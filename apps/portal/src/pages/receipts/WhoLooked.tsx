import { useQuery } from '@tanstack/react-query';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Action, Section } from '../../ui/kit.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useGo } from '../../useGo.ts';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { LookRow } from './LookRow.tsx';
import classes from './Looks.module.css';
import { daysOf, shownOf } from './list.ts';

/** How many stand beside what is shared. */
const few = 4;

/** The newest looks, beside what is shared, with a way to all of them. Where they cannot be had, the way alone. */
export function WhoLooked() {
  const t = useWords('receipts');
  const format = useFormat();
  const go = useGo();
  const { data, error } = useQuery(ask.receipts());
  const looks = data && shownOf(data.looks, { who: null, show: 'looks' });
  const byId = new Map(data?.lookers.map((looker) => [looker.id, looker]));
  const holds = data?.problems.length === 0;
  const all = (
    <Action href={paths.patient.receipts} end="caret-right">
      {looks && looks.length > 0 ? t('all', { count: looks.length }) : t('more')}
    </Action>
  );
  return (
    <Section title={t('title')} aside={all}>
      {!data ? (
        !error && <SkeletonRows rows={3} name={t('loading')} />
      ) : !holds ? (
        <p className={classes.foot} role="alert">
          <Mark kind="urgent" size={18} />
          <span>{t('problem.title')}</span>
        </p>
      ) : looks?.length === 0 ? (
        <p className="soft">{t('none')}</p>
      ) : (
        <div className={classes.few}>
          {daysOf(looks?.slice(0, few) ?? []).map(({ key, at, items }) => (
            <div key={key}>
              <h3 className={classes.day}>{format.day(at)}</h3>
              <ul className={classes.few}>
                {items.map((look) => (
                  <li key={look.id}>
                    <LookRow
                      look={look}
                      looker={byId.get(look.who)}
                      holds
                      open={({ kind, look: id }) => go({ [kind]: id }, { to: paths.patient.receipts })}
                    />
                  </li>
                ))}
              </ul>
            </div>
          ))}
          <p className={classes.foot}>
            <Icon name="receipt" size={20} />
            <span>
              {data.witnesses.length > 0
                ? t('checked.line', { count: data.count, when: format.moment(data.checked) })
                : t('checked.unsigned', { when: format.moment(data.checked) })}
            </span>
          </p>
        </div>
      )}
    </Section>
  );
}
