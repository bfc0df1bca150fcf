import { useQuery } from '@tanstack/react-query';
import type { Identity } from '../../house/patients.ts';
import { ask } from '../../queries.ts';
import { useSomeone } from '../../shell/session.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { shortNumber } from '../doctor/byName.ts';
import classes from './RecordPage.module.css';

/**
 * Whose it is, above the title: a doctor has many patients, and a printed page lies among those of others. To a patient
 * it is said on paper only.
 */
export function OfWhom({ patient }: { patient: string }) {
  const t = useWords('record');
  const format = useFormat();
  const { door } = useSomeone();
  const line = useQuery(ask.patients()).data?.find(({ id }) => id === patient);
  if (!line) return null;
  const said = ({ name, born }: Identity): string | null => {
    if (name === null) return line.open ? t('page.ofLocked', { number: shortNumber(patient) }) : null;
    return born === null ? name : t('page.ofWhom', { name, date: format.born(born) });
  };
  const words = said(line.identity);
  return (
    words && (
      <p className={door === 'patient' ? `label ${classes.onPaper}` : 'label'}>
        <bdi>{words}</bdi>
      </p>
    )
  );
}
