import { Button, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { DoctorLine } from '../../house/admin.ts';
import { house } from '../../house/front.ts';
import { ask } from '../../queries.ts';
import { Banner } from '../../ui/kit.tsx';
import { useToast } from '../../ui/Toast.tsx';
import { useWords } from '../../words/words.ts';
import classes from './DoctorPage.module.css';
import { nextStep } from './Failed.tsx';

/** As much as the authority takes. */
const longestReason = 500;

/** Turning a doctor down, with the reason the doctor is told. */
export function Rejecting({ doctor: { id, name } }: { doctor: DoctorLine }) {
  const t = useWords('admin');
  const queries = useQueryClient();
  const say = useToast();
  const [opened, setOpened] = useState(false);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const reject = useMutation({
    mutationFn: () => house.reject(id, reason.trim()),
    onSuccess: async () => {
      say({ text: t('doctor.rejectedNow', { name }) });
      await queries.invalidateQueries({ queryKey: ask.doctors().queryKey });
    },
  });
  if (!opened) {
    return (
      <Button variant="default" color="red" fullWidth onClick={() => setOpened(true)}>
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
          <b>{t('failed.title')}</b> {t('failed.safe')} {nextStep(t, reject.error)}
        </Banner>
      )}
      <Button type="submit" color="red" fullWidth loading={reject.isPending}>
        {reject.isPending ? t('doctor.rejecting') : t('doctor.rejectNow', { name })}
      </Button>
      <Button variant="default" fullWidth onClick={() => setOpened(false)}>
        {t('doctor.cancel')}
      </Button>
    </form>
  );
}
