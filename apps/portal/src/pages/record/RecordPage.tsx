import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ItemView } from '../../house/items.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Back, Card, Section } from '../../ui/kit.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { useWords } from '../../words/words.ts';
import { Documents } from './Documents.tsx';
import { Facts } from './Facts.tsx';
import { ItemItself } from './ItemItself.tsx';
import { LabLines } from './LabLines.tsx';
import { NoteText } from './NoteText.tsx';
import { RecordHead } from './RecordHead.tsx';
import classes from './RecordPage.module.css';
import { useRecordPaths } from './recordPaths.ts';
import { TracePart } from './TracePart.tsx';
import { Failed, Waiting } from './Waiting.tsx';
import { useVoice, useWhose } from './whose.ts';

/** One record, opened: by what it is, and as it was written. For patients and doctors. */
export function RecordPage() {
  const t = useWords('record');
  const voice = useVoice();
  const { record } = useParams({ strict: false }) as { record: string };
  const { id, failure, again } = useWhose();
  const { above } = useRecordPaths(id);
  const query = useQuery({ ...ask.item(id ?? '', record), enabled: id !== undefined });
  // Not what the record is about: browsers keep titles in their history.
  useTitle(t('back.record'));
  return (
    <>
      <Back href={above}>{t(voice ? 'back.chart' : 'back.records')}</Back>
      {failure ? (
        <Failed level={1} failure={failure} again={again} />
      ) : query.error ? (
        <Failed level={1} failure={query.error} again={() => void query.refetch()} />
      ) : id === undefined || !query.data ? (
        <>
          <h1 className={classes.waiting}>{t('back.record')}</h1>
          <Waiting patient={id} />
        </>
      ) : (
        <Opened patient={id} item={query.data} />
      )}
    </>
  );
}

function Opened({ patient, item }: { patient: string; item: ItemView }) {
  const t = useWords('record');
  const says =
    item.trace ||
    item.labs.length > 0 ||
    item.blocks.length > 0 ||
    item.attachments.length > 0 ||
    item.facts.length > 0 ||
    item.values.length > 0;
  return (
    <>
      <RecordHead patient={patient} item={item} />
      <div className={classes.parts}>
        {item.withheld.length > 0 && <Withheld parts={item.withheld} />}
        {item.trace && <TracePart patient={patient} item={item} />}
        {item.labs.length > 0 && <LabLines patient={patient} item={item} />}
        {item.blocks.length > 0 && (
          <Section title={t('page.note')}>
            <NoteText blocks={item.blocks} />
          </Section>
        )}
        {item.attachments.length > 0 && <Documents item={item} />}
        <Facts item={item} />
        {!says && item.withheld.length === 0 && <EmptyState icon="file-text" title={t('page.empty')} text={t('page.emptyText')} />}
        <ItemItself item={item} />
      </div>
    </>
  );
}

/** Which parts stay locked; whether there is anything in them is not known here. */
function Withheld({ parts }: { parts: ItemView['withheld'] }) {
  const t = useWords('record');
  return (
    <Card className={classes.withheld}>
      <h2>{t('page.withheld')}</h2>
      <ul>
        {parts.map((part) => (
          <li key={part}>
            <Mark kind="quiet" size={14} />
            <span>{t(`withheld.${part}`)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
