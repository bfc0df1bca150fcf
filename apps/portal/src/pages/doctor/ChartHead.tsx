import { Button } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import type { Overview } from '../../house/patients.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Tag } from '../../ui/kit.tsx';
import { Mark, Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useItemTitle } from '../record/ItemValue.tsx';
import { Who } from '../record/Who.tsx';
import { SharedWith } from '../sharing/SharedWith.tsx';
import classes from './ChartPage.module.css';
import { once } from './documents.ts';
import { useLooking, useLookOnOpening } from './looked.ts';
import { usePersonWords } from './person.ts';
import { useReadingWords } from './reading.tsx';
import { Until } from './Until.tsx';

/** Who it is. Name, age and allergies stay in sight while the chart scrolls. */
export function ChartHead({ overview }: { overview: Overview }) {
  const t = useWords('doctor');
  const reading = useReadingWords();
  const person = usePersonWords();
  const { look, takeBack } = useLooking();
  const noting = useLookOnOpening(overview.id);
  const lookedAt = noting ?? overview.lookedAt;
  const { ref, entry } = useIntersection();
  const name = person.name(overview);
  const age = person.age(overview.identity);
  return (
    <>
      <header className={classes.head} ref={ref}>
        <div className={classes.who}>
          <h1>
            <bdi>{name}</bdi>
          </h1>
          <p className={classes.facts}>{person.facts(overview.identity)}</p>
        </div>
        <div className={classes.acts}>
          <Button variant="default" leftSection={<Icon name="printer" size={18} />} onClick={() => print()}>
            {t('chart.print')}
          </Button>
          {lookedAt === null ? (
            <Button leftSection={<Icon name="check" size={18} />} onClick={() => look(overview.id)}>
              {t('chart.lookedAt')}
            </Button>
          ) : (
            <>
              <Button variant="subtle" onClick={() => takeBack(overview.id)}>
                {t('today.lookBack')}
              </Button>
              <Word kind="done">{reading.looked(lookedAt)}</Word>
            </>
          )}
        </div>
        <div className={classes.under}>
          <Allergies overview={overview} />
          <Who audience={overview.audience} />
          <Until endings={overview.endings} beside={overview.shared.length > 0} />
          <SharedWith shared={overview.shared} />
        </div>
      </header>
      {/* What the head says, once more above the rest: heard once, seen always. */}
      <div className={classes.stuck} data-shown={(entry && !entry.isIntersecting) || undefined} aria-hidden="true">
        <div>
          <b>
            <bdi>{name}</bdi>
            {age !== '' && `, ${age}`}
          </b>
          <Allergies overview={overview} />
        </div>
      </div>
    </>
  );
}

function Allergies({ overview: { allergies, withheld } }: { overview: Overview }) {
  const t = useWords('doctor');
  const titleOf = useItemTitle();
  const format = useFormat();
  if (withheld.includes('allergies')) return null;
  if (allergies.length === 0) return <span className="meta">{t('chart.noAllergies')}</span>;
  const what = format.list(once(allergies).map((item) => (item.word === null ? titleOf(item) : `${titleOf(item)} (${item.word})`)));
  return (
    <Tag tone="danger">
      <Mark kind="urgent" size={12} /> {t('chart.allergic', { what })}
    </Tag>
  );
}
