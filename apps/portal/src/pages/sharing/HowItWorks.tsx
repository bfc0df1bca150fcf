import { Icon, type IconName } from '../../ui/Icon.tsx';
import { Section } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import classes from './SharingPage.module.css';

const facts: readonly { readonly icon: IconName; readonly word: string }[] = [
  { icon: 'lock', word: 'nobody' },
  { icon: 'calendar-blank', word: 'ends' },
  { icon: 'hospital', word: 'box' },
  { icon: 'arrow-counter-clockwise', word: 'stop' },
];

/** What sharing does and what it cannot do, in four sentences. */
export function HowItWorks() {
  const t = useWords('sharing');
  return (
    <Section title={t('how.title')}>
      <ul className={classes.facts}>
        {facts.map(({ icon, word }) => (
          <li key={word}>
            <Icon name={icon} size={20} />
            <span>{t(`how.${word}`)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
