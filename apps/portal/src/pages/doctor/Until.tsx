import type { Ending, PatientLine } from '../../house/patients.ts';
import { Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { type EndingDay, endingDays } from './endings.ts';

/**
 * Until when something opens to a doctor, and what to do before it does not. Her own keys say it, and nothing else: it
 * is the same for every patient of a place. `beside` what a patient shares by name it is told of the key, not of the chart.
 */
export function Until({ endings, beside = false }: { endings: readonly Ending[]; beside?: boolean }) {
  const t = useWords('doctor');
  const format = useFormat();
  const days = endingDays(endings, Date.now());
  const said = ({ lastDay, places, state }: EndingDay) => {
    const words = { date: format.born(lastDay), places: format.list(places) };
    if (state === 'over') return t('until.over', words);
    const one = days.length === 1 && !beside;
    if (state === 'soon') return t(one ? 'until.soon' : 'until.soonAt', words);
    return t(one ? 'until.opens' : beside ? 'until.keyAt' : 'until.opensAt', words);
  };
  return days.map((day) =>
    day.state === 'later' ? (
      <span key={day.lastDay} className="meta">
        {said(day)}
      </span>
    ) : (
      <Word key={day.lastDay} kind="waiting">
        {said(day)}
      </Word>
    ),
  );
}

/** The same in a cell of a list: the first day alone on which something ends, with a shape where it is time to ask. */
export function UntilDay({ endings, shared }: Pick<PatientLine, 'endings' | 'shared'>) {
  const format = useFormat();
  const [first] = endingDays(endings, Date.now());
  const [consent] = shared.map(({ until }) => until).toSorted();
  if (consent !== undefined && (!first || consent < first.lastDay)) return format.born(consent);
  if (!first) return null;
  const day = format.born(first.lastDay);
  return first.state === 'later' ? day : <Word kind="waiting">{day}</Word>;
}
