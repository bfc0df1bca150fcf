import type { VitalView } from '../../house/vitals.ts';
import { Section } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';
import { isCompared } from '../record/StandingWord.tsx';
import { useValues } from '../record/values.ts';
import { useVoice } from '../record/whose.ts';
import classes from './VitalPage.module.css';

const stretches = ['week', 'month', 'yearAgo'] as const;

/** Beside the readings: middle values, and for a patient what the numbers say and when to get help. */
export function VitalAside({ view: { vital, unit, decimals, averages, usual } }: { view: VitalView }) {
  const t = useWords('vitals');
  const voice = useVoice();
  const values = useValues();
  return (
    <>
      {stretches.some((stretch) => averages[stretch]) && (
        <Section title={t('average.title')}>
          <dl className={classes.averages}>
            {stretches.map((stretch) => {
              const average = averages[stretch];
              return (
                <div key={stretch}>
                  <dt>{t(`average.${stretch}`)}</dt>
                  <dd>
                    {average ? (
                      <b>{values.reading(average, { unit, decimals, vital })}</b>
                    ) : (
                      <span className="meta">{t('average.none')}</span>
                    )}
                  </dd>
                </div>
              );
            })}
          </dl>
          <p className="meta">{t('average.about')}</p>
        </Section>
      )}
      {voice === undefined && (
        <>
          <Section title={t('say.title')}>
            <p className="soft">
              {t(`say.${vital}`)} {isCompared(vital) && t(`say.${usual.kind}`, voice)}
            </p>
          </Section>
          <Section title={t('help.title')}>
            <p className="soft">{t([`help.${vital}`, 'help.other'])}</p>
          </Section>
        </>
      )}
    </>
  );
}
