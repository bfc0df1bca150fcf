import type { CloudletStatus } from '../../house/admin.ts';
import { useSomeone } from '../../shell/session.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { Section, Tag } from '../../ui/kit.tsx';
import { type MarkKind, Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './StatusPage.module.css';

const healthMarks = { well: 'usual', unwell: 'urgent', silent: 'waiting' } as const satisfies Record<CloudletStatus['health'], MarkKind>;
const cloudMarks = { reachable: 'usual', unreachable: 'waiting', unknown: 'quiet' } as const satisfies Record<
  CloudletStatus['cloud'],
  MarkKind
>;

/** A row for each cloudlet, one's own first. What a silent one holds is not known, so nothing is said of it. */
export function CloudletTable({ cloudlets }: { cloudlets: readonly CloudletStatus[] }) {
  const t = useWords('admin');
  const format = useFormat();
  const { organisations } = useSomeone();
  const mine = ({ organisation }: CloudletStatus) => organisations.includes(organisation);
  const sorted = cloudlets.toSorted((a, b) => Number(mine(b)) - Number(mine(a)) || a.organisation.localeCompare(b.organisation));
  if (sorted.length === 0) return null;
  const heard = (one: CloudletStatus, value: string) => (one.health === 'silent' ? t('status.unknown') : value);
  return (
    <Section title={t('status.cloudlets')}>
      <DataTable
        caption={t('status.cloudlets')}
        rows={sorted}
        keyOf={({ organisation }) => organisation}
        columns={[
          {
            key: 'place',
            name: t('status.place'),
            head: true,
            cell: (one) => (
              <span className={classes.place}>
                {one.organisation} {mine(one) && <Tag>{t('status.yours')}</Tag>}
              </span>
            ),
          },
          {
            key: 'state',
            name: t('status.state'),
            phone: 'value',
            cell: (one) => (
              <>
                <Health of={one} />
                {one.because.length > 0 && <p className="meta">{format.list(one.because)}</p>}
              </>
            ),
          },
          {
            key: 'cloud',
            name: t('status.toCloud'),
            phone: 'hide',
            cell: (one) => (
              <Word kind={cloudMarks[one.cloud]}>{t(one.cloud === 'unknown' ? 'status.cloudUnknown' : `status.${one.cloud}`)}</Word>
            ),
          },
          {
            key: 'last',
            name: t('status.lastShort'),
            phoneName: t('status.lastShort'),
            cell: (one) => heard(one, one.lastForward === null ? t('status.lastNever') : format.moment(one.lastForward)),
          },
          {
            key: 'forwarded',
            name: t('status.forwarded'),
            align: 'end',
            phone: 'hide',
            cell: (one) => heard(one, format.number(one.forwarded)),
          },
          { key: 'devices', name: t('status.devices'), align: 'end', phone: 'hide', cell: (one) => heard(one, format.number(one.devices)) },
          {
            key: 'waiting',
            name: t('status.waiting'),
            align: 'end',
            phone: 'end',
            phoneName: t('status.waiting'),
            cell: (one) => heard(one, format.number(one.waiting)),
          },
        ]}
      />
    </Section>
  );
}

/** One that only lost the cloud is not ill: it keeps what it has and waits. */
function Health({ of: { health, cloud } }: { of: CloudletStatus }) {
  const t = useWords('admin');
  const waits = health === 'unwell' && cloud === 'unreachable';
  return <Word kind={waits ? 'waiting' : healthMarks[health]}>{t(`status.${waits ? 'waits' : health}`)}</Word>;
}
