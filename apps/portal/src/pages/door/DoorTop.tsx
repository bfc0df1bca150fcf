import { useQuery } from '@tanstack/react-query';
import { paths } from '../../paths.ts';
import { townQuery } from '../../shell/town.ts';
import { Brand } from '../../ui/Brand.tsx';
import { Hidden } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { type Language, languages } from '../../words/language.ts';
import { chooseLanguage, useLanguage, useWords } from '../../words/words.ts';
import classes from './Door.module.css';

/** Above every page before a door: who we are, what runs here, and in which language. */
export function DoorTop() {
  const t = useWords('door');
  const town = useQuery(townQuery);
  const language = useLanguage();
  return (
    <header className={classes.top}>
      <Link href={paths.doors} className={classes.brand} aria-label="Carelet">
        <Brand />
      </Link>
      <div className={classes.topEnd}>
        {town.data?.demo && <p className={classes.running}>{t('running')}</p>}
        <label className={classes.language}>
          <Hidden>{t('account.language')}</Hidden>
          <select value={language} onChange={(event) => void chooseLanguage(event.currentTarget.value as Language)}>
            {languages.map(({ tag, name }) => (
              <option key={tag} value={tag} lang={tag}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
    </header>
  );
}
