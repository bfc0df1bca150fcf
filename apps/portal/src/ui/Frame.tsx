import type { ReactNode } from 'react';
import { Brand } from './Brand.tsx';
import classes from './Frame.module.css';
import { filled, Icon, type IconName } from './Icon.tsx';
import { Link } from './Link.tsx';

/** Where the page begins: the skip link leads here, and the focus comes here when a page opens. */
export const mainId = 'main';

export type FramePlace = {
  readonly id: string;
  readonly name: string;
  readonly icon: IconName;
  readonly href: string;
  /** What waits there, already formatted, and in words for those who hear it: "2 unread". */
  readonly count?: { readonly shown: string; readonly name: string };
};

/**
 * Around every page behind a door: a rail on a desk, a bar at the foot on a phone, with the same places in the same order.
 */
export function Frame({
  places,
  here,
  placesName,
  skip,
  home,
  account,
  banner,
  children,
}: {
  /** Two to five of them. */
  places: readonly FramePlace[];
  /** Id of the place one is in; `null` in none of them. */
  here: string | null;
  /** Name of the navigation: "Places". */
  placesName: string;
  /** The skip link: "Skip to the page". */
  skip: string;
  /** Where the brand leads, and what that link is called. */
  home: { readonly href: string; readonly name: string };
  /** An `AccountButton`, with its menu around it. */
  account: ReactNode;
  /** `OfflineBanner`, `Banner`. */
  banner?: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <a className={classes.skip} href={`#${mainId}`}>
        {skip}
      </a>
      <div className={classes.frame}>
        <header className={classes.rail}>
          <Link href={home.href} className={classes.brand} aria-label={home.name}>
            <Brand />
          </Link>
          <nav aria-label={placesName} className={classes.railNav}>
            <ul>
              {places.map(({ id, name, icon, href, count }) => (
                <li key={id}>
                  <Link href={href} className={classes.place} aria-current={id === here ? 'page' : undefined}>
                    <Icon name={id === here ? filled(icon) : icon} size={21} />
                    <span>{name}</span>
                    {count && (
                      <span className={classes.count} role="img" aria-label={count.name}>
                        {count.shown}
                      </span>
                    )}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          {account}
        </header>
        <div className={classes.page}>
          {banner && <div className={classes.banner}>{banner}</div>}
          <main id={mainId} className={classes.main} tabIndex={-1}>
            {children}
          </main>
        </div>
        <nav className={classes.bar} aria-label={placesName}>
          <ul style={{ gridTemplateColumns: `repeat(${places.length}, minmax(0, 8rem))` }}>
            {places.map(({ id, name, icon, href, count }) => (
              <li key={id}>
                <Link href={href} className={classes.tab} aria-current={id === here ? 'page' : undefined}>
                  <span className={classes.tabIcon}>
                    <Icon name={id === here ? filled(icon) : icon} size={24} />
                    {count && (
                      <span className={classes.tabCount} role="img" aria-label={count.name}>
                        {count.shown}
                      </span>
                    )}
                  </span>
                  <span className={classes.tabName}>{name}</span>
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </>
  );
}
