import { useQuery } from '@tanstack/react-query';
import type { Item } from '../../house/items.ts';
import type { Overview } from '../../house/patients.ts';
import { ask } from '../../queries.ts';
import { Section } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import { InEmergency } from '../break-glass/InEmergency.tsx';
import classes from './ChartPage.module.css';
import { documentKinds, documentsOf, latestOfEach, once, shownNotes } from './documents.ts';
import { ItemLines } from './ItemLines.tsx';
import { LockedKinds, readKinds } from './LockedKinds.tsx';

/** Beside the readings: what somebody has, takes and was tested for, and what is locked. */
export function ChartSide({ overview }: { overview: Overview }) {
  const t = useWords('doctor');
  const documents = useQuery(ask.items(overview.id, { kinds: documentKinds }));
  const { id, conditions, medications, laboratory, allergies, withheld } = overview;
  const part = (kinds: readonly string[], title: string, items: readonly Item[]) =>
    kinds.every((kind) => withheld.includes(kind)) ? null : (
      <Section title={title}>
        {items.length === 0 ? <p className="soft">{t('chart.none')}</p> : <ItemLines patient={id} items={items} />}
      </Section>
    );
  return (
    <div className={classes.side}>
      {part(['conditions'], t('chart.conditions'), once(conditions))}
      {part(['medications'], t('chart.medicines'), once(medications))}
      {part(['allergies'], t('chart.allergies'), once(allergies))}
      {part(['laboratory'], t('chart.laboratory'), latestOfEach(laboratory))}
      {documents.data && part(documentKinds, t('chart.documents'), documentsOf(documents.data, shownNotes(overview)))}
      <LockedKinds overview={overview} withheld={withheld.filter((kind) => !readKinds.includes(kind))} />
      <InEmergency overview={overview} />
    </div>
  );
}
