import classes from './Facts.module.css';
import { Icon, type IconName } from './Icon.tsx';

/** Sentences of what something does and does not do, each with its icon. */
export function Facts({ facts }: { facts: readonly { readonly icon: IconName; readonly text: string }[] }) {
  return (
    <ul className={classes.facts}>
      {facts.map(({ icon, text }) => (
        <li key={text}>
          <Icon name={icon} size={20} />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
