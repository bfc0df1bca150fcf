import { type DragEvent, type ReactNode, useId, useState } from 'react';
import classes from './FilePick.module.css';
import { Icon } from './Icon.tsx';

/**
 * A file from this device: chosen by a button, or let fall on it. It is read where it is picked and goes nowhere by itself.
 */
export function FilePick({
  label,
  description,
  action,
  drop,
  chosen,
  accept,
  onPick,
}: {
  label: ReactNode;
  description?: ReactNode;
  /** On the button: "Choose a file". */
  action: string;
  /** Beside the button, where one can drag: "or drop it here". */
  drop: string;
  /** What was picked, in a sentence; `null` before. */
  chosen: ReactNode;
  /** File name endings or media types, as in `<input accept>`. */
  accept?: string;
  onPick: (file: File) => void;
}) {
  const id = useId();
  const [over, setOver] = useState(false);
  const dragged = (event: DragEvent, here: boolean) => {
    event.preventDefault();
    setOver(here);
  };
  return (
    <div className={classes.field}>
      <span id={`${id}-label`} className={classes.label}>
        {label}
      </span>
      {description && (
        <span id={`${id}-about`} className={classes.about}>
          {description}
        </span>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the input inside is the first */}
      <div
        className={classes.zone}
        data-over={over || undefined}
        onDragEnter={(event) => dragged(event, true)}
        onDragOver={(event) => dragged(event, true)}
        onDragLeave={(event) => dragged(event, false)}
        onDrop={(event) => {
          dragged(event, false);
          const file = event.dataTransfer.files[0];
          if (file) onPick(file);
        }}
      >
        <input
          id={id}
          type="file"
          accept={accept}
          className={classes.input}
          aria-labelledby={`${id}-label ${id}-action`}
          aria-describedby={description ? `${id}-about` : undefined}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            // The same file may be picked again after it changed.
            event.currentTarget.value = '';
            if (file) onPick(file);
          }}
        />
        <label htmlFor={id} id={`${id}-action`} className={classes.button}>
          <Icon name="upload-simple" size={18} />
          {action}
        </label>
        <span className={classes.drop}>{drop}</span>
      </div>
      <p role="status" className={classes.chosen}>
        {chosen && (
          <>
            <Icon name="file" size={18} />
            <span>{chosen}</span>
          </>
        )}
      </p>
    </div>
  );
}
