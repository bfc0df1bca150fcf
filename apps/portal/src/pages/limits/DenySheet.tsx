import { CloseButton, Radio, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useId, useState } from 'react';
import type { DeniedDoctor, Doctor } from '../../house/limits.ts';
import { ask } from '../../queries.ts';
import { initialsOf } from '../../shell/initials.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { FormSheet } from '../../ui/FormSheet.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Face, Hidden } from '../../ui/kit.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { Failed } from '../record/Waiting.tsx';
import { foundPeople } from '../sharing/found.ts';
import shared from '../sharing/ShareSheet.module.css';
import { useSpecialty } from '../sharing/whatWords.ts';
import classes from './Limits.module.css';
import { useLimits } from './useLimits.ts';

/** Not this doctor: who, and what it does, before it is said. */
export function DenySheet({ denied, close }: { denied: readonly DeniedDoctor[]; close: () => void }) {
  const t = useWords('limits');
  const s = useWords('sharing');
  const specialty = useSpecialty();
  const { deny } = useLimits();
  const town = useQuery(ask.people());
  // What is typed may name a person: it stays on this page and never comes into an address.
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<Doctor | null>(null);
  const [tried, setTried] = useState(false);
  const wanted = useDeferredValue(typed);
  const say = useMutation({ mutationFn: (doctor: Doctor) => deny(doctor), onSuccess: close });
  const submit = () => {
    setTried(true);
    if (chosen) say.mutate(chosen);
  };
  const closed = new Set(denied.filter(({ everywhere }) => everywhere).flatMap(({ ids }) => ids));
  const doctors = foundPeople(town.data ?? [], wanted, specialty).filter(({ ids }) => !ids.every((id) => closed.has(id)));
  return (
    <FormSheet
      title={t('who.title')}
      words={{ close: t('close'), cancel: t('cancel'), send: t('who.send') }}
      danger
      working={say.isPending}
      failure={say.isError ? t('notDenied', { name: chosen?.name ?? '' }) : tried && !chosen ? t('who.nobody') : null}
      submit={submit}
      close={close}
    >
      {town.isError ? (
        <Failed failure={town.error} again={() => void town.refetch()} />
      ) : !town.data ? (
        <SkeletonRows rows={3} name={s('who.loading')} />
      ) : (
        <div>
          <TextInput
            type="search"
            label={s('who.find')}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            leftSection={<Icon name="magnifying-glass" size={18} />}
            rightSection={typed !== '' && <CloseButton size="lg" aria-label={s('who.clear')} onClick={() => setTyped('')} />}
          />
          <p role="status">
            <Hidden>{wanted === '' ? '' : s('who.found', { count: doctors.length })}</Hidden>
          </p>
          {doctors.length === 0 ? (
            <EmptyState level={3} icon="users" title={s('who.noneFound')} text={s('who.noneFoundText')} />
          ) : (
            <Radio.Group
              aria-label={s('who.list')}
              value={chosen?.ids[0] ?? null}
              onChange={(id) => setChosen(doctors.find(({ ids }) => ids[0] === id) ?? null)}
              className={classes.list}
            >
              <div className={shared.rows}>
                {doctors.map((doctor) => (
                  <Choice key={doctor.ids[0]} doctor={doctor} on={doctor.ids[0] === chosen?.ids[0]} />
                ))}
              </div>
            </Radio.Group>
          )}
        </div>
      )}
      {chosen && (
        <Facts
          facts={[
            { icon: 'lock', text: t('who.closes', { name: chosen.name }) },
            { icon: 'eye', text: t('who.seen', { name: chosen.name }) },
            { icon: 'arrow-counter-clockwise', text: t('who.read', { name: chosen.name }) },
          ]}
        />
      )}
    </FormSheet>
  );
}

function Choice({ doctor: { ids, name, specialty, places }, on }: { doctor: Doctor; on: boolean }) {
  const t = useWords('limits');
  const format = useFormat();
  const said = useSpecialty();
  const box = useId();
  const about = useId();
  return (
    <div className={shared.doctor} data-on={on || undefined}>
      <label htmlFor={box} className={shared.choice}>
        <Face initials={initialsOf(name)} />
        <span className={shared.name}>
          <bdi>{name}</bdi>
          <span id={about} className="soft">
            {t('works', { specialty: said(specialty), places: format.list([...places]) })}
          </span>
        </span>
        <Radio id={box} value={ids[0]!} aria-label={name} aria-describedby={about} styles={{ inner: { marginBlockStart: 0 } }} />
      </label>
    </div>
  );
}
