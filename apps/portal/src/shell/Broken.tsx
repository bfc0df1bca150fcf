import { Button } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useRouter } from '@tanstack/react-router';
import { paths } from '../paths.ts';
import { Action } from '../ui/kit.tsx';
import { useWords } from '../words/words.ts';
import classes from './Broken.module.css';
import { useTitle } from './title.ts';

/** In place of a page that threw: what is safe, and how to go on. What went wrong inside is not for the screen. */
export function Broken({ reset }: ErrorComponentProps) {
  const t = useWords('shell');
  const router = useRouter();
  useTitle(t('broken.title'));
  return (
    <section className={classes.page} role="alert">
      <h1>{t('broken.title')}</h1>
      <p className="lede">{t('broken.safe')}</p>
      <div className={classes.acts}>
        <Button
          onClick={() => {
            reset();
            void router.invalidate();
          }}
        >
          {t('broken.again')}
        </Button>
        <Action href={paths.doors}>{t('broken.home')}</Action>
      </div>
    </section>
  );
}

/** At an address where no page stands. */
export function Nowhere() {
  const t = useWords('shell');
  useTitle(t('nowhere.title'));
  return (
    <main className={classes.page} id="main" tabIndex={-1}>
      <h1>{t('nowhere.title')}</h1>
      <p className="lede">{t('nowhere.text')}</p>
      <Action href={paths.doors} end="caret-right">
        {t('nowhere.home')}
      </Action>
    </main>
  );
}
