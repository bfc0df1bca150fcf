import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { house } from '../../house/front.ts';
import { Icon } from '../../ui/Icon.tsx';
import { useWords } from '../../words/words.ts';
import { saveFile } from '../door/saveFile.ts';

/** Saves what was checked as a file that anybody can check again; says why, where there is none yet. */
export function KeepCopy({ copy }: { copy: boolean }) {
  const t = useWords('receipts');
  const keep = useMutation({
    mutationFn: () => house.receiptsCopy(),
    onSuccess: ({ name, bytes }) => saveFile(name, bytes, 'application/cbor'),
  });
  if (!copy) return <p className="meta">{t('copy.later')}</p>;
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="download-simple" size={18} />}
        loading={keep.isPending}
        onClick={() => keep.mutate()}
      >
        {t('copy.keep')}
      </Button>
      {keep.isError && <p role="alert">{t('copy.failed')}</p>}
    </>
  );
}
