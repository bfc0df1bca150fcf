import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Given } from '../../house/sharing.ts';
import { initialsOf } from '../../shell/initials.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Face, Hidden } from '../../ui/kit.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useLastOpened } from '../receipts/useLastOpened.ts';
import { type Draft, draftOfGiven } from './draft.ts';
import classes from './SharingPage.module.css';
import { useShare } from './useShare.ts';
import { capital, useSpecialty, useWhatWords } from './whatWords.ts';

/** One doctor, carer or team who reads: what, until when, through whom; *Change*, and *Stop*, which answers in its place. */
export function GivenRow({
  given,
  stopped,
  change,
}: {
  given: Given;
  stopped: (state: Given['state'] | 'ended') => void;
  /** Where it can be changed. */
  change?: (draft: Draft) => void;
}) {
  const t = useWords('sharing');
  const format = useFormat();
  const words = useWhatWords();
  const opened = useLastOpened(given);
  const { takeBack } = useShare();
  const stop = useMutation({ mutationFn: () => takeBack(given.grants), onSuccess: stopped });
  const { doctor, what } = given;
  const facts = [
    { name: t('row.sees'), value: what ? capital(words.kinds(what.kinds)) : t('row.elsewhere') },
    ...(what && what.sensitive.length > 0 ? [{ name: t('row.private'), value: capital(words.sensitive(what.sensitive)) }] : []),
    ...(what && what.from !== 'beginning' ? [{ name: t('row.from'), value: t('row.fromDay', { date: format.born(what.from) }) }] : []),
    { name: t('row.until'), value: t('row.untilDay', { date: format.born(given.until) }) },
    { name: t('row.through'), value: given.through === null ? t('row.servers') : t('row.box', { place: given.through }) },
    { name: t('row.since'), value: format.moment(given.given) },
    ...(opened ? [opened] : []),
  ];
  return (
    <li className={classes.row}>
      <Face initials={initialsOf(doctor.name)} size={44} />
      <div className={classes.who}>
        <h3>
          <bdi>{doctor.name}</bdi>
        </h3>
        {doctor.carer || doctor.team ? <p className="soft">{t(doctor.team ? 'row.team' : 'row.cares')}</p> : <About doctor={doctor} />}
      </div>
      <div className={classes.act}>
        {what && change && (
          <Button variant="subtle" onClick={() => change(draftOfGiven({ ...given, what }))}>
            {t('row.change')}
            <Hidden> {doctor.name}</Hidden>
          </Button>
        )}
        <Button
          variant="default"
          color="red"
          leftSection={<Icon name="lock" size={18} />}
          loading={stop.isPending}
          onClick={() => stop.mutate()}
        >
          {t('row.stop')}
          <Hidden> {doctor.name}</Hidden>
        </Button>
      </div>
      <dl className={classes.what}>
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {stop.isError && (
        <p className={classes.failed} role="alert">
          <b>{t('row.notStopped')}</b> {t('row.notStoppedText', { name: doctor.name })}
        </p>
      )}
    </li>
  );
}

/** `Heart, Harbour Clinic`: as far as the town could be asked. */
export function About({ doctor: { specialty, organisation } }: { doctor: Pick<Given['doctor'], 'specialty' | 'organisation'> }) {
  const said = useSpecialty();
  const t = useWords('sharing');
  if (specialty === null && organisation === null) return null;
  if (specialty === null || organisation === null) return <p className="soft">{organisation ?? said(specialty ?? '')}</p>;
  return <p className="soft">{t('about', { specialty: said(specialty), place: organisation })}</p>;
}
