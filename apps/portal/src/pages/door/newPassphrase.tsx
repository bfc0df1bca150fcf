import { PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../../ui/Icon.tsx';
import { useWords } from '../../words/words.ts';

const shortest = 12;

/** A passphrase chosen for the first time: long enough, and typed twice alike. */
export function useNewPassphrase() {
  const [passphrase, setPassphrase] = useState('');
  const [repeated, setRepeated] = useState('');
  const [asked, setAsked] = useState(false);
  const problem = [...passphrase].length < shortest ? 'short' : passphrase !== repeated ? 'differ' : null;
  return {
    passphrase,
    repeated,
    setPassphrase,
    setRepeated,
    /** Shows what is wrong from now on; whether nothing is. */
    check(): boolean {
      setAsked(true);
      return problem === null;
    },
    shown: asked ? problem : null,
  };
}

export function NewPassphrase({ of }: { of: ReturnType<typeof useNewPassphrase> }) {
  const t = useWords('door');
  const visible = {
    visibilityToggleButtonProps: { 'aria-label': t('signIn.show') },
    visibilityToggleIcon: ({ reveal }: { reveal: boolean }) => <Icon name={reveal ? 'eye-slash' : 'eye'} />,
    autoComplete: 'new-password',
    required: true,
    withAsterisk: false,
  };
  return (
    <>
      <PasswordInput
        label={t('new.passphrase')}
        description={t('new.passphraseAbout')}
        value={of.passphrase}
        onChange={(event) => of.setPassphrase(event.currentTarget.value)}
        error={of.shown === 'short' && t('new.short')}
        {...visible}
      />
      <PasswordInput
        label={t('new.repeat')}
        value={of.repeated}
        onChange={(event) => of.setRepeated(event.currentTarget.value)}
        error={of.shown === 'differ' && t('new.differ')}
        {...visible}
      />
    </>
  );
}
