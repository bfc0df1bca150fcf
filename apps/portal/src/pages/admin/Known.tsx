import type { DoctorLine } from '../../house/admin.ts';
import { Section } from '../../ui/kit.tsx';
import { SummaryList } from '../../ui/SummaryList.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './DoctorPage.module.css';

/** What the doctor wrote when registering, and the fingerprint of the doctor's keys. */
export function Known({ doctor: { name, certificate, specialty, organisation, registered, fingerprint } }: { doctor: DoctorLine }) {
  const t = useWords('admin');
  const format = useFormat();
  return (
    <Section title={t('doctor.know')}>
      <SummaryList
        facts={[
          { name: t('doctor.nameOf'), value: name },
          { name: t('doctor.certificate'), value: <Explained text={certificate} by={t('doctor.said')} /> },
          { name: t('doctor.specialty'), value: <span className={classes.sentence}>{specialty}</span> },
          { name: t('doctor.works'), value: organisation },
          { name: t('doctor.since'), value: format.moment(registered) },
          {
            name: t('doctor.fingerprint'),
            value: <Explained text={fingerprint} by={t('doctor.fingerprintAbout')} className={classes.fingerprint} />,
          },
        ]}
      />
    </Section>
  );
}

const Explained = ({ text, by, className }: { text: string; by: string; className?: string }) => (
  <>
    <bdi className={className}>{text}</bdi>
    <p className="meta">{by}</p>
  </>
);
