import type { PatientLine } from '../../house/patients.ts';
import { paths, to } from '../../paths.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Link } from '../../ui/Link.tsx';
import { Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { sharedEndings } from './endings.ts';
import classes from './PatientsPage.module.css';
import { usePersonWords } from './person.ts';
import { UntilDay } from './Until.tsx';

/** Patients as a table on a desk and as cards on a phone. */
export function PatientTable({ patients }: { patients: readonly PatientLine[] }) {
  const t = useWords('doctor');
  const format = useFormat();
  const person = usePersonWords();
  return (
    <DataTable
      caption={t('today.list')}
      rows={patients}
      keyOf={({ id }) => id}
      columns={[
        {
          key: 'name',
          name: t('patients.name'),
          head: true,
          // However long one name is: the others keep their room.
          width: '30%',
          cell: (patient) => (
            <span className={classes.locked}>
              {patient.open && patient.identity.name === null && <Icon name="lock" size={18} />}
              <Link href={to(paths.doctor.chart, { patient: patient.id })} className={classes.name}>
                <bdi>{person.name(patient)}</bdi>
              </Link>
            </span>
          ),
        },
        {
          key: 'age',
          name: t('patients.age'),
          align: 'end',
          phone: 'value',
          cell: ({ identity }) => person.age(identity),
        },
        { key: 'places', name: t('patients.places'), cell: ({ places }) => format.list(places.map(({ name }) => name)) },
        {
          key: 'latest',
          name: t('patients.latest'),
          phone: 'end',
          cell: ({ latest }) => (latest === null ? '' : format.when(latest.at, latest.precision)),
        },
        // What is the same for all stands above the table once.
        ...(sharedEndings(patients) === null
          ? [
              {
                key: 'until',
                name: t('patients.until'),
                phoneName: t('patients.until'),
                cell: ({ endings, shared }: PatientLine) => <UntilDay endings={endings} shared={shared} />,
              },
            ]
          : []),
        { key: 'records', name: t('patients.records'), align: 'end', phone: 'hide', cell: (patient) => <Count patient={patient} /> },
      ]}
    />
  );
}

function Count({ patient: { records, open } }: { patient: PatientLine }) {
  const t = useWords('doctor');
  const format = useFormat();
  // What is counted on the way are parts of records, which would be another number here.
  return open ? format.number(records) : <Word kind="waiting">{t('patients.opening')}</Word>;
}
