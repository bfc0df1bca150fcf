import { Button, CloseButton, Radio, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useId, useState } from 'react';
import type { ShareDoctor, ShareTeam } from '../../house/sharing.ts';
import { ask } from '../../queries.ts';
import { initialsOf } from '../../shell/initials.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Face, Hidden } from '../../ui/kit.tsx';
import { Word } from '../../ui/Mark.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useWords } from '../../words/words.ts';
import { Failed } from '../record/Waiting.tsx';
import { CarerStep } from './CarerStep.tsx';
import { found, foundTeams } from './found.ts';
import { About } from './GivenRow.tsx';
import classes from './ShareSheet.module.css';
import type { StepProps } from './ShareSheet.tsx';
import { useSpecialty } from './whatWords.ts';

/** With whom: a doctor or a team of the town, or somebody who cares for one. */
export function WhoStep(props: StepProps) {
  const t = useWords('sharing');
  const [isCarer, setCarer] = useState(props.draft.doctor?.carer === true);
  const choose = (carer: boolean) => {
    setCarer(carer);
    props.fill({ doctor: null });
  };
  return (
    <>
      <Button
        variant="default"
        className={classes.kind}
        leftSection={<Icon name={isCarer ? 'hospital' : 'users'} size={18} />}
        onClick={() => choose(!isCarer)}
      >
        {t(isCarer ? 'who.doctor' : 'who.carer')}
      </Button>
      {isCarer ? <CarerStep {...props} /> : <DoctorStep {...props} />}
    </>
  );
}

/** The doctors of the town, those who are ready first, and its teams. */
function DoctorStep({ draft, fill }: StepProps) {
  const t = useWords('sharing');
  const specialty = useSpecialty();
  const directory = useQuery(ask.directory());
  const known = useQuery(ask.teams());
  // What is typed may name a person: it stays on this page and never comes into an address.
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(typed);
  if (directory.isError) return <Failed failure={directory.error} again={() => void directory.refetch()} />;
  if (!directory.data) return <SkeletonRows rows={4} name={t('who.loading')} />;
  const teams = foundTeams(known.data ?? [], wanted);
  if (directory.data.length === 0 && !known.data?.length)
    return <EmptyState level={3} icon="users" title={t('who.none')} text={t('who.noneText')} />;
  const doctors = found(directory.data, wanted, specialty);
  const ready = doctors.filter(({ fingerprint }) => fingerprint !== null);
  const later = doctors.filter(({ fingerprint }) => fingerprint === null);
  return (
    <>
      <TextInput
        type="search"
        label={t('who.find')}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        leftSection={<Icon name="magnifying-glass" size={18} />}
        rightSection={typed !== '' && <CloseButton size="lg" aria-label={t('who.clear')} onClick={() => setTyped('')} />}
      />
      <p role="status">
        <Hidden>{wanted === '' ? '' : t('who.found', { count: doctors.length + teams.length })}</Hidden>
      </p>
      {doctors.length + teams.length === 0 && (
        <EmptyState level={3} icon="users" title={t('who.noneFound')} text={t('who.noneFoundText')} />
      )}
      {ready.length + teams.length > 0 && (
        <Radio.Group
          aria-label={t('who.list')}
          value={draft.doctor?.id ?? null}
          onChange={(id) => {
            const doctor = ready.find((one) => one.id === id);
            const team = teams.find((one) => one.id === id);
            if (doctor) fill({ doctor: { id, name: doctor.name } });
            if (team) fill({ doctor: { id, name: team.title, team: true } });
          }}
        >
          <div className={classes.rows}>
            {ready.map((doctor) => (
              <Ready key={doctor.id} doctor={doctor} chosen={doctor.id === draft.doctor?.id} />
            ))}
          </div>
          {teams.length > 0 && (
            <section className={classes.later} aria-label={t('who.teams')}>
              <h4>{t('who.teams')}</h4>
              <div className={classes.rows}>
                {teams.map((team) => (
                  <Team key={team.id} team={team} chosen={team.id === draft.doctor?.id} />
                ))}
              </div>
            </section>
          )}
        </Radio.Group>
      )}
      {later.length > 0 && (
        <section className={classes.later} aria-label={t('who.later')}>
          <h4>{t('who.later')}</h4>
          <p className="meta">{t('who.laterText')}</p>
          <ul className={classes.rows}>
            {later.map((doctor) => (
              <li key={doctor.id} className={classes.choice}>
                <Face initials={initialsOf(doctor.name)} />
                <Named doctor={doctor} />
                <Word kind="waiting">{t('who.notReady')}</Word>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Named({ doctor, about }: { doctor: ShareDoctor; about?: string }) {
  return (
    <span className={classes.name}>
      <bdi>{doctor.name}</bdi>
      <span id={about}>
        <About doctor={doctor} />
      </span>
    </span>
  );
}

function Team({ team: { id, title, name, place, whole }, chosen }: { team: ShareTeam; chosen: boolean }) {
  const t = useWords('sharing');
  const about = useId();
  const box = useId();
  return (
    <div className={classes.doctor} data-on={chosen || undefined}>
      <label htmlFor={box} className={classes.choice}>
        <Face initials={initialsOf(title)} />
        <span className={classes.name}>
          <bdi>{title}</bdi>
          <span id={about} className="soft">
            {whole ? t('who.everyoneAt', { place }) : t('who.everyoneIn', { name, place })}
          </span>
        </span>
        <Radio id={box} value={id} aria-label={title} aria-describedby={about} styles={{ inner: { marginBlockStart: 0 } }} />
      </label>
    </div>
  );
}

/** Once chosen, with what tells this doctor from another of the same name. */
function Ready({ doctor, chosen }: { doctor: ShareDoctor; chosen: boolean }) {
  const t = useWords('sharing');
  const about = useId();
  const box = useId();
  return (
    <div className={classes.doctor} data-on={chosen || undefined}>
      <label htmlFor={box} className={classes.choice}>
        <Face initials={initialsOf(doctor.name)} />
        <Named doctor={doctor} about={about} />
        <Radio id={box} value={doctor.id} aria-label={doctor.name} aria-describedby={about} styles={{ inner: { marginBlockStart: 0 } }} />
      </label>
      {chosen && (
        <details className={classes.compare} onToggle={({ currentTarget }) => currentTarget.scrollIntoView({ block: 'nearest' })}>
          <summary>{t('who.sure')}</summary>
          <p className="meta">{t('who.compare', { name: doctor.name })}</p>
          <p className={classes.print} dir="ltr">
            {doctor.fingerprint}
          </p>
        </details>
      )}
    </div>
  );
}
