import { Button } from '@mantine/core';
import type { RoleLine } from '../../house/roles.ts';
import { useTaking } from '../../shell/taking.ts';
import { Banner, Card, Hidden } from '../../ui/kit.tsx';
import { Mark, type MarkKind, Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { Rich } from '../../words/Rich.tsx';
import { useWords } from '../../words/words.ts';
import { useSaid } from '../admin/useSaid.ts';
import classes from './Roles.module.css';
import { type Lit, progressOf, type Step, stepsOf } from './steps.ts';

const marks: Readonly<Record<Lit, MarkKind>> = { done: 'done', now: 'waiting', waits: 'waiting', next: 'quiet', away: 'stopped' };
const stands: Readonly<Record<RoleLine['stand'], MarkKind>> = {
  asked: 'waiting',
  signed: 'waiting',
  ready: 'waiting',
  taken: 'done',
  ended: 'stopped',
};

/** One role: what it opens, until when, and its way from asking to a key. */
export function RoleCard({ line, busy, take }: { line: RoleLine; busy: boolean; take: () => void }) {
  const t = useWords('roles');
  const a = useWords('admin');
  const format = useFormat();
  const list = useSaid();
  const sentence = useStepWords();
  const taking = useTaking();
  const { rule } = line;
  const steps = stepsOf(line, taking, busy);
  const progress = progressOf(line, taking, busy);
  const made = steps.flatMap((step) =>
    step.kind === 'issuer' && step.said === 'made' ? [step.office ?? t('office', { number: step.issuer + 1 })] : [],
  );
  const date = rule ? format.born(rule.until) : '';
  const latest = steps.findLast(({ lit }) => lit === 'done' || lit === 'away');
  return (
    <Card className={classes.role}>
      <div className={classes.about}>
        <h2>{line.organisation}</h2>
        <p>
          <Word kind={stands[line.stand]}>{t(`stand.${line.stand}`, { date })}</Word>
        </p>
        {line.id === null && <p>{t('nowhere')}</p>}
        {rule?.plainly ? (
          <p>
            <Rich
              text={a(rule.plainly.patients === null ? 'doctor.policyOfAll' : 'doctor.policyOf', {
                count: rule.plainly.patients ?? 0,
                kinds: list(rule.plainly.opens),
              })}
            />
          </p>
        ) : (
          rule && <p>{rule.words}</p>
        )}
        {rule?.breakGlass && <p>{t(line.emergency ? 'emergencyHere' : 'emergency')}</p>}
        {!rule && <p className="soft">{t('unsaid')}</p>}
        {(line.stand === 'asked' || line.stand === 'signed') && (
          <p className="soft">
            {t('fingerprint')}{' '}
            <span dir="ltr" className="num">
              {line.fingerprint}
            </span>
          </p>
        )}
        {rule && line.stand !== 'ended' && <p className="soft">{t('until', { date })}</p>}
        {line.stand === 'taken' && made.length >= 2 && (
          <p className="soft">{t(line.clinic === null ? 'halves' : 'halvesAt', { one: made[0], other: made[1], clinic: line.clinic })}</p>
        )}
      </div>
      <ol className={classes.steps} aria-label={t('way', { organisation: line.organisation })}>
        {steps.map((step) => (
          <li key={step.key} data-lit={step.lit}>
            <Mark kind={marks[step.lit]} size={18} />
            <span>
              <Hidden>{t(`lit.${step.lit}`)}: </Hidden>
              {sentence(step)}
            </span>
          </li>
        ))}
      </ol>
      {progress.kind === 'stopped' && (
        <Banner
          icon="warning"
          tone="wait"
          action={
            <Button variant="default" onClick={take}>
              {t('tryNow')}
            </Button>
          }
        >
          <b>{t(`stopped.${progress.at}`)}</b> {t(progress.at === 'check' ? 'stoppedCheck' : 'stoppedNext')}
        </Banner>
      )}
      <Hidden>
        <span role="status">{busy && line.stand === 'ready' && latest ? sentence(latest) : t(`stand.${line.stand}`, { date })}</span>
      </Hidden>
    </Card>
  );
}

/** A step in a sentence. */
function useStepWords(): (step: Step) => string {
  const t = useWords('roles');
  const format = useFormat();
  return (step) => {
    switch (step.kind) {
      case 'asked':
        return t('step.asked', { when: format.moment(step.at), specialty: step.specialty });
      case 'signed':
        return t('step.signed', { name: step.name, organisation: step.organisation });
      case 'unsigned':
        return t(step.first ? 'step.unsignedFirst' : 'step.unsigned');
      case 'issuer':
        return t(`step.issuer.${step.said}`, { office: step.office ?? t('office', { number: step.issuer + 1 }) });
      case 'issuers':
        return t(step.lit === 'now' ? 'step.issuersNow' : 'step.issuers');
      case 'clinic':
        return step.clinic === null || step.lit !== 'done'
          ? t(`step.clinic.${step.lit === 'done' ? 'done' : 'next'}`)
          : t('step.clinicAt', { clinic: step.clinic });
      case 'cloud':
      case 'checked':
        return t(`step.${step.kind}.${step.lit === 'done' ? 'done' : 'next'}`);
    }
  };
}
