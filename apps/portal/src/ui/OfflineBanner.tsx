import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from './Icon.tsx';
import { Banner } from './kit.tsx';

/** The servers cannot be reached: what waits here, and that it goes out by itself. */
export function OfflineBanner({
  title,
  text,
  retry,
}: {
  title: ReactNode;
  text?: ReactNode;
  retry?: { readonly label: string; readonly onRetry: () => void; readonly working?: boolean };
}) {
  return (
    <Banner
      icon="wifi-slash"
      action={
        retry && (
          <Button
            variant="default"
            loading={retry.working ?? false}
            leftSection={<Icon name="arrows-clockwise" size={18} />}
            onClick={retry.onRetry}
          >
            {retry.label}
          </Button>
        )
      }
    >
      <p>
        <b>{title}</b> {text}
      </p>
    </Banner>
  );
}
