import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Door } from '../../house/house.ts';
import { paths } from '../../paths.ts';
import { useSession } from '../../shell/session.tsx';
import { useTitle } from '../../shell/title.ts';
import { peopleQuery, townQuery } from '../../shell/town.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Action } from '../../ui/kit.tsx';
import { Rich } from '../../words/Rich.tsx';
import { useWords } from '../../words/words.ts';
import classes from './Door.module.css';
import { DoorTop } from './DoorTop.tsx';
import { Unlock } from './Unlock.tsx';

export const firstPlace: Readonly<Record<Door, string>> = {
  patient: paths.patient.home,
  doctor: paths.doctor.today,
  admin: paths.admin.status,
};

/**
 * Sign in: at an address of its own (`?as=ada` names somebody of the demo town), or in place of a page whose keys are
 * locked; then the page comes back as it was.
 */
export function SignInPage({ inPlaceOf }: { inPlaceOf?: Door }) {
  const t = useWords('door');
  const { someone, locked } = useSession();
  const navigate = useNavigate();
  const { as } = useSearch({ strict: false }) as { as?: string };
  const town = useQuery(townQuery);
  const people = useQuery({ ...peopleQuery, enabled: town.data?.demo === true && as !== undefined });
  const person = people.data?.find(({ slug }) => slug === as);
  const title = person ? t('signIn.titleName', { name: person.title }) : locked ? t('signIn.again') : t('signIn.title');
  useTitle(title);
  if (as !== undefined && (town.isPending || (town.data?.demo && people.isPending))) return <DoorTop />;

  return (
    <div className={classes.page}>
      <DoorTop />
      <main className={classes.center} id="main" tabIndex={-1}>
        <div className={classes.sheet}>
          <h1>{title}</h1>
          {inPlaceOf && someone && <p className="soft">{t('signIn.otherDoor', { name: someone.title })}</p>}
          {!someone && locked && <p className="soft">{t(`signIn.${locked}`)}</p>}
          {person && (
            <p className="soft">
              <bdi>{person.about}</bdi>
            </p>
          )}
          <Unlock
            key={person?.slug ?? ''}
            person={person}
            onOpen={(who) => {
              if (who.door !== inPlaceOf) void navigate({ to: firstPlace[who.door], replace: inPlaceOf === undefined });
            }}
          />
          <nav className={classes.others} aria-label={t('signIn.others')}>
            {town.data?.demo && <Action href={paths.doors}>{t('signIn.doors')}</Action>}
            <Action href={paths.join}>{t('signIn.join')}</Action>
            <Action href={paths.firstRun}>{t('signIn.firstRun')}</Action>
          </nav>
        </div>
      </main>
      <footer className={classes.foot}>
        <Icon name="lock" size={18} />
        <p>
          <Rich text={t('signIn.promise')} />
        </p>
      </footer>
    </div>
  );
}
