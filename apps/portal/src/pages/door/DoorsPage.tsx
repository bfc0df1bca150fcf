import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { paths } from '../../paths.ts';
import { initialsOf } from '../../shell/initials.ts';
import { useTitle } from '../../shell/title.ts';
import { type DemoPerson, peopleQuery, townQuery } from '../../shell/town.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Action, Face, Keys } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { useWords } from '../../words/words.ts';
import classes from './Door.module.css';
import { DoorTop } from './DoorTop.tsx';

const groups = [
  { door: 'patient', title: 'doors.patients', about: 'doors.patientsAbout' },
  { door: 'doctor', title: 'doors.doctors', about: 'doors.doctorsAbout' },
  { door: 'administrator', title: 'doors.admins', about: 'doors.adminsAbout' },
] as const;

const signInAs = (slug: string): string => `${paths.signIn}?as=${encodeURIComponent(slug)}`;

/** The demo town's chooser of doors; a real portal goes straight to its sign-in. */
export function DoorsPage() {
  const t = useWords('door');
  const navigate = useNavigate();
  const town = useQuery(townQuery);
  const ready = town.data?.demo === true && town.data.ready;
  const people = useQuery({ ...peopleQuery, enabled: ready });
  useTitle(t('doors.title'));
  const shown = groups.map((group) => ({ ...group, people: (people.data ?? []).filter(({ door }) => door === group.door) }));
  const inOrder = shown.flatMap(({ people: here }) => here);
  useHotkeys(inOrder.slice(0, 9).map(({ slug }, i) => [String(i + 1), () => void navigate({ to: signInAs(slug) })]));
  if (town.data?.demo === false) return <Navigate to={paths.signIn} replace />;

  return (
    <div className={classes.page}>
      <DoorTop />
      <main className={classes.doorsMain} id="main" tabIndex={-1}>
        {town.data && !town.data.ready ? (
          <>
            <h1>{t('doors.settling')}</h1>
            <p className="lede">{t('doors.settlingAbout')}</p>
            <p role="status" className="meta">
              {town.data.doing}
            </p>
          </>
        ) : (
          <>
            <h1>{t('doors.title')}</h1>
            <p className="lede">{t('doors.lede')}</p>
            {/* Nothing that is seen moves when the people come: until then their room is kept free. */}
            {people.isPending && <div className={classes.waiting} aria-hidden="true" />}
            {inOrder.length > 0 &&
              shown.map(({ door, title, about, people: here }) => (
                <section key={door} className={classes.group} aria-labelledby={`door-${door}`}>
                  <h2 id={`door-${door}`}>
                    {t(title)} <span className="soft">{t(about)}</span>
                  </h2>
                  <ul className={classes.doors}>
                    {here.map((person) => (
                      <DoorCard key={person.slug} person={person} shortcut={inOrder.indexOf(person) + 1} open={t('doors.open')} />
                    ))}
                  </ul>
                </section>
              ))}
          </>
        )}
        {!(ready && people.isPending) && (
          <div className={classes.doorLinks}>
            <Action href={paths.signIn} end="caret-right">
              {t('doors.own')}
            </Action>
            <Action href={paths.join} end="caret-right">
              {t('signIn.join')}
            </Action>
          </div>
        )}
      </main>
    </div>
  );
}

function DoorCard({ person, shortcut, open }: { person: DemoPerson; shortcut: number; open: string }) {
  return (
    <li className={classes.door}>
      <div className={classes.doorHead}>
        <Face initials={initialsOf(person.title)} />
        <h3>
          <Link href={signInAs(person.slug)} className={classes.doorLink}>
            {person.title}
          </Link>
        </h3>
      </div>
      <p className={classes.doorAbout}>
        <bdi>{person.about}</bdi>
      </p>
      <div className={classes.doorFoot}>
        <span>{open}</span>
        <Icon name="arrow-right" size={18} />
        {shortcut <= 9 && (
          <span className={classes.doorKey} aria-hidden="true">
            <Keys>{shortcut}</Keys>
          </span>
        )}
      </div>
    </li>
  );
}
