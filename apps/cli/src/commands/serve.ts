/**
 * `carelet serve`: one role of the town in a process of its own.
 *
 * @module
 */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { origin, readConfiguration, setting } from '@carelet/ground/config';
import { usePostgres } from '@carelet/ground/postgres';
import { command, UsageError } from '../command.ts';
import type { Io } from '../io.ts';
import { preparePages } from '../pages.ts';
import { suggestion } from '../suggest.ts';
import { note, say } from '../terminal.ts';

/** A role that runs. */
type Serving = AsyncDisposable & { readonly url: string };
type Role = (environment: NodeJS.ProcessEnv, io: Io) => Promise<Serving>;

/** Each loads its service only when it is asked for. */
const roles: Readonly<Record<string, Role>> = {
  async issuer(environment) {
    const { configFrom, startIssuer } = await import('@carelet/issuer/service');
    return startIssuer(configFrom(environment));
  },
  async authority(environment, io) {
    const { configFrom, startAuthority } = await import('@carelet/authority/service');
    const { portal } = readConfiguration({ portal: setting('CARELET_PORTAL', origin()) }, environment);
    const running = await startAuthority(configFrom(environment));
    const code = await running.firstInvitation();
    if (code !== null) {
      say(io, `For the first administrator, once: carelet admin claim --code ${code}`);
      // The code is typed there: an address is kept in histories and logs.
      if (portal !== undefined) say(io, `Or in a browser, with the same code: ${portal}/first-run`);
    }
    return running;
  },
  async cloud(environment, io) {
    const { configFrom, startCloud } = await import('@carelet/cloud/service');
    const { logKey, printLogKey } = await import('@carelet/cloud/receipts/key');
    const config = configFrom(environment);
    const running = await startCloud(config);
    say(io, `Its receipts log, for the authority to name: CARELET_RECEIPTS=${printLogKey(await logKey(config.keys))}`);
    return running;
  },
  async cloudlet(environment) {
    const { configFrom, startCloudlet } = await import('@carelet/cloudlet/service');
    return startCloudlet(configFrom(environment));
  },
  async portal(environment, io) {
    const { configFrom, startPortal } = await import('@carelet/portal/service');
    await preparePages(io);
    return startPortal(configFrom(environment));
  },
};
const names = Object.keys(roles);

/** The portal keeps nothing. */
const wantsDatabase = (role: string): boolean => role !== 'portal';

export const serve = command({
  name: 'serve',
  group: 'the town',
  summary: 'run one service by itself: issuer, authority, cloud, cloudlet or portal',
  takes: [{ name: 'role', says: names.join(', ') }],
  options: { data: { type: 'text', value: 'folder', says: 'where it keeps its data (usual: .carelet)' } },
  more: `Configured by the environment:
  DATABASE_URL         your own PostgreSQL; without it one is started under <folder>/<role>
  CARELET_HOST         address to listen on (127.0.0.1)
  CARELET_PORT         port (authority 4102, cloud 4103, cloudlet 4104, issuer 4110, portal 4100)
  CARELET_ISSUERS      the three issuers' addresses between commas, always in this order (for authority)
  CARELET_ISSUER       what people call it (for issuer)
  CARELET_AUTHORITY    the authority's address (for cloud, cloudlet, portal)
  CARELET_CLOUD        the cloud's address (for cloudlet, portal)
  CARELET_CLOUDLETS    the cloudlets' addresses between commas (for portal)
  CARELET_PORTAL       the portal's origin, for the first administrator's link (for authority)
  CARELET_RECEIPTS     the cloud's receipts log as the cloud prints it (for authority; no receipts are checked unless set)
  CARELET_KEYS         folder of the service's own key file (for issuer, cloud, cloudlet; <folder>/<role>/keys)
  CARELET_MQTT_PORT    a port where devices find a broker (for cloudlet; none unless set)
  CARELET_MQTT_BROKER  a broker elsewhere, as in mqtts://user:password@host (for cloudlet)
  CARELET_MOSQUITTO    the folder of that Mosquitto, to keep its files current (for cloudlet)
  BUS_URL              a NATS JetStream where strips wait for the cloud (for cloudlet; the database unless set)
  CARELET_PORTAL_ORIGINS  pages that may ask from a browser
  CARELET_LOG          debug, info, warn, error or silent

Ctrl-C stops it. Everything it keeps stays, and starting again finds it.`,
  examples: [
    'CARELET_ISSUER="Medical Board" carelet serve issuer',
    'CARELET_AUTHORITY=http://127.0.0.1:4102 carelet serve cloud --data /srv/carelet',
  ],
  async run({ options, given, io }) {
    const name = given[0]!;
    const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
    if (!role) throw new UsageError(`serve: there is no role "${name}"; there are ${names.join(', ')}.${suggestion(name, names)}`);
    const folder = join(resolve(io.cwd, options.data ?? '.carelet'), name);
    const environment: NodeJS.ProcessEnv = { CARELET_KEYS: join(folder, 'keys'), ...io.env };
    await using postgres = wantsDatabase(name) ? await databaseFor(io, folder, environment.DATABASE_URL) : null;
    if (postgres) environment.DATABASE_URL = postgres.url();
    await using serving = await role(environment, io);
    say(io, `${name}: ${serving.url}`);
    if (!io.signal.aborted) await once(io.signal, 'abort');
    note(io, `Stopping the ${name}.`);
    return 0;
  },
});

async function databaseFor(io: Io, folder: string, url: string | undefined) {
  // The database's own user passes through here; what is secret inside has modes of its own.
  await mkdir(folder, { recursive: true, mode: 0o711 });
  return usePostgres({ url, dataDir: join(folder, 'postgres'), log: (line) => note(io, line) });
}
