import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ChoiceInWords, PolicyChoice } from '../../house/admin.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { Card } from '../../ui/kit.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { Rich } from '../../words/Rich.tsx';
import { useWords } from '../../words/words.ts';
import classes from './DoctorPage.module.css';
import { Failed } from './Failed.tsx';
import type { Fault } from './rule.ts';
import { useSaid } from './useSaid.ts';
import { useWhom } from './useWhom.ts';

/** What somebody with this rule will be able to open and what not, as it would be signed. */
export function WhatOpens({
  choice,
  words,
  fault,
  children,
}: {
  choice: PolicyChoice;
  words: UseQueryResult<ChoiceInWords>;
  fault: Fault;
  children: ReactNode;
}) {
  const t = useWords('admin');
  const format = useFormat();
  const { organisation, until, breakGlass } = choice;
  const list = useSaid();
  const some = useWhom();
  // What no form asks, of a rule that somebody signed so.
  const limits = ({ whom, from, unit, named }: ChoiceInWords['limits']) => [
    ...(some(whom).length === 0 || whom === 'everyone' ? [] : [t('doctor.opensWhom', { whom: format.list(some(whom)) })]),
    ...(unit === '' ? [] : [t('doctor.opensUnit', { unit: unit })]),
    ...(from === 'beginning' ? [] : [t('doctor.opensFrom', { date: format.born(from) })]),
    ...(named === 0 ? [] : [t('doctor.opensByName', { charts: t('doctor.chartsByName', { count: named }) })]),
  ];
  // A day that is none is not said; the field says what is wrong with it.
  const ends = (key: string) => (fault === 'until' ? [] : [t(key, { date: format.born(until) })]);
  return (
    <Card>
      {words.data ? (
        <div className={classes.words} data-old={words.isPlaceholderData || fault !== null || undefined}>
          <Lines
            title={t('doctor.opens')}
            icon="eye"
            lines={[
              t('doctor.opensKinds', { organisation, kinds: list(words.data.opens) }),
              ...limits(words.data.limits),
              ...(breakGlass ? [t('doctor.opensEmergency')] : []),
              ...ends('doctor.opensUntil'),
            ]}
          />
          <Lines
            title={t('doctor.withholds')}
            icon="lock"
            lines={[
              t('doctor.withholdsKinds', { kinds: list(words.data.withholds) }),
              t('doctor.withholdsElsewhere', { organisation }),
              ...ends('doctor.withholdsAfter'),
            ]}
          />
        </div>
      ) : words.isError ? (
        <Failed title={t('failed.title')} failure={words.error} retry={() => void words.refetch()} />
      ) : (
        <SkeletonRows rows={3} name={t('people.loading')} />
      )}
      {children}
    </Card>
  );
}

function Lines({ title, icon, lines }: { title: string; icon: IconName; lines: readonly string[] }) {
  return (
    <div>
      <h2>{title}</h2>
      <ul data-icon={icon}>
        {lines.map((line) => (
          <li key={line}>
            <Icon name={icon} size={20} />
            <span>
              <Rich text={line} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
