import type { Receipts } from '../../house/receipts.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './Looks.module.css';

/** Where the receipts do not fit together: the fact, what is safe, what to do. */
export function Contradicts({
  receipts: { problems, silentOf },
  again,
  working,
}: {
  receipts: Pick<Receipts, 'problems' | 'silentOf'>;
  again: () => void;
  working: boolean;
}) {
  const t = useWords('receipts');
  const format = useFormat();
  return (
    <ErrorState
      tone="danger"
      title={t('problem.title')}
      text={
        <>
          <p>{t('problem.text')}</p>
          <ul className={classes.found} aria-label={t('problem.found')}>
            {problems.map((problem) => (
              <li key={problem}>{t(`problem.${problem}`, { names: format.list(silentOf) })}</li>
            ))}
          </ul>
        </>
      }
      safe={[
        { kind: 'done', word: t('problem.safe'), text: t('problem.safeText') },
        { kind: 'waiting', word: t('problem.next'), text: t('problem.nextText') },
      ]}
      retry={{ label: t('problem.again'), onRetry: again, working }}
    />
  );
}
