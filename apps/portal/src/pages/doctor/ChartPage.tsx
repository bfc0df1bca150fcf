import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Overview } from '../../house/patients.ts';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { useSomeone } from '../../shell/session.tsx';
import { useTitle } from '../../shell/title.ts';
import { Back } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import { EmergencyOpen } from '../break-glass/InEmergency.tsx';
import { Failed, Waiting } from '../record/Waiting.tsx';
import { ChartHead } from './ChartHead.tsx';
import classes from './ChartPage.module.css';
import { ChartSide } from './ChartSide.tsx';
import { allOver } from './endings.ts';
import { LockedKinds, readKinds } from './LockedKinds.tsx';
import { Ended } from './Nobody.tsx';
import { Notes } from './Notes.tsx';
import { PressingChart } from './PressingChart.tsx';
import { Problems } from './Problems.tsx';
import { usePersonWords } from './person.ts';
import { Rejected } from './Standing.tsx';
import { Timeline } from './Timeline.tsx';
import { TraceCard } from './TraceCard.tsx';
import { VitalStrip } from './VitalStrip.tsx';

/** One patient's chart, of all organisations together: what presses on top, everything below. */
export function ChartPage() {
  const t = useWords('doctor');
  const { patient } = useParams({ strict: false }) as { patient: string };
  const overview = useQuery(ask.overview(patient));
  const { endings, standing } = useSomeone();
  const ended = allOver(endings, Date.now());
  return (
    <>
      <div className="no-print">
        <Back href={paths.doctor.patients}>{t('chart.back')}</Back>
      </div>
      {overview.data ? (
        <Chart key={patient} overview={overview.data} />
      ) : overview.isError && standing?.kind === 'rejected' ? (
        <Rejected reason={standing.reason} />
      ) : overview.isError && ended ? (
        <Ended endings={endings} />
      ) : overview.isError ? (
        <Failed level={1} failure={overview.error} again={() => void overview.refetch()} />
      ) : (
        <Opening patient={patient} />
      )}
    </>
  );
}

function Chart({ overview }: { overview: Overview }) {
  const s = useWords('shell');
  // No name: a browser keeps titles in its history.
  useTitle(s('place.patients'));
  return (
    <>
      <ChartHead overview={overview} />
      <EmergencyOpen overview={overview} />
      <Problems problems={overview.problems} />
      {!overview.withheld.includes('vital-signs') && <VitalStrip patient={overview.id} vitals={overview.vitals} />}
      <div className={classes.columns}>
        <div className={classes.main}>
          <PressingChart overview={overview} />
          {overview.trace && <TraceCard patient={overview.id} item={overview.trace} />}
          {!overview.withheld.includes('notes') && <Notes overview={overview} />}
          <LockedKinds overview={overview} withheld={overview.withheld.filter((kind) => readKinds.includes(kind))} />
        </div>
        <ChartSide overview={overview} />
      </div>
      <Timeline patient={overview.id} />
    </>
  );
}

/** Whose chart it is, as soon as that is known, and how far it has come. */
function Opening({ patient }: { patient: string }) {
  const t = useWords('doctor');
  const person = usePersonWords();
  const line = useQuery(ask.patients()).data?.find(({ id }) => id === patient);
  const s = useWords('shell');
  const name = line?.identity.name ?? t('chart.opening');
  useTitle(s('place.patients'));
  return (
    <>
      <h1>{name}</h1>
      {line && <p className="soft">{person.facts(line.identity)}</p>}
      <div className={classes.opening}>
        <Waiting patient={patient} />
      </div>
    </>
  );
}
