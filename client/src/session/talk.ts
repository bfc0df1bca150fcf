/**
 * A device's session with one of its cloudlets: opened when one is due, spoken in, opened anew when the cloudlet no longer knows it.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Hop } from '@carelet/care/wire/hop';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { Random } from '@carelet/crypto/algebra/random';
import { begin, finish, openDown, rekeyDue, sealUp } from '@carelet/crypto/session/device';
import type { WearableRelay } from './wearable.ts';

export type Talk = {
  /**
   * Says something and hears the answer; `null` where the session was over and another must be opened first: by saying it again.
   *
   * @throws {CareletError} `tampered` for an answer that is not from this cloudlet, else what the hop says
   */
  say(type: number, message: Bytes, answers: number): Promise<Bytes | null>;
  /**
   * Asks something in passing, in the session there is: `null` where there is none, and for whatever comes but an answer, as from a
   * cloudlet that does not know the question. The session goes on.
   */
  ask(type: number, message: Bytes, answers: number): Promise<Bytes | null>;
  /** How many sessions were opened. */
  readonly opened: number;
  /** Whether it is there, asked in passing. */
  knock(): Promise<void>;
};

export function talk(
  relay: WearableRelay,
  { sessions }: Hop,
  { save, now, random }: { save: () => Promise<void>; now: () => number; random: Random },
): Talk {
  /** A session opened just now, in which nothing was acknowledged yet: if the cloudlet refuses even that, another will not help. */
  let fresh = false;
  let opened = 0;
  const over = (): null => {
    relay.device = { ...relay.device, session: null };
    return null;
  };

  return {
    get opened() {
      return opened;
    },

    async say(type, message, answers) {
      if (!relay.device.session || rekeyDue(relay.device.session, now())) await open();
      const sealed = sealUp(relay.device, type, message, now());
      if (!sealed) return over();
      relay.device = sealed.device;
      if (sealed.store) await save();
      const answer = await frameUp(sealed.frame);
      if (!answer) return over();
      const heard = openDown(relay.device, answer, now());
      if (heard?.type !== answers) {
        throw new CareletError('tampered', 'send strip', { because: 'the cloudlet’s answer is not from the cloudlet' });
      }
      fresh = false;
      relay.device = heard.device;
      return heard.message;
    },

    async ask(type, message, answers) {
      const { session } = relay.device;
      const sealed = session && !rekeyDue(session, now()) ? sealUp(relay.device, type, message, now()) : null;
      if (!sealed) return null;
      relay.device = sealed.device;
      if (sealed.store) await save();
      let answer: Bytes;
      try {
        answer = (await sessions.frame({ frame: sealed.frame })).frame;
      } catch (thrown) {
        if (thrown instanceof CareletError) return null;
        throw thrown;
      }
      const heard = openDown(relay.device, answer, now());
      if (heard?.type !== answers) return null;
      relay.device = heard.device;
      return heard.message;
    },

    async knock() {
      if (relay.device.session) await sessions.announcement();
      else await open();
    },
  };

  /** One frame up and its answer; `null` from a cloudlet that no longer knows the session. */
  async function frameUp(frame: Bytes): Promise<Bytes | null> {
    try {
      return (await sessions.frame({ frame })).frame;
    } catch (thrown) {
      if (fresh || !(thrown instanceof CareletError) || thrown.kind !== 'cannot-open') throw thrown;
      return null;
    }
  }

  async function open(): Promise<void> {
    const { staticPublicKey, announcement } = await sessions.announcement();
    const begun = begin(relay.device, staticPublicKey, announcement, { now: now(), trusted: true }, random);
    if (!begun) throw new CareletError('tampered', 'open session', { because: 'this is not the cloudlet the device was paired with' });
    relay.device = begun.device;
    await save();
    const { ack } = await sessions.init({ init: begun.init });
    const finished = finish(relay.device, begun.pending, ack, now());
    if (!finished) throw new CareletError('cannot-open', 'open session', { because: 'the cloudlet’s answer does not open' });
    relay.device = finished.device;
    opened++;
    fresh = true;
    await save();
  }
}
