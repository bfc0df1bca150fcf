import { Button } from '@mantine/core';
import { useId, useRef, useState } from 'react';
import classes from './CopyField.module.css';
import { Icon } from './Icon.tsx';

/** A text to take along: an address, a one-time code. It is selected whole, and copied by a button. */
export function CopyField({ label, value, copy, copied }: { label: string; value: string; copy: string; copied: string }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [done, setDone] = useState(false);
  return (
    <div className={classes.field}>
      <label htmlFor={id}>{label}</label>
      <div className={classes.row}>
        <input id={id} ref={field} readOnly dir="ltr" value={value} onFocus={(event) => event.currentTarget.select()} />
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
