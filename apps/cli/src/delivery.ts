/**
 * A wearable's post: strips are kept, sent when the cloudlet is there, and kept on when it is not.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CareletError } from '@carelet/care/model';
import type { Strip } from '@carelet/wearable/strips';
import type { Io } from './io.ts';
import { watchRelays } from './relays.ts';
import { count, note } from './terminal.ts';
import type { Worn } from './wearables.ts';

/** How long to leave a cloudlet in peace that did not answer, in milliseconds. */
const pauseMs = 5_000;
/** How often to knock at the end. */
const lastTries = 3;

export type Delivery = {
  keep(strip: Strip): Promise<void>;
  /** Sends what waits, unless the cloudlet was away a moment ago. */
  again(): Promise<void>;
  /** Sends what waits, patiently. */
  finish(): Promise<void>;
  tally(): { readonly kept: number; readonly sent: number; readonly waiting: number };
  /** `3 acknowledged`, `3 acknowledged, 2 waiting: the cloudlet does not answer`. */
  state(): string;
};

export function delivery(io: Io, { wearable, sender }: Worn): Delivery {
  let kept = 0;
  let sent = 0;
  let away = false;
  let next = 0;
  const several = wearable.relays.length > 1;
  const silence = several ? ' (no cloudlet answers)' : ' (the cloudlet does not answer)';

  const tell = watchRelays(io, wearable);

  const send = async (): Promise<void> => {
    const before = wearable.waiting.length;
    // One that waits for nobody may have something to ask.
    if (before === 0 && wearable.entrusted.length === 0) return;
    try {
      await sender.send();
      if (away) note(io, several ? 'A cloudlet is back.' : 'The cloudlet is back.');
      away = false;
    } catch (thrown) {
      if (!(thrown instanceof CareletError) || thrown.kind !== 'unavailable') throw thrown;
      if (!away) {
        note(io, `${several ? 'No cloudlet answers' : 'The cloudlet does not answer'}. Strips wait here, sealed, and go when it is back.`);
      }
      away = true;
      next = performance.now() + pauseMs;
    } finally {
      sent += before - wearable.waiting.length;
      tell();
    }
  };

  return {
    async keep({ kind, from, bytes, urgency }) {
      await sender.keep({ kind, from, bytes, urgency });
      kept++;
    },
    async again() {
      if (!away || performance.now() >= next) await send();
    },
    async finish() {
      for (let tries = 0; tries < lastTries && wearable.waiting.length > 0; tries++) {
        if (tries > 0) await sleep(1000);
        await send();
      }
    },
    tally: () => ({ kept, sent, waiting: wearable.waiting.length }),
    state() {
      const { length } = wearable.waiting;
      const there = `${count(sent, 'strip')} acknowledged`;
      return length === 0 ? there : `${there}, ${length.toLocaleString('en')} waiting${away ? silence : ''}`;
    },
  };
}
