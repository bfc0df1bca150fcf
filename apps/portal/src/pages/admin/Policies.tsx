import { Button } from '@mantine/core';
import type { DoctorLine } from '../../house/admin.ts';
import type { Making } from '../../house/roles.ts';
import { Card, Section } from '../../ui/kit.tsx';
import { Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { Rich } from '../../words/Rich.tsx';
import { useWords } from '../../words/words.ts';
import classes from './DoctorPage.module.css';
import { counts, dayAhead } from './rule.ts';
import { useBesideTemplate } from './useBesideTemplate.ts';
import { useSaid } from './useSaid.ts';

/** The rules of a doctor who was let in, in words, each with its end and its signers. */
export function Policies({ doctor: { policies }, renewing, renew }: { doctor: DoctorLine; renewing: boolean; renew: () => void }) {
  const t = useWords('admin');
  const format = useFormat();
  const list = useSaid();
  const beside = useBesideTemplate();
  const today = dayAhead(Date.now(), 0);
  return (
    <Section
      title={t('doctor.policies')}
      aside={
        !renewing && (
          <Button variant="default" onClick={renew}>
            {t('doctor.renew')}
          </Button>
        )
      }
    >
      {policies.length === 0 && <p className="soft">{t('doctor.noPolicies')}</p>}
      <ul className={classes.policies}>
        {policies.map(({ organisation, words, plainly, until, approvals, needed, template, ...making }) => (
          <li key={`${organisation} ${words}`}>
            <Card>
              <h3>{organisation}</h3>
              {plainly ? (
                <>
                  <p>
                    <Rich text={t(ofWhom(plainly.patients), { count: plainly.patients ?? 0, kinds: list(plainly.opens) })} />
                  </p>
                  {plainly.breakGlass && (
                    <p>
                      <Rich text={t('doctor.opensEmergency')} />
                    </p>
                  )}
                  <p className="soft">{t('doctor.policyPlain')}</p>
                </>
              ) : (
                <p>{words}</p>
              )}
              <p className="soft">{beside(template)}</p>
              <p className={classes.policyFoot}>
                {!counts({ approvals, needed }) ? (
                  <Word kind="waiting">{t('doctor.policyWaits')}</Word>
                ) : until < today ? (
                  <Word kind="waiting">{t('doctor.policyEnded', { date: format.born(until) })}</Word>
                ) : (
                  <Word kind="done">{t('doctor.policyUntil', { date: format.born(until) })}</Word>
                )}
                <span className="meta">{t('doctor.policySigned', { signers: format.list(approvals) })}</span>
              </p>
              {counts({ approvals, needed }) && until >= today && <Made {...making} />}
            </Card>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Whether the key of a rule was made, and by whom: whether the doctor has taken it, the authority does not know. */
function Made({ issued, answers, offices: called }: Making) {
  const t = useWords('admin');
  const format = useFormat();
  const offices = (said: (how: Making['answers'][number]['said']) => boolean) =>
    format.list(
      answers.filter((one) => said(one.said)).map(({ issuer }) => called[issuer] ?? t('doctor.keyOffice', { number: issuer + 1 })),
    );
  const away = offices((how) => how !== 'made');
  return (
    <p className="meta">
      {issued === null
        ? t('doctor.keyNotYet')
        : t('doctor.keyMade', { offices: offices((how) => how === 'made'), when: format.moment(issued) })}
      {away !== '' && <> · {t('doctor.keyAway', { offices: away })}</>}
    </p>
  );
}

const ofWhom = (patients: number | null): string => (patients === null ? 'doctor.policyOfAll' : 'doctor.policyOf');
