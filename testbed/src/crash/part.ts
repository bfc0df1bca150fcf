/**
 * One part of the town as a process of its own, to be killed: the cloud, a cloudlet, or a device.
 *
 * @module
 */
import { startCloud } from '@carelet/cloud/service';
import { startCloudlet } from '@carelet/cloudlet/service';
import { type DeviceOrder, runDevice } from './device.ts';

/** What a part is told. */
export type Order =
  | { readonly role: 'cloud'; readonly databaseUrl: string; readonly port: number; readonly authority: string; readonly keys: string }
  | {
      readonly role: 'cloudlet';
      readonly databaseUrl: string;
      readonly port: number;
      readonly authority: string;
      readonly cloud: string;
      readonly keys: string;
      /** The port of its own broker for devices. */
      readonly mqtt?: { readonly port: number };
      readonly schema: string;
      /** The broker at which it listens, with user and password. */
      readonly mqttBroker?: string | undefined;
      /** The folder of its files. */
      readonly mosquitto?: string | undefined;
      /** Where strips wait; the database unless told. */
      readonly bus?: { readonly url: string };
      /** Milliseconds by which its clock is wrong. */
      readonly skew: number;
    }
  | DeviceOrder;

const order = JSON.parse(process.argv[2]!) as Order;
const service = { host: '127.0.0.1', nextFree: false, cors: [], logLevel: 'warn' as const };

// Whoever started it is gone: nobody is left who would kill it.
process.on('disconnect', () => process.exit(0));

switch (order.role) {
  case 'cloud':
    await startCloud({ ...service, ...order });
    break;
  case 'cloudlet':
    await startCloudlet({ ...service, ...order, clock: () => Date.now() + order.skew });
    break;
  case 'device':
    await runDevice(order);
}
