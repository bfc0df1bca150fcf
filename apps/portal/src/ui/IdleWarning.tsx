import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './sheets.module.css';

/** Nobody has touched the page for a while: it locks soon, unless somebody says so. */
export function IdleWarning({
  opened,
  title,
  text,
  stay,
  lock,
  onStay,
  onLock,
}: {
  opened: boolean;
  /** With the time left: "This page locks in 52 seconds". */
  title: ReactNode;
  /** What stays safe: drafts are kept. */
  text: ReactNode;
  stay: string;
  lock: string;
  onStay: () => void;
  onLock: () => void;
}) {
  return (
    <Modal opened={opened} onClose={onStay} withCloseButton={false} title={<span role="timer">{title}</span>}>
      <p className="soft">{text}</p>
      <div className={classes.acts}>
        <Button variant="default" onClick={onLock}>
          {lock}
        </Button>
        <Button onClick={onStay} data-autofocus>
          {stay}
        </Button>
      </div>
    </Modal>
  );
}
