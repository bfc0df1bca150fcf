import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { OwnRoles } from '../../house/roles.ts';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { useSession } from '../../shell/session.tsx';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Action } from '../../ui/kit.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useWords } from '../../words/words.ts';
import { Failed } from '../admin/Failed.tsx';
import { AskRoleSheet } from './AskRoleSheet.tsx';
import { RoleCard } from './RoleCard.tsx';
import classes from './Roles.module.css';

/** How long it is waited before a key that could not be taken is asked for again, in milliseconds. */
const again = 15_000;

/** A doctor's own roles: what she has, what she asked for, and how far it is. It follows by itself. */
export function RolesPage() {
  const t = useWords('roles');
  const roles = useQuery(ask.roles());
  const [asking, setAsking] = useState(false);
  const { busy, take } = useTakingKeys(roles.data);
  useTitle(t('title'));
  const own = roles.data;
  const nearest = own?.lines[0];

  return (
    <>
      <header className={classes.head}>
        <div>
          <h1>{nearest ? t(`news.${nearest.stand}`, { organisation: nearest.organisation }) : t('title')}</h1>
          <p className="lede">{t('lede')}</p>
        </div>
        {own && own.state !== 'rejected' && (
          <Button variant="default" leftSection={<Icon name="plus" size={18} />} onClick={() => setAsking(true)}>
            {t('ask')}
          </Button>
        )}
      </header>
      {roles.isError && !own ? (
        <Failed title={t('failedList')} failure={roles.error} retry={() => void roles.refetch()} />
      ) : !own ? (
        <SkeletonRows rows={4} name={t('loading')} />
      ) : own.state === 'rejected' ? (
        <>
          <p>{t('rejected')}</p>
          <blockquote className={classes.reason}>
            <bdi>{own.reason}</bdi>
          </blockquote>
          <Action href={paths.join} end="caret-right">
            {t('anew')}
          </Action>
        </>
      ) : own.lines.length === 0 ? (
        <EmptyState icon="identification-card" title={t('none')} text={t('noneAbout')} />
      ) : (
        <ul className={classes.list}>
          {own.lines.map((line) => (
            <li key={line.key}>
              <RoleCard line={line} busy={busy} take={take} />
            </li>
          ))}
        </ul>
      )}
      {roles.isError && own && <p role="status">{t('stale')}</p>}
      {asking && own && <AskRoleSheet roles={own} close={() => setAsking(false)} />}
    </>
  );
}

/** Takes the key of a role once enough have signed, and tries again while it is not here. */
function useTakingKeys(own: OwnRoles | undefined): { readonly busy: boolean; readonly take: () => void } {
  const { again: whoami } = useSession();
  const [busy, setBusy] = useState(false);
  const last = useRef(0);
  const ready = own?.lines.filter(({ stand }) => stand === 'ready').map(({ key }) => key) ?? [];
  const take = async () => {
    last.current = Date.now();
    setBusy(true);
    // What kept it is told step by step.
    await whoami().catch(() => {});
    setBusy(false);
  };
  const waiting = ready.join();
  useEffect(() => {
    if (waiting === '' || busy) return;
    const due = setTimeout(() => void take(), Math.max(0, last.current + again - Date.now()));
    return () => clearTimeout(due);
  });
  return { busy, take: () => void take() };
}
