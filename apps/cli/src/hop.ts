/**
 * How a wearable reaches its cloudlet: by HTTP, or by MQTT where one says so.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Hop } from '@carelet/care/wire/hop';
import { connectCloudlet } from '@carelet/client/login';
import type { Wearable } from '@carelet/client/session/wearable';
import type { Io } from './io.ts';
import { findTown, type Whereabouts } from './town.ts';

/** The option of verbs that let a wearable send. */
export const overOption = {
  over: { type: 'text', value: 'way', says: 'mqtt, or the address of a broker as in mqtts://harbour.example:8883 (usual: http)' },
} as const;

/** A way to a cloudlet that is let go of with `await using`. */
export type HeldHop = Hop & AsyncDisposable;

/**
 * The way that `--over` names.
 *
 * @throws {CareletError} `missing` where the town tells of no broker of this cloudlet, or the wearable was paired before
 *   there was one; `invalid` for an address that is none
 */
export async function hopOf(io: Io, where: Whereabouts, wearable: Wearable, over = 'http'): Promise<HeldHop> {
  if (over === 'http') {
    return { sessions: connectCloudlet(wearable.cloudlet, null, io.clock).sessions, [Symbol.asyncDispose]: async () => {} };
  }
  const op = 'send over MQTT';
  const names = wearable.broker;
  if (!names) {
    const because = 'it was paired before there was a broker; pair it anew';
    throw new CareletError('missing', op, { subject: wearable.name, because });
  }
  const url = over === 'mqtt' ? await brokerOf(io, where, wearable) : over;
  if (url === undefined) {
    const because = 'the town tells of no broker of its cloudlet; name one with --over mqtt://<host>:<port>';
    throw new CareletError('missing', op, { subject: wearable.name, because });
  }
  // Loaded when it is asked for: most wearables send over HTTP.
  const { mqttHop } = await import('@carelet/client/session/mqtt');
  return mqttHop({ url, names });
}

const brokerOf = async (io: Io, where: Whereabouts, { cloudlet }: Wearable): Promise<string | undefined> =>
  (await findTown(io, where)).cloudlets.find(({ url }) => url === cloudlet)?.mqtt;
