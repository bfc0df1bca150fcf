/**
 * Two hours in which watches send, and then an outage: what a clinic's status page has to show.
 *
 * The services' clock is put back and runs through those hours while three watches send; what stands on the page afterwards
 * was counted, not made up.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CareletError, type Urgency, vital } from '@carelet/care/model';
import { packStrip } from '@carelet/care/rules/strip/index';
import { connectCloudlet } from '@carelet/client/login';
import type { Sender } from '@carelet/client/session/send';
import { seededRandom } from '@carelet/crypto/algebra/random';
import type { PortalStage } from './stage.testing.ts';
import { watchOf } from './worn.testing.ts';

const span = 120_000;
const spans = 60;

/** Who wears what: how urgent it is, per cent of battery, and how many strips it sends in two minutes, at most. */
const worn: readonly {
  readonly who: string;
  readonly name: string;
  readonly urgency: Urgency;
  readonly battery: number;
  readonly most: number;
}[] = [
  { who: 'stella', name: 'patch', urgency: 'monitoring', battery: 82, most: 6 },
  { who: 'stella', name: 'cuff', urgency: 'routine', battery: 12, most: 2 },
  { who: 'tom', name: 'ring', urgency: 'routine', battery: 64, most: 4 },
];

export type Hours = {
  /** The cloud goes away, and the watches send for twelve minutes more; it is so much later then, in milliseconds. */
  outage(): Promise<number>;
};

/** Lets watches that nobody of the cast wears send for two hours that end now. */
export async function twoHours(stage: PortalStage): Promise<Hours> {
  const random = seededRandom('two hours');
  stage.putBack(spans * span);
  const watches: { readonly way: Sender; readonly urgency: Urgency; readonly most: number }[] = [];
  for (const { who, name, urgency, battery, most } of worn) {
    watches.push({ ...(await watchOf(stage, who, name, battery)), urgency, most });
  }
  /** Spans of two minutes, the last of which ends so many milliseconds ahead. */
  const pass = async (count: number, ahead: number, then: () => Promise<void> = async () => {}) => {
    for (let left = count; left > 0; left--) {
      stage.putBack(left * span - ahead - 1_000);
      for (const { way, urgency, most } of watches) {
        for (let more = 1 + (random(1)[0]! % most); more > 0; more--) {
          const at = stage.clock();
          await way.keep({ kind: 'vital-signs', from: at, bytes: packStrip([vital('heart-rate', at, 'watch', [72])]), urgency });
        }
        await way.send();
      }
      await then();
    }
    stage.putBack(-ahead);
  };
  await pass(spans, 0);
  await until(stage, ({ waiting }) => waiting === 0);
  return {
    async outage() {
      const ahead = 6 * span;
      await stage.town.cloud[Symbol.asyncDispose]();
      // Seen as the outage of these minutes, not of the last of them.
      await pass(6, ahead, () => until(stage, ({ outageSince }) => outageSince !== null));
      return ahead;
    },
  };
}

type State = Awaited<ReturnType<ReturnType<typeof connectCloudlet>['town']['state']>>;

async function until({ town }: PortalStage, what: (state: State) => boolean): Promise<void> {
  const cloudlet = connectCloudlet(town.cloudlets.get('harbour')!.url, null);
  for (const giveUp = performance.now() + 30_000; !what(await cloudlet.town.state()); await sleep(50)) {
    if (performance.now() > giveUp) throw new CareletError('unavailable', 'send strips', { because: 'the cloudlet does not get so far' });
  }
}
