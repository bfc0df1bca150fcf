import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { DeviceLine } from '../../house/admin.ts';
import { house } from '../../house/front.ts';
import { Banner } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import { numberOf } from './DeviceTable.tsx';
import { nextStep } from './Failed.tsx';
import classes from './PeoplePage.module.css';

export type Ending = { readonly organisation: string; readonly device: DeviceLine };

/** Takes a device out, once it is said what that does: it cannot be undone. */
export function EndDialog({ ending, close, refresh }: { ending: Ending | null; close: () => void; refresh: () => void }) {
  const t = useWords('admin');
  const end = useMutation({
    mutationFn: ({ organisation, device }: Ending) => house.endDevice(organisation, device.id),
    onSuccess() {
      refresh();
      leave();
    },
  });
  const leave = () => {
    close();
    end.reset();
  };
  return (
    <Modal
      opened={ending !== null}
      onClose={leave}
      title={ending && t('end.title', { device: numberOf(ending.device) })}
      closeButtonProps={{ 'aria-label': t('end.cancel') }}
    >
      <div className={classes.dialog}>
        <p>{t('end.about')}</p>
        {end.isError && (
          <Banner icon="warning">
            <b>{t('failed.title')}</b> {t('failed.safe')} {nextStep(t, end.error)}
          </Banner>
        )}
        <div className={classes.dialogActs}>
          <Button variant="default" onClick={leave} data-autofocus>
            {t('end.cancel')}
          </Button>
          <Button color="red" loading={end.isPending} onClick={() => ending && end.mutate(ending)}>
            {t('end.now')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
