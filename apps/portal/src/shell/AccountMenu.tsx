import { Menu, useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { Door, Someone } from '../house/house.ts';
import { paths } from '../paths.ts';
import { AccountButton } from '../ui/AccountButton.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useWords } from '../words/words.ts';
import { initialsOf } from './initials.ts';
import { accountOf } from './places.ts';
import { useSession } from './session.tsx';

/** Under the person: account, light or dark, shortcuts, lock. */
export function AccountMenu({ door, someone, help }: { door: Door; someone: Someone; help: () => void }) {
  const t = useWords('shell');
  const navigate = useNavigate();
  const { lock } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const [place] = someone.organisations;
  const about =
    door === 'patient'
      ? t('account.about.patient')
      : someone.standing?.kind === 'waiting'
        ? t('account.about.doctorWaiting')
        : (place ?? '');
  return (
    <Menu position="top-start" shadow="md" width={272} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <AccountButton initials={initialsOf(someone.title)} name={someone.title} about={about} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="user" />} onClick={() => void navigate({ to: accountOf[door] })}>
          {t('account.open')}
        </Menu.Item>
        {door === 'doctor' && (
          <Menu.Item leftSection={<Icon name="identification-card" />} onClick={() => void navigate({ to: paths.doctor.roles })}>
            {t('account.roles')}
          </Menu.Item>
        )}
        <Menu.Label>{t('account.look')}</Menu.Label>
        {(['light', 'dark', 'auto'] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon name={scheme === 'light' ? 'sun' : scheme === 'dark' ? 'moon' : 'monitor'} />}
            rightSection={colorScheme === scheme && <Icon name="check" size={18} />}
            aria-current={colorScheme === scheme}
            onClick={() => setColorScheme(scheme)}
          >
            {t(`account.${scheme === 'auto' ? 'system' : scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="keyboard" />} onClick={help}>
          {t('account.help')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="lock" />} onClick={() => void lock()}>
          {t('account.lock')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
