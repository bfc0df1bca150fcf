import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { HouseFailure } from '../../house/errors.ts';
import type { Receipts } from '../../house/receipts.ts';
import { paths } from '../../paths.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Back } from '../../ui/kit.tsx';
import { LongList } from '../../ui/LongList.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { useGo } from '../../useGo.ts';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { Failed } from '../record/Waiting.tsx';
import { Checked } from './Checked.tsx';
import { Contradicts } from './Contradicts.tsx';
import { KeepCopy } from './KeepCopy.tsx';
import { LookRow } from './LookRow.tsx';
import classes from './Looks.module.css';
import { daysOf, filterIn, type LooksFilter, lookersIn, newsIn, type Sheet, searchOf, sheetIn, shownOf } from './list.ts';
import { useLookWords } from './lookWords.ts';
import { Wrong } from './Wrong.tsx';

/** Which tick was pressed where no look's was: all of them. */
const allOfThem = 'all';

/** Who looked: every receipt of one's records in sentences, checked on this device. */
export function ReceiptsPage() {
  const t = useWords('receipts');
  const query = useQuery(ask.receipts());
  const again = () => void query.refetch();
  const { data, error } = query;
  useTitle(t('title'));
  return (
    <>
      <Back href={paths.patient.sharing}>{t('back')}</Back>
      <header>
        <h1>{data && data.problems.length === 0 ? t('news', { count: newsIn(data.looks, Date.now()) }) : t('title')}</h1>
        <p className="lede">{t('lede')}</p>
      </header>
      <div className={classes.columns}>
        {data ? (
          <Looks receipts={data} again={again} working={query.isFetching} />
        ) : error instanceof HouseFailure && error.kind === 'missing' ? (
          <EmptyState icon="receipt" title={t('noLog')} text={t('noLogText')} />
        ) : error ? (
          <Failed failure={error} again={again} />
        ) : (
          <SkeletonRows rows={6} name={t('loading')} />
        )}
      </div>
    </>
  );
}

function Looks({ receipts, again, working }: { receipts: Receipts; again: () => void; working: boolean }) {
  const t = useWords('receipts');
  const go = useGo();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const filter = filterIn(search);
  const sheet = sheetIn(search);
  const { looks, lookers, problems } = receipts;
  const look = looks.find(({ id }) => id === sheet?.look);
  const looker = lookers.find(({ id }) => id === look?.who);
  const holds = problems.length === 0;

  const goTo = (next: LooksFilter, opened: Sheet | null = null) =>
    go({ ...searchOf(next), ...(opened && { [opened.kind]: opened.look }) }, { resetScroll: false });
  const close = () => goTo(filter);
  return (
    <>
      {holds ? (
        <State receipts={receipts} how={() => goTo(filter, { kind: 'checked', look: allOfThem })} />
      ) : (
        <Contradicts receipts={receipts} again={again} working={working} />
      )}
      {looks.length === 0 ? (
        holds && <EmptyState icon="eye" title={t('none')} text={t('noneText')} />
      ) : (
        <List receipts={receipts} filter={filter} goTo={goTo} />
      )}
      {sheet?.kind === 'checked' && (look || sheet.look === allOfThem) && (
        <Checked receipts={receipts} look={look} looker={looker} close={close} again={again} />
      )}
      {sheet?.kind === 'wrong' && look && <Wrong look={look} looker={looker} copy={receipts.copy} close={close} />}
    </>
  );
}

/** That all of it was checked and when, with a way to what that means and a copy to keep. */
function State({ receipts: { count, checked, witnesses, away, copy }, how }: { receipts: Receipts; how: () => void }) {
  const t = useWords('receipts');
  const format = useFormat();
  const signed = witnesses.length > 0;
  const when = format.moment(checked);
  return (
    <div className={classes.state}>
      <p role="status">
        <Mark kind={signed ? 'done' : 'waiting'} size={18} />
        <span>{signed ? t('checked.line', { count, when }) : t('checked.unsigned', { when })}</span>
      </p>
      {away.length > 0 && <p className="meta">{t('checked.away', { names: format.list(away) })}</p>}
      <Button variant="subtle" onClick={how}>
        {t('checked.how')}
      </Button>
      <KeepCopy copy={copy} />
    </div>
  );
}

function List({
  receipts: { looks, lookers, problems },
  filter,
  goTo,
}: {
  receipts: Receipts;
  filter: LooksFilter;
  goTo: (next: LooksFilter, opened?: Sheet | null) => void;
}) {
  const t = useWords('receipts');
  const format = useFormat();
  const words = useLookWords();
  const byId = new Map(lookers.map((looker) => [looker.id, looker]));
  const shown = shownOf(looks, filter);
  const people = lookersIn(shownOf(looks, { ...filter, who: null }), lookers);
  const options = people.map(({ looker, count }) => ({ value: looker.id, label: `${words.name(looker)} (${format.number(count)})` }));
  // Who was chosen by an address stays a choice, also where she did nothing of this kind.
  if (filter.who !== null && !people.some(({ looker }) => looker.id === filter.who)) {
    options.push({ value: filter.who, label: words.name(byId.get(filter.who)) });
  }
  return (
    <>
      <div className={classes.filters}>
        <FilterBar
          name={t('filter.show')}
          value={filter.show}
          onChange={(show) => goTo({ ...filter, show })}
          options={[
            { value: 'looks', label: t('filter.looks') },
            { value: 'all', label: t('filter.everything') },
          ]}
        />
        <NativeSelect
          aria-label={t('filter.who')}
          value={filter.who ?? ''}
          onChange={(event) => goTo({ ...filter, who: event.currentTarget.value || null })}
          data={[{ value: '', label: t('filter.everybody') }, ...options]}
        />
      </div>
      {shown.length > 0 ? (
        <LongList
          name={t('title')}
          groups={daysOf(shown).map(({ key, at, items }) => ({ key, title: format.day(at), items }))}
          keyOf={(look) => look.id}
          row={(look) => (
            <LookRow look={look} looker={byId.get(look.who)} open={(sheet) => goTo(filter, sheet)} holds={problems.length === 0} />
          )}
          rowHeight={72}
        />
      ) : filter.who === null ? (
        <EmptyState icon="eye" title={t('none')} text={t('noneText')} />
      ) : (
        <EmptyState
          icon="eye"
          title={t('noneSo')}
          text={t('noneSoText')}
          act={
            <Button variant="default" onClick={() => goTo({ ...filter, who: null })}>
              {t('clear')}
            </Button>
          }
        />
      )}
    </>
  );
}
