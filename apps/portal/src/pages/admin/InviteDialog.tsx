import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { house } from '../../house/front.ts';
import { paths } from '../../paths.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Banner } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import { nextStep } from './Failed.tsx';
import classes from './PeoplePage.module.css';

/** Makes a one-time code for another administrator and shows it this one time. */
export function InviteDialog({ opened, close }: { opened: boolean; close: () => void }) {
  const t = useWords('admin');
  const invite = useMutation({ mutationFn: () => house.invite(), gcTime: 0 });
  const leave = () => {
    close();
    // The code goes with the dialog.
    invite.reset();
  };
  return (
    <Modal
      opened={opened}
      onClose={leave}
      title={t('invite.title')}
      closeOnClickOutside={!invite.data}
      closeButtonProps={{ 'aria-label': t('invite.cancel') }}
    >
      <div className={classes.dialog}>
        {invite.data ? (
          <>
            <CopyField label={t('invite.ready')} value={invite.data.code} copy={t('invite.copyCode')} copied={t('invite.copied')} />
            <p className="soft">{t('invite.once')}</p>
            <h3>{t('invite.steps')}</h3>
            <ol className={classes.steps}>
              <li>
                <CopyField
                  label={t('invite.step1')}
                  value={`${location.origin}${paths.firstRun}`}
                  copy={t('invite.copyAddress')}
                  copied={t('invite.copied')}
                />
              </li>
              <li>{t('invite.step2')}</li>
              <li>{t('invite.step3')}</li>
            </ol>
            <div className={classes.dialogActs}>
              <Button onClick={leave}>{t('invite.done')}</Button>
            </div>
          </>
        ) : (
          <>
            <p>{t('invite.about')}</p>
            {invite.isError && (
              <Banner icon="warning">
                <b>{t('failed.title')}</b> {t('failed.safe')} {nextStep(t, invite.error)}
              </Banner>
            )}
            <div className={classes.dialogActs}>
              <Button variant="default" onClick={leave}>
                {t('invite.cancel')}
              </Button>
              <Button loading={invite.isPending} onClick={() => invite.mutate()}>
                {invite.isPending ? t('invite.making') : t('invite.make')}
              </Button>
            </div>
          </>
        )}
      </div>
    </Modal>
  );
}
