import type { TriageLine } from '../../house/patients.ts';
import { paths, to } from '../../paths.ts';
import { Hidden } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { Mark, type MarkKind, Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useItemTitle } from '../record/ItemValue.tsx';
import { LineSpark } from './LineSpark.tsx';
import { usePersonWords } from './person.ts';
import { Numbers, unitOf, useReadingWords } from './reading.tsx';
import classes from './TodayPage.module.css';

/** One patient: shape, name, the value that matters and what is with it, the last days, since when. */
export function TriageRow({ line, here, select }: { line: TriageLine; here: boolean; select: () => void }) {
  const t = useWords('doctor');
  const person = usePersonWords();
  const reading = useReadingWords();
  const { patient, fresh, since, lookedAt } = line;
  const titleOf = useItemTitle();
  const [kind, spoken] = shapeOf(line);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard selects by the link inside, as the focus comes to it
    <li
      className={classes.row}
      data-patient={patient.id}
      data-here={here || undefined}
      data-looked={lookedAt !== null || undefined}
      onFocus={select}
      onClick={select}
    >
      <span className={classes.mark}>
        <Mark kind={kind} size={15} />
        <Hidden>{t(`today.mark.${spoken}`)}</Hidden>
      </span>
      <div className={classes.who}>
        <h3>
          <Link href={to(paths.doctor.chart, { patient: patient.id })} className={classes.link} aria-current={here ? 'true' : undefined}>
            {person.name(patient)}
          </Link>
        </h3>
        <span className="meta">{person.age(patient.identity)}</span>
      </div>
      <div className={classes.what}>
        <What line={line} />
        {lookedAt !== null ? (
          <Word kind="done">{reading.looked(lookedAt)}</Word>
        ) : (
          fresh.length > 0 && <p className={classes.fresh}>{t('today.new', { count: fresh.length, title: titleOf(fresh[0]!) })}</p>
        )}
      </div>
      <div className={classes.spark}>
        <LineSpark line={line} />
      </div>
      <span className={classes.since}>
        {since !== null && (
          <>
            <span className="meta">{t('today.since')}</span> {reading.sinceDay(since)}
          </>
        )}
      </span>
    </li>
  );
}

function shapeOf({ urgency, standing }: TriageLine): [MarkKind, string] {
  if (urgency === 'now') return ['urgent', 'now'];
  return standing === 'above' || standing === 'below' ? [standing, standing] : ['usual', 'other'];
}

/** `148/91 Blood pressure, above usual`. */
function What({ line }: { line: TriageLine }) {
  const t = useWords('doctor');
  const format = useFormat();
  const reading = useReadingWords();
  const { vital, latest, unit, decimals } = line;
  if (vital === null || latest === null || unit === null)
    return <p className="soft">{t(line.patient.open ? 'today.noReading' : 'patients.opening')}</p>;
  const scale = { unit, decimals };
  const limit = limitOf(line);
  const words = { vital: reading.vital(vital), limit: limit === null ? '' : format.quantity(limit, unit, decimals).value };
  const standing = line.standing === 'usual' && line.usual?.kind === 'none' ? 'unknown' : line.standing;
  return (
    <p>
      <bdi dir="ltr">
        <b>
          <Numbers values={latest.values} scale={scale} />
        </b>
        {latest.values.length === 1 && `\u00a0${unitOf(unit, t, format)}`}
      </bdi>{' '}
      <span className="soft">{t(`today.line.${standing}${limit === null ? '' : 'Limit'}`, words)}</span>
    </p>
  );
}

/** The bound that was crossed, where it is everybody's; one's own usual is no limit. */
function limitOf({ standing, usual, latest }: TriageLine): number | null {
  if (usual?.kind !== 'reference' || !usual.band || latest?.values.length !== 1) return null;
  return standing === 'above' ? usual.band.high : standing === 'below' ? usual.band.low : null;
}
