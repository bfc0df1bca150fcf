import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Back, Section } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import { Records } from '../patient/RecordsPage.tsx';
import { TrendCards } from '../patient/TrendCards.tsx';
import { Failed, Waiting } from '../record/Waiting.tsx';
import { capital } from '../sharing/whatWords.ts';
import classes from './Shared.module.css';

/** What somebody shares with a carer: how the readings go, and every record. Nothing can be changed here. */
export function SharedPage() {
  const s = useWords('shell');
  const t = useWords('sharing');
  const { patient } = useParams({ strict: false }) as { patient: string };
  const lines = useQuery(ask.sharedWithMe());
  const overview = useQuery(ask.overview(patient));
  const line = lines.data?.find(({ id }) => id === patient);
  const name = line?.identity.name ?? '';
  // Not whose: browsers keep titles in their history.
  useTitle(t('care.home'));
  return (
    <>
      <Back href={paths.patient.sharing}>{s('place.sharing')}</Back>
      {overview.error ? (
        <Failed level={1} failure={overview.error} again={() => void overview.refetch()} />
      ) : (
        <>
          <h1>{line ? t('with.title', { name }) : t('care.home')}</h1>
          {overview.data && line ? (
            <>
              {(overview.data.vitals.length > 0 || overview.data.trace) && (
                <Section title={capital(t('group.readings'))} className={classes.part}>
                  <TrendCards overview={overview.data} />
                </Section>
              )}
              <Section title={s('place.records')} className={classes.part}>
                <Records
                  patient={patient}
                  places={line.places}
                  empty={<EmptyState level={3} icon="clipboard-text" title={t('with.nothing')} text={t('with.nothingText', { name })} />}
                />
              </Section>
            </>
          ) : (
            <Waiting patient={patient} />
          )}
        </>
      )}
    </>
  );
}
