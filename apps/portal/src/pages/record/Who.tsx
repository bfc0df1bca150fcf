import type { Audience as Seen } from '../../house/vitals.ts';
import { useSomeone } from '../../shell/session.tsx';
import { Audience } from '../../ui/kit.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useVoice } from './whose.ts';

/** Who can see something: "You, Harbour Clinic and Dr Rafael Diaz", "Only you". */
export function Who({ audience: { organisations, people } }: { audience: Seen }) {
  const t = useWords('record');
  const format = useFormat();
  const voice = useVoice();
  const { door } = useSomeone();
  const others = [...organisations, ...people];
  const alone = others.length === 0;
  return (
    <Audience onlyYou={alone && door === 'patient'} prefix={t('audience.prefix')}>
      {alone ? t('audience.only', voice) : format.list([t('audience.you', voice), ...others])}
    </Audience>
  );
}
