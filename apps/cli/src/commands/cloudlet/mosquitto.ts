/**
 * `carelet cloudlet mosquitto`: what a Mosquitto is told so that it is a broker for a cloudlet's devices.
 *
 * @module
 */
import { join, resolve } from 'node:path';
import { readConfiguration, setting, text } from '@carelet/ground/config';
import { command, UsageError } from '../../command.ts';
import { count, note, say } from '../../terminal.ts';

const settings = {
  databaseUrl: setting('DATABASE_URL', text()),
  keys: setting('CARELET_KEYS', text()),
  schema: setting('CARELET_SCHEMA', text()),
  mqttBroker: setting('CARELET_MQTT_BROKER', text()),
};

export const cloudletMosquitto = command({
  name: 'cloudlet mosquitto',
  group: 'wearables',
  summary: "write the files that make a Mosquitto a broker for a cloudlet's wearables",
  options: {
    out: { type: 'text', value: 'folder', says: 'where the files shall lie', required: true },
    certificate: { type: 'text', value: 'file', says: "the broker's certificate chain as PEM; wanted for mqtts" },
    key: { type: 'text', value: 'file', says: 'its key as PEM; wanted for mqtts' },
  },
  more: `It reads who is paired from the cloudlet's database and runs with the cloudlet's own environment: DATABASE_URL, CARELET_KEYS, CARELET_SCHEMA ("cloudlet" unless the cloudlet was told another), CARELET_MQTT_BROKER (where the cloudlet finds the broker, with the user and password it shall have there, as in mqtts://harbour:secret@broker.example:8883).

The files are mosquitto.conf, passwords and access. They hold who may do what, so they belong to the broker's user and to nobody else. A cloudlet that is told their folder (CARELET_MOSQUITTO) keeps them current and has the broker read them again; without that, run this again after a wearable was paired, and send the broker a SIGHUP.`,
  examples: ['carelet cloudlet mosquitto --out /etc/mosquitto/carelet --certificate /etc/ssl/broker.pem --key /etc/ssl/broker.key'],
  async run({ options, io }) {
    const { writeMosquittoFor } = await import('@carelet/cloudlet/mqtt/mosquitto');
    const source = readConfiguration(settings, { CARELET_SCHEMA: 'cloudlet', ...io.env });
    const listener = listenerOf(source.mqttBroker, options);
    const folder = resolve(io.cwd, options.out);
    const devices = await writeMosquittoFor(source, folder, listener);
    say(io, `${count(devices, 'wearable')} may come: mosquitto -c ${join(folder, 'mosquitto.conf')}`);
    note(io, 'A broker that runs already wants a SIGHUP.');
    return 0;
  },
});

/** Where the broker listens, from where the cloudlet looks for it. */
function listenerOf(broker: string, { certificate, key }: { certificate?: string | undefined; key?: string | undefined }): string[] {
  const tls = broker.startsWith('mqtts:');
  if (tls !== (certificate !== undefined) || tls !== (key !== undefined)) {
    throw new UsageError('--certificate and --key are for mqtts, and mqtts wants both.');
  }
  const port = (URL.canParse(broker) && new URL(broker).port) || (tls ? '8883' : '1883');
  return [`listener ${port}`, ...(tls ? [`certfile ${certificate}`, `keyfile ${key}`] : [])];
}
