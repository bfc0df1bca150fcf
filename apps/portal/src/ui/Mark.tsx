/**
 * Status is a shape first, a word second, a colour third: a page printed in grey still says the same thing.
 *
 * above ▲ · below ▼ · usual ● · urgent ◆ · waiting ◐ · done ✓ · quiet ○ · stopped ⊘
 *
 * @module
 */
import type { ReactNode } from 'react';
import classes from './Mark.module.css';

export type MarkKind = 'above' | 'below' | 'usual' | 'urgent' | 'waiting' | 'done' | 'quiet' | 'stopped';

/** The shape alone. Words stand beside it, or hidden text does. */
export function Mark({ kind, size = 14 }: { kind: MarkKind; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="currentColor"
      aria-hidden="true"
      focusable="false"
      className={classes.mark}
      data-kind={kind}
    >
      {shapes[kind]}
    </svg>
  );
}

/**
 * A shape and its word.
 *
 * @example
 * ```tsx
 * <Word kind="above">{t('standing.above')}</Word> // ▲ Above your usual
 * ```
 */
export function Word({ kind, children }: { kind: MarkKind; children: ReactNode }) {
  return (
    <span className={classes.word} data-kind={kind}>
      <Mark kind={kind} size={12} />
      <span>{children}</span>
    </span>
  );
}

const ring = <circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" strokeWidth="1.5" />;

const shapes: Readonly<Record<MarkKind, ReactNode>> = {
  above: <path d="M8 2.2c.4 0 .8.2 1 .6l5.3 9.6c.4.8-.1 1.7-1 1.7H2.7c-.9 0-1.4-.9-1-1.7L7 2.8c.2-.4.6-.6 1-.6Z" />,
  below: <path d="M8 13.8c-.4 0-.8-.2-1-.6L1.7 3.6c-.4-.8.1-1.7 1-1.7h10.6c.9 0 1.4.9 1 1.7L9 13.2c-.2.4-.6.6-1 .6Z" />,
  usual: <circle cx="8" cy="8" r="4.5" />,
  urgent: <path d="M7.1 1.3a1.25 1.25 0 0 1 1.8 0l5.8 5.8c.5.5.5 1.3 0 1.8l-5.8 5.8c-.5.5-1.3.5-1.8 0L1.3 8.9a1.25 1.25 0 0 1 0-1.8Z" />,
  waiting: (
    <>
      {ring}
      <path d="M8 2.25a5.75 5.75 0 0 1 0 11.5Z" />
    </>
  ),
  done: (
    <>
      <circle cx="8" cy="8" r="6.5" />
      <path
        d="m5.2 8.2 1.9 1.9 3.8-4"
        fill="none"
        stroke="var(--c-surface)"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  quiet: <circle cx="8" cy="8" r="4.75" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  stopped: (
    <>
      {ring}
      <path d="m4.2 11.8 7.6-7.6" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
};
