import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { HouseFailure } from '../../house/errors.ts';
import { house } from '../../house/front.ts';
import { Mark } from '../../ui/Mark.tsx';
import { useWords } from '../../words/words.ts';
import classes from './ShareSheet.module.css';
import type { StepProps } from './ShareSheet.tsx';

/** With somebody who cares for one: what she is called, and the code she read out. What is typed never comes into an address. */
export function CarerStep({ draft, fill }: StepProps) {
  const t = useWords('sharing');
  const said = useId();
  const chosen = draft.doctor?.carer ? draft.doctor : null;
  const [name, setName] = useState(chosen?.name ?? '');
  const [code, setCode] = useState('');
  const check = useMutation({
    mutationFn: () => house.carer(code),
    onSuccess: ({ id }) => fill({ doctor: { id, name: name.trim(), carer: true } }),
  });
  const isReady = name.trim() !== '' && code.trim() !== '';
  const change = () => {
    check.reset();
    if (chosen) fill({ doctor: null });
  };
  return (
    <form
      className={classes.carer}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) check.mutate();
      }}
    >
      <p className="soft">{t('carer.about')}</p>
      <TextInput
        label={t('carer.name')}
        autoComplete="off"
        maxLength={80}
        value={name}
        onChange={({ currentTarget }) => {
          setName(currentTarget.value);
          change();
        }}
      />
      <TextInput
        label={t('carer.code')}
        description={t('carer.codeText')}
        inputWrapperOrder={['label', 'description', 'input', 'error']}
        autoComplete="off"
        spellCheck={false}
        dir="ltr"
        maxLength={60}
        value={code}
        onChange={({ currentTarget }) => {
          setCode(currentTarget.value);
          change();
        }}
        error={check.isError && t(`carer.${reasonOf(check.error)}`)}
      />
      <Button type="submit" variant="default" loading={check.isPending} disabled={!isReady} aria-describedby={said}>
        {t('carer.check')}
      </Button>
      <p id={said} role="status" className={classes.right}>
        {chosen && (
          <>
            <Mark kind="done" size={18} /> {t('carer.right')}
          </>
        )}
      </p>
    </form>
  );
}

const reasons = ['invalid', 'missing', 'tampered', 'unavailable'] as const;

const reasonOf = (failure: unknown): (typeof reasons)[number] | 'other' =>
  reasons.find((one) => failure instanceof HouseFailure && failure.kind === one) ?? 'other';
