import type { HeartTrace } from '../../house/vitals.ts';
import { Word } from '../../ui/Mark.tsx';
import { useWords } from '../../words/words.ts';

/** Whether beats come evenly, where the trace is clear enough to say so. It names no disease. */
export function RhythmWord({ rhythm }: { rhythm: HeartTrace['rhythm'] }) {
  const t = useWords('record');
  if (!rhythm) return <Word kind="quiet">{t('trace.unclear')}</Word>;
  return <Word kind={rhythm.even ? 'usual' : 'waiting'}>{t(rhythm.even ? 'trace.even' : 'trace.uneven')}</Word>;
}
