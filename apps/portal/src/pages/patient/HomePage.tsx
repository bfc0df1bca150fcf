import { useQuery } from '@tanstack/react-query';
import type { Overview } from '../../house/patients.ts';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Action, Section } from '../../ui/kit.tsx';
import { SkeletonCards } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { Emergencies } from '../break-glass/Emergencies.tsx';
import { Failed, Waiting } from '../record/Waiting.tsx';
import { useWhose } from '../record/whose.ts';
import { SharedAtHome } from '../sharing/WithMe.tsx';
import { FirstDay } from './FirstDay.tsx';
import { HeadlineText } from './HeadlineText.tsx';
import classes from './HomePage.module.css';
import { headlineOf, newItemsOf } from './headline.ts';
import { News } from './News.tsx';
import { TodoList } from './TodoList.tsx';
import { TrendCards } from './TrendCards.tsx';
import { useLookedAt } from './useLookedAt.ts';

/** What changed, what to do, what is new, and how the readings go. */
export function HomePage() {
  const s = useWords('shell');
  const t = useWords('patient');
  const { id, none, failure, again } = useWhose();
  const overview = useQuery({ ...ask.overview(id ?? ''), enabled: id !== undefined });
  useLookedAt(id, overview.data !== undefined);
  useTitle(s('place.home'));
  if (failure) return <Failed level={1} failure={failure} again={again} />;
  if (overview.error) return <Failed level={1} failure={overview.error} again={() => void overview.refetch()} />;
  if (none) {
    return (
      <>
        <EmptyState level={1} icon="clipboard-text" title={t('records.nothing')} text={t('records.nothingText')} />
        <SharedAtHome />
      </>
    );
  }
  if (!overview.data) {
    return (
      <>
        <h1 className={classes.opening}>{t('home.loading')}</h1>
        <Waiting patient={id}>
          <SkeletonCards name={t('home.loading')} cards={6} />
        </Waiting>
      </>
    );
  }
  return (
    <>
      <Home overview={overview.data} />
      <SharedAtHome />
    </>
  );
}

function Home({ overview }: { overview: Overview }) {
  const t = useWords('patient');
  const format = useFormat();
  const headline = headlineOf(overview);
  if (headline.kind === 'nothing') return <FirstDay overview={overview} />;
  return (
    <>
      <header className={classes.head}>
        <p className="label">{format.weekday(Date.now())}</p>
        <HeadlineText headline={headline} vitals={overview.vitals} />
      </header>
      <Emergencies lately />
      <div className={classes.now}>
        <Section title={t('home.todo')}>
          <TodoList overview={overview} isFilled />
        </Section>
        <Section title={t('home.since')}>
          <News patient={overview.id} items={newItemsOf(overview.findings)} lastLook={overview.lastLook} />
        </Section>
      </div>
      {(overview.vitals.length > 0 || overview.trace) && (
        <Section
          title={t('home.readings')}
          aside={
            <Action href={paths.patient.records} end="caret-right">
              {t('home.all')}
            </Action>
          }
        >
          <TrendCards overview={overview} />
        </Section>
      )}
    </>
  );
}
