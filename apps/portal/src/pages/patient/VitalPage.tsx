import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { HouseFailure } from '../../house/errors.ts';
import { type VitalName, type VitalView, vitalNames } from '../../house/vitals.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Action, Back, Card, Section } from '../../ui/kit.tsx';
import { useGo } from '../../useGo.ts';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { dayInRange } from '../record/dayInRange.ts';
import { OfWhom } from '../record/OfWhom.tsx';
import { useRecordPaths } from '../record/recordPaths.ts';
import { isCompared, StandingWord } from '../record/StandingWord.tsx';
import { DayInRange } from '../record/VitalPicture.tsx';
import { VitalValue } from '../record/VitalValue.tsx';
import { Failed, Waiting } from '../record/Waiting.tsx';
import { Who } from '../record/Who.tsx';
import { useVoice, useWhose } from '../record/whose.ts';
import { ReadingsTable } from './ReadingsTable.tsx';
import { type Span, spanIn, spans } from './span.ts';
import { VitalAside } from './VitalAside.tsx';
import { VitalChart } from './VitalChart.tsx';
import classes from './VitalPage.module.css';
import { weekSaid } from './weekSaid.ts';

/** One vital sign: where it stands, how it went, and every reading. For patients and doctors. */
export function VitalPage() {
  const v = useWords('vitals');
  const r = useWords('record');
  const voice = useVoice();
  const { vital } = useParams({ strict: false }) as { vital?: string };
  const name = vitalNames.find((one) => one === vital);
  const { id, failure, again } = useWhose();
  const { above } = useRecordPaths(id);
  const title = name ? v(`name.${name}`) : v('page.missing');
  useTitle(title);
  return (
    <>
      <Back href={above}>{r(voice ? 'back.chart' : 'back.records')}</Back>
      {failure ? (
        <Failed level={1} failure={failure} again={again} />
      ) : !name ? (
        <EmptyState level={1} icon="pulse" title={v('page.missing')} text={v('page.missingText')} />
      ) : id === undefined ? (
        <Waiting patient={id} />
      ) : (
        <Vital key={name} patient={id} vital={name} title={title} />
      )}
    </>
  );
}

function Vital({ patient, vital, title }: { patient: string; vital: VitalName; title: string }) {
  const v = useWords('vitals');
  const span = spanIn(useSearch({ strict: false }));
  const query = useQuery(ask.vital(patient, vital, span));
  if (query.error && query.error instanceof HouseFailure && query.error.kind === 'missing') {
    return <EmptyState level={1} icon="pulse" title={v('page.missing')} text={v('page.missingText')} />;
  }
  if (query.error) return <Failed level={1} failure={query.error} again={() => void query.refetch()} />;
  if (!query.data) {
    return (
      <>
        <h1>{title}</h1>
        <Waiting patient={patient} />
      </>
    );
  }
  return <Readings patient={patient} view={query.data} span={span} title={title} />;
}

function Readings({ patient, view, span, title }: { patient: string; view: VitalView; span: Span; title: string }) {
  const v = useWords('vitals');
  const r = useRecordPaths(patient);
  const format = useFormat();
  const go = useGo();
  const headline = useHeadline(view);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the axis ends when these readings came, and stays so while they are looked at
  const to = useMemo(() => Date.now(), [view]);
  const from = new Date(to).setHours(0, 0, 0, 0) - (span - 1) * 86_400_000;
  const isEmpty = view.days.length === 0;
  const range = dayInRange(view);
  const reaching = spans.find((days) => view.latest.at >= to - days * 86_400_000);
  const show = (days: Span) => go({ days }, { resetScroll: false });
  return (
    <>
      <header className={classes.head}>
        <div className={classes.title}>
          <OfWhom patient={patient} />
          <h1>{title}</h1>
          <div className={classes.now}>
            <VitalValue size="lg" latest={view.latest} of={view} />
            <div>
              {isCompared(view.vital) && <StandingWord standing={view.latest.standing} against={view.usual.kind} />}
              <p className="meta">
                <LatestAbout view={view} />
              </p>
            </div>
          </div>
        </div>
        <div className={`${classes.tools} no-print`}>
          <Button variant="default" leftSection={<Icon name="printer" size={20} />} onClick={() => print()}>
            {v('page.print')}
          </Button>
        </div>
        <div className={classes.who}>
          <Who audience={view.audience} linked />
          {view.latest.item !== '' && <Action href={r.proof(view.latest.item)}>{v('page.know')}</Action>}
        </div>
      </header>

      <Card className={classes.chartCard}>
        <div className={classes.chartHead}>
          <h2>{headline}</h2>
          <FilterBar
            name={v('page.span')}
            value={String(span)}
            onChange={(days) => show(spanIn({ days }))}
            options={spans.map((days) => ({ value: String(days), label: v(`page.spans.${days}`) }))}
          />
        </div>
        {isEmpty ? (
          <EmptyState
            level={3}
            icon="pulse"
            title={v('page.none')}
            text={v('page.noneText', { when: format.moment(view.latest.at) })}
            act={
              reaching && (
                <Button variant="default" onClick={() => show(reaching)}>
                  {v(`page.spans.${reaching}`)}
                </Button>
              )
            }
          />
        ) : (
          <VitalChart view={view} from={from} to={to} name={v('chart.name', { vital: title, span: v(`page.spans.${span}`), headline })} />
        )}
      </Card>

      <div className={classes.two}>
        <Section title={v('readings.title')} aside={<span className="meta">{v('readings.all', { count: view.total })}</span>}>
          <ReadingsTable view={view} record={r.record} />
        </Section>
        <div className={classes.aside}>
          {range && (
            <Section title={v('chart.rangeTitle')}>
              <DayInRange range={range} />
            </Section>
          )}
          <VitalAside view={view} />
        </div>
      </div>
    </>
  );
}

function LatestAbout({ view: { latest } }: { view: VitalView }) {
  const v = useWords('vitals');
  const when = useFormat().moment(latest.at);
  return (
    <>
      {latest.device === null
        ? v('page.middleAlone', { when, count: latest.of })
        : v('page.middle', { when, device: latest.device, count: latest.of })}
    </>
  );
}

function useHeadline(view: VitalView): string {
  const v = useWords('vitals');
  const voice = useVoice();
  const said = weekSaid(view, Date.now());
  if (said.kind === 'learning' || said.kind === 'quiet') return v(`headline.${said.kind}`);
  const headline = v(`headline.${said.against}.${said.kind}`, { ...voice, count: said.days });
  if (said.of === 7) return headline;
  return v(said.kind === 'usual' ? 'headline.fewerUsual' : 'headline.fewer', { headline, count: said.of });
}
