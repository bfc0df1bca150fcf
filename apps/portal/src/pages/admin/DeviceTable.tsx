import { Button } from '@mantine/core';
import type { DeviceLine } from '../../house/admin.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { type MarkKind, Word } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './PeoplePage.module.css';

/** A device that said nothing for so long is worth a look, in milliseconds. */
const quietAfter = 12 * 3_600_000;
const lowBattery = 20;

/** Whether a device that was heard before has said nothing for half a day. */
export const isQuiet = ({ state, lastSeen }: DeviceLine, now: number): boolean =>
  state === 'paired' && lastSeen !== null && now - lastSeen > quietAfter;

/** What a device is called: it has no name here, for a name may tell whose it is. */
export const numberOf = ({ id }: DeviceLine): string => `${id.slice(0, 4)} ${id.slice(4, 8)}`.toUpperCase();

/** A row for each device of one clinic. */
export function DeviceTable({
  devices,
  organisation,
  now,
  end,
}: {
  devices: readonly DeviceLine[];
  organisation: string;
  now: number;
  end: (device: DeviceLine) => void;
}) {
  const t = useWords('admin');
  const format = useFormat();
  const notTold = <span className="meta">{t('devices.notTold')}</span>;
  return (
    <DataTable
      caption={t('devices.at', { organisation })}
      rows={devices}
      keyOf={({ id }) => id}
      columns={[
        { key: 'device', name: t('devices.device'), head: true, cell: (one) => <span dir="ltr">{numberOf(one)}</span> },
        {
          key: 'person',
          name: t('devices.person'),
          phone: 'hide',
          cell: ({ person }) => (person === null ? <span className="meta">{t('devices.nobody')}</span> : <span dir="ltr">{person}</span>),
        },
        {
          key: 'state',
          name: t('devices.state'),
          phone: 'value',
          cell: (one) => <State of={one} now={now} />,
        },
        {
          key: 'last',
          name: t('devices.last'),
          phoneName: t('devices.last'),
          cell: ({ lastReading }) => (lastReading === null ? t('devices.never') : format.moment(lastReading)),
        },
        {
          key: 'battery',
          name: t('devices.battery'),
          align: 'end',
          phone: 'end',
          phoneName: t('devices.battery'),
          cell: ({ battery }) =>
            battery === null ? (
              notTold
            ) : battery <= lowBattery ? (
              <Word kind="below">{format.percent(battery / 100)}</Word>
            ) : (
              format.percent(battery / 100)
            ),
        },
        {
          key: 'urgency',
          name: t('devices.goesOut'),
          phoneName: t('devices.goesOut'),
          cell: ({ urgency, demoted }) => (
            <>
              {urgency === null ? notTold : t(`devices.urgency.${urgency}`)}
              {demoted > 0 && <p className="meta">{t('devices.demoted', { count: demoted })}</p>}
            </>
          ),
        },
        {
          key: 'there',
          name: t('devices.waitingThere'),
          align: 'end',
          phone: 'end',
          phoneName: t('devices.waitingThere'),
          cell: ({ waitsThere }) => (waitsThere === null ? notTold : format.number(waitsThere)),
        },
        {
          key: 'waiting',
          name: t('devices.waiting'),
          align: 'end',
          phone: 'end',
          phoneName: t('devices.waiting'),
          cell: ({ waitsHere, refused }) => (
            <>
              {format.number(waitsHere)}
              {refused > 0 && <p className="meta">{t('devices.refused', { count: refused })}</p>}
            </>
          ),
        },
        {
          key: 'act',
          name: <span className={classes.unseen}>{t('devices.takeOut')}</span>,
          align: 'end',
          phone: 'line',
          cell: (one) =>
            one.state !== 'ended' && (
              <Button
                variant="transparent"
                size="compact-md"
                px={0}
                onClick={() => end(one)}
                aria-label={t('devices.takeOutNamed', { device: numberOf(one) })}
              >
                {t('devices.takeOut')}
              </Button>
            ),
        },
      ]}
    />
  );
}

const marks = { paired: 'usual', offered: 'waiting', ended: 'stopped' } as const satisfies Record<DeviceLine['state'], MarkKind>;

function State({ of, now }: { of: DeviceLine; now: number }) {
  const t = useWords('admin');
  const format = useFormat();
  if (of.state === 'paired' && of.lastSeen === null) return <Word kind="quiet">{t('devices.stateNever')}</Word>;
  if (isQuiet(of, now)) return <Word kind="waiting">{t('devices.stateQuiet', { since: format.since(of.lastSeen!, now) })}</Word>;
  return (
    <Word kind={marks[of.state]}>
      {of.state === 'offered' && of.expires !== null
        ? t('devices.stateOffered', { time: format.time(of.expires) })
        : t(`devices.state${of.state === 'ended' ? 'Ended' : 'Sending'}`)}
    </Word>
  );
}
