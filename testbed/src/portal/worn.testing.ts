/**
 * Watches that people of a test wear at Harbour Clinic, who are nobody of the cast.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { vital } from '@carelet/care/model';
import { packStrip } from '@carelet/care/rules/strip/index';
import { renewManifest } from '@carelet/client/enrolment';
import { connectAuthority, connectCloud, connectCloudlet } from '@carelet/client/login';
import { pairDevice } from '@carelet/client/session/pair';
import { type Sender, sender } from '@carelet/client/session/send';
import type { Wearable } from '@carelet/client/session/wearable';
import type { PortalStage } from './stage.testing.ts';

/** A watch's memory, and the way it sends. */
export type WornWatch = { readonly wearable: Wearable; readonly way: Sender };

/** Pairs a watch with the clinic for somebody, who comes to town with it if she is not there. */
export async function watchOf(stage: PortalStage, who: string, name: string, battery: number): Promise<WornWatch> {
  const { town, keyrings, mathematics, clock } = stage;
  const file = await keyrings.of('patient', who, who);
  const clinic = await keyrings.of('organisation', 'harbour', 'Harbour Clinic');
  const address = town.cloudlets.get('harbour')!.url;
  const { code } = await connectCloudlet(address, clinic.keyring, clock).sessions.pair();
  await renewManifest(connectAuthority(town.addresses.authority, file.keyring, clock), file.keyring);
  const as = { keyring: file.keyring, cloud: connectCloud(town.addresses.cloud, file.keyring, clock), mathematics, clock };
  const wearable = await pairDevice({ ...as, cloudlet: connectCloudlet(address, file.keyring, clock) }, { name, code, address });
  await file.save();
  const cloudlet = connectCloudlet(address, null, clock);
  return { wearable, way: sender({ wearable, save: async () => {}, cloudlet, clock, battery: () => battery }) };
}

/** What is usual at a cloudlet: so many routine strips a second. */
export const usualRate = 3;

const watches = 10;

export type Load = {
  /** Strips that are on the clinic's disk by now. */
  taken(): number;
  /** Ends it; resolves when no watch sends any more. */
  stop(): Promise<void>;
};

/**
 * Others' watches send routine strips, `rate` a second together. They come at their pace whether or not those before them are
 * answered; what is not acknowledged when the next is due goes with it.
 */
export async function load(stage: PortalStage, rate: number): Promise<Load> {
  const worn: WornWatch[] = [];
  for (let i = 0; i < watches; i++) worn.push(await watchOf(stage, `other-${i % 2}`, `other-watch-${i}`, 80));
  let kept = 0;
  let over = false;
  const pace = (1000 * watches) / rate;
  const going = worn.map(async ({ way }, i) => {
    await sleep((pace * i) / watches);
    let sending: Promise<unknown> | null = null;
    for (let due = performance.now(); !over; due += pace) {
      const at = stage.clock();
      await way.keep({ kind: 'vital-signs', from: at, bytes: packStrip([vital('heart-rate', at, 'watch', [72])]) });
      kept++;
      sending ??= way
        .send()
        .catch(() => {})
        .finally(() => {
          sending = null;
        });
      await sleep(Math.max(0, due + pace - performance.now()));
    }
    await sending;
  });
  return {
    taken: () => kept - worn.reduce((sum, { wearable }) => sum + wearable.waiting.length, 0),
    async stop() {
      over = true;
      await Promise.all(going);
    },
  };
}
