import { Button, Checkbox } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DoctorLine, Heard, PolicyChoice, RuleChange } from '../../house/admin.ts';
import { house } from '../../house/front.ts';
import { ask } from '../../queries.ts';
import { useSomeone } from '../../shell/session.tsx';
import { Banner, Card } from '../../ui/kit.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { useToast } from '../../ui/Toast.tsx';
import { useWords } from '../../words/words.ts';
import classes from './DoctorPage.module.css';
import { nextStep } from './Failed.tsx';
import { Rejecting } from './Rejecting.tsx';
import { colleaguesIn, counts, type Fault, officesOf, same } from './rule.ts';

/** Who signed this very rule, who is missing, and the two answers. */
export function Signing({
  doctor,
  choice,
  changes,
  fault,
  rejected,
}: {
  doctor: DoctorLine;
  choice: PolicyChoice;
  /** How it differs from each rule of the doctor's; `null` while that is not known. */
  changes: readonly RuleChange[] | null;
  fault: Fault;
  rejected: (heard: Heard) => void;
}) {
  const t = useWords('admin');
  const { title, organisations } = useSomeone();
  const queries = useQueryClient();
  const say = useToast();
  const [compared, setCompared] = useState(false);
  const [asked, setAsked] = useState(false);
  const [rejecting, setRejecting] = useState(false);
  const approve = useMutation({
    mutationFn: () => house.approve(doctor.id, choice),
    onSuccess: async ({ approvals, needed: of }) => {
      // The whole page changes then; what was done is told above it.
      if (approvals >= of) say({ text: t('doctor.letIn', { name: doctor.name }) });
      await queries.invalidateQueries({ queryKey: ask.doctors().queryKey });
    },
  });
  const rule = same(doctor, changes ?? []);
  const needed = rule?.needed ?? doctor.policies[0]?.needed ?? 2;
  const signers = rule?.approvals ?? [];
  const mine = rule?.mine === true;
  const answered = rule !== undefined && counts(rule);
  const offices = rule ? officesOf(rule) : [];
  const own = rule && colleaguesIn(rule, organisations);
  const open = !mine && !answered && own === undefined;
  const missing = Array.from({ length: Math.max(0, needed - offices.length - (open ? 1 : 0)) }, (_, at) => `missing ${at}`);
  return (
    <Card className={classes.signing}>
      <h2>{t('doctor.two')}</h2>
      <p className="soft">{t('doctor.twoAbout')}</p>
      <ol className={classes.steps}>
        {signers.map((name) => (
          <li key={name}>
            <Mark kind="done" size={18} />
            <div>
              <p>
                <b>{name}</b>
              </p>
              <p className="meta">{t('doctor.signer')}</p>
            </div>
          </li>
        ))}
        {open && (
          <li>
            <Mark kind="quiet" size={18} />
            <div>
              <p>
                <b>{t('doctor.you', { name: title })}</b>
              </p>
              <p className="meta">{t('doctor.notYet')}</p>
            </div>
          </li>
        )}
        {missing.map((key) => (
          <li key={key}>
            <Mark kind="quiet" size={18} />
            <div>
              <p>{t('doctor.someone')}</p>
              <p className="meta">{t('doctor.missing')}</p>
            </div>
          </li>
        ))}
      </ol>
      {approve.data && approve.data.approvals < approve.data.needed && (
        <Banner icon="check-square">{t('doctor.signedNow', { count: approve.data.approvals, needed: approve.data.needed })}</Banner>
      )}
      {approve.isError && (
        <Banner icon="warning">
          <b>{t('failed.title')}</b> {t('failed.safe')} {nextStep(t, approve.error)}
        </Banner>
      )}
      {mine && !answered && !approve.data && <p className="soft">{t('doctor.alreadyMine')}</p>}
      {own !== undefined && !answered && <p className="soft">{t('doctor.ownSigned', { organisation: own })}</p>}
      {open && !rejecting && (
        <div className={classes.decide}>
          <Checkbox
            label={t('doctor.compared')}
            checked={compared}
            onChange={({ currentTarget }) => setCompared(currentTarget.checked)}
            error={asked && !compared && t('doctor.notCompared')}
          />
          <Button
            fullWidth
            loading={approve.isPending}
            disabled={fault !== null || changes === null}
            onClick={() => {
              setAsked(true);
              if (compared) approve.mutate();
            }}
          >
            {approve.isPending ? t('doctor.approving') : t('doctor.approve')}
          </Button>
        </div>
      )}
      <Rejecting doctor={doctor} opened={rejecting} open={setRejecting} rejected={rejected} />
    </Card>
  );
}
