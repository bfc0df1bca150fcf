/**
 * What a patient says to her devices of one chart: their trees are over (`crypto/records/anew`).
 *
 * Whoever opened node keys of a device's coming week and has the cloud's help would keep them for that week. So with whatever she takes back or
 * limits further, her client says this word, and a device that hears it begins new trees. It lies in the keyring before anything is taken back, and
 * is said again until the cloud has it: somebody who is interrupted in between has her devices begin anew once too often, and never not
 * at all.
 *
 * [Note: Two copies of a keyring] Neither knows of what the other says meanwhile. A number is greater than what is known of any before, and not
 * less than the time in seconds, so two words hardly have one number; where they do the cloud takes the first, and devices begin anew once.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { type Anew, signAnew, verifyAnew } from '@carelet/crypto/records/anew';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { ChartRef } from '../records/reader.ts';
import { headName } from './scopes.ts';

type Own = { readonly keyring: Keyring; readonly cloud: Cloud };
type Chart = Pick<ChartRef, 'pat'>;

const endName = (pat: Bytes): string => headName(pat, 'devices');

/** The number of the newest word to one's devices of a chart, as far as keyring and cloud know; 0 before any. */
export const newestAnew = async ({ keyring, cloud }: Own, pat: Bytes): Promise<number> =>
  Math.max(keyring.sharing.heads[endName(pat)]?.gen ?? 0, (await shown({ keyring, cloud }, pat))?.seq ?? 0);

/** Signs one word more and puts it into the keyring, on disk. It is said with `tellDevices`. */
export async function rememberAnew(
  { keyring, cloud, save, clock = Date.now }: Own & { readonly save: () => Promise<void>; readonly clock?: () => number },
  { pat }: Chart,
): Promise<void> {
  const time = Math.floor(clock() / 1000);
  const seq = Math.max(time, 1 + (await newestAnew({ keyring, cloud }, pat)));
  const said = signAnew(keyring.secrets.edSk, { pat, seq, time });
  keyring.sharing.heads = { ...keyring.sharing.heads, [endName(pat)]: { gen: seq, hash: sha256(said), said } };
  await save();
}

/** Says the newest word to one's devices where the cloud shows none, or an older one, as after a backup. What cannot be said now is the next time. */
export async function tellDevices({ keyring, cloud }: Own, { pat }: Chart): Promise<void> {
  const end = keyring.sharing.heads[endName(pat)];
  if (!end?.said || ((await shown({ keyring, cloud }, pat))?.seq ?? 0) >= end.gen) return;
  await cloud.devices.beginAnew({ pat, word: end.said }).catch(unlessRefused);
}

/** What the cloud shows, if it is one's own. */
async function shown({ keyring, cloud }: Own, pat: Bytes): Promise<Anew | null> {
  const told = await cloud.devices.told({ pat }).catch(unlessRefused);
  return told?.word ? verifyAnew({ pat, edVk: keyring.card.edVk }, told.word) : null;
}

function unlessRefused(thrown: unknown): null {
  if (thrown instanceof CareletError) return null;
  throw thrown;
}
