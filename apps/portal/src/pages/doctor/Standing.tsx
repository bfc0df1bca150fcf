import { Button } from '@mantine/core';
import { useState } from 'react';
import { paths } from '../../paths.ts';
import { useSession } from '../../shell/session.tsx';
import { useTitle } from '../../shell/title.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Action, Hidden } from '../../ui/kit.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './Standing.module.css';

/** She registered, and two people have to agree first. */
export function Waiting() {
  const t = useWords('doctor');
  const format = useFormat();
  const { again, online } = useSession();
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState('');
  useTitle(t('waiting.title'));
  const ask = async () => {
    setAsking(true);
    try {
      await again();
      setSaid(online ? t('waiting.asked', { time: format.time(Date.now()) }) : t('waiting.unreachable'));
    } catch {
      setSaid(t('waiting.unreachable'));
    } finally {
      setAsking(false);
    }
  };
  return (
    <section className={classes.page}>
      <h1>{t('waiting.title')}</h1>
      <p className="lede">{t('waiting.lede')}</p>
      <ol className={classes.steps}>
        {['step1', 'step2', 'step3', 'step4'].map((step, at) => (
          <li key={step}>
            <Mark kind={at === 0 ? 'done' : at === 3 ? 'quiet' : 'waiting'} size={18} />
            <span>
              <Hidden>{t(at === 0 ? 'waiting.done' : 'waiting.next')}: </Hidden>
              {t(`waiting.${step}`)}
            </span>
          </li>
        ))}
      </ol>
      <div className={classes.acts}>
        <Button loading={asking} onClick={() => void ask()} leftSection={<Icon name="arrows-clockwise" size={18} />}>
          {t('waiting.refresh')}
        </Button>
        <p role="status" className="soft">
          {said}
        </p>
      </div>
      <Action href={paths.doctor.roles} end="caret-right">
        {t('waiting.roles')}
      </Action>
    </section>
  );
}

/** She was turned down, and reads why. */
export function Rejected({ reason }: { reason: string }) {
  const t = useWords('doctor');
  useTitle(t('rejected.title'));
  return (
    <section className={classes.page}>
      <h1>{t('rejected.title')}</h1>
      <p className="lede">{t('rejected.lede')}</p>
      <blockquote className={classes.reason}>{reason}</blockquote>
      <p className="soft">{t('rejected.next')}</p>
      <Action href={paths.join} end="caret-right">
        {t('rejected.join')}
      </Action>
    </section>
  );
}
