/**
 * What a command may touch of the world: where it stands, what it writes to, whom it may ask, what time it is.
 *
 * Commands get it handed in, so that a test is a command with another world.
 *
 * @module
 */

/** Something that is written to: `process.stdout` fits. */
export type Sink = {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Characters in a line, where it is a terminal. */
  readonly columns?: number;
};

/** Asks whoever sits at the terminal, and gives one line; `hidden` shows nothing of what is typed. */
export type Ask = (question: string, options?: { readonly hidden?: boolean }) => Promise<string>;

export type Io = {
  /** What relative paths start from, and where a town is looked for. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results: what another program may read. */
  readonly stdout: Sink;
  /** Progress, notes and errors: for people. */
  readonly stderr: Sink;
  /** `null` where nobody sits at a terminal. */
  readonly ask: Ask | null;
  /** UTC milliseconds. */
  readonly clock: () => number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};
