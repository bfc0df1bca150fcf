import { useId, useState } from 'react';
import type { Proof, ProofPart } from '../../house/proof.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Bytes, Hidden } from '../../ui/kit.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './ProofPage.module.css';
import { madeUpName, seenLine, spaced } from './seenLine.ts';
import { useVoice } from './whose.ts';

/** A shelf a row: on the white side what one sees, on the grey side what the cloud holds. */
export function ProofPane({ proof: { parts } }: { proof: Proof }) {
  const t = useWords('record');
  return (
    <div className={classes.pane}>
      <table {...role.table} className={classes.table} aria-label={t('proof.table')}>
        <thead {...role.rowgroup} className={classes.part}>
          <tr {...role.row} className={classes.heads}>
            <th {...role.columnheader} scope="col">
              <Icon name="eye" className={classes.eye} />
              {t('proof.you')}
            </th>
            <th {...role.columnheader} scope="col">
              <Icon name="cloud" className={classes.shut} />
              {t('proof.cloud')}
            </th>
          </tr>
        </thead>
        <tbody {...role.rowgroup} className={classes.part}>
          {parts.map((part) => (
            <tr key={part.part} {...role.row} className={classes.row}>
              <td {...role.cell} className={classes.you}>
                <Seen part={part} />
              </td>
              <td {...role.cell} className={classes.cloud}>
                <span className={classes.lock} aria-hidden="true">
                  <Icon name="lock" size={18} />
                </span>
                <Held part={part} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Said in so many words: on a phone the table is laid out otherwise, and browsers forget then that it is one. */
const role = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader' },
  cell: { role: 'cell' },
} as const;

function Seen({ part: { part, seen } }: { part: ProofPart }) {
  const t = useWords('record');
  const format = useFormat();
  const voice = useVoice();
  return (
    <>
      <p className="label">
        <span className={classes.phoneOnly}>{t('proof.you')}: </span>
        {t(`proof.part.${part}`, voice)}
      </p>
      {seen === null && (
        <p className={classes.locked}>
          <Icon name="lock" size={18} />
          {t('proof.locked')}
        </p>
      )}
      {seen?.length === 0 && <p className="soft">{t('proof.empty')}</p>}
      {seen?.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a part keep their places
        <p key={at}>
          <bdi>{madeUpName(line) ? t('proof.underName', { pseudonym: madeUpName(line) }) : seenLine(line, format)}</bdi>
        </p>
      ))}
    </>
  );
}

/** Bytes that are drawn without being asked for, and at most: a scanned letter has millions. */
const atFirst = 60;
const atMost = 1024;

function Held({ part: { part, row, seen, same } }: { part: ProofPart }) {
  const t = useWords('record');
  const id = useId();
  const [all, setAll] = useState(false);
  const shelf = t(`proof.shelf.${part}`);
  const { bytes } = row;
  const more = bytes.length - atMost;
  return (
    <>
      <p className="label">
        <span className={classes.phoneOnly}>{t('proof.cloud')}: </span>
        {shelf}
      </p>
      {bytes.length === 0 ? (
        <p className={classes.said}>
          <Mark kind="urgent" size={14} />
          <span>{t('proof.missing')}</span>
        </p>
      ) : (
        <>
          <div id={id}>
            <Bytes bytes={bytes.subarray(0, atMost)} lines={all ? null : 3} name={t('proof.bytesName', { count: bytes.length })} />
            {all && more > 0 && <p className="meta">{t('proof.andMore', { count: more })}</p>}
          </div>
          <p className="meta">
            {t('proof.row', {
              id: spaced(row.id, 8),
              length: t('proof.bytes', { count: bytes.length }),
              written: t('proof.version', { count: row.version }),
            })}
          </p>
          {seen !== null && (
            <p className={classes.said}>
              <Mark kind={same ? 'done' : 'urgent'} size={14} />
              <span>{t(same ? 'proof.same' : 'proof.different')}</span>
            </p>
          )}
          {bytes.length > atFirst && (
            <button type="button" className={classes.more} aria-expanded={all} aria-controls={id} onClick={() => setAll(!all)}>
              {t(all ? 'proof.less' : 'proof.more')}
              <Hidden>: {shelf}</Hidden>
            </button>
          )}
        </>
      )}
    </>
  );
}
