import { Fragment } from 'react';
import type { Audience as Seen } from '../../house/vitals.ts';
import { paths } from '../../paths.ts';
import { Audience } from '../../ui/kit.tsx';
import { Link } from '../../ui/Link.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { useVoice } from './whose.ts';

/**
 * Who can see something: "You, Harbour Clinic and Dr Rafael Diaz", "Only you". `linked` at a patient's door: from whom she shares with
 * by name to where she can stop it.
 */
export function Who({ audience: { organisations, people }, linked = false }: { audience: Seen; linked?: boolean }) {
  const t = useWords('record');
  const format = useFormat();
  const voice = useVoice();
  const others = [...organisations, ...people];
  const alone = others.length === 0;
  return (
    <Audience onlyYou={alone && voice === undefined} prefix={t('audience.prefix')}>
      {alone
        ? t('audience.only', voice)
        : format.listed([t('audience.you', voice), ...others]).map(({ text, item }, at) =>
            linked && voice === undefined && item !== null && item > organisations.length ? (
              <Link key={text} href={paths.patient.sharing}>
                {text}
              </Link>
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: what stands between the names is the same more than once
              <Fragment key={at}>{text}</Fragment>
            ),
          )}
    </Audience>
  );
}
