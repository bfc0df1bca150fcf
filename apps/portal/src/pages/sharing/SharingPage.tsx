import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Given } from '../../house/sharing.ts';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { useSession } from '../../shell/session.tsx';
import { sharing, useDraft, useSharingWork } from '../../shell/sharing.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Banner, Card, Section } from '../../ui/kit.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useGo } from '../../useGo.ts';
import { useWords } from '../../words/words.ts';
import { Emergencies } from '../break-glass/Emergencies.tsx';
import { Limits } from '../limits/Limits.tsx';
import { WhoLooked } from '../receipts/WhoLooked.tsx';
import { Failed } from '../record/Waiting.tsx';
import { Requests } from '../requests/Requests.tsx';
import { type Draft, draftOf, emptyDraft, isBegun, type Step, stepOf } from './draft.ts';
import { GivenRow } from './GivenRow.tsx';
import { HowItWorks } from './HowItWorks.tsx';
import { hasCarers, hasTeams, keyOf, type Line, linesOf, readersIn, readsElsewhere, type Stopped } from './list.ts';
import { MakingKeys, NotShared } from './Progressing.tsx';
import { ShareSheet } from './ShareSheet.tsx';
import classes from './SharingPage.module.css';
import { StoppedRow } from './StoppedRow.tsx';
import { WithMe } from './WithMe.tsx';

/** Who reads one's records by consent, stopping it, and the sheet to share more. */
export function SharingPage() {
  const s = useWords('shell');
  const t = useWords('sharing');
  const { online } = useSession();
  const given = useQuery(ask.whoReads());
  const isAsked = (useQuery(ask.requests()).data?.requests.length ?? 0) > 0;
  const go = useGo();
  const draft = useDraft();
  const work = useSharingWork();
  const { step: asked } = useSearch({ strict: false }) as { step?: unknown };
  const step = stepOf(asked, draft ?? emptyDraft, Date.now());
  const [stopped, setStopped] = useState<readonly Stopped[]>([]);
  useTitle(s('place.sharing'));

  const goTo = (next: Step | null, replace = false) =>
    go(next === null ? {} : { step: next }, { to: paths.patient.sharing, replace, resetScroll: false });
  const begin = (some: Partial<Draft> = {}) => {
    if (some.doctor) sharing.keep({ ...emptyDraft, ...some });
    goTo(some.doctor ? 'what' : 'who');
  };
  const stop = (line: Given, state: Stopped['state']) =>
    setStopped((before) => [...before.filter((one) => keyOf(one.given) !== keyOf(line)), { given: line, state }]);
  const forget = (line: Given) => setStopped((before) => before.filter((one) => keyOf(one.given) !== keyOf(line)));

  const lines = given.data && linesOf(given.data, stopped);
  const readers = lines ? readersIn(lines) : 0;
  const title = !lines
    ? s('place.sharing')
    : readers === 0
      ? t('nobody')
      : hasTeams(lines)
        ? t('others')
        : t(hasCarers(lines) ? 'people' : 'readers', { count: readers });
  const isNone = lines?.length === 0;
  return (
    <>
      <header className={classes.head}>
        <div>
          <h1>{title}</h1>
          <p className="lede">{t('lede')}</p>
        </div>
        {lines && !isNone && (
          <Button variant="default" leftSection={<Icon name="plus" size={18} />} onClick={() => begin()}>
            {t('share')}
          </Button>
        )}
      </header>
      <div className={classes.news}>
        {!online && (
          <Banner icon="wifi-slash" tone="quiet">
            <p>{t('offline')}</p>
          </Banner>
        )}
        {step === null && !lines?.some(({ key, stopped: state }) => key === work?.at && state !== null) && (
          <Going again={() => goTo('check')} />
        )}
        <Emergencies />
        <Requests
          decide={(request) => {
            sharing.keep(draftOf(request));
            goTo('check');
          }}
        />
        {step === null && draft && isBegun(draft) && <Begun draft={draft} goOn={() => goTo('check')} />}
      </div>
      <div className={classes.columns}>
        <div>
          {given.isError ? (
            <Failed failure={given.error} again={() => void given.refetch()} />
          ) : !lines ? (
            <SkeletonRows rows={3} name={t('loading')} />
          ) : isNone ? (
            <EmptyState
              icon="users"
              title={t('empty')}
              text={t('emptyText')}
              act={
                <Button variant={isAsked ? 'default' : 'filled'} leftSection={<Icon name="plus" size={18} />} onClick={() => begin()}>
                  {t('shareFirst')}
                </Button>
              }
            />
          ) : (
            <List lines={lines} stop={stop} forget={forget} begin={begin} />
          )}
          <Limits />
          <WithMe />
        </div>
        <div className={classes.beside}>
          <WhoLooked />
          <HowItWorks />
        </div>
      </div>
      {step !== null && <ShareSheet step={step} goTo={goTo} />}
    </>
  );
}

function List({
  lines,
  stop,
  forget,
  begin,
}: {
  lines: readonly Line[];
  stop: (line: Given, state: Stopped['state']) => void;
  forget: (line: Given) => void;
  begin: (draft: Partial<Draft>) => void;
}) {
  const t = useWords('sharing');
  return (
    <Section title={t('list')}>
      <Card flush>
        <ul className={classes.list}>
          {lines.map((line) =>
            line.stopped === null ? (
              <GivenRow key={line.key} given={line.given} stopped={(state) => stop(line.given, state)} change={begin} />
            ) : (
              <StoppedRow
                key={line.key}
                line={line}
                elsewhere={readsElsewhere(line, lines)}
                stopped={(state) => stop(line.given, state)}
                again={() => forget(line.given)}
                choose={() => begin({ doctor: line.given.doctor })}
              />
            ),
          )}
        </ul>
      </Card>
    </Section>
  );
}

/** Keys that are still being made though the sheet is closed, or could not be. */
function Going({ again }: { again: () => void }) {
  const work = useSharingWork();
  if (work?.kind === 'working')
    return (
      <Card>
        <MakingKeys work={work} />
      </Card>
    );
  return work?.kind === 'failed' ? <NotShared work={work} again={again} /> : null;
}

/** A sheet that was closed before its end. */
function Begun({ draft, goOn }: { draft: Draft; goOn: () => void }) {
  const t = useWords('sharing');
  if (useSharingWork()) return null;
  return (
    <Banner
      icon="note"
      tone="quiet"
      action={
        <>
          <Button variant="default" onClick={goOn}>
            {t('begun.goOn')}
          </Button>
          <Button variant="subtle" onClick={() => sharing.keep(null)}>
            {t('begun.forget')}
          </Button>
        </>
      }
    >
      <p>{draft.doctor ? t('begun.with', { name: draft.doctor.name }) : t('begun.some')}</p>
      <p className="meta">{t('begun.safe')}</p>
    </Banner>
  );
}
