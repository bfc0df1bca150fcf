import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Look, Looker } from '../../house/receipts.ts';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { sharing } from '../../shell/sharing.ts';
import { townQuery } from '../../shell/town.ts';
import { Icon } from '../../ui/Icon.tsx';
import { useGo } from '../../useGo.ts';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { emptyDraft } from '../sharing/draft.ts';
import { GivenRow } from '../sharing/GivenRow.tsx';
import { keyOf, linesOf, readsElsewhere, type Stopped } from '../sharing/list.ts';
import { StoppedRow } from '../sharing/StoppedRow.tsx';
import { KeepCopy } from './KeepCopy.tsx';
import classes from './Looks.module.css';
import { useLookWords } from './lookWords.ts';
import { Said } from './Said.tsx';

/** What to do about a look that should not have been: stop it in its place, and say it to the clinic, with the words to say. */
export function Wrong({ look, looker, copy, close }: { look: Look; looker: Looker | undefined; copy: boolean; close: () => void }) {
  const t = useWords('receipts');
  const words = useLookWords();
  const lines = useLines(look);
  const holds = lines.some(({ stopped }) => stopped === null);
  const name = look.team ?? words.name(looker);
  const places = words.places(look);
  const advice = adviceOn(look, looker, holds || lines.length > 0);
  return (
    <Modal opened onClose={close} title={t('wrong.title')} closeButtonProps={{ 'aria-label': t('wrong.close') }} size="lg">
      <div className={classes.sheet}>
        <Said look={look} looker={looker} />
        <p>{t(`wrong.${advice}`, { name, places })}</p>
        <Shares lines={lines} />
        {advice !== 'own' && <Say look={look} looker={looker} />}
        <section>
          <h3>{t('wrong.keep')}</h3>
          <p className="soft">{t('wrong.keepText')}</p>
          <div className={classes.ends}>
            <KeepCopy copy={copy} />
          </div>
        </section>
      </div>
    </Modal>
  );
}

function adviceOn({ deed, reason }: Look, looker: Looker | undefined, shared: boolean) {
  if (looker?.kind === 'you') return 'own';
  if (!looker || looker.kind === 'strange') return 'strange';
  if (deed === 'wrote' || looker.kind === 'place') return 'place';
  if (reason === 'emergency' || deed === 'broke') return 'emergency';
  if (reason === 'approved') return 'approved';
  return shared ? 'allowed' : 'over';
}

type ShownLine = ReturnType<typeof useLines>[number];

/** What one shares with somebody, or with the team by which it opened, and what was stopped here. */
function useLines({ who, team }: Look) {
  const given = useQuery(ask.whoReads());
  const [stopped, setStopped] = useState<readonly Stopped[]>([]);
  const lines = linesOf(given.data ?? [], stopped).filter(
    ({ given: { doctor } }) => doctor.id === who || (doctor.team && doctor.name === team),
  );
  return lines.map((line) => ({
    ...line,
    elsewhere: readsElsewhere(line, lines),
    stop: (state: Stopped['state']) =>
      setStopped((before) => [...before.filter((one) => keyOf(one.given) !== line.key), { given: line.given, state }]),
    forget: () => setStopped((before) => before.filter((one) => keyOf(one.given) !== line.key)),
  }));
}

function Shares({ lines }: { lines: readonly ShownLine[] }) {
  const t = useWords('receipts');
  const go = useGo();
  if (lines.length === 0) return null;
  return (
    <section>
      <h3>{t('wrong.stop')}</h3>
      <ul className={classes.shares}>
        {lines.map((line) =>
          line.stopped === null ? (
            <GivenRow key={line.key} given={line.given} stopped={line.stop} />
          ) : (
            <StoppedRow
              key={line.key}
              line={line}
              elsewhere={line.elsewhere}
              stopped={line.stop}
              again={line.forget}
              choose={() => {
                sharing.keep({ ...emptyDraft, doctor: line.given.doctor });
                go({ step: 'what' }, { to: paths.patient.sharing });
              }}
            />
          ),
        )}
      </ul>
    </section>
  );
}

/** The words to say at the clinic, from which it can find the very receipt. */
function Say({ look, looker }: { look: Look; looker: Looker | undefined }) {
  const t = useWords('receipts');
  const format = useFormat();
  const words = useLookWords();
  const town = useQuery(townQuery).data?.town ?? '';
  const [copied, setCopied] = useState(false);
  const sentence = t('wrong.sentence', {
    date: format.date(look.at),
    time: format.time(look.at),
    what: words.sentence(look, looker, true).replaceAll(/<\/?b>/g, ''),
    number: look.who.slice(0, 8),
    receipt: look.id,
    town,
  });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(sentence);
      setCopied(true);
    } catch {
      // Where copying is not allowed the words stand there to be read out.
    }
  };
  return (
    <section>
      <h3>{t('wrong.say')}</h3>
      <p className="soft">{t('wrong.sayText', { places: looker?.organisation ?? words.places(look) })}</p>
      <section className={classes.said} aria-label={t('wrong.words')}>
        {sentence}
      </section>
      <div className={classes.ends}>
        <Button variant="default" leftSection={<Icon name={copied ? 'check' : 'copy'} size={18} />} onClick={() => void copy()}>
          {copied ? t('wrong.copied') : t('wrong.copy')}
        </Button>
      </div>
    </section>
  );
}
