import { Modal } from '@mantine/core';
import { Keys } from './kit.tsx';
import classes from './sheets.module.css';

export type HelpGroup = {
  readonly title: string;
  /** Keys pressed one after the other, and what they do. */
  readonly rows: readonly { readonly keys: readonly string[]; readonly text: string }[];
};

/** Which keys do what. */
export function HelpSheet({
  opened,
  onClose,
  title,
  close,
  groups,
}: {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** Name of the closing button. */
  close: string;
  groups: readonly HelpGroup[];
}) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': close }} size="lg">
      <div className={classes.help}>
        {groups.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h3>{group.title}</h3>
            <dl className={classes.keys}>
              {group.rows.map(({ keys, text }) => (
                <div key={keys.join(' ')}>
                  <dt>
                    {keys.map((key, at) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: the same key may be pressed twice
                      <Keys key={at}>{key}</Keys>
                    ))}
                  </dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
