import type { Beyond, RuleChange, Whom } from '../../house/admin.ts';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useSaid } from './useSaid.ts';
import { useWhom } from './useWhom.ts';

/** What a rule opens more and less than another, as a list of phrases in the reader's language. */
export function useChange(): (change: RuleChange) => string {
  const t = useWords('admin');
  const format = useFormat();
  const list = useSaid();
  const some = useWhom();
  const beyond = ({ said, whom, named }: Beyond) => {
    const charts = [...some(whom), ...(named > 0 ? [t('doctor.chartsByName', { count: named })] : [])];
    return said.length + charts.length === 0 ? null : list(said, charts);
  };
  const whomOf = (whom: Whom) => format.list(some(whom));
  const first = (day: string) => (day === 'beginning' ? t('doctor.fromBeginning') : format.born(day));
  const within = (unit: string) => (unit === '' ? t('doctor.wholePlace') : unit);
  return ({ more, less, place, whom, unit, from, until }) => {
    const [also, not] = [beyond(more), beyond(less)];
    return format.list([
      ...(place ? [t('doctor.placeInstead', place)] : []),
      ...(also === null ? [] : [t('doctor.more', { kinds: also })]),
      ...(not === null ? [] : [t('doctor.less', { kinds: not })]),
      ...(whom ? [t('doctor.whomInstead', { now: whomOf(whom.now), before: whomOf(whom.before) })] : []),
      ...(unit ? [t('doctor.unitInstead', { now: within(unit.now), before: within(unit.before) })] : []),
      ...(from ? [t('doctor.fromInstead', { now: first(from.now), before: first(from.before) })] : []),
      ...(until ? [t('doctor.untilInstead', { now: format.born(until.now), before: format.born(until.before) })] : []),
      ...(more.breakGlass ? [t('doctor.breakGlassMore')] : []),
      ...(less.breakGlass ? [t('doctor.breakGlassLess')] : []),
    ]);
  };
}
