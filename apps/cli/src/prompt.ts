/**
 * Asking at a real terminal; what is hidden is not shown while it is typed.
 *
 * @module
 */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Ask } from './io.ts';

/**
 * @param stop called when Ctrl-C is pressed while somebody types
 */
export function terminalAsk(input: NodeJS.ReadStream, output: NodeJS.WriteStream, stop: () => void): Ask {
  return (question, { hidden = false } = {}) =>
    new Promise((done, fail) => {
      output.write(question);
      const silent = new Writable({ write: (_chunk, _encoding, next) => next() });
      const lines = createInterface({ input, output: hidden ? silent : output, terminal: true, historySize: 0 });
      let answered = false;
      lines.once('line', (line) => {
        answered = true;
        lines.close();
        if (hidden) output.write('\n');
        done(line);
      });
      lines.once('SIGINT', () => {
        stop();
        lines.close();
      });
      lines.once('close', () => {
        if (answered) return;
        output.write('\n');
        stop();
        fail(new Error('nothing was typed'));
      });
    });
}
