#!/usr/bin/env node
/**
 * `carelet`, the command line: the process around it.
 *
 * Ctrl-C asks what runs to stop at the next good moment; the second one does not ask.
 *
 * @module
 */
import { main } from './carelet.ts';
import { terminalAsk } from './prompt.ts';

const { argv, env, stdin, stdout, stderr } = process;
const stopping = new AbortController();
const stop = () => {
  if (stopping.signal.aborted) process.exit(130);
  stopping.abort();
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// Whoever read our results has had enough, as `head` does.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await main(argv.slice(2), {
  // npm runs scripts in the root of the house, wherever one stands.
  cwd: (env.npm_lifecycle_event === 'carelet' && env.INIT_CWD) || process.cwd(),
  env,
  stdout,
  stderr,
  ask: stdin.isTTY && stderr.isTTY ? terminalAsk(stdin, stderr, () => stopping.abort()) : null,
  clock: Date.now,
  signal: stopping.signal,
});
