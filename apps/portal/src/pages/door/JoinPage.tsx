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

/** A doctor registers: her keys are made on this device, and two administrators decide. */
export function JoinPage() {
  const t = useWords('door');
  const { begin } = useSession();
  const navigate = useNavigate();
  const passphrase = useNewPassphrase();
  const [given, setGiven] = useState({ title: '', certificate: '', specialty: '', organisation: '' });
  const [checked, setChecked] = useState(false);
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const [done, setDone] = useState<{ title: string; fingerprint: string } | null>(null);
  useTitle(t('join.title'));
  const field = (name: keyof typeof given) => ({
    value: given[name],
    onChange: (event: { currentTarget: { value: string } }) => setGiven({ ...given, [name]: event.currentTarget.value }),
    error: checked && given[name].trim() === '' && t('new.required'),
    required: true,
    withAsterisk: false,
  });

  const register = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    const filled = Object.values(given).every((text) => text.trim() !== '');
    if (!passphrase.check() || !filled || working) return;
    setWorking(true);
    setFailed(null);
    try {
      const who = await house.register({
        title: given.title.trim(),
        certificate: given.certificate.trim(),
        specialty: given.specialty.trim(),
        organisation: given.organisation.trim(),
        passphrase: passphrase.passphrase,
      });
      passphrase.setPassphrase('');
      passphrase.setRepeated('');
      begin(who, false);
      setDone({ title: who.title, fingerprint: who.fingerprint });
    } catch (thrown) {
      setFailed(thrown instanceof HouseFailure ? thrown.message : '');
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
            <h1>{t('join.done', { name: done.title })}</h1>
            <p>{t('join.doneAbout')}</p>
            <dl className={classes.fingerprint}>
              <dt className="label">{t('join.fingerprint')}</dt>
              <dd dir="ltr">{done.fingerprint}</dd>
            </dl>
            <p className="soft">{t('join.next')}</p>
            <h2>{t('new.keepTitle')}</h2>
            <p>{t('new.keepAbout')}</p>
            <KeepKeyring />
            <Button variant="default" onClick={() => void navigate({ to: paths.doctor.today })}>
              {t('new.go')}
            </Button>
          </div>
        ) : (
          <form className={classes.sheet} onSubmit={register} noValidate>
            <h1>{t('join.title')}</h1>
            <p className="soft">{t('join.lede')}</p>
            <TextInput label={t('join.name')} autoComplete="name" {...field('title')} />
            <TextInput label={t('join.certificate')} autoComplete="off" spellCheck={false} {...field('certificate')} />
            <TextInput label={t('join.specialty')} autoComplete="off" {...field('specialty')} />
            <TextInput label={t('join.organisation')} autoComplete="organization" {...field('organisation')} />
            <NewPassphrase of={passphrase} />
            <div aria-live="polite">
              {failed !== null && (
                <Banner icon="warning" tone="wait">
                  <b>{t('join.failed')}</b>
                  <br />
                  {failed}
                </Banner>
              )}
            </div>
            <Button type="submit" fullWidth loading={working}>
              {working ? t('join.sending') : t('join.send')}
            </Button>
          </form>
        )}
      </main>
    </div>
  );
}
