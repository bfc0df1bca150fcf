import { LockedCard } from '../../ui/LockedCard.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

/** Kinds that are read on the wide side of a chart, each in a place of its own. */
export const readKinds: readonly string[] = ['vital-signs', 'waveforms', 'notes'];

/** Kinds with a place of their own beside them; what has none is named together. */
const sideKinds: readonly string[] = ['conditions', 'medications', 'allergies', 'laboratory'];

/** What her key does not reach: it is named, and nothing is said of whether there is any. */
export function LockedKinds({ withheld }: { withheld: readonly string[] }) {
  const t = useWords('doctor');
  const format = useFormat();
  const placed = [...readKinds, ...sideKinds].filter((kind) => withheld.includes(kind));
  const others = withheld.filter((kind) => !placed.includes(kind)).map((kind) => t(`locked.${kind}`));
  return (
    <>
      {placed.map((kind) => (
        <LockedCard key={kind} title={t('chart.lockedTitle', { kinds: t(`locked.${kind}`) })} text={t('chart.lockedAbout')} />
      ))}
      {others.length > 0 && <LockedCard title={t('chart.alsoLocked')} text={t('chart.alsoLockedAbout', { kinds: format.list(others) })} />}
    </>
  );
}
