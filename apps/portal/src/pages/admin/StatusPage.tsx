import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TownStatus } from '../../house/admin.ts';
import { ask } from '../../queries.ts';
import { useTitle } from '../../shell/title.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { type Format, useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { CloudletTable } from './CloudletTable.tsx';
import { Failed } from './Failed.tsx';
import { headlineOf, toneOf, totalsOf } from './headline.ts';
import { LatelyChart } from './LatelyChart.tsx';
import { ReviewTask } from './ReviewTask.tsx';
import { Services } from './Services.tsx';
import classes from './StatusPage.module.css';

/** How the town is: one sentence, then the numbers it rests on. It keeps itself up to date. */
export function StatusPage() {
  const t = useWords('admin');
  const town = useQuery(ask.town());
  if (town.data) return <Status status={town.data} stale={town.isError} refresh={() => void town.refetch()} />;
  return (
    <>
      <h1>{t('status.title')}</h1>
      {town.isError ? <Failed title={t('failed.town')} failure={town.error} retry={() => void town.refetch()} /> : <Bones />}
    </>
  );
}

/** The hour, and the day as well when it was not today. */
const hourOf = (ms: number, format: Format): string =>
  new Date(ms).toDateString() === new Date().toDateString() ? format.time(ms) : `${format.shortDate(ms)} ${format.time(ms)}`;

const marks = { ok: 'done', wait: 'waiting', danger: 'urgent' } as const;

function Status({ status, stale, refresh }: { status: TownStatus; stale: boolean; refresh: () => void }) {
  const t = useWords('admin');
  const format = useFormat();
  const headline = headlineOf(status);
  const tone = toneOf(headline, status.at);
  const count = 'waiting' in headline ? headline.waiting : headline.kind === 'unkept' ? headline.unkept : 0;
  const said = {
    count,
    organisation: 'organisation' in headline ? headline.organisation : '',
    because: 'because' in headline ? format.list(headline.because) : '',
    when: 'since' in headline && headline.since !== null ? hourOf(headline.since, format) : '',
  };
  const title = t(`headline.${headline.kind}`, said);
  useTitle(title);
  const shade =
    'since' in headline && headline.since !== null ? 'Since' : headline.kind === 'unwell' && headline.because.length === 0 ? 'Unsaid' : '';
  return (
    <>
      <header className={classes.head} data-tone={tone}>
        <Mark kind={marks[tone]} size={36} />
        <div role="status">
          <h1>{title}</h1>
          <p className="lede">{t(`next.${headline.kind}${shade}`, said)}</p>
        </div>
        {tone !== 'ok' && (
          <Button variant="default" leftSection={<Icon name="arrows-clockwise" size={18} />} onClick={refresh}>
            {t('status.refresh')}
          </Button>
        )}
      </header>
      <ReviewTask />
      <Facts status={status} />
      <div className={classes.more}>
        <LatelyChart />
        <CloudletTable cloudlets={status.cloudlets} />
        <Services status={status} />
        <p className="meta">{t(stale ? 'status.stale' : 'status.asOf', { time: format.time(status.at) })}</p>
      </div>
    </>
  );
}

function Facts({ status }: { status: TownStatus }) {
  const t = useWords('admin');
  const format = useFormat();
  const { waiting, since, forwarded, devices, lastForward, outages, outageSince } = totalsOf(status);
  const facts = [
    {
      name: t('status.waiting'),
      value: format.number(waiting),
      about: since === null ? t('status.waitingNone') : t('status.waitingSince', { when: hourOf(since, format) }),
    },
    {
      name: t('status.forwarded'),
      value: format.number(forwarded),
      about: lastForward === null ? t('status.lastNever') : t('status.lastAt', { when: format.moment(lastForward) }),
    },
    { name: t('status.devices'), value: format.number(devices), about: t('status.devicesAbout', { count: status.cloudlets.length }) },
    {
      name: t('status.outages'),
      value: format.number(outages),
      about:
        outageSince !== null
          ? t('status.outagesNow', { when: hourOf(outageSince, format) })
          : t(outages === 0 ? 'status.outagesNone' : 'status.outagesIn'),
    },
  ];
  return (
    <section aria-labelledby="in-numbers">
      <h2 id="in-numbers" className={classes.unseen}>
        {t('status.facts')}
      </h2>
      <dl className={classes.facts}>
        {facts.map(({ name, value, about }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span className={classes.factValue}>{value}</span>
              <span className="meta">{about}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const Bones = () => (
  <div aria-hidden="true">
    <div className={classes.bone} />
    <div className={classes.bone} />
  </div>
);
