import type { TownStatus } from '../../house/admin.ts';
import { Card, Section } from '../../ui/kit.tsx';
import { Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './StatusPage.module.css';

const marks = { well: 'usual', unwell: 'urgent', silent: 'waiting' } as const;

/** The two services every clinic shares. */
export function Services({ status: { cloud, authority } }: { status: TownStatus }) {
  const t = useWords('admin');
  const format = useFormat();
  const rows = [
    {
      name: t('status.cloud'),
      health: cloud.health,
      about: t('status.cloudHolds', { count: cloud.charts, parts: cloud.parts, size: format.bytes(cloud.bytes) }),
    },
    {
      name: t('status.authority'),
      health: authority.health,
      about: t('status.authorityHas', { count: authority.doctors.approved, pending: authority.doctors.pending }),
    },
  ];
  return (
    <Section title={t('status.services')}>
      <Card flush>
        <dl className={classes.services}>
          {rows.map(({ name, health, about }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Word kind={marks[health]}>{t(`status.${health}`)}</Word>
                {health !== 'silent' && <span className="soft">{about}</span>}
              </dd>
            </div>
          ))}
        </dl>
      </Card>
    </Section>
  );
}
