import type { Look, Looker } from '../../house/receipts.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Hidden } from '../../ui/kit.tsx';
import { Rich } from '../../words/Rich.tsx';
import { useWords } from '../../words/words.ts';
import classes from './Looks.module.css';
import type { Sheet } from './list.ts';
import { useLookWords } from './lookWords.ts';

/** Something somebody did: the sentence; when and why; that it was checked; and what to do where it looks wrong. */
export function LookRow({
  look,
  looker,
  open,
  holds,
}: {
  look: Look;
  looker: Looker | undefined;
  /** Opens one of its sheets. */
  open: (sheet: Sheet) => void;
  /** Whether all of it fits: nothing is ticked while something does not. */
  holds: boolean;
}) {
  const t = useWords('receipts');
  const words = useLookWords();
  const reason = words.reason(look);
  const heard = ` ${words.name(looker)}, ${words.time(look)}`;
  return (
    <div className={classes.look}>
      <p className={classes.sentence}>
        <Rich text={words.sentence(look, looker)} />
      </p>
      <p className={classes.why}>
        <span>{words.time(look)}</span>
        {reason !== null && <span>{reason}</span>}
        {looker?.kind === 'strange' && <span>{t('who.strangeNote')}</span>}
      </p>
      <div className={classes.acts}>
        {holds && (
          <button type="button" className={classes.tick} onClick={() => open({ kind: 'checked', look: look.id })}>
            <Icon name="seal-check-fill" size={20} />
            <Hidden>
              {t('checked.tick')}
              {heard}
            </Hidden>
          </button>
        )}
        <button type="button" className={classes.wrong} onClick={() => open({ kind: 'wrong', look: look.id })}>
          {t('wrong.ask')}
          <Hidden>{heard}</Hidden>
        </button>
      </div>
    </div>
  );
}
