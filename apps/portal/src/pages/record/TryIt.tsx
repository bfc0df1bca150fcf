import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { HouseFailure, house } from '../../house/front.ts';
import type { Proof, ProofPart } from '../../house/proof.ts';
import { Hidden, Section } from '../../ui/kit.tsx';
import { Mark, type MarkKind } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './ProofPage.module.css';
import { sameRows } from './sameRows.ts';

/** What a try came to: its shape and its words. */
type Outcome = { readonly mark: MarkKind; readonly text: string };

const tries = ['one-byte', 'another-key'] as const;

/** Lets one try what a thief would: change a character, use another key; or fetch the rows once more. */
export function TryIt({
  patient,
  record,
  proof,
  fetchAgain,
}: {
  patient: string;
  record: string;
  proof: Proof;
  fetchAgain: () => Promise<Proof | null>;
}) {
  const t = useWords('record');
  const format = useFormat();
  const part = tried(proof.parts);
  return (
    <Section title={t('proof.try')}>
      <p className="soft">{t('proof.tryAbout')}</p>
      <ul className={classes.tries}>
        {part &&
          tries.map((how) => (
            <Try
              key={how}
              what={t(`proof.${how}`)}
              run={async () => {
                const { opened } = await house.attempt(patient, record, part.part, how);
                return opened ? { mark: 'urgent', text: t('proof.result.opened') } : { mark: 'done', text: t(`proof.result.${how}`) };
              }}
            />
          ))}
        <Try
          what={t('proof.again')}
          run={async () => {
            const after = await fetchAgain();
            const time = format.time(after?.fetched ?? Date.now());
            return after && sameRows(proof, after)
              ? { mark: 'done', text: t('proof.result.again', { time }) }
              : { mark: 'urgent', text: t('proof.result.againChanged', { time }) };
          }}
        />
      </ul>
    </Section>
  );
}

/** The part a try is made on: the record itself, else what else is open. */
const tried = (parts: readonly ProofPart[]): ProofPart | undefined => {
  const open = parts.filter(({ seen, row }) => seen !== null && row.bytes.length > 0);
  return open.find(({ part }) => part === 'MI') ?? open[0];
};

function Try({ what, run }: { what: string; run: () => Promise<Outcome> }) {
  const t = useWords('record');
  const mutation = useMutation({ mutationFn: run, gcTime: 0 });
  const go = t(mutation.isIdle || mutation.isPending ? 'proof.go' : 'proof.goAgain');
  const reached = !(mutation.error instanceof HouseFailure && mutation.error.kind === 'unavailable');
  const failed = mutation.isError && t('proof.result.failed', { next: t(reached ? 'failed.safe' : 'proof.result.unavailable') });
  const outcome: Outcome | null = mutation.data ?? (failed ? { mark: 'waiting', text: failed } : null);
  return (
    <li>
      <span>{what}</span>
      <Button variant="default" loading={mutation.isPending} onClick={() => mutation.mutate()}>
        {go}
        <Hidden>: {what}</Hidden>
      </Button>
      <div role="status" className={classes.outcome}>
        {outcome && (
          <p className={classes.said}>
            <Mark kind={outcome.mark} size={14} />
            <span>{outcome.text}</span>
          </p>
        )}
      </div>
    </li>
  );
}
