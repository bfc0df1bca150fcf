import type { Ending } from '../../house/patients.ts';
import { useSomeone } from '../../shell/session.tsx';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { allOver } from './endings.ts';
import { Rejected } from './Standing.tsx';

/**
 * No patient at all: the same words whether there are none or none whom her keys reach. Where every key has ended, that
 * is what she reads; and why, where she was turned down.
 */
export function Nobody() {
  const { standing } = useSomeone();
  return standing?.kind === 'rejected' ? <Rejected reason={standing.reason} /> : <NoPatient />;
}

function NoPatient() {
  const t = useWords('doctor');
  const { endings } = useSomeone();
  const over = allOver(endings, Date.now());
  useTitle(t(over ? 'until.ended' : 'patients.none'));
  if (over) return <Ended endings={endings} />;
  return <EmptyState level={1} icon="users" title={t('patients.none')} text={t('patients.noneAbout')} />;
}

/** Her keys have ended: the fact, what is safe, the next step. It is the same for whoever she asks for. */
export function Ended({ endings }: { endings: readonly Ending[] }) {
  const t = useWords('doctor');
  const format = useFormat();
  const last = endings.at(-1)!;
  const words = { date: format.born(last.lastDay), places: format.list(endings.map(({ place }) => place.name)) };
  return <EmptyState level={1} icon="lock" title={t('until.ended')} text={t('until.endedAbout', words)} />;
}
