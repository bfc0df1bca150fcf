/**
 * The first half of the tour: from the wrist to the cloud.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { VitalReading } from '@carelet/care/model';
import { ntruhps4096821 } from '@carelet/crypto/ntru/index';
import { sensor } from '@carelet/wearable/sensor';
import { strips } from '@carelet/wearable/strips';
import { bytes, contains, number } from './figures.ts';
import type { Stage, TourStep } from './stage.ts';

const minute = 60_000;
const day = 86_400_000;

/** The watch measures for a minute. */
export async function taken(stage: Stage): Promise<TourStep> {
  const now = stage.clock();
  // A watch holds keys for its days; the last minute may not begin before today does.
  const from = Math.max(now - minute, Math.floor(now / day) * day);
  const readings = sensor('ada', { ecg: false, person: { age: 71, restingRate: 68 } }).between(from, from + minute);
  for await (const strip of strips([readings])) stage.gathered.strip ??= strip;
  const pulses = readings.filter((one): one is VitalReading => one.kind === 'vital' && one.sign === 'heart-rate');
  const reading = pulses.at(-1)!;
  stage.gathered.reading = reading;
  return {
    title: 'taken',
    says: [`pulse ${reading.values[0]} a minute at ${timeOf(reading.at)}; ${readings.length} readings in a minute`],
    holds: pulses.length > 50 && readings.length === stage.gathered.strip?.readings.length,
  };
}

/** Readings that belong together become a strip. */
export async function packed({ gathered }: Stage): Promise<TourStep> {
  const { readings, bytes: packedBytes } = gathered.strip!;
  const each = packedBytes.length / readings.length;
  return {
    title: 'packed',
    says: [`${readings.length} readings in ${bytes(packedBytes.length)}: ${number(each, 1)} bytes a reading`],
    holds: each < 2,
  };
}

/** The watch seals it, with symmetric work only, and keeps it until somebody answers for it. */
export async function sealed({ gathered, sender, watch }: Stage): Promise<TourStep> {
  const { kind, from, bytes: packedBytes, readings } = gathered.strip!;
  const began = performance.now();
  await sender.keep({ kind, from, bytes: packedBytes });
  const ms = performance.now() - began;
  const { body } = watch.waiting[0]!;
  return {
    title: 'sealed',
    says: [
      `${bytes(body.length)}, ${number(body.length / readings.length, 1)} a reading, padded to hide its length;`,
      `on the watch's own disk in ${number(ms)} ms`,
    ],
    holds: watch.waiting.length === 1 && !contains(body, packedBytes),
  };
}

/** Watch and cloudlet agree on keys; then the strip goes over the hop. */
export async function session({ sender, meter, watch }: Stage): Promise<TourStep> {
  await sender.send();
  return {
    title: 'a session',
    says: [`NTRU with X25519: ${bytes(meter.initBytes)} up, ${meter.ackBytes} down, ${number(meter.handshakeMs)} ms`],
    holds: watch.relays[0]!.device.session !== null && meter.initBytes > 2 * ntruhps4096821.lengths.ciphertext,
  };
}

/** The cloudlet writes the strip down before it says so; only then does the watch forget. */
export async function hop({ cloudlet, meter, watch, gathered }: Stage): Promise<TourStep> {
  gathered.forwardedFrom = performance.now();
  const { waiting, forwarded: gone } = await cloudlet.town.state();
  return {
    title: 'the hop',
    says: [`on the cloudlet's disk, then acknowledged: ${number(meter.frameMs)} ms`],
    holds: watch.waiting.length === 0 && waiting + gone === 1,
  };
}

/** The cloudlet hands it to the cloud, once. */
export async function forwarded({ cloudlet, gathered }: Stage): Promise<TourStep> {
  let state = await cloudlet.town.state();
  for (let tries = 0; tries < 400 && state.waiting > 0; tries++) {
    await sleep(25);
    state = await cloudlet.town.state();
  }
  const ms = performance.now() - gathered.forwardedFrom!;
  return {
    title: 'forwarded',
    says: [`to the cloud within ${number(Math.max(1, ms))} ms; the cloudlet could only count it`],
    holds: state.waiting === 0 && state.forwarded === 1,
  };
}

const timeOf = (at: number): string => `${new Date(at).toISOString().slice(11, 19)} UTC`;
