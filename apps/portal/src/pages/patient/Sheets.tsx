import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ProblemLine } from '../../house/patients.ts';
import type { VitalName } from '../../house/vitals.ts';
import { Mark } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './Sheets.module.css';

type Opened = { readonly opened: boolean; readonly close: () => void };

/** How to take a reading that can be compared with the others, in a few steps. */
export function HowToSheet({ vital, ...rest }: Opened & { vital: VitalName }) {
  const t = useWords('patient');
  const v = useWords('vitals');
  const steps = t([`how.${vital}`, 'how.other'], { returnObjects: true }) as string[];
  return (
    <Sheet {...rest} title={t('how.title', { vital: v(`name.${vital}`) })}>
      <Steps steps={steps} />
      <p className="soft">{t('how.after')}</p>
    </Sheet>
  );
}

/** What to try with a device that is silent, and what is safe meanwhile. */
export function SilentSheet({ device, ...rest }: Opened & { device: string }) {
  const t = useWords('patient');
  return (
    <Sheet {...rest} title={t('silent.title', { device })}>
      <Steps steps={t('silent.steps', { returnObjects: true }) as string[]} />
      <p className={classes.safe}>
        <Mark kind="done" size={16} />
        <span>{t('silent.safe')}</span>
      </p>
    </Sheet>
  );
}

const longest = 20;

/** Which records do not fit, what is safe, and whom to tell. */
export function ProblemSheet({ problems, ...rest }: Opened & { problems: readonly ProblemLine[] }) {
  const t = useWords('patient');
  const format = useFormat();
  const more = problems.length - longest;
  return (
    <Sheet {...rest} title={t('problem.title')}>
      <p>{t('problem.intro')}</p>
      <ul className={classes.problems}>
        {problems.slice(0, longest).map(({ kind, what, place }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two records may not fit in the same way
          <li key={at}>
            <Mark kind={kind === 'tampered' ? 'urgent' : 'waiting'} size={16} />
            <div>
              <p className={classes.fact}>{t(`problem.${kind}`)}</p>
              <p className="meta">{t('problem.at', { what, place })}</p>
            </div>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="soft">{t('problem.more', { count: more })}</p>}
      <p className={classes.safe}>
        <Mark kind="done" size={16} />
        <span>{t('problem.safe')}</span>
      </p>
      <p>{t('problem.next', { places: format.list([...new Set(problems.map(({ place }) => place))]) })}</p>
    </Sheet>
  );
}

function Sheet({ opened, close, title, children }: Opened & { title: string; children: ReactNode }) {
  const t = useWords('patient');
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('how.close') }}>
      <div className={classes.sheet}>
        {children}
        <Button variant="default" onClick={close}>
          {t('how.done')}
        </Button>
      </div>
    </Modal>
  );
}

function Steps({ steps }: { steps: readonly string[] }) {
  return (
    <ol className={classes.steps}>
      {steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
  );
}
