import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ItemView } from '../../house/items.ts';
import { Icon } from '../../ui/Icon.tsx';
import { useWords } from '../../words/words.ts';
import { saveFile } from '../door/saveFile.ts';
import classes from './ItemItself.module.css';

/** The record as it was written, for whoever wants to read it so or take it along. */
export function ItemItself({ item }: { item: ItemView }) {
  const t = useWords('record');
  const [open, setOpen] = useState(false);
  const [copied, setCopied] = useState<boolean | null>(null);
  return (
    <details className={`${classes.itself} no-print`} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Icon name="caret-right" size={18} className={classes.caret} />
        <span>{t('page.itself')}</span>
      </summary>
      {/* A long record is only drawn when somebody wants to read it. */}
      {open && (
        <div className={classes.inside}>
          <p className="soft">{t('page.itselfAbout')}</p>
          <div className={classes.acts}>
            <Button
              variant="default"
              leftSection={<Icon name="copy" size={18} />}
              onClick={() => {
                navigator.clipboard.writeText(item.fhir).then(
                  () => setCopied(true),
                  () => setCopied(false),
                );
              }}
            >
              {t('page.copy')}
            </Button>
            <Button
              variant="default"
              leftSection={<Icon name="download-simple" size={18} />}
              onClick={() => saveFile(`${item.type.toLowerCase()}.json`, new TextEncoder().encode(item.fhir), 'application/fhir+json')}
            >
              {t('page.save')}
            </Button>
            <span role="status" className="soft">
              {copied === null ? '' : t(copied ? 'page.copied' : 'page.notCopied')}
            </span>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that it can be scrolled by keys */}
          <section tabIndex={0} dir="ltr" aria-label={t('page.itself')} className={classes.text}>
            <pre>{item.fhir}</pre>
          </section>
        </div>
      )}
    </details>
  );
}
