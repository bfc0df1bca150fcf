import type { DoctorLine } from '../../house/admin.ts';
import { paths, to } from '../../paths.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { Link } from '../../ui/Link.tsx';
import { Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './DoctorPage.module.css';
import { counts, dayAhead, officesOf } from './rule.ts';

/** Doctors of one standing, as a table on a desk and as cards on a phone. */
export function DoctorTable({ doctors, caption }: { doctors: readonly DoctorLine[]; caption: string }) {
  const t = useWords('admin');
  const format = useFormat();
  return (
    <DataTable
      caption={caption}
      rows={doctors}
      keyOf={({ id }) => id}
      columns={[
        {
          key: 'name',
          name: t('people.name'),
          head: true,
          cell: ({ id, name }) => <Link href={to(paths.admin.doctor, { doctor: id })}>{name}</Link>,
        },
        { key: 'specialty', name: t('people.specialty'), cell: ({ specialty }) => <span className={classes.sentence}>{specialty}</span> },
        { key: 'works', name: t('people.works'), phone: 'end', cell: ({ organisation }) => organisation },
        { key: 'registered', name: t('people.registered'), phone: 'hide', cell: ({ registered }) => format.moment(registered) },
        { key: 'answer', name: t('people.answer'), phone: 'value', cell: (doctor) => <Answer doctor={doctor} /> },
      ]}
    />
  );
}

function Answer({ doctor: { state, policies, asks } }: { doctor: DoctorLine }) {
  const t = useWords('admin');
  const format = useFormat();
  if (state === 'rejected') return <Word kind="stopped">{t('people.turnedDown')}</Word>;
  if (state === 'approved' && asks.length > 0) {
    return <Word kind="waiting">{t('people.asks', { organisation: format.list(asks.map(({ organisation }) => organisation)) })}</Word>;
  }
  if (state === 'approved') {
    const last = policies
      .filter(counts)
      .map(({ until }) => until)
      .toSorted()
      .at(-1);
    if (last === undefined) return <Word kind="quiet">{t('people.noRule')}</Word>;
    const ended = last < dayAhead(Date.now(), 0);
    return <Word kind={ended ? 'waiting' : 'done'}>{t(ended ? 'people.ended' : 'people.until', { date: format.born(last) })}</Word>;
  }
  const nearest = policies.toSorted((a, b) => officesOf(b).length - officesOf(a).length)[0];
  if (!nearest) return <Word kind="quiet">{t('people.nobody')}</Word>;
  if (nearest.mine) return <Word kind="waiting">{t('people.youSigned')}</Word>;
  return <Word kind="waiting">{t('people.signed', { signed: officesOf(nearest).length, needed: nearest.needed })}</Word>;
}
