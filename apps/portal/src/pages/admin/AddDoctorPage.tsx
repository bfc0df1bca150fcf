import { paths } from '../../paths.ts';
import { useTitle } from '../../shell/title.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Action, Back, Card, Section } from '../../ui/kit.tsx';
import { Rich } from '../../words/Rich.tsx';
import { useWords } from '../../words/words.ts';
import classes from './AddDoctorPage.module.css';

/** How a doctor comes in: the doctor begins, on the doctor's own device. */
export function AddDoctorPage() {
  const t = useWords('admin');
  useTitle(t('add.title'));
  return (
    <>
      <Back href={paths.admin.people}>{t('doctor.back')}</Back>
      <h1>{t('add.title')}</h1>
      <p className="lede">{t('add.lede')}</p>
      <div className={classes.two}>
        <Card className={classes.address}>
          <CopyField label={t('add.address')} value={`${location.origin}${paths.join}`} copy={t('add.copy')} copied={t('add.copied')} />
          <a className={classes.here} href={paths.join} target="_blank" rel="noopener noreferrer">
            {t('add.here')}
          </a>
        </Card>
        <Section title={t('add.hand')}>
          <ul className={classes.list}>
            {['hand1', 'hand2', 'hand3', 'hand4'].map((line) => (
              <li key={line}>{t(`add.${line}`)}</li>
            ))}
          </ul>
        </Section>
        <Section title={t('add.then')}>
          <ol className={classes.list}>
            {['then1', 'then2', 'then3', 'then4'].map((line) => (
              <li key={line}>
                <Rich text={t(`add.${line}`)} />
              </li>
            ))}
          </ol>
          <Action href={paths.admin.people} end="caret-right">
            {t('add.people')}
          </Action>
        </Section>
      </div>
    </>
  );
}
