import { Button } from '@mantine/core';
import type { Overview } from '../../house/patients.ts';
import { paths } from '../../paths.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { Section } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { useWords } from '../../words/words.ts';
import classes from './FirstDay.module.css';
import { TodoList } from './TodoList.tsx';

const next: readonly { readonly icon: IconName; readonly word: string }[] = [
  { icon: 'heartbeat', word: 'reading' },
  { icon: 'lock', word: 'locked' },
  { icon: 'pulse', word: 'usual' },
];

/** Home before there is any record: how the first one gets here, and what happens then. */
export function FirstDay({ overview }: { overview: Overview }) {
  const t = useWords('patient');
  return (
    <div className={classes.page}>
      <h1>{t('headline.nothing')}</h1>
      <p className="lede">{t('first.lede')}</p>
      <Button component={Link} href={paths.patient.account}>
        {t('first.act')}
      </Button>
      {overview.todos.length > 0 && (
        <Section title={t('home.todo')} className={classes.wide}>
          <TodoList overview={overview} isFilled={false} />
        </Section>
      )}
      <Section title={t('first.then')} className={classes.wide}>
        <ol className={classes.next}>
          {next.map(({ icon, word }) => (
            <li key={word}>
              <Icon name={icon} size={22} />
              <span>{t(`first.${word}`)}</span>
            </li>
          ))}
        </ol>
      </Section>
    </div>
  );
}
