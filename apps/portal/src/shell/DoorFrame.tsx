import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate, useRouter, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Door, Someone } from '../house/house.ts';
import { waits } from '../pages/admin/rule.ts';
import { SignInPage } from '../pages/door/SignInPage.tsx';
import { ask } from '../queries.ts';
import { useDensity } from '../ui/density.ts';
import { Frame, mainId } from '../ui/Frame.tsx';
import { HelpSheet } from '../ui/HelpSheet.tsx';
import { IdleWarning } from '../ui/IdleWarning.tsx';
import { OfflineBanner } from '../ui/OfflineBanner.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { AccountMenu } from './AccountMenu.tsx';
import { accountOf, placeAt, places } from './places.ts';
import { useSession } from './session.tsx';
import { useShortcuts } from './shortcuts.ts';

export const PatientDoor = () => <DoorFrame door="patient" />;
export const DoctorDoor = () => <DoorFrame door="doctor" />;
export const AdminDoor = () => <DoorFrame door="admin" />;

/** Behind a door: its frame around the page, or the sign-in at the same address until somebody has unlocked. */
function DoorFrame({ door }: { door: Door }) {
  const { someone } = useSession();
  useDensity(someone && door !== 'patient' ? 'staff' : 'patient');
  return someone?.door === door ? <Inside door={door} someone={someone} /> : <SignInPage inPlaceOf={door} />;
}

function Inside({ door, someone }: { door: Door; someone: Someone }) {
  const t = useWords('shell');
  const format = useFormat();
  const { online, lockingIn, stay, lock } = useSession();
  const navigate = useNavigate();
  const address = useRouterState({ select: ({ location }) => location.pathname });
  const [help, setHelp] = useState(false);
  const waiting = useQuery({ ...ask.doctors(), enabled: door === 'admin' }).data?.filter(waits).length ?? 0;
  useFocusOnPage(address);
  usePagesAtHand();
  useShortcuts({
    go: Object.fromEntries([
      ...places[door].map(({ key, href }) => [key, () => void navigate({ to: href })]),
      ['a', () => void navigate({ to: accountOf[door] })],
    ]),
    help: () => setHelp(true),
    lock: () => void lock(),
  });

  return (
    <Frame
      places={places[door].map(({ id, icon, href }) => ({
        id,
        icon,
        href,
        name: t(`place.${id}`),
        ...(id === 'people' && waiting > 0 && { count: { shown: format.number(waiting), name: t('waiting', { count: waiting }) } }),
      }))}
      here={placeAt(door, address)}
      placesName={t('places')}
      skip={t('skip')}
      home={{ href: places[door][0]!.href, name: t('brand') }}
      account={<AccountMenu door={door} someone={someone} help={() => setHelp(true)} />}
      banner={!online && <OfflineBanner title={t('offline.title')} text={t('offline.text')} />}
    >
      <Outlet />
      <IdleWarning
        opened={lockingIn !== null}
        title={t('idle.title')}
        text={t('idle.text', { count: lockingIn ?? 0 })}
        stay={t('idle.stay')}
        lock={t('idle.lock')}
        onStay={stay}
        onLock={() => void lock('idle')}
      />
      <HelpSheet
        opened={help}
        onClose={() => setHelp(false)}
        title={t('help.title')}
        close={t('close')}
        groups={[
          {
            title: t('help.anywhere'),
            rows: [
              ...places[door].map(({ id, key }) => ({ keys: ['g', key], text: t('help.first', { place: t(`place.${id}`) }) })),
              { keys: ['g', 'a'], text: t('help.account') },
              { keys: ['?'], text: t('help.help') },
              { keys: ['Shift', 'L'], text: t('help.lock') },
            ],
          },
          {
            title: t('help.here'),
            rows: [
              ...(door === 'doctor'
                ? [
                    { keys: ['j', 'k'], text: t('help.move') },
                    { keys: ['Enter'], text: t('help.open') },
                    { keys: ['e'], text: t('help.looked') },
                  ]
                : []),
              ...(door === 'admin'
                ? []
                : [
                    { keys: ['←', '→'], text: t('help.scroll') },
                    { keys: ['+', '−'], text: t('help.zoom') },
                  ]),
            ],
          },
        ].filter(({ rows }) => rows.length > 0)}
      />
    </Frame>
  );
}

/** On another page the focus begins at its top, so that keyboard and screen reader are where the eye is. */
function useFocusOnPage(address: string): void {
  const before = useRef(address);
  useEffect(() => {
    if (before.current === address) return;
    before.current = address;
    document.getElementById(mainId)?.focus({ preventScroll: true });
  }, [address]);
}

/** Fetches the pages of this door while there is time, so that going to one needs no server any more. */
function usePagesAtHand(): void {
  const router = useRouter();
  useEffect(() => {
    const soon = setTimeout(() => {
      for (const route of Object.values(router.routesById)) if (route.parentRoute?.id === hereOf(router)) void router.loadRouteChunk(route);
    }, 2000);
    return () => clearTimeout(soon);
  }, [router]);
}

/** The route of the door one is behind. */
const hereOf = (router: ReturnType<typeof useRouter>): string | undefined => router.state.matches[1]?.routeId;
