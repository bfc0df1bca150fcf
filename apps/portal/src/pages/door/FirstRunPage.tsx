import { Button, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { HouseFailure, house } from '../../house/front.ts';
import { paths } from '../../paths.ts';
import { useSession } from '../../shell/session.tsx';
import { useTitle } from '../../shell/title.ts';
import { Banner } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import classes from './Door.module.css';
import { DoorTop } from './DoorTop.tsx';
import { KeepKeyring } from './KeepKeyring.tsx';
import { NewPassphrase, useNewPassphrase } from './newPassphrase.tsx';

/** The first administrator of a town, or one more who was invited: a one-time code becomes a keyring. */
export function FirstRunPage() {
  const t = useWords('door');
  const { begin } = useSession();
  const navigate = useNavigate();
  const passphrase = useNewPassphrase();
  const [given, setGiven] = useState({ code: '', title: '', organisation: '' });
  const [checked, setChecked] = useState(false);
  const [working, setWorking] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [done, setDone] = useState<string | null>(null);
  useTitle(t('firstRun.title'));
  const field = (name: keyof typeof given) => ({
    value: given[name],
    onChange: (event: { currentTarget: { value: string } }) => setGiven({ ...given, [name]: event.currentTarget.value }),
    error: checked && given[name].trim() === '' && t('new.required'),
    required: true,
    withAsterisk: false,
  });

  const claim = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    const filled = Object.values(given).every((text) => text.trim() !== '');
    if (!passphrase.check() || !filled || working) return;
    setWorking(true);
    setRefused(null);
    try {
      const asked = { code: given.code.trim(), title: given.title.trim(), organisation: given.organisation.trim() };
      const who = await house.claim({ ...asked, passphrase: passphrase.passphrase });
      passphrase.setPassphrase('');
      passphrase.setRepeated('');
      begin(who, false);
      setDone(who.title);
    } catch (thrown) {
      setRefused(thrown instanceof HouseFailure && thrown.kind !== 'denied' ? thrown.message : '');
    } finally {
      setWorking(false);
    }
  };

  return (
    <div className={classes.page}>
      <DoorTop />
      <main className={classes.center} id="main" tabIndex={-1}>
        {done ? (
          <div className={classes.sheet}>
            <h1>{t('firstRun.done', { name: done })}</h1>
            <h2>{t('new.keepTitle')}</h2>
            <p>{t('new.keepAbout')}</p>
            <KeepKeyring />
            <Button variant="default" onClick={() => void navigate({ to: paths.admin.people })}>
              {t('new.go')}
            </Button>
          </div>
        ) : (
          <form className={classes.sheet} onSubmit={claim} noValidate>
            <h1>{t('firstRun.title')}</h1>
            <p className="soft">{t('firstRun.lede')}</p>
            <TextInput
              label={t('firstRun.code')}
              description={t('firstRun.codeAbout')}
              autoComplete="off"
              spellCheck={false}
              {...field('code')}
            />
            <TextInput label={t('firstRun.name')} autoComplete="name" {...field('title')} />
            <TextInput label={t('firstRun.organisation')} autoComplete="organization" {...field('organisation')} />
            <NewPassphrase of={passphrase} />
            <div aria-live="polite">
              {refused !== null && (
                <Banner icon="warning" tone="wait">
                  <b>{t('firstRun.refused')}</b>
                  <br />
                  {refused || t('firstRun.refusedAbout')}
                </Banner>
              )}
            </div>
            <Button type="submit" fullWidth loading={working}>
              {working ? t('firstRun.making') : t('firstRun.make')}
            </Button>
          </form>
        )}
      </main>
    </div>
  );
}
