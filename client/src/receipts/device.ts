/**
 * A patient's client as a witness of the cloud's log, and what those who read her charts make of it: the log they are shown has to go
 * on from what her own device signed, and not from something older than they were shown before.
 *
 * @module
 */
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { Card } from '@carelet/crypto/cards/card';
import { type DeviceSigned, deviceSaw, signAsDevice } from '@carelet/crypto/receipts/patient-witness';
import { follow } from '@carelet/crypto/receipts/witness';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import { type Head, seenAsOne, watchOver } from './watch.ts';

/** What may be wrong with what the cloud shows of an owner's device, in words. */
export const ownersDevice = {
  unsigned: 'the cloud shows a signature of the owner’s device that is not hers',
  older: 'the cloud shows an older signature of the owner’s device than before',
  withheld: 'the cloud keeps back what the owner’s device signed',
  another: 'the cloud shows another log here than the owner’s own device signed',
} as const;

/** When the owner's device signed, UTC seconds, `null` where it never did; or what is wrong, in words. */
export type OwnerSaw = { readonly kind: 'saw'; readonly time: number | null } | { readonly kind: 'fails'; readonly what: string };

/**
 * Holds an answer about somebody's chart against what the device of its owner signed, and remembers when that was.
 *
 * @param owner her card, if it is believed; nobody's word counts for what an unknown owner signed
 * @param answer under a checkpoint that was judged already
 * @param now UTC seconds
 */
export function ownerSaw(
  { manifest, receipts }: Pick<Keyring, 'manifest' | 'receipts'>,
  owner: Card | null,
  { note, owner: shown }: Pick<Head, 'note'> & { readonly owner: (DeviceSigned & { readonly path: readonly Bytes[] }) | null },
  now: number,
): OwnerSaw {
  const fails = (what: string): OwnerSaw => ({ kind: 'fails', what });
  const log = manifest.receipts?.log;
  if (!owner || !log) return { kind: 'saw', time: null };
  // What another of her numbers was shown is not kept from this one.
  const times = seenAsOne(receipts).flatMap(({ owners }) => owners[hex(owner.id)] ?? []);
  const before = times.length === 0 ? undefined : Math.max(...times);
  if (!shown) return before === undefined ? { kind: 'saw', time: null } : fails(ownersDevice.withheld);
  const saw = deviceSaw(owner, log, shown);
  if (!saw) return fails(ownersDevice.unsigned);
  if (before !== undefined && saw.time < before) return fails(ownersDevice.older);
  if (follow(log, shown.note, note, shown.path, now).kind !== 'goes on') return fails(ownersDevice.another);
  receipts.owners[hex(owner.id)] = saw.time;
  return { kind: 'saw', time: saw.time };
}

/**
 * Signs the newest checkpoint as a patient's device, once it goes on from the last one this keyring saw, and hands it in. What was
 * seen is kept before the signature leaves, so that nothing older is signed after it.
 *
 * @param keep puts on disk what this keyring saw
 * @param clock UTC milliseconds
 * @returns whether it was signed, and what is wrong with the log where it does not hold
 *
 * @example
 * ```ts no-run
 * import type { Keyring } from '@carelet/client/keyring/keyring';
 * import { connectCloud } from '@carelet/client/login';
 * import { witnessAsDevice } from '@carelet/client/receipts/device';
 * declare const [keyring, url, keep]: [Keyring, string, () => Promise<void>];
 * await witnessAsDevice({ keyring, cloud: connectCloud(url, keyring), keep });
 * ```
 */
export async function witnessAsDevice({
  keyring,
  cloud,
  keep,
  clock = Date.now,
}: {
  readonly keyring: Keyring;
  readonly cloud: Cloud;
  readonly keep: () => Promise<void>;
  readonly clock?: () => number;
}): Promise<{ readonly kind: 'signed' | 'not signed' } | { readonly kind: 'fails'; readonly what: string }> {
  const log = keyring.manifest.receipts?.log;
  const unsigned = { kind: 'not signed' } as const;
  if (keyring.card.kind !== 'patient' || !log) return unsigned;
  const now = () => Math.floor(clock() / 1000);
  const judged = await watchOver({ keyring, cloud, now }).ask((seen) => cloud.receipts.head({ seen }));
  if (judged?.kind !== 'holds') return judged ?? unsigned;
  await keep();
  // Somebody else who watches with this keyring may have seen more since; what was seen first is not signed after that.
  const { seen } = keyring.receipts;
  if (!seen || !equalPublic(seen, judged.answer.note)) return unsigned;
  await cloud.receipts.sign(signAsDevice(keyring, log, seen, now()));
  return { kind: 'signed' };
}
