import { Outlet } from '@tanstack/react-router';
import { IdleWarning } from '../ui/IdleWarning.tsx';
import { LinkContext } from '../ui/Link.tsx';
import { ToastProvider } from '../ui/Toast.tsx';
import { useWords } from '../words/words.ts';
import { AppLink } from './AppLink.tsx';
import { useSession } from './session.tsx';

/** Around every page, behind a door or before one. */
export function Root() {
  const t = useWords('shell');
  const { someone, lockingIn, stay, lock } = useSession();
  return (
    <LinkContext value={AppLink}>
      {/* What a bar says belongs to whoever was here: it goes with her. */}
      <ToastProvider key={someone?.number ?? ''} close={t('close')}>
        <Outlet />
      </ToastProvider>
      <IdleWarning
        opened={lockingIn !== null}
        title={t('idle.title')}
        text={t('idle.text', { count: lockingIn ?? 0 })}
        stay={t('idle.stay')}
        lock={t('idle.lock')}
        onStay={stay}
        onLock={() => void lock('idle')}
      />
    </LinkContext>
  );
}
