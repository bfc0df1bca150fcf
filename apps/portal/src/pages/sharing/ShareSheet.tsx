import { Button, Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { paths } from '../../paths.ts';
import { sharing, useDraft, useSharingWork } from '../../shell/sharing.ts';
import { Link } from '../../ui/Link.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { AskedFor } from '../requests/AskedFor.tsx';
import { Check } from './Check.tsx';
import { type Draft, emptyDraft, filledIn, fromOf, kindsMeant, missingIn, type Step, steps, untilOf, wishOf } from './draft.ts';
import { MakingKeys, NotShared } from './Progressing.tsx';
import classes from './ShareSheet.module.css';
import { UntilStep } from './UntilStep.tsx';
import { useShare } from './useShare.ts';
import { WhatStep } from './WhatStep.tsx';
import { WhoStep } from './WhoStep.tsx';
import { useWhatWords } from './whatWords.ts';

export type StepProps = { readonly draft: Draft; readonly fill: (some: Partial<Draft>) => void };

/**
 * Sharing is one sentence that fills itself in: who, what, until when. It stays on top of every step, its parts lead to their
 * steps, and the last step says what it comes to. What is filled in is kept when the sheet is closed.
 */
export function ShareSheet({ step, goTo }: { step: Step; goTo: (step: Step | null, replace?: boolean) => void }) {
  const t = useWords('sharing');
  const phone = useMediaQuery('(max-width: 40em)', false, { getInitialValueInEffect: false });
  const router = useRouter();
  const draft = useDraft() ?? emptyDraft;
  const work = useSharingWork();
  const { share } = useShare();
  const question = useRef<HTMLHeadingElement>(null);
  const top = useRef<HTMLDivElement>(null);
  const at = steps.indexOf(step);
  const working = work?.kind === 'working';
  const props: StepProps = { draft, fill: (some) => sharing.keep(filledIn(draft, some)) };
  const close = () => goTo(null);

  // On another step eyes, keys and ears begin at its question.
  useEffect(() => {
    question.current?.focus({ preventScroll: true });
    if (step) top.current?.scrollIntoView({ block: 'end' });
    // Whoever goes on from a failure has read it.
    return () => sharing.settle();
  }, [step]);

  const finish = async () => {
    const wish = wishOf(draft, Date.now());
    if (!wish || !draft.doctor) return;
    const { doctor: _, ...what } = wish;
    if (!(await share(draft.doctor, what, 'sheet', draft.instead))) return;
    sharing.keep(null);
    // It was closed meanwhile, or another page is shown: then she stays where she is.
    if (new URLSearchParams(window.location.search).get('step') === 'check') goTo(null, true);
  };

  return (
    <Modal
      opened
      onClose={close}
      fullScreen={phone}
      size="40rem"
      radius={phone ? 0 : 'lg'}
      title={step === 'check' ? t(draft.instead ? 'sheet.checkChange' : 'sheet.check') : t('sheet.step', { step: at + 1, of: 3 })}
      closeButtonProps={{ 'aria-label': t('sheet.close') }}
      classNames={{ content: classes.sheet, body: classes.body }}
      styles={{ header: { background: 'var(--c-surface)', ...(phone && { paddingInline: '1rem 0.25rem' }) }, body: { padding: 0 } }}
    >
      <div ref={top} />
      <Sentence step={step} draft={draft} />
      {draft.answering && <AskedFor request={draft.answering} />}
      <div className={classes.step}>
        <h3 ref={question} tabIndex={-1} data-autofocus className={classes.question}>
          {t(`sheet.question.${step}`, { name: draft.doctor?.name ?? '' })}
        </h3>
        {step === 'who' && <WhoStep {...props} />}
        {step === 'what' && <WhatStep {...props} />}
        {step === 'until' && <UntilStep {...props} />}
        {step === 'check' && <Check draft={draft} />}
      </div>
      <div className={classes.foot}>
        {step === 'check' && work && (
          <div className={classes.work}>
            {work.kind === 'working' ? <MakingKeys work={work} /> : <NotShared work={work} again={() => void finish()} inSheet />}
            {working && <p className="meta">{t('making.leave')}</p>}
          </div>
        )}
        <Button variant="default" onClick={at === 0 || working ? close : () => router.history.back()}>
          {t(working ? 'sheet.leave' : at === 0 ? 'sheet.notNow' : 'sheet.back')}
        </Button>
        {step === 'check' ? (
          !(work?.kind === 'failed') && (
            <Button loading={working} onClick={() => void finish()}>
              {t(draft.instead ? 'sheet.change' : 'sheet.share')}
            </Button>
          )
        ) : (
          <Next step={step} draft={draft} goTo={goTo} />
        )}
      </div>
    </Modal>
  );
}

/** On to the next step; what is missing is said instead of a button that does nothing. */
function Next({ step, draft, goTo }: { step: Exclude<Step, 'check'>; draft: Draft; goTo: (step: Step) => void }) {
  const t = useWords('sharing');
  const missing = missingIn(draft, Date.now());
  const next = steps[steps.indexOf(step) + 1]!;
  return (
    <Button disabled={missing === step} onClick={() => goTo(next)}>
      {t(`sheet.next.${step}`)}
    </Button>
  );
}

/** The sentence, each of whose parts is a way to its step. */
function Sentence({ step, draft }: { step: Step; draft: Draft }) {
  const t = useWords('sharing');
  const format = useFormat();
  const words = useWhatWords();
  const now = Date.now();
  const until = untilOf(draft, now);
  const what = { kinds: kindsMeant(draft), sensitive: draft.sensitive, from: fromOf(draft, now) ?? 'beginning' };
  const filled: Readonly<Record<Exclude<Step, 'check'>, string | null>> = {
    who: draft.doctor?.name ?? null,
    what: draft.groups.length === 0 ? null : words.what(what),
    until: until === null ? null : format.born(until),
  };
  const part = (of: Exclude<Step, 'check'>): ReactNode =>
    filled[of] === null ? (
      <span key={of} className={classes.blank}>
        {t(`sheet.blank.${of}`)}
      </span>
    ) : (
      <Link key={of} href={`${paths.patient.sharing}?step=${of}`} className={classes.part} aria-current={step === of ? 'step' : undefined}>
        {filled[of]}
      </Link>
    );
  // Each language puts the three where they belong.
  const places = { who: '{who}', what: '{what}', until: '{until}' } as const;
  const pieces = t('sheet.sentence', places).split(/(\{(?:who|what|until)\})/);
  return (
    <p className={classes.sentence}>
      {pieces.map((piece) => {
        const of = (['who', 'what', 'until'] as const).find((one) => places[one] === piece);
        return of ? part(of) : piece;
      })}
    </p>
  );
}
