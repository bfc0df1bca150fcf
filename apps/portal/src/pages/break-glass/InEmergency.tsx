import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Overview } from '../../house/patients.ts';
import { Banner } from '../../ui/kit.tsx';
import { LockedCard } from '../../ui/LockedCard.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './BreakGlass.module.css';
import { EmergencySheet } from './EmergencySheet.tsx';

/** Beside what is locked: a doctor who may opens it in an emergency. */
export function InEmergency({ overview }: { overview: Overview }) {
  const t = useWords('break-glass');
  const format = useFormat();
  const [opening, setOpening] = useState(false);
  const { emergency, withheld, identity } = overview;
  if (!emergency || emergency.until !== null || emergency.places.length === 0 || withheld.length === 0) return null;
  const places = format.list(emergency.places);
  return (
    <>
      <LockedCard
        title={t('begin')}
        text={t('beginText', { name: identity.name ?? t('patient'), places })}
        acts={
          <Button variant="default" aria-haspopup="dialog" onClick={() => setOpening(true)}>
            {t('open')}
          </Button>
        }
      />
      {opening && <EmergencySheet overview={overview} places={places} close={() => setOpening(false)} />}
    </>
  );
}

/** On top of a chart whose glass is broken: until when, and who knows. */
export function EmergencyOpen({ overview: { emergency, identity, places } }: { overview: Overview }) {
  const t = useWords('break-glass');
  const format = useFormat();
  if (!emergency || emergency.until === null) return null;
  const told = emergency.places.length > 0 ? emergency.places : places.map(({ name }) => name);
  return (
    <div className={`${classes.news} no-print`}>
      <Banner icon="warning" tone="danger">
        <p>{t('isOpen', { time: format.time(emergency.until), name: identity.name ?? t('patient'), places: format.list(told) })}</p>
      </Banner>
    </div>
  );
}
