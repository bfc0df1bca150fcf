/**
 * `carelet start`: the whole demo town, as `npm start` stands it up.
 *
 * @module
 */
import { once } from 'node:events';
import { command } from '../command.ts';
import { preparePages } from '../pages.ts';
import { note, say } from '../terminal.ts';

export const start = command({
  name: 'start',
  group: 'the town',
  summary: 'the whole demo town in one process, as npm start does',
  options: {},
  more: `The first start makes the town's people, their keys and a year of their records; later ones find them. Nothing is opened outside this machine.

Configured by the environment: CARELET_PORT (first of the ports, 4100), CARELET_DATA_FOLDER (.carelet), DATABASE_URL (your own PostgreSQL), CARELET_PORTAL_ORIGINS (more pages that may ask from a browser). Ctrl-C stops it; its data stays.`,
  async run({ io }) {
    await preparePages(io);
    const { start: standUp } = await import('@carelet/testbed/main');
    await using town = await standUp((line) => note(io, line), { ...io.env });
    say(io, `The town is up: ${town.url}`);
    say(io, 'Try in another terminal: carelet records list --as ada');
    if (!io.signal.aborted) await once(io.signal, 'abort');
    note(io, 'Stopping the town.');
    return 0;
  },
});
