import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from './Icon.tsx';
import { Mark } from './Mark.tsx';
import classes from './states.module.css';

/** What came of it, each with its word: Safe ✓, Told ◐. */
export type Consequence = { readonly kind: 'done' | 'waiting'; readonly word: string; readonly text: ReactNode };

/**
 * An error has the same parts in the same order: the fact, what is safe, the next step.
 *
 * `danger` only when somebody acted against the record or a body is in danger; not reaching a server is `wait`.
 */
export function ErrorState({
  title,
  text,
  safe = [],
  retry,
  acts,
  code,
  tone = 'wait',
  level = 2,
}: {
  /** The fact: "We could not reach your records". */
  title: ReactNode;
  /** What is safe, or more about the fact. */
  text: ReactNode;
  safe?: readonly Consequence[];
  retry?: { readonly label: string; readonly onRetry: () => void; readonly working?: boolean };
  /** Other next steps. */
  acts?: ReactNode;
  /** A sentence with the number to tell on the telephone; never alone. */
  code?: ReactNode;
  tone?: 'wait' | 'danger';
  level?: 1 | 2 | 3;
}) {
  const Heading = `h${level}` as const;
  return (
    <div className={classes.state} data-level={level} role="alert">
      <Heading className={classes.fact}>
        <span className={classes.factMark}>
          <Mark kind={tone === 'danger' ? 'urgent' : 'waiting'} size={level === 1 ? 22 : 18} />
        </span>
        <span>{title}</span>
      </Heading>
      <div className={level === 1 ? 'lede' : 'soft'}>{text}</div>
      {safe.length > 0 && (
        <dl className={classes.safe}>
          {safe.map(({ kind, word, text: what }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines never change places
            <div key={at}>
              <dt>
                <Mark kind={kind} size={16} />
                {word}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      )}
      {(retry || acts) && (
        <div className={classes.acts}>
          {retry && (
            <Button
              onClick={retry.onRetry}
              loading={retry.working ?? false}
              leftSection={<Icon name="arrows-clockwise" size={18} />}
              variant={level === 1 ? 'filled' : 'default'}
            >
              {retry.label}
            </Button>
          )}
          {acts}
        </div>
      )}
      {code && <p className={classes.code}>{code}</p>}
    </div>
  );
}
