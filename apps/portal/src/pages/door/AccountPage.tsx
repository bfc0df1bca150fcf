import { Button, Radio, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { house } from '../../house/front.ts';
import { paths } from '../../paths.ts';
import { useSession, useSomeone } from '../../shell/session.tsx';
import { useTitle } from '../../shell/title.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Action, Card, Section } from '../../ui/kit.tsx';
import { languages } from '../../words/language.ts';
import { chooseLanguage, useLanguage, useWords } from '../../words/words.ts';
import classes from './Account.module.css';
import { KeepKeyring } from './KeepKeyring.tsx';

/** Who one is, the keyring, language and look. */
export function AccountPage() {
  const t = useWords('door');
  const s = useWords('shell');
  const someone = useSomeone();
  const { lock } = useSession();
  const navigate = useNavigate();
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const [forgotten, setForgotten] = useState(false);
  useTitle(t('account.title'));

  return (
    <>
      <h1>{t('account.title')}</h1>
      <div className={classes.two}>
        <Section title={t('account.who')}>
          <Card>
            <dl className={classes.facts}>
              <div>
                <dt>{t('account.name')}</dt>
                <dd>{someone.title}</dd>
              </div>
              <div>
                <dt>{t('account.number')}</dt>
                <dd>
                  <span dir="ltr" className="num">
                    {someone.number}
                  </span>
                  <p className="meta">{t('account.numberAbout', { name: someone.title })}</p>
                </dd>
              </div>
              {someone.door === 'doctor' && (
                <div>
                  <dt>{t('account.fingerprint')}</dt>
                  <dd>
                    <span dir="ltr" className="num">
                      {someone.fingerprint}
                    </span>
                    <p className="meta">{t('account.fingerprintAbout')}</p>
                  </dd>
                </div>
              )}
              {someone.organisations.length > 0 && (
                <div>
                  <dt>{t('account.places')}</dt>
                  <dd>
                    {someone.organisations.map((name) => (
                      <p key={name}>{name}</p>
                    ))}
                    {someone.door === 'doctor' && <Action href={paths.doctor.roles}>{t('account.roles')}</Action>}
                  </dd>
                </div>
              )}
            </dl>
          </Card>
        </Section>
        <Section title={t('account.keyring')}>
          <Card>
            <p>{t('account.keyringAbout')}</p>
            <p className="soft">{t(someone.kept ? 'account.keyringKept' : 'account.keyringNot')}</p>
            <div className={classes.acts}>
              <KeepKeyring variant="default" />
              <div>
                <Button
                  variant="subtle"
                  className={classes.quiet}
                  disabled={forgotten}
                  onClick={async () => {
                    await house.forget(someone.name);
                    setForgotten(true);
                  }}
                >
                  {t('account.forget')}
                </Button>
                <p role="status" className="meta">
                  {forgotten ? t('account.forgotten') : t('account.forgetAbout')}
                </p>
              </div>
            </div>
          </Card>
        </Section>
        <Section title={t('account.language')}>
          <Card>
            <Radio.Group
              value={language}
              onChange={(tag) => void chooseLanguage(tag as typeof language)}
              description={t('account.languageAbout')}
              aria-label={t('account.language')}
            >
              <div className={classes.choices}>
                {languages.map(({ tag, name }) => (
                  <Radio key={tag} value={tag} label={<span lang={tag}>{name}</span>} />
                ))}
              </div>
            </Radio.Group>
          </Card>
        </Section>
        <Section title={t('account.look')}>
          <Card>
            <SegmentedControl
              fullWidth
              aria-label={t('account.look')}
              value={colorScheme}
              onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
              data={[
                { value: 'light', label: s('account.light') },
                { value: 'dark', label: s('account.dark') },
                { value: 'auto', label: s('account.system') },
              ]}
            />
            <div className={classes.lock}>
              <Button
                variant="default"
                leftSection={<Icon name="lock" size={20} />}
                onClick={async () => {
                  await lock();
                  await navigate({ to: paths.doors });
                }}
              >
                {t('account.lock')}
              </Button>
              <p className="meta">{t('account.lockAbout')}</p>
            </div>
          </Card>
        </Section>
      </div>
    </>
  );
}
