/**
 * Whom owners of charts deny, as this mediator was told: the newest word of each, signed by her, for a chart in which a team reads by a
 * factor that is kept here. A member whom she denies is refused as one who is none.
 *
 * It lies in files beside the factors and in no table: a database that is restored from a backup brings no older word back.
 *
 * [Note: Words beside each other] A cloud that was restored, and another copy of her keyring, may make her say two words of one number. The
 * mediator keeps the first it was told; the next has a higher number, and is taken whatever it names as the one before: it is her word
 * as well, and whoever refused it would be stuck with one that is over.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { longestGrantSeconds } from '@carelet/care/rules/records/calendar';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { hashOf } from '@carelet/crypto/algebra/hash';
import { followLimits, hashOfLimits, limitsIn } from '@carelet/crypto/records/limits';
import type { KnownCaller } from '@carelet/ground/login';
import { type SealedFiles, sealedFiles } from '@carelet/ground/sealed-files';
import type { Secrets } from '@carelet/ground/secrets';

type Kept = { readonly state: Bytes; readonly notAfter: number };

/** What owners said, by owner and chart. */
export type SaidLimits = SealedFiles<Kept>;

export const saidLimitsIn = (folder: string, secrets: Secrets): Promise<SaidLimits> =>
  sealedFiles<Kept>(
    { folder, secrets, place: 'cloudlet/limits' },
    {
      write: ({ state, notAfter }) => [state, notAfter],
      read: (content) => {
        const [state, notAfter] = content as [Bytes, number];
        return { state, notAfter };
      },
    },
  );

export type Denied = {
  /**
   * Takes the newest word of a chart's owner; the one that is known already holds as long again.
   *
   * @throws {CareletError} `conflict` for one that is not hers, older than what she said, or another of the same number
   */
  take(owner: KnownCaller, pat: Bytes, state: Bytes): Promise<void>;
  /** Whether the owner of a chart denies it to somebody. */
  denies(owner: Bytes, pat: Bytes, who: Bytes): Promise<boolean>;
};

const numberOf = (owner: Bytes, pat: Bytes): Bytes => hashOf('carelet/v1/cloudlet/limits', owner, pat).slice(0, 16);

/** @param now UTC seconds */
export function deniedIn(said: SaidLimits, now: () => number): Denied {
  // One after the other, so that of two words the older is not kept over the newer.
  let turn: Promise<unknown> = Promise.resolve();

  return {
    take(owner, pat, state) {
      const mine = turn.then(async () => {
        const number = numberOf(owner.id, pat);
        const before = (await said.get(number))?.state;
        // [Note: Words beside each other]
        const isLater = before && (limitsIn(state)?.seq ?? 0) > limitsIn(before)!.seq;
        const head = before && !isLater ? { seq: limitsIn(before)!.seq, hash: hashOfLimits(before) } : null;
        if (followLimits(head, state, { pat, edVk: owner.card.edVk }).kind !== 'follows') {
          throw new CareletError('conflict', 'take limits', { because: 'it does not follow what you said before' });
        }
        await said.put(number, { state, notAfter: now() + longestGrantSeconds });
      });
      turn = mine.catch(() => {});
      return mine;
    },

    async denies(owner, pat, who) {
      const kept = await said.get(numberOf(owner, pat));
      return kept !== null && (limitsIn(kept.state)?.denied ?? []).some((one) => equalPublic(one, who));
    },
  };
}
