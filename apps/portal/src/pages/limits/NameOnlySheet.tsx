import { useMutation } from '@tanstack/react-query';
import type { LimitedPlace } from '../../house/limits.ts';
import { Facts } from '../../ui/Facts.tsx';
import { FormSheet } from '../../ui/FormSheet.tsx';
import { useWords } from '../../words/words.ts';
import { useLimits } from './useLimits.ts';

/** Lets only doctors who are named for one read at a hospital by their work, once it is said what that does. */
export function NameOnlySheet({ place, close }: { place: LimitedPlace; close: () => void }) {
  const t = useWords('limits');
  const { nameOnly } = useLimits();
  const say = useMutation({ mutationFn: () => nameOnly(place, true), onSuccess: close });
  const of = { place: place.place };
  return (
    <FormSheet
      title={t('name.title', of)}
      words={{ close: t('close'), cancel: t('cancel'), send: t('name.send') }}
      working={say.isPending}
      failure={say.isError ? t('notSaid') : null}
      submit={() => say.mutate()}
      close={close}
    >
      <Facts
        facts={[
          { icon: 'lock', text: t('name.closes', of) },
          { icon: 'users', text: t('name.naming', of) },
          { icon: 'eye', text: t('name.stays') },
        ]}
      />
    </FormSheet>
  );
}
