import { Button, Modal, NativeSelect } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ClinicDevices } from '../../house/admin.ts';
import { house } from '../../house/front.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Banner } from '../../ui/kit.tsx';
import { Word } from '../../ui/Mark.tsx';
import { QrCode } from '../../ui/QrCode.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { nextStep } from './Failed.tsx';
import classes from './PeoplePage.module.css';

/** Asks a clinic's box for a code, shows it this one time, and says when a patient has taken it. */
export function PairDialog({
  opened,
  close,
  clinics,
  refresh,
}: {
  opened: boolean;
  close: () => void;
  clinics: readonly ClinicDevices[];
  refresh: () => void;
}) {
  const t = useWords('admin');
  const format = useFormat();
  const there = clinics.filter(({ devices }) => devices !== null).map(({ organisation }) => organisation);
  const [chosen, setChosen] = useState<string | null>(null);
  const place = chosen ?? there[0] ?? '';
  const pair = useMutation({ mutationFn: (organisation: string) => house.pairDevice(organisation), gcTime: 0, onSuccess: refresh });
  const leave = () => {
    close();
    // The code goes with the dialog.
    pair.reset();
  };
  const device = clinics.flatMap(({ devices }) => devices ?? []).find(({ id }) => id === pair.data?.device);
  return (
    <Modal
      opened={opened}
      onClose={leave}
      title={t('pair.title')}
      closeOnClickOutside={!pair.data}
      closeButtonProps={{ 'aria-label': t('pair.cancel') }}
    >
      <div className={classes.dialog}>
        {pair.data ? (
          <>
            <div className={classes.qr}>
              <QrCode text={pair.data.code} label={t('pair.qr')} />
            </div>
            <p>{t('pair.steps')}</p>
            <CopyField label={t('pair.code')} value={pair.data.code} copy={t('pair.copy')} copied={t('pair.copied')} />
            <p className="soft">{t('pair.once', { time: format.time(pair.data.expires) })}</p>
            <p role="status">
              <Word kind={device?.state === 'paired' ? 'done' : 'waiting'}>
                {t(device?.state === 'paired' ? 'pair.taken' : 'pair.waits')}
              </Word>
            </p>
            <div className={classes.dialogActs}>
              <Button onClick={leave}>{t('pair.done')}</Button>
            </div>
          </>
        ) : (
          <>
            <p>{t('pair.about')}</p>
            {there.length > 1 && (
              <NativeSelect label={t('pair.where')} data={there} value={place} onChange={(event) => setChosen(event.currentTarget.value)} />
            )}
            {pair.isError && (
              <Banner icon="warning">
                <b>{t('failed.title')}</b> {t('failed.safe')} {nextStep(t, pair.error)}
              </Banner>
            )}
            <div className={classes.dialogActs}>
              <Button variant="default" onClick={leave}>
                {t('pair.cancel')}
              </Button>
              <Button loading={pair.isPending} onClick={() => pair.mutate(place)} disabled={place === ''}>
                {t('pair.make')}
              </Button>
            </div>
          </>
        )}
      </div>
    </Modal>
  );
}
