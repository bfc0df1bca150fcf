/**
 * Somebody is unwell while much else comes in: her doctor sits before Today, she before her Home.
 *
 * @module
 */
import { vital } from '@carelet/care/model';
import { packStrip } from '@carelet/care/rules/strip/index';
import type { Page } from 'playwright-core';
import { comesIn, reads } from './deeds.testing.ts';
import type { PortalStage } from './stage.testing.ts';
import type { Visit } from './visit.testing.ts';
import { watchOf } from './worn.testing.ts';

export type Emergency = AsyncDisposable & {
  readonly today: Visit;
  readonly home: Visit;
  /**
   * A cuff that Ada has just taken, and that has sent before, calls with this pressure; milliseconds until it stands on each
   * of the two pages. Another one each time: of readings of one cuff shortly after one another pages show the middle one.
   */
  call(top: number, bottom: number): Promise<{ readonly today: number; readonly home: number }>;
};

/** Ada at home and Dr Chen at her desk, both with a page before them that nobody touches any more. */
export async function emergency(stage: PortalStage): Promise<Emergency> {
  const today = await stage.visit();
  const home = await stage.visit({ size: 'phone' });
  const close = async () => {
    for (const visit of [today, home]) await visit[Symbol.asyncDispose]();
  };
  try {
    await comesIn(today.page, 'Dr Mei Chen');
    await reads(today.page, /needs? a look/);
    await comesIn(home.page, 'Ada Marlow');
    await reads(home.page, /higher than usual/);
    let cuffs = 0;
    return {
      today,
      home,
      async call(top, bottom) {
        const cuff = `ada-cuff-${++cuffs}`;
        const { way } = await watchOf(stage, 'ada', cuff, 100);
        await way.keep({ kind: 'vital-signs', from: stage.clock(), bytes: packStrip([vital('heart-rate', stage.clock(), cuff, [80])]) });
        await way.send();
        const at = stage.clock();
        const bytes = packStrip([vital('blood-pressure', at, cuff, [top, bottom])]);
        const began = performance.now();
        const [onToday, onHome] = [today.page, home.page].map(async (page) => {
          await standing(page, `${top}/${bottom}`);
          return performance.now() - began;
        });
        await way.keep({ kind: 'vital-signs', from: at, bytes, urgency: 'emergency' });
        await way.send();
        return { today: await onToday!, home: await onHome! };
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Resolves when these words stand on the page, in a frame that was drawn. */
const standing = (page: Page, words: string): Promise<void> =>
  page.evaluate(`new Promise((done) => {
    const look = () => {
      if (!document.querySelector('main')?.innerText.replaceAll(/\\s/g, '').includes('${words}')) return;
      eyes.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => done()));
    };
    const eyes = new MutationObserver(look);
    eyes.observe(document.body, { childList: true, subtree: true, characterData: true });
    look();
  })`);
