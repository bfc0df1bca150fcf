import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { TriageLine } from '../../house/patients.ts';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Card, Keys } from '../../ui/kit.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { Failed } from '../record/Waiting.tsx';
import { useLooking } from './looked.ts';
import { Nobody } from './Nobody.tsx';
import { OpeningPatients } from './OpeningPatients.tsx';
import { Peek } from './Peek.tsx';
import classes from './TodayPage.module.css';
import { TriageRow } from './TriageRow.tsx';
import { countsOf, groupsOf, type Show, showOf, shows, stepped } from './triage.ts';
import { useListKeys } from './useListKeys.ts';

/** Patients by how much they need a look; the selected one is shown beside the list where there is room. */
export function TriageList() {
  const t = useWords('doctor');
  const triage = useQuery(ask.triage());
  if (triage.data?.lines.length === 0) return <Nobody />;
  if (triage.data) return <Triage lines={triage.data.lines} at={triage.data.at} />;
  return (
    <>
      <h1>{t('today.title')}</h1>
      {triage.isError ? <Failed failure={triage.error} again={() => void triage.refetch()} /> : <OpeningPatients />}
    </>
  );
}

function Triage({ lines, at }: { lines: readonly TriageLine[]; at: number }) {
  const t = useWords('doctor');
  const format = useFormat();
  const navigate = useNavigate();
  const show = showOf((useSearch({ strict: false }) as { show?: unknown }).show);
  const { look, takeBack } = useLooking();
  const [chosen, setChosen] = useState<string>();
  const list = useRef<HTMLDivElement>(null);

  const counts = countsOf(lines);
  const title =
    counts.needs === 0
      ? t('today.quiet')
      : lines.length === 1
        ? t('today.needsOnly')
        : t('today.needs', { count: counts.needs, of: lines.length });
  useTitle(title);

  const groups = groupsOf(lines, show);
  const shown = groups.flatMap((group) => group.lines);
  const selected = shown.find(({ patient }) => patient.id === chosen) ?? shown[0];
  const filter = (next: Show) => void navigate({ to: paths.doctor.today, search: next === 'needs' ? {} : { show: next } });

  const ids = shown.map(({ patient }) => patient.id);
  const goTo = (id: string | undefined) =>
    id !== undefined && list.current?.querySelector<HTMLElement>(`[data-patient="${id}"] a`)?.focus();
  const inList = () => list.current?.contains(document.activeElement) === true;
  const toggle = ({ patient: { id }, lookedAt }: TriageLine) => {
    if (lookedAt !== null) {
      takeBack(id);
      return;
    }
    // The row moves away below: eyes and keys go on with the next one.
    const next = stepped(ids, id, 1);
    if (inList()) goTo(next);
    setChosen(next === id ? stepped(ids, id, -1) : next);
    look(id);
  };

  useListKeys(list, {
    // The first step goes to the selected row, so that it is where the eyes are.
    step: (by) => goTo(inList() ? stepped(ids, selected?.patient.id, by) : selected?.patient.id),
    looked: () => selected && toggle(selected),
  });

  return (
    <>
      <header className={classes.head}>
        <p className="label">{t('today.at', { day: format.weekday(at), time: format.time(at) })}</p>
        <h1>{title}</h1>
      </header>
      <div className={classes.tools}>
        <FilterBar
          name={t('today.which')}
          value={show}
          onChange={filter}
          options={shows.map((value) => ({ value, label: t(`today.show.${value}`), count: format.number(counts[value]) }))}
        />
        <p className={classes.keys} aria-hidden="true" hidden={shown.length === 0}>
          <Keys>J</Keys>
          <Keys>K</Keys> {t('today.key.move')} <Keys>{t('today.key.enter')}</Keys> {t('today.key.open')} <Keys>E</Keys>{' '}
          {t('today.key.looked')}
        </p>
      </div>
      {shown.length === 0 ? (
        <EmptyState
          icon="check-square"
          title={t(show === 'new' ? 'today.noneNew' : 'today.noneNeeds')}
          text={t(show === 'new' ? 'today.noneNewAbout' : 'today.noneNeedsAbout')}
          act={
            <Button variant="default" onClick={() => filter('all')}>
              {t('today.showAll')}
            </Button>
          }
        />
      ) : (
        <div className={classes.split}>
          <div ref={list}>
            <Card flush>
              {groups.map(({ name, lines: inGroup }) => (
                <section key={name} aria-labelledby={`group-${name}`}>
                  <h2 id={`group-${name}`} className={classes.group}>
                    {t(`today.group.${name}`)}
                  </h2>
                  <ul>
                    {inGroup.map((line) => (
                      <TriageRow key={line.patient.id} line={line} here={line === selected} select={() => setChosen(line.patient.id)} />
                    ))}
                  </ul>
                </section>
              ))}
            </Card>
          </div>
          {selected && <Peek key={selected.patient.id} line={selected} toggle={() => toggle(selected)} />}
        </div>
      )}
    </>
  );
}
