import type { Standing, Usual, VitalName } from '../../house/vitals.ts';
import { type MarkKind, Word } from '../../ui/Mark.tsx';
import { useWords } from '../../words/words.ts';
import { useVoice } from './whose.ts';

/** Shapes of a standing; what is not compared is a hollow ring. */
export const markOf: Readonly<Record<Standing, MarkKind>> = { above: 'above', below: 'below', usual: 'usual', unknown: 'quiet' };

/** How tall somebody is, is compared with nothing. */
export const isCompared = (vital: VitalName): boolean => vital !== 'body-height';

/** ▲ Above your usual. `against` says with what it was compared. */
export function StandingWord({ standing, against }: { standing: Standing; against: Usual['kind'] }) {
  const t = useWords('vitals');
  return <Word kind={markOf[standing]}>{t(`standing.${against}.${standing}`, useVoice())}</Word>;
}

/** Of a result beside its range; nothing where there is none to compare with. */
export function RangeWord({ standing }: { standing: Standing }) {
  const t = useWords('record');
  return standing === 'unknown' ? null : <Word kind={markOf[standing]}>{t(`standing.${standing}`)}</Word>;
}
