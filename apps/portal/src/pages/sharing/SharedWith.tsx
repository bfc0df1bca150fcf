import type { Received } from '../../house/sharing.ts';
import { Icon } from '../../ui/Icon.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './SharedWith.module.css';
import { useWhatWords } from './whatWords.ts';

/** What a patient shares with the doctor who looks, or a team of hers: her words, and until when. */
export function SharedWith({ shared }: { shared: readonly Received[] }) {
  const t = useWords('sharing');
  const format = useFormat();
  const words = useWhatWords();
  return shared.map((one) => (
    <span key={JSON.stringify(one)} className={classes.shared}>
      <Icon name="users" size={17} />
      <span>
        {t(one.team === null ? 'received' : 'receivedTeam', {
          ...{ name: one.name, team: one.team, what: words.what(one), until: format.born(one.until) },
        })}
      </span>
    </span>
  ));
}
