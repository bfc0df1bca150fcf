import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { HouseFailure } from '../../house/errors.ts';
import type { Proof } from '../../house/proof.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Back } from '../../ui/kit.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { CloudTells } from './CloudTells.tsx';
import { useItemTitle } from './ItemValue.tsx';
import classes from './ProofPage.module.css';
import { ProofPane } from './ProofPane.tsx';
import { useRecordPaths } from './recordPaths.ts';
import { TryIt } from './TryIt.tsx';
import { Failed } from './Waiting.tsx';
import { useVoice, useWhose } from './whose.ts';

/** "How do I know?": what one sees of a record, beside what the cloud holds of it now. For patients and doctors. */
export function ProofPage() {
  const t = useWords('record');
  const { record } = useParams({ strict: false }) as { record: string };
  const { id, failure, again } = useWhose();
  const paths = useRecordPaths(id);
  const title = useItemTitle();
  const item = useQuery({ ...ask.item(id ?? '', record), enabled: id !== undefined }).data;
  useTitle(t('proof.title'));
  return (
    <>
      <Back href={paths.record(record)}>{item ? title(item) : t('back.record')}</Back>
      <header className={classes.head}>
        <h1>{t('proof.title')}</h1>
        {failure ? (
          <Failed failure={failure} again={again} />
        ) : (
          id !== undefined && <Fetched patient={id} record={record} place={item?.place.name ?? null} />
        )}
      </header>
    </>
  );
}

function Fetched({ patient, record, place }: { patient: string; record: string; place: string | null }) {
  const t = useWords('record');
  const query = useQuery(ask.proof(patient, record));
  if (query.data)
    return (
      <Beside
        proof={query.data}
        patient={patient}
        record={record}
        place={place}
        fetchAgain={async () => (await query.refetch({ throwOnError: true })).data ?? null}
      />
    );
  if (!query.error) return <SkeletonRows rows={3} name={t('proof.fetching')} />;
  const again = () => void query.refetch();
  return query.error instanceof HouseFailure && query.error.kind !== 'unavailable' ? (
    <Failed failure={query.error} again={again} />
  ) : (
    <ErrorState
      title={t('proof.failedTitle')}
      text={t('proof.failedText')}
      retry={{ label: t('failed.again'), onRetry: again, working: query.isFetching }}
    />
  );
}

function Beside({
  proof,
  patient,
  record,
  place,
  fetchAgain,
}: {
  proof: Proof;
  patient: string;
  record: string;
  place: string | null;
  fetchAgain: () => Promise<Proof | null>;
}) {
  const t = useWords('record');
  const format = useFormat();
  const changed = proof.parts.some(({ seen, same }) => seen !== null && !same);
  return (
    <>
      <p className="lede">{t('proof.lede', { ...useVoice(), time: format.time(proof.fetched) })}</p>
      {changed && <ErrorState tone="danger" title={t('proof.changedTitle')} text={t('proof.changedText')} />}
      <ProofPane proof={proof} />
      <p className={classes.note}>{t('proof.note', { count: proof.parts.length })}</p>
      <div className={classes.three}>
        <CloudTells place={place} pseudonym={proof.pseudonym} />
        <TryIt patient={patient} record={record} proof={proof} fetchAgain={fetchAgain} />
      </div>
    </>
  );
}
