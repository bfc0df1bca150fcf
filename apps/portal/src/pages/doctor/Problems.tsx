import type { ProblemLine } from '../../house/patients.ts';
import { Banner } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import classes from './ChartPage.module.css';

/** Records that do not fit, told beside those that do. */
export function Problems({ problems }: { problems: readonly ProblemLine[] }) {
  const t = useWords('doctor');
  if (problems.length === 0) return null;
  const changed = problems.some(({ kind }) => kind === 'tampered');
  const lines = [...new Set(problems.map(({ kind, place }) => t('chart.problemAt', { problem: t(`chart.problem.${kind}`), place })))];
  return (
    <div className={classes.problems}>
      <Banner icon="warning" tone={changed ? 'danger' : 'wait'}>
        <p>
          <b>{t('chart.problems', { count: problems.length })}</b> {t('chart.problemsAbout')}
        </p>
        <ul>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </Banner>
    </div>
  );
}
