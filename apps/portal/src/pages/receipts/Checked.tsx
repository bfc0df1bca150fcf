import { Button, Modal } from '@mantine/core';
import type { Look, Looker, Receipts } from '../../house/receipts.ts';
import { Mark, type MarkKind } from '../../ui/Mark.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import classes from './Looks.module.css';
import { Said } from './Said.tsx';

/** What the tick stands for, in words: what this device checked, who else looked, and what nobody can tell. */
export function Checked({
  receipts: { witnesses, signed, earlier, checked, problems, silentOf, unfinishedOf, away },
  look,
  looker,
  close,
  again,
}: {
  receipts: Receipts;
  /** The look whose tick was pressed; none where all are meant. */
  look: Look | undefined;
  looker: Looker | undefined;
  close: () => void;
  again: () => void;
}) {
  const t = useWords('receipts');
  const format = useFormat();
  const facts: { kind: MarkKind; text: string }[] =
    problems.length > 0
      ? problems.map((problem) => ({ kind: 'urgent', text: t(`problem.${problem}`, { names: format.list(silentOf) }) }))
      : [
          ...(['log', 'grows', 'there', 'mediators', 'card'] as const).map((fact) => ({
            kind: 'done' as const,
            text: t(`checked.${fact}`),
          })),
          witnesses.length > 0
            ? { kind: 'done', text: t('checked.witness', { names: format.list(witnesses) }) }
            : { kind: 'waiting', text: t('checked.noWitness') },
          ...(signed ? [{ kind: 'done' as const, text: t('checked.device') }] : []),
        ];
  return (
    <Modal opened onClose={close} title={t('checked.title')} closeButtonProps={{ 'aria-label': t('checked.close') }} size="lg">
      <div className={classes.sheet}>
        {look && <Said look={look} looker={looker} />}
        <ul className={classes.facts}>
          {facts.map(({ kind, text }) => (
            <li key={text}>
              <Mark kind={kind} size={18} />
              <span>{text}</span>
            </li>
          ))}
        </ul>
        <section>
          <h3>{t('checked.not')}</h3>
          <ul className={classes.facts}>
            <li>
              <Mark kind="quiet" size={18} />
              <span>{t('checked.kept')}</span>
            </li>
            {unfinishedOf.length > 0 && (
              <li>
                <Mark kind="quiet" size={18} />
                <span>{t('checked.unfinished', { names: format.list(unfinishedOf) })}</span>
              </li>
            )}
            {away.length > 0 && (
              <li>
                <Mark kind="quiet" size={18} />
                <span>{t('checked.away', { names: format.list(away) })}</span>
              </li>
            )}
            {earlier > 0 && (
              <li>
                <Mark kind="quiet" size={18} />
                <span>{t('checked.earlier', { count: earlier })}</span>
              </li>
            )}
          </ul>
        </section>
        <div className={classes.ends}>
          <Button variant="default" onClick={close} data-autofocus>
            {t('checked.close')}
          </Button>
          <Button variant="subtle" onClick={again}>
            {t('checked.again')}
          </Button>
          <p className="meta">{format.moment(checked)}</p>
        </div>
      </div>
    </Modal>
  );
}
