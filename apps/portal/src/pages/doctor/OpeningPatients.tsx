import { useQuery } from '@tanstack/react-query';
import { ask } from '../../queries.ts';
import { OpeningList } from '../../ui/OpeningList.tsx';
import { useWords } from '../../words/words.ts';
import { Waiting } from '../record/Waiting.tsx';
import classes from './PatientsPage.module.css';

/** Rows while records are on their way: locked ones in their places, and how far it has come. */
export function OpeningPatients() {
  const t = useWords('record');
  const patients = useQuery(ask.patients());
  return (
    <div className={classes.opening}>
      <Waiting patient={undefined}>
        <OpeningList rows={[]} locked={patients.data?.length ?? 4} lockedName={t('opening.name')} />
      </Waiting>
    </div>
  );
}
