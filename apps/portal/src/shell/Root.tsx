import { Outlet } from '@tanstack/react-router';
import { LinkContext } from '../ui/Link.tsx';
import { ToastProvider } from '../ui/Toast.tsx';
import { useWords } from '../words/words.ts';
import { AppLink } from './AppLink.tsx';
import { useSession } from './session.tsx';

/** Around every page, behind a door or before one. */
export function Root() {
  const t = useWords('shell');
  const { someone } = useSession();
  return (
    <LinkContext value={AppLink}>
      {/* What a bar says belongs to whoever was here: it goes with her. */}
      <ToastProvider owner={someone?.number ?? ''} close={t('close')}>
        <Outlet />
      </ToastProvider>
    </LinkContext>
  );
}
