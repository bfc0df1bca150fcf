/**
 * A look in words.
 *
 * @module
 */
import type { Look, Looker } from '../../house/receipts.ts';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { told } from '../sharing/what.ts';
import { useWhatWords } from '../sharing/whatWords.ts';

export type LookWords = {
  /** What somebody is called. */
  name(looker: Looker | undefined): string;
  /** `<b>Dr Chen</b> opened your readings.`, for `Rich`; many kinds in short, unless the whole is wanted. */
  sentence(look: Look, looker: Looker | undefined, whole?: boolean): string;
  /** `09:14`, or from when to when. */
  time(look: Look): string;
  /** Why it opened; nothing where somebody wrote. */
  reason(look: Look): string | null;
  places(look: Look): string;
};

/** With two kinds and so many more, it is told in short. */
const longer = 3;
/** Shorter than this, a look is a moment. */
const momentMs = 120_000;

export function useLookWords(): LookWords {
  const t = useWords('receipts');
  const g = useWords('sharing');
  const format = useFormat();
  const words = useWhatWords();
  const what = ({ kinds }: Look) => {
    const { all, groups, kinds: single } = told(kinds);
    const [first, second, ...rest] = [...groups.map((group) => g(`group.${group}`)), ...single.map((kind) => g(`kind.${kind}`))];
    // A long list is read by nobody; the sheets have all of it.
    return all || rest.length < longer ? words.kinds(kinds) : t('did.few', { first, second, count: rest.length });
  };
  const name = (looker: Looker | undefined) =>
    !looker || looker.kind === 'strange'
      ? t('who.strange', { number: looker?.name ?? '' })
      : looker.kind === 'you'
        ? t('who.you')
        : looker.name;
  const places = (look: Look) => format.list(look.places);
  return {
    name,
    places,
    sentence(look, looker, whole = false) {
      const said = { who: name(looker), what: whole ? words.kinds(look.kinds) : what(look) };
      switch (look.deed) {
        case 'looked':
          return look.kinds.length > 0 ? t('did.looked', said) : t('did.lookedSome', said);
        case 'wrote':
          return look.kinds.length > 0 ? t('did.wrote', said) : t('did.wroteSome', said);
        case 'locked':
          return look.kinds.length > 0 ? t('did.locked', said) : t('did.lockedSome', said);
        case 'asked':
          return t('did.asked', said);
        case 'let':
          return t('did.let');
        case 'stopped':
          return t('did.stopped');
        case 'card':
          return t('did.card', said);
        case 'broke':
          return t('did.broke', said);
      }
    },
    time(look) {
      const from = format.time(look.at);
      return look.until - look.at < momentMs ? from : t('span', { from, to: format.time(look.until) });
    },
    reason(look) {
      if (look.reason === null) return null;
      if (look.reason === 'emergency') return t('reason.emergency');
      if (look.team !== undefined) return t('reason.team', { team: look.team });
      return look.reason === 'allowed' ? t('reason.allowed') : t('reason.approved', { places: places(look) });
    },
  };
}
