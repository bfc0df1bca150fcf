/**
 * A device that may be killed at any moment: it measures, seals, keeps on its disk, sends, and goes on where it was.
 *
 * What its n-th strip holds and how urgent it is follow from n, so that whoever finds it in the cloud knows whether it is the one.
 *
 * @module
 */
import { open, readFile, rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CareletError, type Urgency, vital } from '@carelet/care/model';
import { packStrip } from '@carelet/care/rules/strip/index';
import { connectCloudlet } from '@carelet/client/login';
import { mqttHop } from '@carelet/client/session/mqtt';
import { sender } from '@carelet/client/session/send';
import { decodeWearable, encodeWearable } from '@carelet/client/session/wearable';

export type DeviceOrder = {
  readonly role: 'device';
  /** The file that is its memory. */
  readonly flash: string;
  readonly cloudlet: string;
  /** The broker over which it speaks; over HTTP where there is none. */
  readonly broker: string | null;
  /** Milliseconds between two strips; 0 for none: it only sends what waits. */
  readonly every: number;
  /** UTC milliseconds of its first reading. */
  readonly from: number;
};

/** How urgent the n-th strip is: of a hundred one calls for help, no more than a device may, and thirty are watched. */
export const urgencyOf = (n: number): Urgency => (n % 100 === 0 ? 'emergency' : n % 10 < 3 ? 'monitoring' : 'routine');

/** What the n-th strip holds: a pulse no other has, at a time no other has. */
export const readingOf = (n: number, from: number) => vital('heart-rate', from + n * 1000, 'crash', [40 + (n % 200)]);

/** A broker or cloudlet that is killed answers nothing; it is soon there again. */
const patience = { pauseMs: 50, longestPauseMs: 500, connectMs: 2_000, answerMs: 2_000 };

/** Runs until it is killed. */
export async function runDevice({ flash, cloudlet, broker, every, from }: DeviceOrder): Promise<void> {
  const wearable = decodeWearable(new Uint8Array(await readFile(flash)));
  wearable.relays[0]!.device = { ...wearable.relays[0]!.device, boot: wearable.relays[0]!.device.boot + 1, init: 0 };
  const save = () => replaceFile(flash, encodeWearable(wearable));
  await save();
  const hop = broker === null ? connectCloudlet(cloudlet, null) : mqttHop({ url: broker, names: wearable.relays[0]!.broker!, patience });
  const way = sender({ wearable, save, cloudlet: hop });
  for (;;) {
    if (every > 0) {
      const n = wearable.next;
      await way.keep({ kind: 'vital-signs', from, bytes: packStrip([readingOf(n, from)]), urgency: urgencyOf(n) });
    }
    await way.send().catch(async (thrown: unknown) => {
      if (!(thrown instanceof CareletError)) throw thrown;
      await sleep(50);
    });
    await sleep(every || 50);
  }
}

/** A file is the old one or the new one, whatever happens in between. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.new`;
  {
    await using file = await open(beside, 'w', 0o600);
    await file.writeFile(bytes);
    await file.sync();
  }
  await rename(beside, path);
}
