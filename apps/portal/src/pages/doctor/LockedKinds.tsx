import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { house } from '../../house/front.ts';
import type { Overview } from '../../house/patients.ts';
import type { RequestByMe } from '../../house/requests.ts';
import { ask } from '../../queries.ts';
import { Hidden } from '../../ui/kit.tsx';
import { LockedCard } from '../../ui/LockedCard.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { AskSheet } from '../requests/AskSheet.tsx';
import { lockedState } from '../requests/locked.ts';
import classes from '../requests/Requests.module.css';
import { useWishWords } from '../requests/useWishWords.ts';

/** Kinds that are read on the wide side of a chart, each in a place of its own. */
export const readKinds: readonly string[] = ['vital-signs', 'waveforms', 'notes'];

/** Kinds with a place of their own beside them; what has none is named together. */
const sideKinds: readonly string[] = ['conditions', 'medications', 'allergies', 'laboratory'];

/** Kinds that no patient shares by name: nobody asks for them. */
const neverAsked: readonly string[] = ['identity'];

/** What her key does not reach: it is named, nothing is said of whether there is any, and she may ask. */
export function LockedKinds({ overview, withheld }: { overview: Overview; withheld: readonly string[] }) {
  const t = useWords('doctor');
  const format = useFormat();
  const placed = [...readKinds, ...sideKinds].filter((kind) => withheld.includes(kind));
  const others = withheld.filter((kind) => !placed.includes(kind));
  return (
    <>
      {placed.map((kind) => {
        const what = t(`locked.${kind}`);
        return (
          <Locked
            key={kind}
            overview={overview}
            kinds={[kind]}
            title={t('chart.lockedTitle', { kinds: what })}
            text={t('chart.lockedAbout')}
            name={what}
          />
        );
      })}
      {others.length > 0 && (
        <Locked
          overview={overview}
          kinds={others}
          title={t('chart.alsoLocked')}
          text={t('chart.alsoLockedAbout', { kinds: format.list(others.map((kind) => t(`locked.${kind}`))) })}
          name={t('chart.alsoLocked')}
        />
      )}
    </>
  );
}

type LockedProps = {
  readonly overview: Overview;
  readonly kinds: readonly string[];
  readonly title: string;
  readonly text: string;
  /** Heard with the buttons, as several say the same. */
  readonly name: string;
};

function Locked({ overview, kinds, title, text, name }: LockedProps) {
  const t = useWords('requests');
  const format = useFormat();
  const made = useQuery(ask.asked(overview.id));
  const { waiting, declined, open } = lockedState(kinds, made.data ?? []);
  const [asking, setAsking] = useState(false);
  const patient = overview.identity.name ?? t('patient');
  // Before it is known what was asked, nobody is led to ask once more.
  const canAsk = !made.isPending && open.some((kind) => !neverAsked.includes(kind));
  const states: ReactNode[] = [
    ...waiting.map((one) => <Waiting key={one.request} one={one} patient={overview.id} name={patient} />),
    ...(declined && waiting.length === 0
      ? [
          <p key={declined.request} className={classes.state}>
            <Mark kind="stopped" />
            <span>{t('state.declined', { name: patient, day: format.day(declined.asked) })}</span>
          </p>,
        ]
      : []),
  ];
  return (
    <>
      <LockedCard
        title={title}
        text={text}
        acts={
          <>
            {states.length > 0 && <div className={classes.states}>{states}</div>}
            {canAsk && (
              <Button variant="default" aria-haspopup="dialog" onClick={() => setAsking(true)}>
                {t(declined && waiting.length === 0 ? 'askAgain' : 'ask')}
                <Hidden>: {name}</Hidden>
              </Button>
            )}
          </>
        }
      />
      {asking && <AskSheet overview={overview} first={open} close={() => setAsking(false)} />}
    </>
  );
}

/** What waits for the patient, and taking it back. */
function Waiting({ one, patient, name }: { one: RequestByMe; patient: string; name: string }) {
  const t = useWords('requests');
  const format = useFormat();
  const wish = useWishWords();
  const queries = useQueryClient();
  const withdraw = useMutation({
    mutationFn: () => house.withdraw({ chart: one.chart, request: one.request }),
    // Answered meanwhile or taken back: either way what is told of it is old.
    onSettled: () => queries.invalidateQueries({ queryKey: ask.asked(patient).queryKey }),
  });
  return (
    <div className={classes.state}>
      <Mark kind="waiting" />
      <div>
        <p>{t('state.asked', { name, day: format.day(one.asked), ...wish(one) })}</p>
        <Button className={classes.back} variant="subtle" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
          {t('withdraw')}
          <Hidden>: {wish(one).what}</Hidden>
        </Button>
        {withdraw.isError && <p role="alert">{t('notWithdrawn')}</p>}
      </div>
    </div>
  );
}
