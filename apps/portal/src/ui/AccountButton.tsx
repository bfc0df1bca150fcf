import type { ButtonHTMLAttributes, Ref } from 'react';
import classes from './Frame.module.css';

/**
 * Who is here, as the button of the account's menu: `<Menu.Target><AccountButton … /></Menu.Target>`.
 * On a phone only the initials are seen.
 */
export function AccountButton({
  initials,
  name,
  about,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  initials: string;
  name: string;
  /** Below the name: an organisation, "Your account". */
  about: string;
  ref?: Ref<HTMLButtonElement>;
}) {
  return (
    <button type="button" {...rest} className={classes.person}>
      <span className={classes.initials} aria-hidden="true">
        {initials}
      </span>
      <span className={classes.personText}>
        <span className={classes.personName}>{name}</span>
        <span className={classes.personAbout}>{about}</span>
      </span>
    </button>
  );
}
