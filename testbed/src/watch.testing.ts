import { setTimeout as sleep } from 'node:timers/promises';
import { CareletError, type Urgency, vital } from '@carelet/care/model';
import { packStrip } from '@carelet/care/rules/strip/index';
import type { Hop } from '@carelet/care/wire/hop';
import type { Keyring } from '@carelet/client/keyring/keyring';
import { mathematicsHere } from '@carelet/client/mathematics';
import { pairDevice } from '@carelet/client/session/pair';
import { type Sender, sender } from '@carelet/client/session/send';
import { decodeWearable, encodeWearable, type Wearable } from '@carelet/client/session/wearable';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { expect } from 'vitest';
import type { Stage } from './fixture.testing.ts';

/** A watch with its flash: what was saved last is what it starts with again. */
export type Watch = {
  wearable: Wearable;
  flash: Bytes;
  sender: Sender;
  /** Seals a pulse as a strip of its own; routine unless told. */
  keep(pulse: number, urgency?: Urgency): Promise<void>;
  restart(): void;
};

/** What the stories of watches are told with. */
export type Watches = Awaited<ReturnType<typeof watchesAt>>;

export async function watchesAt(stage: Stage) {
  const harbour = await stage.place('harbour');
  const ada = stage.patient('ada');

  const noon = () => Math.floor(stage.clock() / 86_400_000) * 86_400_000 + 43_200_000;
  const code = async () => (await stage.cloudletAs(harbour.keyring).sessions.pair()).code;

  async function pairFor(who: Keyring, name: string, by?: string): Promise<Wearable> {
    const cloudlet = stage.cloudletAs(who);
    await stage.open(who);
    return pairDevice(
      { keyring: who, cloud: stage.cloudAs(who), cloudlet, mathematics: mathematicsHere, clock: stage.clock },
      { name, code: by ?? (await code()), address: 'http://harbour' },
    );
  }

  function watchOf(wearable: Wearable, cloudlet: Hop = stage.cloudletAs(null)): Watch {
    const watch = { wearable, flash: encodeWearable(wearable) } as Watch;
    const start = () => {
      const save = async () => {
        watch.flash = encodeWearable(watch.wearable);
      };
      watch.sender = sender({ wearable: watch.wearable, save, cloudlet, clock: stage.clock });
    };
    watch.keep = (pulse, urgency = 'routine') => {
      const bytes = packStrip([vital('heart-rate', noon() + pulse, 'watch', [pulse])]);
      return watch.sender.keep({ kind: 'vital-signs', from: noon(), bytes, urgency });
    };
    watch.restart = () => {
      watch.wearable = decodeWearable(watch.flash);
      start();
    };
    start();
    return watch;
  }

  const paired = async (name: string, cloudlet?: Hop) => watchOf(await pairFor(ada, name), cloudlet);

  /** A cloudlet whose answers get lost while `lost()`. */
  function forgetful(lost: (op: 'init' | 'frame') => boolean, honest: Hop = stage.cloudletAs(null)): Hop {
    const lose =
      <In, Out>(op: 'init' | 'frame', ask: (input: In) => Promise<Out>) =>
      async (input: In) => {
        const answer = await ask(input);
        if (lost(op)) throw new CareletError('unavailable', 'ask', { because: 'the answer was lost' });
        return answer;
      };
    const { init, frame } = honest.sessions;
    return { sessions: { ...honest.sessions, init: lose('init', init), frame: lose('frame', frame) } };
  }

  const clinic = () => stage.cloudletAs(null).town.state();

  async function until(what: () => Promise<boolean>, patience = 10_000): Promise<void> {
    for (const giveUp = performance.now() + patience; !(await what()); await sleep(20)) {
      if (performance.now() > giveUp) throw new Error('it did not happen in time');
    }
  }

  /** A line that was cut for some seconds is tried again after as many. */
  const forwarded = () => until(async () => (await clinic()).waiting === 0, 40_000);

  /** The pulses a device's owner finds in the cloud, sorted; each as often as it lies there. */
  async function pulses(who: Keyring, { wearable }: Watch): Promise<number[]> {
    const { records, problems } = await stage.open(who);
    expect(problems).toEqual([]);
    return records
      .filter(({ bodies: { MI } }) => MI?.kind === 'strip' && hex(MI.device) === hex(wearable.card.id))
      .flatMap(({ entries }) => entries.map(({ resource }) => Number((resource.valueQuantity as { value: unknown }).value)))
      .sort((a, b) => a - b);
  }

  const onDisk = async () => (await stage.sql<{ n: number }>('select count(*)::int as n from cloudlet_harbour.strip'))[0]!.n;

  return { harbour, ada, noon, code, pairFor, watchOf, paired, forgetful, clinic, until, forwarded, pulses, onDisk };
}
