import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { house } from '../../house/front.ts';
import type { PatientLine } from '../../house/patients.ts';
import { paths, to } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { initialsOf } from '../../shell/initials.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Card, Face, Section } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { useWords } from '../../words/words.ts';
import { SharedWith } from './SharedWith.tsx';
import classes from './WithMe.module.css';

/** For whoever cares for somebody: who shares with her, and the code by which somebody can. */
export function WithMe() {
  const t = useWords('sharing');
  const lines = useQuery(ask.sharedWithMe()).data ?? [];
  const code = useMutation({ mutationFn: () => house.carerCode() });
  return (
    <Section title={t('care.title')} className={classes.apart}>
      <Card className={classes.care}>
        {lines.length > 0 ? <Givers lines={lines} /> : <p>{t('care.none')}</p>}
        <p className="soft">{t('care.about')}</p>
        {code.data === undefined ? (
          <Button variant="default" loading={code.isPending} onClick={() => code.mutate()}>
            {t('care.show')}
          </Button>
        ) : (
          <CopyField label={t('care.code')} value={code.data} copy={t('care.copy')} copied={t('care.copied')} whole />
        )}
        {code.isError && (
          <p className={classes.failed} role="alert">
            {t('care.failed')}
          </p>
        )}
      </Card>
    </Section>
  );
}

/** The same at Home, once somebody shares. */
export function SharedAtHome() {
  const t = useWords('sharing');
  const lines = useQuery(ask.sharedWithMe()).data ?? [];
  if (lines.length === 0) return null;
  return (
    <Section title={t('care.home')} className={classes.apart}>
      <Card>
        <Givers lines={lines} />
      </Card>
    </Section>
  );
}

function Givers({ lines }: { lines: readonly PatientLine[] }) {
  return (
    <ul className={classes.givers}>
      {lines.map(({ id, identity, shared }) => (
        <li key={id}>
          <Face initials={initialsOf(identity.name ?? '')} />
          <div>
            <Link href={to(paths.patient.shared, { patient: id })} className={classes.link}>
              <bdi>{identity.name}</bdi>
            </Link>
            <SharedWith shared={shared} />
          </div>
        </li>
      ))}
    </ul>
  );
}
