import { Button } from '@mantine/core';
import { useState } from 'react';
import { house } from '../../house/front.ts';
import { useSession } from '../../shell/session.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { useWords } from '../../words/words.ts';
import { saveFile } from './saveFile.ts';

/** Saves the locked keyring as a file: recovery before anything else. */
export function KeepKeyring({ variant = 'filled' }: { variant?: 'filled' | 'default' }) {
  const t = useWords('door');
  const { again } = useSession();
  const [saved, setSaved] = useState<string | null>(null);
  return (
    <div>
      <Button
        variant={variant}
        leftSection={<Icon name="download-simple" size={20} />}
        onClick={async () => {
          const { name, locked } = await house.keyringFile();
          saveFile(name, locked);
          setSaved(name);
          await again().catch(() => undefined);
        }}
      >
        {t(variant === 'filled' ? 'new.keepSave' : 'account.save')}
      </Button>
      <p role="status" className="soft">
        {saved && t('account.saved', { name: saved })}
      </p>
    </div>
  );
}
