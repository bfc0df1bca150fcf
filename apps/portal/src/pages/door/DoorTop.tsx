import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { paths } from '../../paths.ts';
import { townQuery } from '../../shell/town.ts';
import { Brand } from '../../ui/Brand.tsx';
import { Link } from '../../ui/Link.tsx';
import { chooseLanguage, languages, useLanguage, useWords } from '../../words/words.ts';
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
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <button type="button" className={classes.language}>
              {languages.find(({ tag }) => tag === language)!.name}
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {languages.map(({ tag, name }) => (
              <Menu.Item key={tag} lang={tag} aria-current={tag === language} onClick={() => void chooseLanguage(tag)}>
                {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
    </header>
  );
}
