import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeniedDoctor, LimitedPlace } from '../../house/limits.ts';
import { ask } from '../../queries.ts';
import { initialsOf } from '../../shell/initials.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Card, Face, Hidden, Section } from '../../ui/kit.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { Failed } from '../record/Waiting.tsx';
import apart from '../sharing/WithMe.module.css';
import { useSpecialty } from '../sharing/whatWords.ts';
import { DenySheet } from './DenySheet.tsx';
import classes from './Limits.module.css';
import { NameOnlySheet } from './NameOnlySheet.tsx';
import { useLimits } from './useLimits.ts';

/** What takes away from what doctors read by their work: not this doctor, and only doctors who are named for one. */
export function Limits() {
  const t = useWords('limits');
  const limits = useQuery(ask.limits());
  const [denying, setDenying] = useState(false);
  const [naming, setNaming] = useState<LimitedPlace | null>(null);
  const { data } = limits;
  return (
    <Section title={t('title')} className={apart.apart}>
      {limits.isError ? (
        <Failed failure={limits.error} again={() => void limits.refetch()} />
      ) : !data ? (
        <SkeletonRows rows={2} name={t('loading')} />
      ) : (
        <Card className={classes.limits}>
          <p>{t(data.places.length === 0 ? 'none' : 'about')}</p>
          {data.places.length > 0 && (
            <>
              <ul className={classes.rows}>
                {data.denied.map((doctor) => (
                  <Denied key={doctor.name} doctor={doctor} />
                ))}
                {data.places.map((place) => (
                  <Place key={place.chart} place={place} name={() => setNaming(place)} />
                ))}
              </ul>
              <Button variant="default" leftSection={<Icon name="lock" size={18} />} onClick={() => setDenying(true)}>
                {t('deny')}
              </Button>
            </>
          )}
        </Card>
      )}
      {denying && data && <DenySheet denied={data.denied} close={() => setDenying(false)} />}
      {naming && <NameOnlySheet place={naming} close={() => setNaming(null)} />}
    </Section>
  );
}

/** A doctor who reads nothing, and the way back. */
function Denied({ doctor }: { doctor: DeniedDoctor }) {
  const t = useWords('limits');
  const format = useFormat();
  const said = useSpecialty();
  const { allow, deny } = useLimits();
  const { name, specialty, places, free, everywhere } = doctor;
  const back = useMutation({ mutationFn: () => allow(doctor) });
  const finish = useMutation({ mutationFn: () => deny(doctor) });
  return (
    <li className={classes.row}>
      <Face initials={initialsOf(name)} size={44} />
      <div className={classes.who}>
        <h3>
          <bdi>{name}</bdi>
        </h3>
        {specialty !== null && <p className="soft">{t('works', { specialty: said(specialty), places: format.list([...places]) })}</p>}
        <p className="soft">{free.length > 0 ? t('partlyAt', { places: format.list([...free]) }) : t(everywhere ? 'nothing' : 'partly')}</p>
      </div>
      <div className={classes.act}>
        {!everywhere && (
          <Button variant="default" loading={finish.isPending} onClick={() => finish.mutate()}>
            {t('finish')}
            <Hidden> {name}</Hidden>
          </Button>
        )}
        <Button variant="default" loading={back.isPending} onClick={() => back.mutate()}>
          {t('allow')}
          <Hidden> {name}</Hidden>
        </Button>
      </div>
      {(back.isError || finish.isError) && (
        <p className={classes.failed} role="alert">
          {t(back.isError ? 'notAllowed' : 'notDenied', { name })}
        </p>
      )}
    </li>
  );
}

/** A hospital, who reads there by work, and how that is changed. */
function Place({ place, name: begin }: { place: LimitedPlace; name: () => void }) {
  const t = useWords('limits');
  const { nameOnly } = useLimits();
  const { place: name, byName, following } = place;
  const all = useMutation({ mutationFn: () => nameOnly(place, false) });
  return (
    <li className={classes.row}>
      <Face initials={initialsOf(name)} size={44} place />
      <div className={classes.who}>
        <h3>
          <bdi>{name}</bdi>
        </h3>
        <p className="soft">{t(byName ? 'named' : 'everyone')}</p>
        {following !== null && following !== 'follows' && <p className="soft">{t(following)}</p>}
      </div>
      <div className={classes.act}>
        {byName ? (
          <Button variant="default" loading={all.isPending} onClick={() => all.mutate()}>
            {t('all')}
            <Hidden> {name}</Hidden>
          </Button>
        ) : (
          <Button variant="subtle" onClick={begin}>
            {t('nameOnly')}
            <Hidden> {name}</Hidden>
          </Button>
        )}
      </div>
      {all.isError && (
        <p className={classes.failed} role="alert">
          {t('notSaid')}
        </p>
      )}
    </li>
  );
}
