import type { Look, Looker } from '../../house/receipts.ts';
import { useFormat } from '../../words/format.ts';
import { Rich } from '../../words/Rich.tsx';
import classes from './Looks.module.css';
import { useLookWords } from './lookWords.ts';

/** A look as a sheet about it begins: its sentence, and when it was. */
export function Said({ look, looker }: { look: Look; looker: Looker | undefined }) {
  const format = useFormat();
  const words = useLookWords();
  return (
    <div className={classes.said}>
      <p>
        <Rich text={words.sentence(look, looker, true)} />
      </p>
      <p className="meta">
        {format.date(look.at)}, {words.time(look)}
      </p>
    </div>
  );
}
