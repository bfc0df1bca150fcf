import { Button, Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './FormSheet.module.css';

/** A form over the page, on a phone in its place; `failure` says why what was sent did not come to pass. */
export function FormSheet({
  title,
  words,
  danger = false,
  working,
  failure,
  submit,
  close,
  children,
}: {
  title: string;
  words: { readonly close: string; readonly cancel: string; readonly send: string };
  danger?: boolean;
  working: boolean;
  failure: string | null;
  submit: () => void;
  close: () => void;
  children: ReactNode;
}) {
  const phone = useMediaQuery('(max-width: 40em)', false, { getInitialValueInEffect: false });
  return (
    <Modal
      opened
      onClose={close}
      fullScreen={phone}
      size="34rem"
      title={title}
      closeButtonProps={{ 'aria-label': words.close }}
      styles={{ header: { background: 'var(--c-surface)' } }}
    >
      <form
        className={classes.sheet}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {children}
        {failure !== null && <p role="alert">{failure}</p>}
        <div className={classes.foot}>
          <Button variant="default" onClick={close}>
            {words.cancel}
          </Button>
          <Button type="submit" {...(danger && { color: 'red' })} loading={working}>
            {words.send}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
