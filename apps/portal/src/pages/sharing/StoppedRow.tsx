import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Given } from '../../house/sharing.ts';
import { useSharingWork } from '../../shell/sharing.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Hidden } from '../../ui/kit.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { useWords } from '../../words/words.ts';
import type { Line } from './list.ts';
import { MakingKeys, NotShared } from './Progressing.tsx';
import classes from './SharingPage.module.css';
import { useShare } from './useShare.ts';

/** What was taken back: what stopping did, what it did not, and one way to share again. */
export function StoppedRow({
  line: { key, given, stopped: state, here },
  elsewhere,
  stopped,
  again,
  choose,
}: {
  line: Line;
  /** Whether this doctor still reads by another consent. */
  elsewhere: boolean;
  stopped: (state: Given['state'] | 'ended') => void;
  again: () => void;
  choose: () => void;
}) {
  const t = useWords('sharing');
  const { doctor, what } = given;
  const { name } = doctor;
  const said = useRef<HTMLDivElement>(null);
  const { share, takeBack } = useShare();
  const work = useSharingWork();
  const tell = useMutation({ mutationFn: () => takeBack(given.grants), onSuccess: stopped });
  const undo = async () => {
    if (!what) return choose();
    if (await share(doctor, what, key)) again();
  };
  // The button that was pressed is gone: eyes, keys and ears go on with what came of it.
  useEffect(() => {
    if (here) said.current?.focus({ preventScroll: true });
  }, [here]);
  return (
    <li className={classes.stopped}>
      <span className={classes.mark}>
        <Mark kind={state === 'half' ? 'waiting' : 'stopped'} size={20} />
      </span>
      <div ref={said} tabIndex={-1} role="status">
        <h3>{t(elsewhere ? 'stopped.some' : 'stopped.all', { name })}</h3>
        <p className="soft">
          {t(state === 'ended' ? 'stopped.ended' : given.through === null ? 'stopped.halfServers' : 'stopped.half', {
            ...{ name, place: given.through ?? '' },
          })}{' '}
          {t(elsewhere ? 'stopped.elsewhere' : 'stopped.read', { name })}
        </p>
        {tell.isError && <p className="soft">{t('stopped.stillHalf')}</p>}
      </div>
      <div className={classes.acts}>
        {state === 'half' && (
          <Button variant="default" loading={tell.isPending} onClick={() => tell.mutate()}>
            {t('stopped.tell')}
            <Hidden> {name}</Hidden>
          </Button>
        )}
        <Button
          variant={state === 'half' ? 'subtle' : 'default'}
          leftSection={<Icon name="arrow-counter-clockwise" size={18} />}
          disabled={work?.kind === 'working'}
          onClick={() => void undo()}
        >
          {t('stopped.again')}
          <Hidden> {name}</Hidden>
        </Button>
      </div>
      {work?.at === key && (
        <div className={classes.under}>
          {work.kind === 'working' ? <MakingKeys work={work} /> : <NotShared work={work} again={() => void undo()} />}
        </div>
      )}
    </li>
  );
}
