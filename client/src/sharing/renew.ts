/**
 * Keeping open what one's devices will write to whom one lets read by consent, and finishing what was taken back by half.
 *
 * @module
 */
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import { finishEnding, publishedScopes, type SharingOptions, whoReads, wrapScopes } from './share.ts';

/** Makes the consent wraps that the patient's charts lack; gives how many. */
export async function renewConsents(options: SharingOptions): Promise<number> {
  const { keyring, cloud, clock = Date.now } = options;
  await finishEnding(options);
  const given = whoReads(keyring, clock() / 1000);
  let made = 0;
  for (const chart of (await cloud.records.charts()).charts) {
    if (!given.some(({ pat }) => equalPublic(pat, chart.pat))) continue;
    made += await wrapScopes(options, chart, await publishedScopes(options, chart));
  }
  return made;
}
