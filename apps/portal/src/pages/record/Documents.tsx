import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Attachment, ItemView } from '../../house/items.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { Card, Hidden, Section } from '../../ui/kit.tsx';
import { useFormat } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { saveFile } from '../door/saveFile.ts';
import { fileName, isShown, type Sort, sortOf } from './attachment.ts';
import classes from './Documents.module.css';

/** What a record carries: pictures are shown, everything else is offered as a file. */
export function Documents({ item }: { item: ItemView }) {
  const t = useWords('record');
  return (
    <Section title={t('page.documents')}>
      <div className={classes.documents}>
        {item.attachments.map((attachment, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the attachments of a record keep their places
          <Document key={at} attachment={attachment} place={item.place.name} />
        ))}
      </div>
    </Section>
  );
}

const icons: Readonly<Record<Sort, IconName>> = { pdf: 'file-pdf', picture: 'image', text: 'file-text', file: 'file' };

function Document({ attachment, place }: { attachment: Attachment; place: string }) {
  const t = useWords('record');
  const format = useFormat();
  const { bytes, type, size } = attachment;
  const title = attachment.title === '' ? t('document.untitled') : attachment.title;
  return (
    <Card className={classes.document}>
      <div className={classes.line}>
        <Icon name={icons[sortOf(type)]} size={22} />
        <div className={classes.about}>
          <h3>{title}</h3>
          <p className="meta">{t('document.about', { type: t(`document.${sortOf(type)}`), size: format.bytes(size) })}</p>
          {!bytes && <p className="soft">{t('document.missing', { place })}</p>}
          {bytes && !isShown(type) && sortOf(type) !== 'text' && <p className="meta">{t('document.unsafe')}</p>}
        </div>
        {bytes && (
          <Button
            variant="default"
            className="no-print"
            leftSection={<Icon name="download-simple" size={18} />}
            // Whatever it says it is, the browser is only to save it.
            onClick={() => saveFile(fileName(title, type), bytes)}
          >
            {t('page.save')}
            <Hidden>: {title}</Hidden>
          </Button>
        )}
      </div>
      {bytes && isShown(type) && <Picture bytes={bytes} type={type} name={t('document.image', { title })} />}
    </Card>
  );
}

/** An image of this device's memory; its address ends with it. */
function Picture({ bytes, type, name }: { bytes: Uint8Array<ArrayBuffer>; type: string; name: string }) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return address && <img src={address} alt={name} className={classes.picture} />;
}
