import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useWords } from '../../words/words.ts';

/** No patient at all: the same words whether there are none or none whom her keys reach. */
export function Nobody() {
  const t = useWords('doctor');
  useTitle(t('patients.none'));
  return <EmptyState level={1} icon="users" title={t('patients.none')} text={t('patients.noneAbout')} />;
}
