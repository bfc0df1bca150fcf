import { Facts } from '../../ui/Facts.tsx';
import { Section } from '../../ui/kit.tsx';
import { useWords } from '../../words/words.ts';

/** What sharing does and what it cannot do, in four sentences. */
export function HowItWorks() {
  const t = useWords('sharing');
  return (
    <Section title={t('how.title')}>
      <Facts
        facts={[
          { icon: 'lock', text: t('how.nobody') },
          { icon: 'calendar-blank', text: t('how.ends') },
          { icon: 'hospital', text: t('how.box') },
          { icon: 'arrow-counter-clockwise', text: t('how.stop') },
        ]}
      />
    </Section>
  );
}
