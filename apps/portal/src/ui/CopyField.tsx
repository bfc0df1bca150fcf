import { Button } from '@mantine/core';
import { useId, useRef, useState } from 'react';
import classes from './CopyField.module.css';
import { Icon } from './Icon.tsx';

type CopyFieldProps = {
  label: string;
  value: string;
  copy: string;
  copied: string;
  /** All of it is seen, for somebody who reads it out: in several lines where one is too short. */
  whole?: boolean;
};

/** A text to take along: an address, a one-time code. It is selected whole, and copied by a button. */
export function CopyField({ label, value, copy, copied, whole = false }: CopyFieldProps) {
  const id = useId();
  const field = useRef<HTMLInputElement | HTMLTextAreaElement>(null);
  const [done, setDone] = useState(false);
  const shown = {
    id,
    ref: (element: HTMLInputElement | HTMLTextAreaElement | null) => {
      field.current = element;
    },
    readOnly: true,
    dir: 'ltr',
    value,
    onFocus: () => field.current?.select(),
  };
  return (
    <div className={classes.field}>
      <label htmlFor={id}>{label}</label>
      <div className={classes.row}>
        {whole ? <textarea {...shown} rows={2} /> : <input {...shown} />}
        <Button
          variant="default"
          leftSection={<Icon name={done ? 'check' : 'copy'} size={18} />}
          onClick={async () => {
            field.current?.select();
            // Where copying is not allowed the text stays selected, and the keyboard copies it.
            setDone(
              await navigator.clipboard.writeText(value).then(
                () => true,
                () => false,
              ),
            );
          }}
        >
          {done ? copied : copy}
        </Button>
      </div>
      <span role="status" className={classes.said}>
        {done ? copied : ''}
      </span>
    </div>
  );
}
