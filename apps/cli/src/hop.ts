/**
 * How a wearable reaches its cloudlets: by HTTP, or by MQTT where one says so.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Hop } from '@carelet/care/wire/hop';
import { connectCloudlet } from '@carelet/client/login';
import type { Wearable, WearableRelay } from '@carelet/client/session/wearable';
import { UsageError } from './command.ts';
import type { Io } from './io.ts';
import { findTown, type Whereabouts } from './town.ts';

/** The options of verbs that let a wearable send. */
export const sendOptions = {
  over: { type: 'text', value: 'way', says: 'mqtt, or the address of a broker as in mqtts://harbour.example:8883 (usual: http)' },
  spot: { type: 'text', value: 'name', says: 'where the wearable is, as in home: it learns whom it meets where' },
} as const;

/** The way to each cloudlet of a wearable; `await using` lets go of them. */
export type HeldHops = AsyncDisposable & { readonly to: (relay: WearableRelay) => Hop };

/**
 * The ways that `--over` names.
 *
 * @throws {CareletError} `missing` where the town tells of no broker of a cloudlet, or the wearable was paired before
 *   there was one; `invalid` for an address that is none
 */
export async function hopsOf(io: Io, where: Whereabouts, wearable: Wearable, over = 'http'): Promise<HeldHops> {
  if (over === 'http') {
    return { to: ({ address }) => connectCloudlet(address, null, io.clock), [Symbol.asyncDispose]: async () => {} };
  }
  if (over !== 'mqtt' && wearable.relays.length > 1) {
    throw new UsageError(`--over: ${wearable.name} has several cloudlets, and each its own broker; say mqtt or http.`);
  }
  // Loaded when it is asked for: most wearables send over HTTP.
  const { mqttHop } = await import('@carelet/client/session/mqtt');
  const hops = new Map<string, ReturnType<typeof mqttHop>>();
  for (const relay of wearable.relays) hops.set(relay.name, mqttHop(await brokerOf(io, where, wearable, relay, over)));
  return {
    to: ({ name }) => hops.get(name)!,
    async [Symbol.asyncDispose]() {
      for (const hop of hops.values()) await hop[Symbol.asyncDispose]();
    },
  };
}

async function brokerOf(io: Io, where: Whereabouts, wearable: Wearable, { address, broker }: WearableRelay, over: string) {
  const missing = (because: string) => new CareletError('missing', 'send over MQTT', { subject: wearable.name, because });
  if (!broker) throw missing('it was paired before there was a broker; pair it anew');
  const url = over === 'mqtt' ? (await findTown(io, where)).cloudlets.find((one) => one.url === address)?.mqtt : over;
  if (url === undefined) throw missing('the town tells of no broker of its cloudlet; name one with --over mqtt://<host>:<port>');
  return { url, names: broker };
}
