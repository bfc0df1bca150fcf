import { Button, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { DoctorLine, Heard } from '../../house/admin.ts';
import { house } from '../../house/front.ts';
import { ask } from '../../queries.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { Banner } from '../../ui/kit.tsx';
import { useToast } from '../../ui/Toast.tsx';
import { useWords } from '../../words/words.ts';
import classes from './DoctorPage.module.css';
import { nextStep } from './Failed.tsx';

/** As much as the authority takes. */
const longestReason = 500;

/** What turning down comes to, for somebody who has keys and for somebody who has none yet. */
const consequences = {
  approved: [
    ['lock', 'endsKeys'],
    ['eye', 'endsRead'],
    ['users', 'endsShared'],
    ['identification-card', 'endsAnew'],
  ],
  pending: [
    ['lock', 'neverOpens'],
    ['identification-card', 'anew'],
  ],
  rejected: [],
} as const satisfies Record<DoctorLine['state'], readonly (readonly [IconName, string])[]>;

/**
 * Turning a doctor down, with the reason the doctor is told, and what it does before it is done.
 *
 * @param opened whether one is asked for the reason; its button takes the place of any other
 */
export function Rejecting({
  doctor: { id, name, state },
  opened,
  open,
  rejected,
}: {
  doctor: DoctorLine;
  opened: boolean;
  open: (opened: boolean) => void;
  rejected: (heard: Heard) => void;
}) {
  const t = useWords('admin');
  const queries = useQueryClient();
  const say = useToast();
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const reject = useMutation({
    mutationFn: () => house.reject(id, reason.trim()),
    onSuccess: async (heard) => {
      // The page changes then, and with it goes this form.
      rejected(heard);
      say({ text: t('doctor.rejectedNow', { name }) });
      await queries.invalidateQueries({ queryKey: ask.doctors().queryKey });
    },
  });
  if (!opened) {
    return (
      <Button variant="default" color="red" fullWidth onClick={() => open(true)}>
        {t('doctor.reject')}
      </Button>
    );
  }
  const send = (event: FormEvent) => {
    event.preventDefault();
    setMissing(reason.trim() === '');
    if (reason.trim() !== '' && !reject.isPending) reject.mutate();
  };
  return (
    <form className={classes.rejecting} onSubmit={send} noValidate>
      <ul className={classes.consequences}>
        {consequences[state].map(([icon, what]) => (
          <li key={what}>
            <Icon name={icon} size={20} />
            <span>{t(`doctor.${what}`, { name })}</span>
          </li>
        ))}
      </ul>
      <Textarea
        label={t('doctor.reason')}
        description={t('doctor.reasonAbout', { name })}
        value={reason}
        maxLength={longestReason}
        rows={3}
        data-autofocus
        autoFocus
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        error={missing && reason.trim() === '' && t('doctor.reasonMissing')}
      />
      {reject.isError && (
        <Banner icon="warning">
          <b>{t('failed.title')}</b> {t('doctor.halfRejected')} {nextStep(t, reject.error)}
        </Banner>
      )}
      <Button type="submit" color="red" fullWidth loading={reject.isPending}>
        {reject.isPending ? t('doctor.rejecting') : t('doctor.rejectNow', { name })}
      </Button>
      <Button variant="default" fullWidth onClick={() => open(false)}>
        {t('doctor.cancel')}
      </Button>
    </form>
  );
}
