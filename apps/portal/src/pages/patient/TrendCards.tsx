import { useQuery } from '@tanstack/react-query';
import type { Item } from '../../house/items.ts';
import type { Overview } from '../../house/patients.ts';
import type { VitalCard } from '../../house/vitals.ts';
import { ask } from '../../queries.ts';
import { TraceStrip } from '../../ui/charts/TraceStrip.tsx';
import { Value } from '../../ui/kit.tsx';
import { TrendCard } from '../../ui/TrendCard.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { dayInRange } from '../record/dayInRange.ts';
import { RhythmWord } from '../record/RhythmWord.tsx';
import { type RecordPaths, useRecordPaths } from '../record/recordPaths.ts';
import { isCompared, StandingWord } from '../record/StandingWord.tsx';
import { VitalPicture } from '../record/VitalPicture.tsx';
import { VitalValue } from '../record/VitalValue.tsx';
import { Who } from '../record/Who.tsx';
import classes from './HomePage.module.css';

/** After so long, the day says enough. */
const weekMs = 7 * 86_400_000;

/** A card for each vital sign, and one for the newest heart trace; each leads to its page. */
export function TrendCards({ overview: { id, vitals, trace, traceAudience } }: { overview: Overview }) {
  const paths = useRecordPaths(id);
  // How tall somebody is, is looked up, not followed: it stands among the records.
  const [first, ...rest] = vitals.filter(({ vital }) => isCompared(vital));
  return (
    <div className={classes.trends}>
      {first && <VitalTrend card={first} paths={paths} />}
      {trace && <TraceTrend patient={id} item={trace} paths={paths} audience={traceAudience} />}
      {rest.map((card) => (
        <VitalTrend key={card.vital} card={card} paths={paths} />
      ))}
    </div>
  );
}

function VitalTrend({ card, paths }: { card: VitalCard; paths: RecordPaths }) {
  const v = useWords('vitals');
  const format = useFormat();
  const { vital, latest, usual, audience } = card;
  const range = dayInRange(card);
  return (
    <TrendCard
      href={paths.vital(vital)}
      title={v(`name.${vital}`)}
      when={range || latest.at < Date.now() - weekMs ? format.day(latest.at) : format.moment(latest.at)}
      value={range ? <Value unit={v('chart.inRange')}>{format.percent(range.within)}</Value> : <VitalValue latest={latest} of={card} />}
      word={<StandingWord standing={latest.standing} against={usual.kind} />}
      picture={<VitalPicture card={card} />}
      device={latest.device}
      audience={<Who audience={audience} />}
    />
  );
}

/** The newest heart trace. Its picture comes when the trace is there, in the same place. */
function TraceTrend({
  patient,
  item,
  paths,
  audience,
}: {
  patient: string;
  item: Item;
  paths: RecordPaths;
  audience: Overview['traceAudience'];
}) {
  const r = useWords('record');
  const v = useWords('vitals');
  const format = useFormat();
  const trace = useQuery(ask.trace(patient, item.id)).data;
  const lead = trace?.leads[0];
  return (
    <TrendCard
      href={paths.record(item.id)}
      title={r('trace.title')}
      when={item.when === null ? r('undated') : format.when(item.when, item.precision)}
      value={trace?.rhythm ? <Value unit={r('trace.beats')}>{format.number(trace.rhythm.rate)}</Value> : <Value>{'\u2013'}</Value>}
      word={trace && <RhythmWord rhythm={trace.rhythm} />}
      picture={lead && <TraceStrip lead={lead} px={3} name={v('trace.picture', { seconds: format.number(trace.seconds) })} />}
      device={trace?.device ?? null}
      audience={audience && <Who audience={audience} />}
    />
  );
}
