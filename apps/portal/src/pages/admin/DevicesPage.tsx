import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ClinicDevices } from '../../house/admin.ts';
import { ask } from '../../queries.ts';
import { useSomeone } from '../../shell/session.tsx';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Banner, Section } from '../../ui/kit.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useWords } from '../../words/words.ts';
import { DeviceTable, isQuiet } from './DeviceTable.tsx';
import { EndDialog, type Ending } from './EndDialog.tsx';
import { Failed } from './Failed.tsx';
import { PairDialog } from './PairDialog.tsx';
import classes from './PeoplePage.module.css';

/** The devices of the clinics, one's own first: who is quiet is the news. It keeps itself up to date. */
export function DevicesPage() {
  const t = useWords('admin');
  const { organisations } = useSomeone();
  const devices = useQuery(ask.devices());
  const [pairing, setPairing] = useState(false);
  const [ending, setEnding] = useState<Ending | null>(null);
  const mine = ({ organisation }: ClinicDevices) => organisations.includes(organisation);
  const clinics = (devices.data ?? []).toSorted(
    (a, b) => Number(mine(b)) - Number(mine(a)) || a.organisation.localeCompare(b.organisation),
  );
  const paired = clinics.flatMap((clinic) => clinic.devices ?? []).filter(({ state }) => state === 'paired');
  const quiet = paired.filter((device) => isQuiet(device, devices.dataUpdatedAt)).length;
  const title = devices.data
    ? quiet > 0
      ? t('devices.quietTitle', { count: quiet })
      : t('devices.pairedTitle', { count: paired.length })
    : t('devices.title');
  useTitle(title);

  return (
    <>
      <header className={classes.head}>
        <div>
          <h1>{title}</h1>
          <p className="lede">{t('devices.lede')}</p>
        </div>
        <div className={classes.acts}>
          <Button leftSection={<Icon name="plus" size={18} />} onClick={() => setPairing(true)} disabled={clinics.length === 0}>
            {t('devices.pair')}
          </Button>
        </div>
      </header>
      {devices.isError && !devices.data ? (
        <Failed title={t('failed.list')} failure={devices.error} retry={() => void devices.refetch()} />
      ) : !devices.data ? (
        <SkeletonRows rows={4} name={t('devices.loading')} />
      ) : (
        <div className={classes.places}>
          {clinics.map((clinic) => (
            <Section key={clinic.organisation} title={clinic.organisation}>
              {clinic.devices === null ? (
                <Banner icon="warning">
                  <b>{t('devices.silent', { organisation: clinic.organisation })}</b> {t('next.silent')}
                </Banner>
              ) : clinic.devices.length === 0 ? (
                <EmptyState icon="watch" title={t('devices.none')} text={t('devices.noneAbout')} />
              ) : (
                <DeviceTable
                  devices={clinic.devices}
                  organisation={clinic.organisation}
                  now={devices.dataUpdatedAt}
                  end={(device) => setEnding({ organisation: clinic.organisation, device })}
                />
              )}
            </Section>
          ))}
        </div>
      )}
      <PairDialog opened={pairing} close={() => setPairing(false)} clinics={clinics} refresh={() => void devices.refetch()} />
      <EndDialog ending={ending} close={() => setEnding(null)} refresh={() => void devices.refetch()} />
    </>
  );
}
