import { SegmentedControl, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { HouseFailure } from '../../house/errors.ts';
import { house } from '../../house/front.ts';
import type { Overview } from '../../house/patients.ts';
import { FormSheet } from '../../ui/FormSheet.tsx';
import { useToast } from '../../ui/Toast.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

/** The most characters of a reason. */
const longestWhy = 500;
const hours = [1, 2, 4] as const;

/** Breaking the glass: why, for how long, and who is told. */
export function EmergencySheet({ overview, places, close }: { overview: Overview; places: string; close: () => void }) {
  const t = useWords('break-glass');
  const format = useFormat();
  const say = useToast();
  const box = useId();
  const name = overview.identity.name ?? t('patient');
  const [why, setWhy] = useState('');
  const [length, setLength] = useState('2');
  const [tried, setTried] = useState(false);
  const reason = why.replaceAll('\t', ' ').trim();
  const open = useMutation({
    mutationFn: () => house.breakGlass(overview.id, { why: reason, hours: Number(length) }),
    onSuccess(until) {
      say({ text: t('form.sent', { name, time: format.time(until) }) });
      close();
    },
  });
  const submit = () => {
    setTried(true);
    if (reason !== '') open.mutate();
  };

  const kind = open.error instanceof HouseFailure && isKnown(open.error.kind) ? open.error.kind : 'other';
  const failure = open.isError ? t(`failed.${kind}`) : null;

  return (
    <FormSheet
      title={t('form.title', { name })}
      words={{ close: t('form.close'), cancel: t('form.cancel'), send: t('form.send') }}
      danger
      working={open.isPending}
      failure={failure}
      submit={submit}
      close={close}
    >
      <Textarea
        data-autofocus
        label={t('form.why')}
        description={t('form.whyText', { name, places })}
        autosize={false}
        rows={3}
        maxLength={longestWhy}
        value={why}
        onChange={({ currentTarget }) => setWhy(currentTarget.value)}
        error={tried && reason === '' && t('form.noWhy')}
      />
      <div>
        <h3 id={`${box}hours`}>{t('form.hours')}</h3>
        <SegmentedControl
          fullWidth
          aria-labelledby={`${box}hours`}
          data={hours.map((count) => ({ value: `${count}`, label: t('form.hour', { count }) }))}
          value={length}
          onChange={setLength}
        />
      </div>
      <p className="soft">{t('form.then', { places })}</p>
    </FormSheet>
  );
}

const isKnown = (kind: string): boolean => ['unavailable', 'conflict', 'denied', 'tampered', 'invalid'].includes(kind);
