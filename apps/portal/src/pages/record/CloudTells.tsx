import { Icon } from '../../ui/Icon.tsx';
import { Section } from '../../ui/kit.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { useWords } from '../../words/words.ts';
import classes from './ProofPage.module.css';
import { spaced } from './seenLine.ts';

const can = ['writer', 'chart', 'size', 'together', 'asked'] as const;
const cannot = ['who', 'kind', 'value', 'change'] as const;

/**
 * What the cloud can and cannot tell from what it holds. Both lists say what docs/threat-model.md says.
 *
 * @param place the organisation that sent the rows, where that is known
 */
export function CloudTells({ place, pseudonym }: { place: string | null; pseudonym: string }) {
  const t = useWords('record');
  return (
    <>
      <Section title={t('proof.can')}>
        <ul className={classes.list}>
          {can.map(
            (one) =>
              (one !== 'writer' || place !== null) && (
                <li key={one}>
                  <Mark kind="quiet" />
                  <span>{t(`proof.canTell.${one}`, { place, pseudonym: spaced(pseudonym, 8) })}</span>
                </li>
              ),
          )}
        </ul>
      </Section>
      <Section title={t('proof.cannot')}>
        <ul className={classes.list}>
          {cannot.map((one) => (
            <li key={one}>
              <Icon name="lock" size={18} />
              <span>{t(`proof.cannotTell.${one}`)}</span>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}
