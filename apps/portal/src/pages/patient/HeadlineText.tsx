import type { VitalCard } from '../../house/vitals.ts';
import { paths, to } from '../../paths.ts';
import { Action } from '../../ui/kit.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './HomePage.module.css';
import type { Headline } from './headline.ts';

/** The headline, what it stands on, and the way to it. */
export function HeadlineText({ headline, vitals }: { headline: Said; vitals: readonly VitalCard[] }) {
  const t = useWords('patient');
  const { title, lede, link } = useLines(headline, vitals);
  return (
    <>
      <h1>{title}</h1>
      <div className={classes.say}>
        <p className="lede">{lede}</p>
        {link && (
          <Action href={link.href} end="caret-right">
            {t(`home.${link.word}`)}
          </Action>
        )}
      </div>
    </>
  );
}

type Said = Exclude<Headline, { kind: 'nothing' }>;

type Lines = { readonly title: string; readonly lede: string; readonly link: { readonly href: string; readonly word: string } | null };

function useLines(headline: Said, vitals: readonly VitalCard[]): Lines {
  const t = useWords('patient');
  const v = useWords('vitals');
  const format = useFormat();
  switch (headline.kind) {
    case 'out': {
      const { vital, standing, days, of } = headline.finding;
      const own = vitals.find((card) => card.vital === vital)?.usual.kind === 'own';
      const context = own ? {} : { context: 'reference' };
      const basis =
        days === 0
          ? []
          : [
              of === 7
                ? t(`lede.${standing}`, { ...context, count: days })
                : t('lede.fewer', { ...context, days: format.number(days), count: of }),
            ];
      const also =
        headline.also.length === 0 ? [] : [t('lede.also', { vitals: format.list(headline.also.map((name) => v(`name.${name}`))) })];
      return {
        title: t(`headline.${standing}.${vital}`),
        lede: [...basis, ...also].join(' '),
        link: { href: to(paths.patient.vital, { vital }), word: 'trend' },
      };
    }
    case 'new': {
      const { items, results } = headline;
      const only = items.length === 1 ? items[0]! : null;
      return {
        title: t(results ? 'headline.newResults' : 'headline.newRecords', { count: items.length }),
        lede: t('lede.new', { places: format.list([...new Set(items.map(({ place }) => place.name))]) }),
        link: only ? { href: to(paths.patient.record, { record: only.id }), word: 'openResult' } : null,
      };
    }
    case 'usual':
      return { title: t('headline.usual'), lede: t('lede.usual'), link: null };
    case 'quiet':
      return { title: t('headline.usual'), lede: t('lede.quiet'), link: null };
  }
}
