import { useQuery } from '@tanstack/react-query';
import type { Identity } from '../../house/patients.ts';
import { ask } from '../../queries.ts';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { shortNumber } from '../doctor/byName.ts';
import classes from './RecordPage.module.css';
import { useIsShared, useVoice } from './whose.ts';

/**
 * Whose it is, above the title: a doctor has many patients, a carer is no patient here, and a printed page lies among those of others.
 * To the patient herself it is said on paper only.
 */
export function OfWhom({ patient }: { patient: string }) {
  const t = useWords('record');
  const format = useFormat();
  const voice = useVoice();
  const line = useQuery(useIsShared() ? ask.sharedWithMe() : ask.patients()).data?.find(({ id }) => id === patient);
  if (!line) return null;
  const said = ({ name, born }: Identity): string | null => {
    if (name === null) return line.open ? t('page.ofLocked', { number: shortNumber(patient) }) : null;
    return born === null ? name : t('page.ofWhom', { name, date: format.born(born) });
  };
  const words = said(line.identity);
  return (
    words && (
      <p className={voice === undefined ? `label ${classes.onPaper}` : 'label'}>
        <bdi>{words}</bdi>
      </p>
    )
  );
}
