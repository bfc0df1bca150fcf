import type { Whom } from '../../house/admin.ts';
import { useWords } from '../../words/words.ts';

/** Whose records a rule is about, in the reader's language: people and teams, each counted. */
export function useWhom(): (whom: Whom) => string[] {
  const t = useWords('admin');
  return (whom) =>
    whom === 'everyone'
      ? [t('doctor.everyone')]
      : [
          ...(whom.patients > 0 ? [t('doctor.somePeople', { count: whom.patients })] : []),
          ...(whom.teams > 0 ? [t('doctor.someTeams', { count: whom.teams })] : []),
        ];
}
