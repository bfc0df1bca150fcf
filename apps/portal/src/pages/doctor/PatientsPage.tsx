import { CloseButton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Hidden } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import { Failed } from '../record/Waiting.tsx';
import { byName } from './byName.ts';
import { sharedEndings } from './endings.ts';
import { Nobody } from './Nobody.tsx';
import { OpeningPatients } from './OpeningPatients.tsx';
import classes from './PatientsPage.module.css';
import { PatientTable } from './PatientTable.tsx';
import { Until } from './Until.tsx';

/** Everyone whose records she may open something of, by name. */
export function PatientsPage() {
  const t = useWords('doctor');
  const patients = useQuery(ask.patients());
  // What is typed may name a person: it stays on this page and never comes into an address.
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(typed);
  const title = t('patients.title', { count: patients.data?.length ?? 0 });
  const isNobody = patients.data?.length === 0;
  useTitle(isNobody ? t('patients.none') : title);
  if (isNobody) return <Nobody />;
  const found = patients.data && byName(patients.data, wanted);
  return (
    <>
      <h1>{title}</h1>
      <p className={classes.until}>
        <Until endings={sharedEndings(patients.data ?? []) ?? []} />
      </p>
      {!found ? (
        patients.isError ? (
          <Failed failure={patients.error} again={() => void patients.refetch()} />
        ) : (
          <OpeningPatients />
        )
      ) : (
        <>
          <div className={classes.find}>
            <TextInput
              type="search"
              label={t('patients.find')}
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={({ currentTarget }) => setTyped(currentTarget.value)}
              onKeyDown={({ key }) => key === 'Escape' && setTyped('')}
              leftSection={<Icon name="magnifying-glass" size={18} />}
              rightSection={typed !== '' && <CloseButton size="lg" aria-label={t('patients.clear')} onClick={() => setTyped('')} />}
            />
            <p role="status">
              <Hidden>{wanted === '' ? '' : t('patients.found', { count: found.length })}</Hidden>
            </p>
          </div>
          {found.length === 0 ? (
            <EmptyState icon="users" title={t('patients.noneFound')} text={t('patients.noneFoundAbout')} />
          ) : (
            <PatientTable patients={found} />
          )}
        </>
      )}
    </>
  );
}
