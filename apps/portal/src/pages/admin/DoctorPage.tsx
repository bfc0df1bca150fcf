import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { DoctorLine, Heard } from '../../house/admin.ts';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Action, Back, Section } from '../../ui/kit.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { Deciding } from './Deciding.tsx';
import classes from './DoctorPage.module.css';
import { Failed } from './Failed.tsx';
import { Known } from './Known.tsx';
import { Policies } from './Policies.tsx';
import { Rejecting } from './Rejecting.tsx';
import { Stopped } from './Stopped.tsx';

/** One doctor: who it is, what may be opened, and the decision. */
export function DoctorPage() {
  const t = useWords('admin');
  const { doctor: id } = useParams({ strict: false }) as { doctor: string };
  const doctors = useQuery(ask.doctors());
  const doctor = doctors.data?.find((one) => one.id === id);
  return (
    <>
      <Back href={paths.admin.people}>{t('doctor.back')}</Back>
      {doctor ? (
        <Doctor key={doctor.id} doctor={doctor} />
      ) : doctors.isError ? (
        <Failed title={t('failed.list')} failure={doctors.error} retry={() => void doctors.refetch()} />
      ) : doctors.data ? (
        <EmptyState
          level={1}
          icon="identification-card"
          title={t('doctor.unknown')}
          text={t('doctor.unknownAbout')}
          act={<Action href={paths.admin.people}>{t('doctor.toPeople')}</Action>}
        />
      ) : (
        <SkeletonRows rows={5} name={t('people.loading')} />
      )}
    </>
  );
}

function Doctor({ doctor }: { doctor: DoctorLine }) {
  const t = useWords('admin');
  const format = useFormat();
  const [renewing, setRenewing] = useState(false);
  const [rejecting, setRejecting] = useState(false);
  const [heard, setHeard] = useState<Heard | null>(null);
  const [ask] = doctor.state === 'approved' ? doctor.asks : [];
  const title = t(ask ? 'doctor.asks' : headOf(doctor), { name: doctor.name, organisation: ask?.organisation });
  useTitle(title);
  const heading = useFocusWhenChanged(title);
  const { name, specialty, organisation, registered, state, reason } = doctor;
  // Whoever was never let in has no keys that could end.
  const rejected = (by: Heard) => setHeard(state === 'approved' ? by : null);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      <p className={`lede ${classes.sentence}`}>{t('doctor.registered', { day: format.moment(registered), specialty, organisation })}</p>
      {doctor.asks.map((one) => (
        <p key={one.organisation}>{t('doctor.asked', { ...one, when: format.moment(one.at) })}</p>
      ))}
      {state === 'rejected' && heard && (
        <div className={classes.stopped}>
          <Stopped name={name} heard={heard} />
        </div>
      )}
      {state === 'rejected' && (
        <div className={classes.reason}>
          <h2>{t('doctor.why')}</h2>
          <p>{reason}</p>
          <p className="soft">{t('doctor.anew')}</p>
        </div>
      )}
      <div className={classes.parts}>
        {state === 'approved' && <Policies doctor={doctor} renewing={renewing || ask !== undefined} renew={() => setRenewing(true)} />}
        {state === 'pending' || (state === 'approved' && (renewing || ask)) ? (
          <Deciding doctor={doctor} rejected={rejected} />
        ) : (
          <>
            {state === 'approved' && (
              <Section title={t('doctor.after', { name })} className={classes.after}>
                <p className="soft">{t('doctor.afterAbout', { name })}</p>
                <Rejecting doctor={doctor} opened={rejecting} open={setRejecting} rejected={rejected} />
              </Section>
            )}
            <Known doctor={doctor} />
          </>
        )}
      </div>
    </>
  );
}

function headOf({ state, policies }: DoctorLine): string {
  if (state !== 'pending') return `doctor.${state}`;
  return policies.some(({ mine }) => mine) ? 'doctor.waitsForOther' : 'doctor.ask';
}

/** A decision takes its button away: the focus goes to the heading that tells what came of it. */
function useFocusWhenChanged(text: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(text);
  useEffect(() => {
    if (before.current !== text) heading.current?.focus();
    before.current = text;
  }, [text]);
  return heading;
}
