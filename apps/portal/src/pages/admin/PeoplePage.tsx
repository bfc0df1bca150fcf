import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { DoctorState } from '../../house/admin.ts';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { DoctorTable } from './DoctorTable.tsx';
import { Failed } from './Failed.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import classes from './PeoplePage.module.css';
import { ReviewTask } from './ReviewTask.tsx';
import { waits } from './rule.ts';

const states = ['pending', 'approved', 'rejected'] as const satisfies readonly DoctorState[];

/** Doctors: those who wait first. Which of them is in the address. */
export function PeoplePage() {
  const t = useWords('admin');
  const format = useFormat();
  const navigate = useNavigate();
  const { state: asked } = useSearch({ strict: false }) as { state?: unknown };
  const state = states.find((one) => one === asked) ?? 'pending';
  const [inviting, setInviting] = useState(false);
  const doctors = useQuery(ask.doctors());
  const of = (one: DoctorState) => (doctors.data ?? []).filter((doctor) => (one === 'pending' ? waits(doctor) : doctor.state === one));
  const title = doctors.data ? t('people.pendingTitle', { count: of('pending').length }) : t('people.title');
  useTitle(title);
  const shown = of(state);

  return (
    <>
      <header className={classes.head}>
        <div>
          <h1>{title}</h1>
          <p className="lede">{t('people.lede')}</p>
        </div>
        <div className={classes.acts}>
          <Button variant="default" onClick={() => setInviting(true)}>
            {t('people.invite')}
          </Button>
          <Button leftSection={<Icon name="plus" size={18} />} onClick={() => void navigate({ to: paths.admin.add })}>
            {t('people.add')}
          </Button>
        </div>
      </header>
      <ReviewTask />
      <div className={classes.filter}>
        <FilterBar
          name={t('people.which')}
          value={state}
          onChange={(next) => void navigate({ to: paths.admin.people, search: next === 'pending' ? {} : { state: next } })}
          options={states.map((one) => ({
            value: one,
            label: t(`people.${one}`),
            ...(doctors.data && { count: format.number(of(one).length) }),
          }))}
        />
      </div>
      {doctors.isError && !doctors.data ? (
        <Failed title={t('failed.list')} failure={doctors.error} retry={() => void doctors.refetch()} />
      ) : !doctors.data ? (
        <SkeletonRows rows={4} name={t('people.loading')} />
      ) : shown.length === 0 ? (
        <EmptyState icon="identification-card" title={t(`people.none.${state}`)} text={t(`people.none.${state}About`)} />
      ) : (
        <DoctorTable doctors={shown} caption={t(`people.${state}`)} />
      )}
      <InviteDialog opened={inviting} close={() => setInviting(false)} />
    </>
  );
}
