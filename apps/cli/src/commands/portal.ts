/**
 * `carelet portal`: the portal for a town, from one's own machine.
 *
 * Whoever serves the pages could serve a thief's, so whoever can serves them to oneself.
 *
 * @module
 */
import { once } from 'node:events';
import { port, readConfiguration, setting } from '@carelet/ground/config';
import { command } from '../command.ts';
import { preparePages } from '../pages.ts';
import { note, say } from '../terminal.ts';
import { locateTown } from '../town.ts';

export const portal = command({
  name: 'portal',
  group: 'the town',
  summary: 'the portal for a town, served from your own machine to your own browser',
  options: {
    town: {
      type: 'text',
      value: 'url or file',
      says: "another town: the address of its page, or its town.json (usual: this folder's town)",
    },
  },
  more: `It listens on this machine only, on port 4100 or the next free one; CARELET_PORT names another. The town's cloud has to allow its pages: whoever runs the cloud adds the address that is printed here to CARELET_PORTAL_ORIGINS.

Ctrl-C stops it.`,
  examples: ['carelet portal', 'carelet portal --town https://portal.harbour.example'],
  async run({ options, io }) {
    const { addresses, demoKeyrings } = await locateTown(io, options);
    const { startPortal, usualPort } = await import('@carelet/portal/service');
    const { first } = readConfiguration({ first: setting('CARELET_PORT', port(usualPort)) }, { ...io.env });
    await preparePages(io);
    const { residents } = await import('@carelet/testbed/residents');
    await using serving = await startPortal({
      host: '127.0.0.1',
      port: first,
      nextFree: true,
      town: addresses,
      demo: demoKeyrings === null ? undefined : { people: residents, keyrings: demoKeyrings },
      logLevel: 'warn',
    });
    say(io, `portal: ${serving.url}`);
    const obstacle = await obstacleAt(addresses.cloud, serving.url);
    if (obstacle) note(io, obstacle);
    if (!io.signal.aborted) await once(io.signal, 'abort');
    note(io, 'Stopping the portal.');
    return 0;
  },
});

/** Why pages of this origin will not reach the cloud; `null` when they will. */
async function obstacleAt(cloud: string, origin: string): Promise<string | null> {
  try {
    const { headers } = await fetch(new URL('v1/town/state', cloud.endsWith('/') ? cloud : `${cloud}/`), {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      redirect: 'error',
      signal: AbortSignal.timeout(3_000),
    });
    if (headers.get('access-control-allow-origin') === origin) return null;
    return `The town's cloud does not let pages of ${origin} ask it yet: whoever runs it adds that to CARELET_PORTAL_ORIGINS.`;
  } catch {
    return `The town's cloud at ${cloud} does not answer.`;
  }
}
